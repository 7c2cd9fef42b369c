package tadam

import (
	"fmt"
	"math"

	"github.com/evilbench/evilbench/generator/automaton"
)

// Scorer says what words cost under an automaton and its noise. It belongs to one goroutine.
type Scorer struct {
	hypothesis *hypothesis
	align      *aligner
	steps      []step
	last       *text // that the aligner has a table of
}

// certain is how many words the probabilities of an automaton are taken to come from, so that they stay what they are.
const certain = 1e9

// unknownBits is what a symbol costs that the automaton does not know, beside its values and what a known one would.
const unknownBits = 10

// NewScorer prepares an automaton.
func NewScorer(a *automaton.Automaton) (*Scorer, error) {
	if err := a.Check(); err != nil {
		return nil, err
	}
	r := ranges{low: make([]float64, a.Dims), high: make([]float64, a.Dims)}
	if a.Noise != nil {
		r = ranges{a.Noise.Low, a.Noise.High}
	}
	m := hypothesisOf(a, certain, r)
	m.ready()
	return &Scorer{hypothesis: m, align: newAligner(m)}, nil
}

// Bits is what a word costs: its cheapest way through the automaton with what noise does to it, or else written down. Symbols are those of the
// automaton, greater numbers unknown ones. clean tells that it needs no edit.
func (s *Scorer) Bits(w *automaton.Word) (bits float64, clean bool) {
	t := textOf(w, s.hypothesis.symbols, &s.hypothesis.ranges)
	for i, symbol := range w.Symbols {
		if int(symbol) >= s.hypothesis.symbols {
			t.free[i] += unknownBits
			t.explicit += unknownBits
		}
	}
	s.last = nil
	if s.hypothesis.states*(len(w.Symbols)+1) > mostSteps {
		return t.explicit + 1, false
	}
	bits = s.align.align(&t)
	s.last = &t
	if t.explicit+1 < bits {
		return t.explicit + 1, false
	}
	s.steps = s.align.trace(&t, s.steps[:0])
	clean = true
	for _, x := range s.steps {
		clean = clean && x.kind == match
	}
	return bits, clean
}

// Surprises appends what each step of a word's cheapest way costs, in no order: its symbols, those that were lost, and the end. Of a word that is
// written down without the automaton it is one sum.
func (s *Scorer) Surprises(w *automaton.Word, into []float64) []float64 {
	bits, _ := s.Bits(w)
	t := s.last
	if t == nil || t.explicit+1 <= bits {
		return append(into, bits)
	}
	return s.align.costs(t, into)
}

// Score is what words cost under an automaton.
type Score struct {
	States    int     `json:"states"`
	Edges     int     `json:"edges"`
	ModelBits float64 `json:"model_bits"`
	DataBits  float64 `json:"data_bits"`
	Words     int     `json:"words"`
	PerWord   float64 `json:"bits_per_word"`
	Clean     float64 `json:"parsed_without_edits"` // share of words
	Noise     float64 `json:"noise"`                // share of symbols that the automaton expects to be disturbed
}

// Weigh scores words, whose symbols are found by their names, under an automaton.
func Weigh(a *automaton.Automaton, ws *automaton.Words) (*Score, error) {
	if ws.Dims != a.Dims {
		return nil, fmt.Errorf("words of %d values a symbol, the automaton has %d", ws.Dims, a.Dims)
	}
	s, err := NewScorer(a)
	if err != nil {
		return nil, err
	}
	index := map[string]int32{}
	for i, x := range a.Symbols {
		index[x.Name] = int32(i)
	}
	now := make([]int32, len(ws.Symbols))
	for i, x := range ws.Symbols {
		code, known := index[x.Name]
		if !known {
			code = int32(len(a.Symbols))
		}
		now[i] = code
	}
	out := &Score{States: a.States, Edges: len(a.Edges), ModelBits: s.hypothesis.bits(), Words: len(ws.Words)}
	if a.Noise != nil {
		out.Noise = a.Noise.Rate()
	}
	clean := 0
	for i := range ws.Words {
		w := ws.Words[i]
		symbols := make([]int32, len(w.Symbols))
		for k, x := range w.Symbols {
			symbols[k] = now[x]
		}
		w.Symbols = symbols
		bits, ok := s.Bits(&w)
		out.DataBits += bits
		if ok {
			clean++
		}
	}
	out.PerWord = out.DataBits / math.Max(1, float64(len(ws.Words)))
	out.Clean = float64(clean) / math.Max(1, float64(len(ws.Words)))
	return out, nil
}
