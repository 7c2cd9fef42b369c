package tadam

import (
	"math"
	"testing"

	"github.com/evilbench/evilbench/generator/automaton"
)

// What is expected is what all ways of a word, walked one by one, do on average.
func TestExpectationsAreThoseOfAllWays(t *testing.T) {
	a := &automaton.Automaton{
		Dims: 1, States: 4, Accepting: 3, Symbols: []automaton.Symbol{{Name: "a"}, {Name: "b"}, {Name: "c"}},
		Edges: []automaton.Edge{
			{From: 0, To: 1, Symbol: 0, Probability: 0.7, Guard: &automaton.Guard{Mean: []float64{10}, Covariance: []float64{9}}},
			{From: 0, To: 2, Symbol: 1, Probability: 0.3, Guard: &automaton.Guard{Mean: []float64{20}, Covariance: []float64{9}}},
			{From: 1, To: 1, Symbol: 0, Probability: 0.2, Guard: &automaton.Guard{Mean: []float64{12}, Covariance: []float64{4}}},
			{From: 1, To: 2, Symbol: 1, Probability: 0.8, Guard: &automaton.Guard{Mean: []float64{30}, Covariance: []float64{16}}},
			{From: 2, To: 0, Symbol: 2, Probability: 0.4, Guard: &automaton.Guard{Mean: []float64{15}, Covariance: []float64{9}}},
			{From: 2, To: 3, Symbol: automaton.End, Probability: 0.6},
		},
		Noise: &automaton.Noise{Deletion: 0.05, Addition: 0.06, Transposition: 0.04, Repetition: 0.05, Substitution: 0.07, Low: []float64{0}, High: []float64{50}},
	}
	r := ranges{[]float64{0}, []float64{50}}
	for _, w := range []automaton.Word{
		{Symbols: []int32{0, 1}, Values: []float64{10, 31}},
		{Symbols: []int32{1, 0, 0, 2}, Values: []float64{29, 11, 13, 16}},
		{Symbols: []int32{0, 0, 2, 1, 1}, Values: []float64{9, 12, 14, 22, 25}},
		{Symbols: []int32{2}, Values: []float64{40}},
	} {
		m := hypothesisOf(a, certain, r)
		m.ready()
		text := textOf(&w, len(a.Symbols), &r)
		text.times = 3
		x := newExpectations(m)
		x.add(&text)

		all := walk{x: newExpectations(m), w: &text, used: make([]float64, len(m.edges)), values: make([]float64, len(m.edges))}
		all.from(0, 0, 1, 0)
		near := func(what string, got, want float64) {
			if math.Abs(got-want) > 1e-5*(1+math.Abs(want)) {
				t.Errorf("%v: %s of %g, all ways make it %g", w.Symbols, what, got, want)
			}
		}
		for k := range m.edges {
			near("uses of an edge", x.used[k].count, 3*all.used[k]/all.total)
			if sum := x.used[k].sum; sum != nil {
				near("values of an edge", sum[0], 3*all.values[k]/all.total)
			}
		}
		for k := range all.seen {
			near("steps of a kind", x.seen[k], 3*all.seen[k]/all.total)
		}
	}
}

// walk goes every way of a word, one after the other.
type walk struct {
	x     *expectations
	w     *text
	steps []way // so far
	lost  []int32
	total float64

	used, values []float64
	seen         [kinds]float64
}

func (v *walk) from(i int, state int32, p float64, depth int) {
	m := v.x.a.m
	if depth > 24 || p < 1e-21 {
		return
	}
	if i == len(v.w.symbols) && v.x.a.ends[state] >= 0 {
		v.done(p * v.x.p[v.x.a.ends[state]])
		v.used[v.x.a.ends[state]] += p * v.x.p[v.x.a.ends[state]]
	}
	for _, k := range v.x.a.out[state] {
		v.lost = append(v.lost, k)
		v.from(i, m.edges[k].to, p*v.x.op[deletion]*v.x.p[k], depth+1)
		v.lost = v.lost[:len(v.lost)-1]
	}
	if i == len(v.w.symbols) {
		return
	}
	var ways []way
	v.x.at(v.w, i)
	v.x.ways(v.w, i, state, func(s way) { ways = append(ways, s) })
	for _, s := range ways {
		v.steps = append(v.steps, s)
		v.from(s.end, s.to, p*s.p, depth+1)
		v.steps = v.steps[:len(v.steps)-1]
	}
}

func (v *walk) done(p float64) {
	v.total += p
	for _, k := range v.lost {
		v.used[k] += p
		v.seen[deletion] += p
	}
	for _, s := range v.steps {
		v.seen[s.kind] += p
		if s.edge >= 0 {
			v.used[s.edge] += p
			v.values[s.edge] += p * v.w.values[s.end-1]
		}
		if s.second >= 0 {
			v.used[s.second] += p
			v.values[s.second] += p * v.w.values[s.end-2]
		}
	}
}
