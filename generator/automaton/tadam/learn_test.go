package tadam

import (
	"bytes"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/evilbench/evilbench/generator/automaton"
	"github.com/evilbench/evilbench/generator/draw"
)

// disturbed draws words of an automaton and disturbs each symbol with a probability: five kinds of noise in equal parts, as the shared
// planted words are.
func disturbed(a *automaton.Automaton, seed draw.Seed, n int, noise float64) *automaton.Words {
	ws := &automaton.Words{Symbols: a.Symbols, Dims: a.Dims}
	for i := 0; len(ws.Words) < n; i++ {
		r := seed.Number(uint64(i)).Stream()
		symbols, values := a.Sample(&r)
		for k := range values {
			values[k] = max(0, values[k])
		}
		var w automaton.Word
		put := func(s int32, v float64) { w.Symbols, w.Values = append(w.Symbols, s), append(w.Values, v) }
		for k := 0; k < len(symbols); k++ {
			s, v := symbols[k], values[k]
			if !r.Chance(noise) {
				put(s, v)
				continue
			}
			switch r.IntN(5) {
			case 0:
			case 1:
				put(s, v)
				put(int32(r.IntN(len(a.Symbols))), float64(r.IntN(100)))
			case 2:
				if k+1 < len(symbols) {
					put(symbols[k+1], values[k+1])
					k++
				}
				put(s, v)
			case 3:
				put(s, v)
				put(s, max(0, math.Round(v+3*r.Normal())))
			default:
				put((s+1+int32(r.IntN(len(a.Symbols)-1)))%int32(len(a.Symbols)), v)
			}
		}
		if len(w.Symbols) > 0 {
			ws.Words = append(ws.Words, w)
		}
	}
	return ws
}

// random is an automaton of a few states: each has one or two edges to later ones and perhaps one back, no two of one state by the same symbol
// at like times.
func random(seed uint64) *automaton.Automaton {
	r := draw.NewSeed(seed).Word("automaton").Stream()
	states := r.Between(4, 7)
	a := &automaton.Automaton{Dims: 1, States: states + 1, Accepting: states}
	for i := range r.Between(4, 6) {
		a.Symbols = append(a.Symbols, automaton.Symbol{Name: string(rune('a' + i))})
	}
	for s := range states {
		free := r.IntN(len(a.Symbols))
		add := func(to int, p float64) {
			sd := float64(r.Between(2, 4))
			a.Edges = append(a.Edges, automaton.Edge{From: s, To: to, Symbol: free % len(a.Symbols), Probability: p,
				Guard: &automaton.Guard{Mean: []float64{float64(r.Between(10, 80))}, Covariance: []float64{sd * sd}}})
			free++
		}
		switch {
		case s == states-1:
			add(s, 0.3)
			a.Edges = append(a.Edges, automaton.Edge{From: s, To: states, Symbol: automaton.End, Probability: 0.7})
		case r.Chance(0.4):
			add(s+1, 1)
		default:
			add(s+1, 0.6)
			add(r.Between(0, states-1), 0.4)
		}
	}
	return a
}

// Other automata of the kind are found, too: most of them without noise and with a twentieth.
func TestRandomAutomataAreRecovered(t *testing.T) {
	trials, size := 6, 300
	if os.Getenv("EVILBENCH_SOAK") != "" {
		trials, size = 24, 1000
	}
	for _, c := range []struct{ noise, least float64 }{{0, 0.8}, {0.05, 0.65}, {0.1, 0.6}, {0.2, 0.3}} {
		found := 0
		for k := range trials {
			a := random(uint64(k))
			r, err := Learn(disturbed(a, draw.NewSeed(uint64(k)).Word("words"), size, c.noise), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if automaton.Isomorphic(a, r.Automaton) {
				found++
			} else if testing.Verbose() {
				t.Logf("%d at %g: %d states of %d, %d edges of %d, distance %.3f", k, c.noise, r.Automaton.States, a.States, len(r.Automaton.Edges), len(a.Edges),
					automaton.Divergence(a.Distribution(10, 1e-9), r.Automaton.Distribution(10, 1e-9)))
			}
		}
		t.Logf("noise %g: %d of %d recovered", c.noise, found, trials)
		if float64(found) < c.least*float64(trials) {
			t.Errorf("noise %g: %d of %d recovered", c.noise, found, trials)
		}
	}
}

func TestSameAutomatonWithAnyNumberOfWorkers(t *testing.T) {
	a := random(1)
	ws := disturbed(a, draw.NewSeed(5), 150, 0.1)
	var first []byte
	for _, jobs := range []int{1, 2, 5} {
		r, err := Learn(ws, Options{Jobs: jobs})
		if err != nil {
			t.Fatal(err)
		}
		text, err := r.Automaton.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = text
		}
		if !bytes.Equal(first, text) {
			t.Errorf("%d workers learn another automaton", jobs)
		}
	}
}

