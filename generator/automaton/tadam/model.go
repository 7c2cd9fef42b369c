// Package tadam learns probabilistic timed automata from words that have been disturbed, by the principle of minimum description length
// (L. Cornanguer, C. Largouët, L. Rozé and A. Termier, TADAM, SDM 2025).
package tadam

import (
	"math"
	"slices"

	"github.com/evilbench/evilbench/generator/automaton"
)

// end is the symbol of edges that end a word.
const end = int32(automaton.End)

// hypothesis is an automaton while it is learnt. State 0 is the initial one; edges that end a word lead to state -1.
type hypothesis struct {
	symbols int
	dims    int
	states  int
	edges   []edge
	noise   [kinds]float64 // probabilities of a step's kinds
	ranges  ranges
	grid    *grid // of the values that are learnt from, nil = none
}

// edge is a transition with what was seen of it.
type edge struct {
	from, to int32
	symbol   int32
	count    float64
	sum      []float64 // of the values
	squares  []float64 // of products of two values, upper triangle
	weight   float64   // of the values: edges inherit theirs from others until words have been aligned
	was      []int32   // numbers of the edges it stands for in the automaton that it came of

	bits  float64 // minus the logarithm of the probability
	price *priced // of its values
}

// The kinds of a step.
const (
	match = iota
	deletion
	addition
	transposition
	repetition
	substitution
	kinds
)

// ranges are between which numbers values lie: what comes from nowhere is one of them.
type ranges struct{ low, high []float64 }

func rangesOf(ws *automaton.Words) ranges {
	r := ranges{low: make([]float64, ws.Dims), high: make([]float64, ws.Dims)}
	for d := range ws.Dims {
		r.low[d], r.high[d] = math.Inf(1), math.Inf(-1)
	}
	for i := range ws.Words {
		for k, v := range ws.Words[i].Values {
			d := k % ws.Dims
			r.low[d], r.high[d] = min(r.low[d], math.Round(v)), max(r.high[d], math.Round(v))
		}
	}
	return r
}

// escape is the share of values outside the range, which only words that were not learnt from have.
const escape = 0.01

// bits is what values cost of which nothing is known.
func (r *ranges) bits(values []float64) float64 {
	bits := 0.0
	for d, v := range values {
		low, high := r.low[d], r.high[d]
		v = math.Round(v)
		if v >= low && v <= high {
			bits += math.Log2(high-low+1) - math.Log2(1-escape)
			continue
		}
		bits += 1 - math.Log2(escape) + integerBits(max(low-v, v-high))
	}
	return bits
}

// integerBits is Rissanen's universal code for n ≥ 1 (J. Rissanen, Ann. Stat. 11, 1983). TADAM's own code is of n+1 and adds a last term
// below 0, so that it is no code.
func integerBits(n float64) float64 {
	bits := math.Log2(2.865064)
	for x := math.Log2(max(1, n)); x > 0; x = math.Log2(x) {
		bits += x
	}
	return bits
}

// add books one more use of the edge with these values.
func (e *edge) add(values []float64, weight float64) {
	n := len(values)
	if e.sum == nil {
		e.sum, e.squares = make([]float64, n), make([]float64, n*(n+1)/2)
	}
	e.weight += weight
	at := 0
	for i, x := range values {
		x = math.Round(x)
		e.sum[i] += weight * x
		for _, y := range values[i:] {
			e.squares[at] += weight * x * math.Round(y)
			at++
		}
	}
}

// pool takes another edge's sightings in.
func (e *edge) pool(o *edge) {
	e.count += o.count
	e.was = slices.Concat(e.was, o.was)
	if o.sum == nil {
		return
	}
	if e.sum == nil {
		e.sum, e.squares = make([]float64, len(o.sum)), make([]float64, len(o.squares))
	}
	e.weight += o.weight
	for i, x := range o.sum {
		e.sum[i] += x
	}
	for i, x := range o.squares {
		e.squares[i] += x
	}
}

// scaled is the edge with a share of its sightings.
func (e *edge) scaled(share float64) edge {
	out := *e
	out.sum, out.squares = make([]float64, len(e.sum)), make([]float64, len(e.squares))
	out.count, out.weight = e.count*share, e.weight*share
	for i, x := range e.sum {
		out.sum[i] = x * share
	}
	for i, x := range e.squares {
		out.squares[i] = x * share
	}
	return out
}

// prior is how many sightings of a spread of one stand beside an edge's own, so that a few alike do not make a needle.
const prior = 1.0

// guard is the normal distribution of the edge's values; nil where there are none.
func (e *edge) guard(dims int) *automaton.Guard {
	if dims == 0 || e.weight == 0 {
		return nil
	}
	g := &automaton.Guard{Mean: make([]float64, dims), Covariance: make([]float64, dims*(dims+1)/2)}
	for i := range dims {
		g.Mean[i] = e.sum[i] / e.weight
	}
	at := 0
	for i := range dims {
		for j := i; j < dims; j++ {
			v := e.squares[at] - e.weight*g.Mean[i]*g.Mean[j]
			if i == j {
				v = max(0, v) + prior
			}
			g.Covariance[at] = v / (e.weight + prior)
			at++
		}
	}
	return g
}

// ready works out probabilities and guards from what was seen.
func (m *hypothesis) ready() {
	total, kinds := make([]float64, m.states), make([]float64, m.states)
	for i := range m.edges {
		total[m.edges[i].from] += m.edges[i].count
		kinds[m.edges[i].from]++
	}
	for i := range m.edges {
		e := &m.edges[i]
		e.bits = -math.Log2((e.count + 0.5) / (total[e.from] + 0.5*kinds[e.from]))
		if e.symbol == end || m.dims == 0 {
			continue
		}
		if g := e.guard(m.dims); g != nil && !e.price.of(g) {
			e.price = m.grid.price(g)
		}
	}
}

// clone copies the automaton; edges' sums are shared until they are written anew.
func (m *hypothesis) clone() *hypothesis {
	out := *m
	out.edges = append([]edge(nil), m.edges...)
	return &out
}
