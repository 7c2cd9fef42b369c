package anomaly

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/evilbench/evilbench/generator/automaton"
	"github.com/evilbench/evilbench/generator/automaton/peers"
	"github.com/evilbench/evilbench/generator/draw"
	"pgregory.net/rapid"
)

// fixed gives words by their length bits that it was told.
type fixed map[int]float64

func (f fixed) Bits(w *automaton.Word) float64 { return f[len(w.Symbols)] }

func (f fixed) Surprises(w *automaton.Word, into []float64) []float64 {
	for range len(w.Symbols) {
		into = append(into, 0)
	}
	return append(into, f.Bits(w))
}

func (f fixed) Refuses(w *automaton.Word) bool { return len(w.Symbols) == 3 }

func of(n int) automaton.Word { return automaton.Word{Symbols: make([]int32, n)} }

func TestScoresByHand(t *testing.T) {
	s := fixed{1: 6, 3: 8}
	by := Rankings(s)
	one, three := of(1), of(3)
	if got := Scores(s, by, &one); !slices.Equal(got, []float64{6, 3, 6, 6}) {
		t.Errorf("%v are %v", by, got)
	}
	if got := Scores(s, by, &three); !slices.Equal(got, []float64{8, 2, 8, 8 + RefusedBits}) {
		t.Errorf("%v are %v", by, got)
	}
	type plain struct{ Scorer }
	if got := fmt.Sprint(Rankings(plain{s})); got != "[total per symbol]" {
		t.Error(got)
	}
}

