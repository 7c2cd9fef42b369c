package packets

import (
	"math"
	"slices"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/harness/fidelity"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/harness/stats"
)

// Group is the group of the aspects.
const Group = "packets"

// Options steer Compare. Zero fields mean the defaults.
type Options struct {
	Draws int    // of a bootstrap; default 2000
	Seed  uint64 // of them
}

// Compare says how far the packets of one capture are from those of another: for TCP flags and TTL the Jensen-Shannon distance of
// the shares, in bits (0 to 1); for lengths, times between the packets of a flow, and runs in one direction the Kolmogorov-Smirnov
// distance. 0 is best. Intervals draw the pairs of hosts, in 64 groups of each capture.
func Compare(real, other *Capture, o Options) []fidelity.Aspect {
	if o.Draws == 0 {
		o.Draws = stats.MinDraws
	}
	seed := draw.NewSeed(o.Seed).Word("fidelity").Word("packets").Word(other.Name)
	var out []fidelity.Aspect
	for _, p := range []struct {
		name     string
		property int
		distance func(cells []cell, weight []int) float64
	}{
		{"TCP flags JSD", flags, jensenShannon}, {"TTL JSD", ttl, jensenShannon}, {"Length KS", length, kolmogorov},
		{"Time between packets KS", gap, kolmogorov}, {"Direction runs KS", run, kolmogorov},
	} {
		f := figure(real, other, p.property, o.Draws, seed.Word(p.name), p.distance)
		out = append(out, fidelity.Aspect{Group: Group, Name: p.name, Best: "0", Figure: f})
	}
	return out
}

// cell is how often a value was seen in a cluster of one of the captures.
type cell struct {
	value         uint32
	side, cluster int
	n             float64
}

func figure(real, other *Capture, property, draws int, seed draw.Seed, distance func([]cell, []int) float64) score.Number {
	var cells []cell
	var total [2]int64
	used := 0
	for side, c := range []*Capture{real, other} {
		for _, values := range c.counts[property] {
			if len(values) == 0 {
				continue
			}
			for v, n := range values {
				cells = append(cells, cell{v, side, used, float64(n)})
				total[side] += n
			}
			used++
		}
		if total[side] == 0 {
			return score.Number{Missing: "no packet of " + c.Name + " has one"}
		}
	}
	slices.SortFunc(cells, func(a, b cell) int {
		if a.value != b.value {
			return int(int64(a.value) - int64(b.value))
		}
		return a.cluster - b.cluster
	})
	once := make([]int, used)
	for i := range once {
		once[i] = 1
	}
	out := score.Number{Value: distance(cells, once), N: total[0] + total[1]}
	i, err := stats.Distance(used, draws, seed, func(weight []int) float64 { return distance(cells, weight) })
	if err != nil {
		out.Note = err.Error()
		return out
	}
	out.Low, out.High, out.Bounded = max(0, i.Low), min(1, i.High), true
	out.Cluster = score.Cluster{Unit: "packet", Over: "groups of host pairs", Clusters: int64(used)}
	return out
}

// each calls visit with the weighted share of each value in either capture, in the order of values.
func each(cells []cell, weight []int, visit func(p, q float64)) (defined bool) {
	var total [2]float64
	for _, c := range cells {
		total[c.side] += c.n * float64(weight[c.cluster])
	}
	if total[0] == 0 || total[1] == 0 {
		return false
	}
	for i := 0; i < len(cells); {
		var n [2]float64
		from := i
		for ; i < len(cells) && cells[i].value == cells[from].value; i++ {
			n[cells[i].side] += cells[i].n * float64(weight[cells[i].cluster])
		}
		visit(n[0]/total[0], n[1]/total[1])
	}
	return true
}

// jensenShannon is the square root of the divergence in bits (J. Lin, IEEE Trans. Inf. Theory 37, 1991).
func jensenShannon(cells []cell, weight []int) float64 {
	var divergence float64
	part := func(p, m float64) float64 {
		if p == 0 {
			return 0
		}
		return p * math.Log2(p/m) / 2
	}
	if !each(cells, weight, func(p, q float64) { divergence += part(p, (p+q)/2) + part(q, (p+q)/2) }) {
		return math.NaN()
	}
	return math.Sqrt(min(1, max(0, divergence)))
}

// kolmogorov is the greatest difference of the distribution functions.
func kolmogorov(cells []cell, weight []int) (most float64) {
	var below float64
	if !each(cells, weight, func(p, q float64) {
		below += p - q
		most = max(most, math.Abs(below))
	}) {
		return math.NaN()
	}
	return min(1, most)
}
