package anomaly

import (
	"sync"

	"github.com/evilbench/evilbench/generator/automaton"
	"github.com/evilbench/evilbench/generator/automaton/tadam"
)

// TADAM is the entry of a timed automaton learnt in spite of noise. Its score is what a word costs by its cheapest way through automaton and
// noise; words that need an edit are refused.
func (t *Task) TADAM(o tadam.Options) (Entry, error) {
	r, err := tadam.Learn(cut(t.Train, t.Values), o)
	if err != nil {
		return Entry{}, err
	}
	s := &timed{a: r.Automaton, dims: t.Train.Dims, values: min(t.Values, t.Train.Dims)}
	if s.free.New, err = scorers(r.Automaton); err != nil {
		return Entry{}, err
	}
	return Entry{Model: "TADAM", Scorer: s, States: r.Automaton.States, Edges: len(r.Automaton.Edges)}, nil
}

// scorers makes scorers of an automaton that has been found sound.
func scorers(a *automaton.Automaton) (func() any, error) {
	if _, err := tadam.NewScorer(a); err != nil {
		return nil, err
	}
	return func() any {
		s, _ := tadam.NewScorer(a) // as above
		return s
	}, nil
}

// timed scores words under an automaton; each worker has a scorer of its own.
type timed struct {
	a            *automaton.Automaton
	dims, values int
	free         sync.Pool
}

// Bits is what the word costs.
func (s *timed) Bits(w *automaton.Word) float64 {
	bits, _ := s.score(w)
	return bits
}

// Refuses tells whether the word needs an edit.
func (s *timed) Refuses(w *automaton.Word) bool {
	_, clean := s.score(w)
	return !clean
}

// Surprises are the bits of each step of its cheapest way.
func (s *timed) Surprises(w *automaton.Word, into []float64) []float64 {
	x := s.free.Get().(*tadam.Scorer)
	defer s.free.Put(x)
	word := automaton.Word{Symbols: w.Symbols, Values: first(w, s.dims, s.values)}
	return x.Surprises(&word, into)
}

func (s *timed) score(w *automaton.Word) (bits float64, clean bool) {
	x := s.free.Get().(*tadam.Scorer)
	defer s.free.Put(x)
	word := automaton.Word{Symbols: w.Symbols, Values: first(w, s.dims, s.values)}
	return x.Bits(&word)
}

// cut is the words with the first of their values alone.
func cut(ws *automaton.Words, values int) *automaton.Words {
	if values >= ws.Dims {
		return ws
	}
	out := &automaton.Words{Symbols: ws.Symbols, Dims: values, Words: make([]automaton.Word, len(ws.Words))}
	for i := range ws.Words {
		w := ws.Words[i]
		w.Values = first(&w, ws.Dims, values)
		out.Words[i] = w
	}
	return out
}

// first are the first of each symbol's values.
func first(w *automaton.Word, dims, values int) []float64 {
	if dims == values {
		return w.Values
	}
	out := make([]float64, 0, len(w.Symbols)*values)
	for i := range w.Symbols {
		out = append(out, w.Values[i*dims:i*dims+values]...)
	}
	return out
}