func TestRowsTellSeenWordsApart(t *testing.T) {
	task := &Task{
		Name: "lengths", Train: &automaton.Words{Symbols: make([]automaton.Symbol, 1), Words: []automaton.Word{of(1)}},
		Usual: []automaton.Word{of(1), of(1), of(2)}, Foreign: []automaton.Word{of(3)},
	}
	rows, err := task.Measure([]Entry{{Model: "fixed", Scorer: fixed{1: 1, 2: 9, 3: 5}}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "all", rows[0].All.AUROC.Value, 2.0/3)
	if rows[0].Fresh.Usual != 1 || rows[0].Fresh.AUROC.Value != 0 {
		t.Errorf("fresh %+v", rows[0].Fresh)
	}
	header, cells := Cells(rows)
	if len(cells) != 4 || len(cells[0]) != len(header) || cells[1][3] != "per symbol" {
		t.Errorf("%v %v", header, cells)
	}
	if _, err := task.Measure([]Entry{{Model: "none", Scorer: fixed{1: math.NaN()}}}, Options{}); err == nil {
		t.Error("no score is a score")
	}
}

func TestRowsDoNotDependOnWorkers(t *testing.T) {
	r := draw.NewSeed(3).Stream()
	task := &Task{Name: "random", Train: &automaton.Words{Symbols: make([]automaton.Symbol, 4)}}
	for i := range 90 {
		w := of(2 + r.IntN(8))
		for j := range w.Symbols {
			w.Symbols[j] = int32(r.IntN(2 + i%3))
		}
		switch i % 3 {
		case 0:
			task.Train.Words = append(task.Train.Words, w)
		case 1:
			task.Usual = append(task.Usual, w)
		default:
			task.Foreign = append(task.Foreign, w)
		}
	}
	var before []Row
	var chosen []Contender
	for _, workers := range []int{0, 1, 3} {
		entries, err := task.Learn(learners(), workers)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := task.Measure(entries, Options{Draws: 20, Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		contenders, err := task.Choose(learners(), draw.NewSeed(4), workers)
		if err != nil {
			t.Fatal(err)
		}
		if before != nil && !(reflect.DeepEqual(before, rows) && reflect.DeepEqual(chosen, contenders)) {
			t.Errorf("other rows on %d workers", workers)
		}
		before, chosen = rows, contenders
	}
	if !slices.IsSortedFunc(chosen, func(a, b Contender) int { return int(math.Copysign(1, b.AUROC-a.AUROC)) }) {
		t.Error("contenders are not the best first")
	}
	task.Train.Words = task.Train.Words[:9]
	if _, err := task.Choose(learners(), draw.NewSeed(4), 1); err == nil {
		t.Error("nine words are enough to choose by")
	}
	if _, err := task.Learn([]peers.Learner{peers.Markov{}}, 1); err == nil || !strings.Contains(err.Error(), "Markov") {
		t.Errorf("an order of 0 learns: %v", err)
	}
}

func TestEditsAreOneStep(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		symbols := rapid.SliceOfN(rapid.Int32Range(0, 3), 1, 12).Draw(t, "symbols")
		w := automaton.Word{Symbols: symbols}
		for i := range symbols {
			w.Values = append(w.Values, float64(i), -float64(i))
		}
		kept := fmt.Sprint(w)
		r := draw.NewSeed(rapid.Uint64().Draw(t, "seed")).Stream()
		e := edit(w, 2, []int32{0, 1, 2, 3}, &r)
		if len(e.Symbols) == 0 || len(e.Symbols) > len(symbols)+1 || len(e.Values) != 2*len(e.Symbols) {
			t.Fatalf("%v became %v", w, e)
		}
		if fmt.Sprint(w) != kept {
			t.Fatal("the word itself was changed")
		}
	})
}

func TestMergeAndSplit(t *testing.T) {
	read := func(lines string) *automaton.Words {
		words, err := automaton.ReadWords(strings.NewReader(lines), "words")
		if err != nil {
			t.Fatal(err)
		}
		return words
	}
	a := read(`{"service":"x","word":[["a",1],["b",2]]}`)
	b := read(`{"service":"y","word":[["b",3]]}` + "\n" + `{"service":"y","word":[["c",4]]}` + "\n" + `{"word":[["a",5]]}`)
	files, err := Merge(a, b)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(files[1].Words[0].Symbols, files[1].Words[1].Symbols, files[1].Words[2].Symbols); got != "[1] [2] [0]" {
		t.Errorf("recoded as %s", got)
	}
	if len(files[0].Symbols) != 3 || files[0].Symbols[2].Name != "c" || b.Words[0].Symbols[0] != 0 {
		t.Errorf("alphabet %v, read words %v", files[0].Symbols, b.Words)
	}
	train, test, left := Split(files[1], 2)
	if len(train.Words) != 1 || len(test.Words) != 1 || left != 1 {
		t.Errorf("%d to learn, %d to test, %d left out", len(train.Words), len(test.Words), left)
	}
	if _, err := Merge(a, read(`{"word":[["a"]]}`)); err == nil {
		t.Error("words of one value and of none go together")
	}
}

func TestClassifyByHand(t *testing.T) {
	words := &automaton.Words{Symbols: make([]automaton.Symbol, 2)}
	for i := range 40 {
		words.Words = append(words.Words, automaton.Word{Symbols: []int32{int32(i % 2), 0, int32(i % 2)}, Service: []string{"even", "odd"}[i%2]})
	}
	train, test, _ := Split(words, 2)
	rows, err := Classify(train, test, Teachers(learners(), peers.NewLetters(train, 0, 1)), Options{Draws: 50, Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range rows {
		if c.Accuracy.Value != 1 || c.MacroF1.Value != 1 || c.Services[1].Name != "odd" || !slices.Equal(c.Services[1].Named, []int{0, 10}) {
			t.Errorf("%+v", c)
		}
	}
	test.Words[0].Service = "third"
	if _, err := Classify(train, test, nil, Options{}); err == nil || !strings.Contains(err.Error(), `"third"`) {
		t.Errorf("an unknown service: %v", err)
	}
	train.Words = train.Words[:1]
	if _, err := Classify(train, test, nil, Options{}); err == nil {
		t.Error("one service is enough")
	}
}
