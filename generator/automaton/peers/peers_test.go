package peers

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/evilbench/evilbench/generator/automaton"
	"github.com/evilbench/evilbench/generator/draw"
	"pgregory.net/rapid"
)

// words makes words of one-letter symbols, each given so often, without values.
func words(t testing.TB, spelt ...string) *automaton.Words {
	t.Helper()
	var b strings.Builder
	for _, w := range spelt {
		var letters []string
		for _, c := range w {
			letters = append(letters, fmt.Sprintf("[%q]", string(c)))
		}
		fmt.Fprintf(&b, "{\"word\":[%s]}\n", strings.Join(letters, ","))
	}
	return read(t, b.String())
}

func read(t testing.TB, lines string) *automaton.Words {
	t.Helper()
	out, err := automaton.ReadWords(strings.NewReader(lines), "words")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func learn(t testing.TB, l Learner, ws *automaton.Words, letters *Letters) Model {
	t.Helper()
	m, err := l.Learn(ws, letters)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9 {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func all() []Learner {
	out := []Learner{
		Markov{Order: 1, Add: 0.01}, Markov{Order: 1}, Markov{Order: 3}, ContextTree{Depth: 4}, HMM{Hidden: []int{2, 3}, Rounds: 5}, TAG{}, RTI{},
	}
	return append(out, Mixture{Of: out[1:4]})
}

func TestLettersCutAtQuantiles(t *testing.T) {
	ws := read(t, `{"word":[["a",1],["b",5],["a",2]]}`+"\n"+`{"word":[["a",3],["a",4]]}`+"\n")
	l := NewLetters(ws, 1, 2)
	if l.Size() != 2*2+2 {
		t.Fatalf("%d letters, want 6", l.Size())
	}
	// The upper half of a starts above 2, its second value of four.
	got := l.Spell(&automaton.Word{Symbols: []int32{0, 0, 1, 7}, Values: []float64{2, 2.5, 9, 0}}, nil)
	if fmt.Sprint(got) != "[0 1 3 5 4]" {
		t.Errorf("spelt %v", got)
	}
}

// Of the word ab every letter has been followed by one other, once; the empty context by three, once each.
func TestMarkovByHand(t *testing.T) {
	ws := words(t, "ab")
	letters := NewLetters(ws, 0, 1)
	empty := (1 + 3*0.25) / (3 + 3)
	m := learn(t, Markov{Order: 1}, ws, letters)
	near(t, "known", m.Bits(&ws.Words[0]), -3*math.Log2((1+empty)/2))
	unseen := (0 + 3*0.25) / (3 + 3)
	// After the unseen symbol there is no context but the empty one.
	near(t, "unseen", m.Bits(&automaton.Word{Symbols: []int32{9}}), -math.Log2(unseen/2)-math.Log2(empty))
	add := learn(t, Markov{Order: 1, Add: 1}, ws, letters)
	near(t, "add-1", add.Bits(&ws.Words[0]), 3*math.Log2(5.0/2))
	if s, e := m.Size(); s != 3 || e != 3 {
		t.Errorf("%d contexts, %d edges, want 3 and 3", s, e)
	}
}

func TestContextTreeByHand(t *testing.T) {
	// Twice the same letter with a quarter added to four counts: (1/4)/1 · (5/4)/2.
	c := context{letters: []int32{1}, counts: []float64{2}, total: 2}
	near(t, "Perks", c.perks(4), math.Log2(0.25*1.25/2))
	ws := words(t, "ab", "ab")
	m := learn(t, ContextTree{Depth: 1}, ws, NewLetters(ws, 0, 1)).(*tree)
	// Each longer context saw one letter twice; the empty one saw three letters twice each.
	own := math.Log2(math.Pow(0.25*1.25, 3) / 720)
	longer := 3 * math.Log2(0.25*1.25/2)
	near(t, "weight of the empty context", m.stop[0], 1/(1+math.Exp2(longer-own)))
	if m.stop[1] != 1 {
		t.Errorf("a longest context goes on with weight %v", 1-m.stop[1])
	}
}

// The first state emits a with .8 and stays with .5; the second emits the end with .9 and stays.
func TestHMMForwardByHand(t *testing.T) {
	ws := words(t, "a")
	m := &hmm{
		states: 2, letters: NewLetters(ws, 0, 1), initial: []float64{1, 0}, move: []float64{0.5, 0.5, 0, 1},
		emit: []float64{0.8, 0.1, 0.2, 0.9, 0, 0},
	}
	// .8, then .5·.2 + .5·.9.
	near(t, "bits of a", m.Bits(&ws.Words[0]), -math.Log2(0.8)-math.Log2(0.55))
	counts := &hmm{states: 2, initial: make([]float64, 2), move: make([]float64, 4), emit: make([]float64, 6)}
	e := expectation{m: m}
	near(t, "ln", e.add(text{letters: []int32{0, 1}, times: 2}, counts), math.Log(0.8*0.55))
	// The step stayed with .1/.55 and moved with .45/.55, for both words.
	for i, want := range []float64{2 * 0.1 / 0.55, 2 * 0.45 / 0.55, 0, 0} {
		near(t, fmt.Sprintf("move %d", i), counts.move[i], want)
	}
	near(t, "start", counts.initial[0], 2)
}

func TestHMMLearnsAlternation(t *testing.T) {
	ws := words(t, "abab", "ababab", "abababab", "ab")
	m := learn(t, HMM{Hidden: []int{3}, Rounds: 200, Seed: draw.NewSeed(3)}, ws, NewLetters(ws, 0, 1))
	usual, odd := m.Bits(&ws.Words[0]), m.Bits(&automaton.Word{Symbols: []int32{1, 1, 0, 0}})
	if usual > 6 || odd < usual+8 {
		t.Errorf("abab has %.2f bits, bbaa %.2f", usual, odd)
	}
}

// Whatever came before, the probabilities of all that can come sum to one.
func TestProbabilitiesSumToOne(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		spelt := rapid.SliceOfN(rapid.StringMatching(`a[abc]{0,6}`), 1, 30).Draw(rt, "words")
		ws := words(t, append(spelt, "abc")...)
		letters := NewLetters(ws, 0, 1)
		past := rapid.SliceOfN(rapid.Int32Range(0, 4), 0, 8).Draw(rt, "past")
		for _, l := range all() {
			m := learn(t, l, ws, letters)
			total := 0.0
			for x := range int32(4) {
				s := m.Surprises(&automaton.Word{Symbols: append(past[:len(past):len(past)], x)}, nil)
				total += math.Exp2(-s[len(past)])
				if x == 0 {
					end := m.Surprises(&automaton.Word{Symbols: past}, nil)
					total += math.Exp2(-end[len(past)])
				}
			}
			if math.Abs(total-1) > 1e-9 {
				rt.Fatalf("%s: probabilities after %v sum to %v", l.Name(), past, total)
			}
		}
	})
}

func TestBitsAreFiniteAndTheSame(t *testing.T) {
	ws := timed(t, true)
	letters := NewLetters(ws, 1, 4)
	r := draw.NewSeed(1).Stream()
	for _, l := range all() {
		a, b := learn(t, l, ws, letters), learn(t, l, ws, letters)
		for range 50 {
			n := r.IntN(20)
			w := automaton.Word{Symbols: make([]int32, n), Values: make([]float64, n)}
			for i := range n {
				w.Symbols[i], w.Values[i] = int32(r.IntN(6)), 100*r.Float64()-50
			}
			x, y := a.Bits(&w), b.Bits(&w)
			if x != y || x <= 0 || math.IsInf(x, 0) || math.IsNaN(x) {
				t.Fatalf("%s: %v and %v bits", l.Name(), x, y)
			}
		}
	}
}

func TestBadOptions(t *testing.T) {
	ws := words(t, "ab")
	for _, l := range []Learner{
		Markov{}, Markov{Order: 17}, Markov{Order: 1, Add: -1}, ContextTree{}, ContextTree{Depth: 65},
		HMM{Hidden: []int{0}}, TAG{K: 17}, TAG{Alpha: 2},
		RTI{Alpha: 1}, RTI{Least: -1}, Mixture{}, Mixture{Of: []Learner{Markov{}}},
	} {
		if _, err := l.Learn(ws, NewLetters(ws, 0, 1)); err == nil {
			t.Errorf("%#v learns", l)
		}
	}
}

// BenchmarkLearn learns from words of a loop over eight symbols in which every twentieth symbol is another.
func BenchmarkLearn(b *testing.B) {
	for _, n := range []int{100, 1000, 10000} {
		r := draw.NewSeed(1).Stream()
		spelt := make([]string, n)
		for i := range spelt {
			var w strings.Builder
			for at := range 5 + r.IntN(20) {
				if r.Chance(0.05) {
					at = r.IntN(8)
				}
				w.WriteByte("abcdefgh"[at%8])
			}
			spelt[i] = w.String()
		}
		ws := words(b, spelt...)
		letters := NewLetters(ws, 0, 1)
		for _, l := range all() {
			b.Run(fmt.Sprintf("%s/%d", l.Name(), n), func(b *testing.B) {
				for range b.N {
					learn(b, l, ws, letters)
				}
			})
		}
	}
}
