package anomaly

import (
	"fmt"
	"slices"

	"github.com/evilbench/evilbench/generator/automaton"
)

// Scorer gives words code lengths in bits. The more bits, the more foreign.
type Scorer interface {
	Bits(w *automaton.Word) float64
}

// Surpriser gives the bits of each symbol and of the end.
type Surpriser interface {
	Surprises(w *automaton.Word, into []float64) []float64
}

// Refuser says which words have no path in an automaton, and thus no probability.
type Refuser interface {
	Refuses(w *automaton.Word) bool
}

// Ranking is how the bits of a word become its score.
type Ranking uint8

// The rankings. Total is the code length of the word and its end. PerSymbol is that over the symbols and the end. Largest is the bits of
// the least expected symbol or end: it asks whether anything in the word is odd, whatever its length. Refused is the total, with all
// words that the automaton has no path for before all others, as published figures of TAG and RTI+ have it.
const (
	Total Ranking = iota
	PerSymbol
	Largest
	Refused
)

var rankings = [...]string{"total", "per symbol", "largest", "refused first"}

// String is the ranking's name in a table.
func (r Ranking) String() string {
	if int(r) < len(rankings) {
		return rankings[r]
	}
	return fmt.Sprintf("ranking %d", uint8(r))
}

// MarshalText implements encoding.TextMarshaler.
func (r Ranking) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// RefusedBits are added to the score of a refused word.
const RefusedBits = 1e6

// Rankings lists those that a scorer has the means for.
func Rankings(s Scorer) []Ranking {
	out := []Ranking{Total, PerSymbol}
	if _, ok := s.(Surpriser); ok {
		out = append(out, Largest)
	}
	if _, ok := s.(Refuser); ok {
		out = append(out, Refused)
	}
	return out
}

// Scores are the scores of a word by each of the rankings, which the scorer must have the means for.
func Scores(s Scorer, by []Ranking, w *automaton.Word) []float64 {
	out := make([]float64, len(by))
	bits := s.Bits(w)
	for i, r := range by {
		switch r {
		case PerSymbol:
			out[i] = bits / float64(len(w.Symbols)+1)
		case Largest:
			out[i] = slices.Max(s.(Surpriser).Surprises(w, nil))
		case Refused:
			out[i] = bits
			if s.(Refuser).Refuses(w) {
				out[i] += RefusedBits
			}
		default:
			out[i] = bits
		}
	}
	return out
}
