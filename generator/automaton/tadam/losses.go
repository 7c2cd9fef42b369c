package tadam

import (
	"cmp"
	"math"
	"slices"
)

// loss is where a word can be after symbols that were lost.
type loss struct {
	to   int32
	bits float64
}

// losses are the cheapest ways to get from state to state without a symbol (R. Floyd, 1962).
func (a *aligner) losses() {
	n := a.m.states
	a.skip, a.hop = make([]float64, n*n), make([]int32, n*n)
	for i := range a.skip {
		a.skip[i], a.hop[i] = math.Inf(1), -1
	}
	for i := range a.m.edges {
		e := &a.m.edges[i]
		if e.symbol == end || e.from == e.to {
			continue
		}
		at := int(e.from)*n + int(e.to)
		if c := a.op[deletion] + e.bits; c < a.skip[at] {
			a.skip[at], a.hop[at] = c, int32(i)
		}
	}
	for k := range n {
		for i := range n {
			first := a.skip[i*n+k]
			if math.IsInf(first, 1) {
				continue
			}
			for j := range n {
				if c := first + a.skip[k*n+j]; c < a.skip[i*n+j] && i != j {
					a.skip[i*n+j], a.hop[i*n+j] = c, a.hop[i*n+k]
				}
			}
		}
	}
}

// sortLosses lists for each state where losses lead, as far as a beam reaches.
func (a *aligner) sortLosses() {
	n := a.m.states
	a.lost = make([][]loss, n)
	for p := range n {
		for q, c := range a.skip[p*n : (p+1)*n] {
			if c <= beam {
				a.lost[p] = append(a.lost[p], loss{int32(q), c})
			}
		}
		slices.SortFunc(a.lost[p], func(x, y loss) int { return cmp.Or(cmp.Compare(x.bits, y.bits), cmp.Compare(x.to, y.to)) })
	}
}
