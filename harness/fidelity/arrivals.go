package fidelity

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/harness/stats"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// fewestArrivals is how many times between flows a service needs to be compared by them.
const fewestArrivals = 20

// arrivals is how differently the flows of a service follow one another: the Kolmogorov-Smirnov distance of the times between
// them, the mean over the services that have enough of them in the training table. A service of which the other table has no two
// flows is as far apart as can be. Services are clusters of the interval.
func arrivals(v *view) []Aspect {
	const name, best = "Inter-arrival KS", "0"
	known, other := v.trainWaits(), waits(v.table)
	if missing := cmp.Or(known.missing, other.missing); missing != "" {
		return absent(GroupTime, name, best, missing)
	}
	real, theirs := known.of, other.of
	var rows [][]float64
	var sum float64
	var lost []string
	for _, service := range sortedKeys(real) {
		if len(real[service]) < fewestArrivals {
			continue
		}
		far := 1.0
		if len(theirs[service]) == 0 {
			lost = append(lost, service)
		} else {
			far = kolmogorov(real[service], theirs[service])
		}
		sum += far
		rows = append(rows, []float64{1, far})
	}
	if len(rows) == 0 {
		return absent(GroupTime, name, best, fmt.Sprintf("no service of %s has %d times between flows", v.train.Name, fewestArrivals))
	}
	detail := fmt.Sprintf("%d services", len(rows))
	if len(lost) > 0 {
		detail += ", absent: " + strings.Join(lost, ", ")
	}
	i, err := stats.BCaSums(rows, v.options.Draws, v.seed.Word("arrivals"), func(s []float64) float64 { return s[1] / s[0] })
	c := score.Cluster{Unit: "service", Over: "services", Clusters: int64(len(rows))}
	return []Aspect{{Group: GroupTime, Name: name, Best: best, Figure: bounded(sum/float64(len(rows)), len(rows), c, i, err), Detail: detail}}
}

// waiting is the times between the flows of each service, or why there are none.
type waiting struct {
	of      map[string][]int64
	missing string
}

// waits are, for each service, the ascending times in ns from one flow to the next, without those that the table did not watch
// throughout.
func waits(t *flowlog.Table) waiting {
	if _, missing := columnsOf(t, []string{flowlog.FirstSeen}); missing != "" {
		return waiting{missing: missing}
	}
	t = ordered(t, t.Rows())
	words, missing := servicesOf(t)
	if missing != "" {
		return waiting{missing: missing}
	}
	when, _ := t.Column(flowlog.FirstSeen)
	stretch := stretches(when.Times)
	last := map[string]int{}
	of := map[string][]int64{}
	for row, service := range words {
		if before, found := last[service]; found && stretch[before] == stretch[row] {
			of[service] = append(of[service], when.Times[row]-when.Times[before])
		}
		last[service] = row
	}
	for _, w := range of {
		slices.Sort(w)
	}
	return waiting{of: of}
}

// servicesOf is the service of each row: protocol and port, as in UDP/53.
func servicesOf(t *flowlog.Table) (words []string, missing string) {
	c, missing := columnsOf(t, []string{flowlog.Proto, flowlog.DstPort})
	if missing != "" {
		return nil, missing
	}
	known := map[[2]int32]string{}
	words = make([]string, t.Rows())
	for row := range words {
		key := [2]int32{c[0].Codes[row], c[1].Codes[row]}
		word, found := known[key]
		if !found {
			word = c[0].Word(row) + "/" + strings.TrimSuffix(c[1].Word(row), ".0")
			known[key] = word
		}
		words[row] = word
	}
	return words, ""
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// kolmogorov is the greatest difference of the distribution functions of two ascending samples.
func kolmogorov(a, b []int64) (most float64) {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		at := min(a[i], b[j])
		for i < len(a) && a[i] == at {
			i++
		}
		for j < len(b) && b[j] == at {
			j++
		}
		most = max(most, abs(float64(i)/float64(len(a))-float64(j)/float64(len(b))))
	}
	return most
}

func abs(v float64) float64 { return max(v, -v) }
