package tadam

import (
	"fmt"
	"math"

	"github.com/evilbench/evilbench/generator/automaton"
)

// text is a word as it is learnt from: words that are the same in all count as one.
type text struct {
	symbols  []int32
	values   []float64
	rows     []int32   // of the values in the grid, where there is one
	free     []float64 // bits of each symbol's values where nothing is known of them
	explicit float64   // bits of the word without any automaton
	times    float64
}

// mostSteps bounds positions times states of one word's table.
const mostSteps = 1 << 26

// texts are the words, the same ones together, in the order of their first.
func texts(ws *automaton.Words, r *ranges) []text {
	var out []text
	index := map[string]int{}
	for i := range ws.Words {
		w := &ws.Words[i]
		key := fmt.Sprint(w.Symbols, w.Values)
		if at, known := index[key]; known {
			out[at].times++
			continue
		}
		index[key] = len(out)
		out = append(out, textOf(w, len(ws.Symbols), r))
	}
	return out
}

// mostSearched is how many different words a search works with.
const mostSearched = 4000

// thinned is every n-th of very many words: what a search finds in thousands of them it would find in all. They count as few as they are, since
// what noise made of one of them would else look like what it made of n.
func thinned(words []text) []text {
	n := (len(words) + mostSearched - 1) / mostSearched
	if n <= 1 {
		return words
	}
	var out []text
	for i := 0; i < len(words); i += n {
		out = append(out, words[i])
	}
	return out
}

func textOf(w *automaton.Word, symbols int, r *ranges) text {
	t := text{symbols: w.Symbols, values: w.Values, free: make([]float64, len(w.Symbols)), times: 1}
	dims := len(r.low)
	t.explicit = integerBits(float64(len(w.Symbols)) + 1)
	for i := range t.free {
		t.free[i] = r.bits(w.Values[i*dims : (i+1)*dims])
		t.explicit += t.free[i] + math.Log2(float64(symbols))
	}
	return t
}
