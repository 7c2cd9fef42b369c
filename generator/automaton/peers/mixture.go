package peers

import (
	"errors"
	"fmt"
	"math"

	"github.com/evilbench/evilbench/generator/automaton"
)

// Mixture gives each letter the mean of the probabilities that its learners' models give it, all with the same weight: no choice among
// them has to be made. It costs at most log2 of their number more than any of them for each letter.
type Mixture struct{ Of []Learner }

// Name is what a table calls it.
func (m Mixture) Name() string { return fmt.Sprintf("Mixture of %d models", len(m.Of)) }

// Learn learns the parts.
func (m Mixture) Learn(words *automaton.Words, letters *Letters) (Model, error) {
	if len(m.Of) == 0 {
		return nil, errors.New("a mixture of no models; want one or more")
	}
	var out mixture
	for _, l := range m.Of {
		part, err := l.Learn(words, letters)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", l.Name(), err)
		}
		out = append(out, part)
	}
	return out, nil
}

type mixture []Model

func (m mixture) Size() (states, edges int) {
	for _, part := range m {
		s, e := part.Size()
		states += s
		edges += e
	}
	return states, edges
}

func (m mixture) Bits(w *automaton.Word) float64 { return sum(m.Surprises(w, nil)) }

func (m mixture) Surprises(w *automaton.Word, into []float64) []float64 {
	first := len(into)
	into = append(into, make([]float64, len(w.Symbols)+1)...)
	var bits []float64
	for _, part := range m {
		bits = part.Surprises(w, bits[:0])
		for i, b := range bits {
			into[first+i] += math.Exp2(-b)
		}
	}
	for i := first; i < len(into); i++ {
		into[i] = -math.Log2(into[i] / float64(len(m)))
	}
	return into
}
