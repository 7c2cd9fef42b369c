package bayes

import (
	"slices"

	"github.com/evilbench/evilbench/generator/draw"
)

// Free marks a variable of a row that is to be drawn.
const Free = -1

// Draw fills every variable of row, parents first.
func (n *Network) Draw(r *draw.Stream, row []int32) {
	for _, v := range n.order {
		row[v] = n.value(r, v, row)
	}
}

// value draws one variable given the values of its parents in row.
func (n *Network) value(r *draw.Stream, v int, row []int32) int32 {
	g := n.at(v, row)
	if g != nil {
		u := r.Float64() * (float64(g.total) + n.mass(v))
		if u < float64(g.total) {
			return g.pick(u)
		}
	}
	if n.Smoothing.Kind == Marginal {
		return n.marginal[v].pick(r.Float64() * float64(n.marginal[v].total))
	}
	return int32(r.IntN(n.Cards[v]))
}

// pick is the value whose part of the counts holds u, which lies in [0, total).
func (g *group) pick(u float64) int32 {
	at := int64(u)
	for i, c := range g.counts {
		if at < c {
			return g.values[i]
		}
		at -= c
	}
	return g.values[len(g.values)-1]
}

// DrawGiven fills the Free variables of row, given the others. It draws forward and keeps a draw with the probability that the
// given values have under it, which is exact; where tries draws are not enough it takes one of them in proportion to that
// probability, which is nearly so (sampling importance resampling; D. Rubin, 1988). It is false where no draw allows the given
// values: row is then as it was.
func (n *Network) DrawGiven(r *draw.Stream, row []int32, tries int) bool {
	given, trial, chosen := slices.Clone(row), slices.Clone(row), make([]int32, len(row))
	// Of the given values only those below a drawn one tell draws apart.
	telling, possible := n.telling(given)
	if !possible {
		return false
	}
	sum := 0.0
	for range tries {
		weight := 1.0
		for _, v := range n.order {
			switch {
			case given[v] == Free:
				trial[v] = n.value(r, v, trial)
			case telling[v]:
				weight *= n.Probability(v, given[v], trial)
			}
		}
		if weight == 0 {
			continue
		}
		if r.Chance(weight) {
			copy(row, trial)
			return true
		}
		sum += weight
		if r.Chance(weight / sum) { // keeps each trial so far with its share of the weights
			copy(chosen, trial)
		}
	}
	if sum == 0 {
		return false
	}
	copy(row, chosen)
	return true
}

// telling marks the given variables that have a parent which is to be drawn. It is false where the others cannot have the values
// they are given.
func (n *Network) telling(given []int32) (telling []bool, possible bool) {
	telling = make([]bool, len(given))
	for v, value := range given {
		if value == Free {
			continue
		}
		telling[v] = slices.ContainsFunc(n.Structure[v], func(p int) bool { return given[p] == Free })
		if !telling[v] && n.Probability(v, value, given) == 0 {
			return nil, false
		}
	}
	return telling, true
}