// Every start and both orders of the search end below where they began, and explain clean words.
func TestStartsAndOrders(t *testing.T) {
	a := random(2)
	ws := disturbed(a, draw.NewSeed(6), 80, 0)
	bare := *a // as TAG gives it: nothing is known of its values
	bare.Edges = slices.Clone(a.Edges)
	for i := range bare.Edges {
		bare.Edges[i].Guard = nil
	}
	for _, o := range []Options{{Start: BySymbol}, {Start: Universal}, {Start: Tree}, {From: a}, {From: &bare}, {Exhaustive: true, MostTrials: 400}} {
		r, err := Learn(ws, o)
		if err != nil {
			t.Fatal(err)
		}
		last := r.History[len(r.History)-1]
		// Probabilities are in the end those of all ways, so that the cheapest ones cost a little more.
		if said := r.ModelBits + r.DataBits; last > r.History[0] || said < last-1e-6 || said > 1.001*last {
			t.Errorf("%+v: from %.1f to %.1f bits, %.1f are said", o, r.History[0], last, r.ModelBits+r.DataBits)
		}
		if err := r.Automaton.Check(); err != nil {
			t.Error(err)
		}
		for i := range r.Automaton.Edges {
			if e := &r.Automaton.Edges[i]; e.Symbol != automaton.End && e.Guard == nil {
				t.Errorf("%+v: edge %d says nothing of its values", o, i)
			}
		}
		if r.Clean < 0.8*r.Words {
			t.Errorf("%+v: %.0f of %.0f words undisturbed", o, r.Clean, r.Words)
		}
	}
}

// A worked example without values: one state, edges a .5 and the end .5. The word "aa" costs three bits and that nothing disturbed it.
func TestBitsByHand(t *testing.T) {
	noise := &automaton.Noise{Deletion: 0.02, Addition: 0.02, Transposition: 0.02, Repetition: 0.02, Substitution: 0.02, Low: []float64{}, High: []float64{}}
	a := &automaton.Automaton{
		Symbols: []automaton.Symbol{{Name: "a"}, {Name: "b"}}, States: 2, Accepting: 1, Noise: noise,
		Edges: []automaton.Edge{{From: 0, To: 0, Symbol: 0, Probability: 0.5}, {From: 0, To: 1, Symbol: automaton.End, Probability: 0.5}},
	}
	s, err := NewScorer(a)
	if err != nil {
		t.Fatal(err)
	}
	own := 1.04 // steps a symbol: additions and repetitions are steps of their own
	undisturbed, edit := -math.Log2((own-0.1)/own), -math.Log2(0.02/own)
	for _, c := range []struct {
		word  []int32
		want  float64
		clean bool
	}{
		{[]int32{0, 0}, 3 + 2*undisturbed, true},
		{nil, 1, true},
		{[]int32{0, 0, 0, 0, 0, 0, 0, 0, 1}, 8*(1+undisturbed) + edit + 1 + 1, false}, // b came from nowhere, or stands for an a
		{[]int32{0, 1}, integerBits(3) + 2 + 1, false},                                // it is cheaper written down
	} {
		bits, clean := s.Bits(&automaton.Word{Symbols: c.word})
		if math.Abs(bits-c.want) > 1e-4 || clean != c.clean {
			t.Errorf("%v costs %.5f bits (clean %v), want %.5f (%v)", c.word, bits, clean, c.want, c.clean)
		}
	}
}

// All words of up to a length, and those that are written down, cost so much that the sum of their chances is not above one.
func TestScoresAreACode(t *testing.T) {
	a := random(3)
	a.Dims = 0
	for i := range a.Edges {
		a.Edges[i].Guard = nil
	}
	a.Noise = &automaton.Noise{Deletion: 0.01, Addition: 0.01, Transposition: 0.01, Repetition: 0.01, Substitution: 0.01, Low: []float64{}, High: []float64{}}
	s, err := NewScorer(a)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	var visit func(word []int32)
	visit = func(word []int32) {
		bits, _ := s.Bits(&automaton.Word{Symbols: word})
		sum += math.Exp2(-bits)
		if len(word) == 5 {
			return
		}
		for k := range a.Symbols {
			visit(append(word[:len(word):len(word)], int32(k)))
		}
	}
	visit(nil)
	if sum > 1 {
		t.Errorf("the chances of words up to five symbols sum to %g", sum)
	}
}

func TestFaults(t *testing.T) {
	read := func(text string) *automaton.Words {
		ws, err := automaton.ReadWords(strings.NewReader(text), "w.jsonl")
		if err != nil {
			t.Fatal(err)
		}
		return ws
	}
	if _, err := Learn(read(`{"word":[["a",1]]}`), Options{}); err == nil || !strings.Contains(err.Error(), "1 words") {
		t.Errorf("of one word: %v", err)
	}
	long := "{\"word\":[" + strings.Repeat(`["a",1],`, 99_998) + `["b",2]]}`
	r, err := Learn(read(long+"\n"+`{"word":[["a",1]]}`), Options{MostTrials: 8})
	if err != nil || r.Automaton.Check() != nil {
		t.Errorf("of a word of 99,999 symbols: %v", err)
	}
	if _, err := Learn(read(long+"\n"+`{"word":[["a",1]]}`), Options{Start: Tree}); err == nil || !strings.Contains(err.Error(), "cells") {
		t.Errorf("a prefix tree of a word of 99,999 symbols: %v", err)
	}
	if _, err := Learn(read(`{"word":[["a",1]]}`+"\n"+`{"word":[["a",1]]}`), Options{From: random(1)}); err == nil {
		t.Error("an automaton of other symbols is begun with")
	}
}
