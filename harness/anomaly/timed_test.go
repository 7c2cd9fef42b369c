package anomaly

import (
	"math"
	"testing"

	"github.com/evilbench/evilbench/generator/automaton"
	"github.com/evilbench/evilbench/generator/automaton/tadam"
	"github.com/evilbench/evilbench/generator/draw"
)

// A timed automaton tells words in another order, and at other times, from those it learnt; its steps sum to its bits.
func TestTADAMTellsForeignWords(t *testing.T) {
	r := draw.NewSeed(1).Stream()
	word := func(delay float64, symbols ...int32) automaton.Word {
		w := automaton.Word{Symbols: symbols}
		for range symbols {
			w.Values = append(w.Values, math.Round(delay+r.Normal()), float64(r.IntN(3)))
		}
		return w
	}
	task := Task{Name: "by hand", Values: 1, Train: &automaton.Words{Symbols: []automaton.Symbol{{Name: "a"}, {Name: "b"}, {Name: "c"}}, Dims: 2}}
	for range 60 {
		task.Train.Words = append(task.Train.Words, word(10, 0, 1, 2))
		task.Usual = append(task.Usual, word(10, 0, 1, 2))
		task.Foreign = append(task.Foreign, word(10, 2, 2, 0), word(40, 0, 1, 2))
	}
	e, err := task.TADAM(tadam.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := task.Measure([]Entry{e}, Options{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 4 {
		t.Errorf("%d rankings, want total, per symbol, largest and refused first", len(rows))
	}
	for _, row := range rows[:3] {
		if row.All.AUROC.Value < 0.99 {
			t.Errorf("%s: AU-ROC %v", row.Ranking, row.All.AUROC.Value)
		}
	}
	for _, w := range task.Usual {
		sum := 0.0
		for _, x := range e.Scorer.(Surpriser).Surprises(&w, nil) {
			sum += x
		}
		if bits := e.Scorer.Bits(&w); math.Abs(sum-bits) > 1e-6 {
			t.Fatalf("steps of %v bits, the word has %v", sum, bits)
		}
	}
}
