package sequences

import (
	"strings"
	"testing"

	"github.com/evilbench/evilbench/generator/automaton"
	"github.com/evilbench/evilbench/generator/draw"
)

// sample is n words, each with its values from low on.
func sample(n int, low float64, seed uint64, names ...string) *automaton.Words {
	ws := &automaton.Words{Dims: 2}
	for _, name := range names {
		l, _ := automaton.ParseLetter(name)
		ws.Symbols = append(ws.Symbols, automaton.Symbol{Name: name, Direction: l.From})
	}
	r := draw.NewSeed(seed).Stream()
	for range n {
		var w automaton.Word
		for s := range names {
			for range r.Between(1, 3) {
				w.Symbols = append(w.Symbols, int32(s))
				w.Values = append(w.Values, low+float64(r.IntN(10)), low+float64(r.IntN(5)))
			}
		}
		ws.Words = append(ws.Words, w)
	}
	return ws
}

func compare(t *testing.T, a, b *automaton.Words) *Comparison {
	t.Helper()
	c, err := Compare(a, b, Options{Draws: 200, Seed: draw.NewSeed(1)})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWordsAgainstThemselves(t *testing.T) {
	ws := sample(100, 3, 1, "S_>", "SA_<")
	c := compare(t, ws, ws)
	if c.JSD.Value != 0 || c.Gap.Value != 0 || c.Size.Value != 0 || c.C2ST.Value > 0.55 {
		t.Errorf("words are %+v from themselves", c)
	}
}

func TestWordsOfOneSource(t *testing.T) {
	c := compare(t, sample(400, 3, 1, "S_>", "SA_<"), sample(300, 3, 2, "S_>", "SA_<"))
	if c.JSD.Value > 0.2 || c.Gap.Value > 0.1 || c.Size.Value > 0.1 || c.C2ST.Low > 0.5 || c.C2ST.High < 0.5 {
		t.Errorf("words of one source are %+v from each other", c)
	}
}

func TestWordsOfOthers(t *testing.T) {
	c := compare(t, sample(100, 3, 1, "S_>", "SA_<"), sample(100, 40, 2, "PA_>_P", "A_<"))
	if min(c.JSD.Value, c.Gap.Value, c.Size.Value, c.C2ST.Value) < 0.99 {
		t.Errorf("words with nothing in common are %+v from each other", c)
	}
}

func TestWhatCannotBeCompared(t *testing.T) {
	ws := sample(100, 3, 1, "S_>")
	if _, err := Compare(ws, sample(5, 3, 1, "S_>"), Options{}); err == nil || !strings.Contains(err.Error(), "fewer than 20") {
		t.Errorf("few words: %v", err)
	}
	other := sample(100, 3, 1, "S_>")
	other.Dims = 1
	if _, err := Compare(ws, other, Options{}); err == nil || !strings.Contains(err.Error(), "two values") {
		t.Errorf("one value: %v", err)
	}
}
