// Package peers holds what timed automata learnt by description length are measured against: Markov chains, a weighted context tree,
// a hidden Markov model, TAG and RTI+. All learn from usual words alone, and all give any word a finite code length.
package peers

import (
	"slices"

	"github.com/evilbench/evilbench/generator/automaton"
)

// Model gives words code lengths. It is safe for concurrent use.
type Model interface {
	// Bits is the code length of the word and its end. It is finite for every word.
	Bits(w *automaton.Word) float64
	// Surprises appends to into the bits of each symbol with its values, given those before, and last the bits of the end.
	Surprises(w *automaton.Word, into []float64) []float64
	// Size counts states (contexts of chains and trees) and edges (what can follow them).
	Size() (states, edges int)
}

// Learner makes a model of words. The letters say how values are cut; models of one set of letters have comparable code lengths.
type Learner interface {
	Name() string
	Learn(words *automaton.Words, letters *Letters) (Model, error)
}

// Letters turn a symbol and the values that came with it into one of Size letters: the known symbols times the bins of each value,
// then the end, then whatever was not seen when the letters were made.
type Letters struct {
	bins  int
	dims  int         // values of a word's symbol
	used  int         // of these, cut into bins
	code  []int32     // of a symbol, -1 = unknown
	cuts  [][]float64 // by symbol code*used + dimension: upper ends of all bins but the last
	known int
}

const mostBins = 16

// NewLetters cuts the first values of each symbol at their quantiles into bins, at most 16; values beyond the first used are left out.
// One bin, or none used, makes symbols alone. Quantiles that coincide leave bins empty.
func NewLetters(words *automaton.Words, used, bins int) *Letters {
	l := &Letters{bins: min(max(1, bins), mostBins), dims: max(0, words.Dims), code: make([]int32, len(words.Symbols))}
	if l.bins > 1 {
		l.used = min(used, l.dims)
	}
	for i := range l.code {
		l.code[i] = -1
	}
	seen := make([][]float64, 0, len(words.Symbols)*l.used)
	for i := range words.Words {
		w := &words.Words[i]
		for j, s := range w.Symbols {
			if l.code[s] < 0 {
				l.code[s] = int32(l.known)
				l.known++
				seen = append(seen, make([][]float64, l.used)...)
			}
			for d := range l.used {
				at := int(l.code[s])*l.used + d
				seen[at] = append(seen[at], w.Values[j*l.dims+d])
			}
		}
	}
	for _, values := range seen {
		slices.Sort(values)
		cut := make([]float64, l.bins-1)
		for b := range cut {
			cut[b] = values[max(0, (b+1)*len(values)/l.bins-1)]
		}
		l.cuts = append(l.cuts, cut)
	}
	return l
}

// Size counts the letters, the end and the unseen one included.
func (l *Letters) Size() int { return l.known*l.cells() + 2 }

// End is the letter of the end of a word.
func (l *Letters) End() int32 { return int32(l.known * l.cells()) }

// Unseen is the letter of all symbols that were unknown when the letters were made.
func (l *Letters) Unseen() int32 { return l.End() + 1 }

// cells counts the letters of one symbol.
func (l *Letters) cells() int {
	n := 1
	for range l.used {
		n *= l.bins
	}
	return n
}

// Spell appends the letters of a word and its end.
func (l *Letters) Spell(w *automaton.Word, into []int32) []int32 {
	cells := l.cells()
	for i, s := range w.Symbols {
		if int(s) >= len(l.code) || l.code[s] < 0 {
			into = append(into, l.Unseen())
			continue
		}
		cell := 0
		for d := range l.used {
			cuts := l.cuts[int(l.code[s])*l.used+d]
			v := w.Values[i*l.dims+d]
			b := 0
			for b < len(cuts) && v > cuts[b] {
				b++
			}
			cell = cell*l.bins + b
		}
		into = append(into, l.code[s]*int32(cells)+int32(cell))
	}
	return append(into, l.End())
}

// text is a spelt word, and how often it came.
type text struct {
	letters []int32
	times   float64
}

// texts are the different spellings of the words, in the order of their first use: whatever is counted is counted once for all that are
// the same.
func (l *Letters) texts(words *automaton.Words) []text {
	var out []text
	at := map[string]int{}
	var key []byte
	for i := range words.Words {
		letters := l.Spell(&words.Words[i], nil)
		key = key[:0]
		for _, x := range letters {
			key = append(key, byte(x), byte(x>>8), byte(x>>16), byte(x>>24))
		}
		if j, known := at[string(key)]; known {
			out[j].times++
			continue
		}
		at[string(key)] = len(out)
		out = append(out, text{letters: letters, times: 1})
	}
	return out
}

// sum adds the surprises up.
func sum(surprises []float64) float64 {
	var bits float64
	for _, s := range surprises {
		bits += s
	}
	return bits
}
