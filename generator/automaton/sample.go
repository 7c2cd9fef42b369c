package automaton

import "github.com/evilbench/evilbench/generator/draw"

// Walk draws a word: its edges in order, the one that ends it last. It is nil where no word has ended within most symbols. The automaton must
// be valid.
func (a *Automaton) Walk(r *draw.Stream, most int) []Edge {
	var word []Edge
	state := a.Initial
	for len(word) <= most {
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
		if taken == nil {
			return nil
		}
		word = append(word, *taken)
		if taken.Symbol == End {
			return word
		}
		state = taken.To
	}
	return nil
}

// Sample draws a word: its symbols, and Dims values for each. It is empty where no word has ended within the longest there can be.
func (a *Automaton) Sample(r *draw.Stream) (symbols []int32, values []float64) {
	for _, e := range a.Walk(r, mostSymbols) {
		if e.Symbol == End {
			break
		}
		symbols = append(symbols, int32(e.Symbol))
		values = e.Draw(r, values)
	}
	return symbols, values
}
