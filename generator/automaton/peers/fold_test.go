package peers

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/evilbench/evilbench/generator/automaton"
	"pgregory.net/rapid"
)

func TestLikelihoodRatioByHand(t *testing.T) {
	var r ratio
	r.add([][2]float64{{10, 0}, {0, 10}}, 5)
	near(t, "statistic", r.statistic, 40*math.Ln2)
	near(t, "freedom", r.freedom, 1)
	if p := r.p(); p > 2e-7 || p < 1e-7 {
		t.Errorf("p %v, want erfc(sqrt(20 ln 2)) = 1.4e-7", p)
	}
	// Three kinds that are rare together are one.
	var rare ratio
	rare.add([][2]float64{{10, 10}, {1, 0}, {1, 0}, {0, 2}}, 5)
	near(t, "freedom with rare kinds", rare.freedom, 1)
	near(t, "statistic of equal shares", rare.statistic, 0)
	if (&ratio{}).p() != 1 {
		t.Error("no counts are a difference")
	}
}

func TestTAGMergesEqualFutures(t *testing.T) {
	for _, c := range []struct {
		words         []string
		k             int
		states, edges int // edges with the ends of words
	}{
		{[]string{"ab", "cb"}, 2, 3, 4},               // after a and after c comes b, and the end
		{[]string{"ab", "cd"}, 2, 4, 5},               // after a and after c differ, after b and after d do not
		{[]string{"abx", "cby"}, 1, 4, 6},             // of one symbol they do not differ
		{[]string{"abx", "cby"}, 2, 6, 7},             // of two they do
		{[]string{"a", "aa", "aaa", "aaaa"}, 2, 2, 3}, // aa and a have one future, and what follows is merged along
		{[]string{"ab", "abab", "ababab"}, 1, 3, 4},   // a loop, with an end after each b
	} {
		ws := words(t, c.words...)
		m := learn(t, TAG{K: c.k}, ws, NewLetters(ws, 0, 1)).(*DRTA)
		if s, e := m.Size(); s != c.states || e != c.edges {
			t.Errorf("%v at k=%d: %d states, %d edges, want %d, %d\n%s", c.words, c.k, s, e, c.states, c.edges, m.Automaton().Text())
		}
		for i := range ws.Words {
			if m.Refuses(&ws.Words[i]) {
				t.Errorf("%v at k=%d: refuses %s", c.words, c.k, c.words[i])
			}
		}
	}
}

// What TAG keeps of futures is what it would find anew, after every step.
func TestTAGKeepsNoStaleFutures(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		ws := words(t, rapid.SliceOfN(rapid.StringMatching(`[ab]{1,9}c?`), 1, 30).Draw(rt, "words")...)
		f := newFolding(ws, NewLetters(ws, 0, 1), 1)
		rule := &merging{TAG: TAG{K: rapid.IntRange(1, 4).Draw(rt, "k"), Alpha: 0.05}}
		for f.advance(rule) {
			for s := range int32(len(f.settled)) {
				anew := &merging{TAG: rule.TAG, known: make([]known, len(f.settled))}
				if rule.future(f, s) != anew.future(f, s) {
					rt.Fatalf("state %d of %d has a stale future after step %d", s, len(f.settled), f.steps)
				}
			}
		}
	})
}

// timed has a, then after a short delay b and after a long one c; or, mixed, either after both.
func timed(t testing.TB, mixed bool) *automaton.Words {
	var b strings.Builder
	for i := range 40 {
		next := "b"
		if late := i%2 == 1; late != (mixed && i%4 < 2) {
			next = "c"
		}
		fmt.Fprintf(&b, "{\"word\":[[\"a\",%d],[%q,3]]}\n", 1+i%2*8, next)
	}
	return read(t, b.String())
}

func TestTimeCuts(t *testing.T) {
	for _, l := range []Learner{TAG{}, RTI{}} {
		for _, mixed := range []bool{false, true} {
			ws := timed(t, mixed)
			m := learn(t, l, ws, NewLetters(ws, 1, 2)).(*DRTA)
			targets := map[int32]bool{}
			for x := range int32(2) {
				targets[m.to[0][x]] = true
			}
			if want := map[bool]int{false: 2, true: 1}[mixed]; len(targets) != want {
				t.Errorf("%s, mixed %v: a leads to %d states, want %d\n%s", l.Name(), mixed, len(targets), want, m.Automaton().Text())
			}
		}
	}
}

func TestRTIFindsALoop(t *testing.T) {
	var spelt []string
	for n := range 7 {
		for range 64 >> n {
			spelt = append(spelt, "a"+strings.Repeat("a", n))
		}
	}
	ws := words(t, spelt...)
	m := learn(t, RTI{}, ws, NewLetters(ws, 0, 1)).(*DRTA)
	if s, _ := m.Size(); s != 2 {
		t.Errorf("%d states for a geometric number of a, want 2: the start cannot end\n%s", s, m.Automaton().Text())
	}
	if m.Refuses(&automaton.Word{Symbols: make([]int32, 50)}) || !m.Refuses(&automaton.Word{Symbols: []int32{3}}) {
		t.Error("the loop reads any number of a, and nothing else")
	}
}

func TestMachinesAreAutomata(t *testing.T) {
	for _, ws := range []*automaton.Words{words(t, "ab", "cb", "aab"), timed(t, false)} {
		for _, l := range []Learner{TAG{}, RTI{Least: 1}} {
			a := learn(t, l, ws, NewLetters(ws, 1, 4)).(*DRTA).Automaton()
			if err := a.Check(); err != nil {
				t.Errorf("%s: %v", l.Name(), err)
			}
			if _, err := json.Marshal(a); err != nil {
				t.Error(err)
			}
		}
	}
}
