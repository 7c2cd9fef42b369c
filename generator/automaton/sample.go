package automaton

import "github.com/evilbench/evilbench/generator/draw"

// Sample draws a word: its symbols, and Dims values for each. A word of mostSymbols is cut there. The automaton must be valid.
func (a *Automaton) Sample(r *draw.Stream) (symbols []int32, values []float64) {
	state := a.Initial
	for len(symbols) < mostSymbols {
		x := r.Float64()
		var taken *Edge
		for i := range a.Edges {
			e := &a.Edges[i]
			if e.From != state {
				continue
			}
			taken = e
			if x -= e.Probability; x < 0 {
				break
			}
		}
		if taken == nil || taken.Symbol == End {
			return symbols, values
		}
		symbols = append(symbols, int32(taken.Symbol))
		values = taken.Draw(r, values)
		state = taken.To
	}
	return symbols, values
}
