package peers

import (
	"testing"

	"github.com/evilbench/evilbench/generator/automaton"
	"github.com/evilbench/evilbench/generator/draw"
)

// One word of 20,000 symbols is learnt by all, and has a finite code length: at least a bit a symbol, as no model may know it by heart,
// and at most eight, as RTI+ settles nothing for so few words.
func TestLongWord(t *testing.T) {
	r := draw.NewSeed(1).Stream()
	w := automaton.Word{Symbols: make([]int32, 20_000)}
	for i := range w.Symbols {
		w.Symbols[i] = int32(r.IntN(8))
	}
	ws := &automaton.Words{Symbols: make([]automaton.Symbol, 8), Words: []automaton.Word{w}}
	for _, l := range all() {
		if bits := learn(t, l, ws, NewLetters(ws, 0, 1)).Bits(&w); !(bits > 2e4 && bits < 16e4) {
			t.Errorf("%s: %v bits for 20,000 symbols of 3 bits each", l.Name(), bits)
		}
	}
}
