package tadam

import (
	"fmt"
	"slices"

	"github.com/evilbench/evilbench/generator/automaton"
)

// grid is all different values that come with the symbols of the words. Values are whole numbers, so that there are far fewer of them than
// symbols, and what each costs under an edge's guard needs to be worked out but once.
type grid struct {
	dims int
	rows []float64 // dims for each
}

// mostRows is up to how many values costs are kept for every edge.
const mostRows = 1 << 12

// newGrid numbers the values of the words; nil where there are too many.
func newGrid(words []text, dims int) *grid {
	if dims == 0 {
		return nil
	}
	g := &grid{dims: dims}
	index := map[string]int32{}
	for i := range words {
		w := &words[i]
		w.rows = make([]int32, len(w.symbols))
		for k := range w.symbols {
			values := w.values[k*dims : (k+1)*dims]
			key := fmt.Sprint(values)
			row, known := index[key]
			if !known {
				if row = int32(len(index)); row == mostRows {
					return nil
				}
				index[key] = row
				g.rows = append(g.rows, values...)
			}
			w.rows[k] = row
		}
	}
	return g
}

// priced is a guard with what values cost under it. It is never changed, so that automata share it.
type priced struct {
	guard *automaton.Guard
	chain automaton.Chain
	bits  []float32 // by row of the grid; nil where there is none
}

// price works out a guard's costs.
func (g *grid) price(guard *automaton.Guard) *priced {
	p := &priced{guard: guard, chain: automaton.NewChain(guard)}
	if g == nil {
		return p
	}
	p.bits = make([]float32, len(g.rows)/g.dims)
	for i := range p.bits {
		p.bits[i] = float32(p.chain.Bits(g.rows[i*g.dims : (i+1)*g.dims]))
	}
	return p
}

// of tells whether the costs are those of a guard.
func (p *priced) of(guard *automaton.Guard) bool {
	return p != nil && slices.Equal(p.guard.Mean, guard.Mean) && slices.Equal(p.guard.Covariance, guard.Covariance)
}
