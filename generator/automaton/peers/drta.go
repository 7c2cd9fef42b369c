package peers

import (
	"math"
	"slices"

	"github.com/evilbench/evilbench/generator/automaton"
)

// DRTA is a deterministic automaton whose guards are unions of the letters' bins: what TAG and RTI+ make. A state codes its letters
// by their counts there, backing off to their counts anywhere by Witten and Bell, so that an unknown letter has its price. Where a state
// has no edge for a letter, the edge of the same symbol in the nearest bin is taken; without one the word is refused, and is read on
// from the state that the symbol led to most often in learning, or from the same state.
type DRTA struct {
	letters *Letters
	symbols []automaton.Symbol
	states  []context // letters counted, the longer contexts unused
	to      [][]int32 // by state and letter, -1 = none
	all     context
	usual   []int32 // by letter: the state it mostly leads to, -1 = none
}

func newDRTA(words *automaton.Words, letters *Letters) *DRTA {
	return &DRTA{letters: letters, symbols: words.Symbols}
}

// add makes a state.
func (m *DRTA) add() int32 {
	to := make([]int32, m.letters.Size())
	for i := range to {
		to[i] = -1
	}
	m.to = append(m.to, to)
	m.states = append(m.states, context{})
	return int32(len(m.states) - 1)
}

// count reads the texts and counts what the states code.
func (m *DRTA) count(texts []text) {
	size := m.letters.Size()
	led := make([]map[int32]float64, size)
	for _, t := range texts {
		at := int32(0)
		for _, x := range t.letters {
			m.states[at].add(x, t.times)
			m.all.add(x, t.times)
			next := m.to[at][x]
			if next < 0 {
				break
			}
			if led[x] == nil {
				led[x] = map[int32]float64{}
			}
			led[x][next] += t.times
			at = next
		}
	}
	m.usual = make([]int32, size)
	for x := range m.usual {
		m.usual[x] = -1
		var most float64
		for s := range int32(len(m.states)) {
			if n := led[x][s]; n > most {
				m.usual[x], most = s, n
			}
		}
	}
}

// step is the state after a letter, and whether the word was refused.
func (m *DRTA) step(at, x int32) (next int32, refused bool) {
	if next = m.to[at][x]; next >= 0 {
		return next, false
	}
	if x < m.letters.End() {
		cells := int32(m.letters.cells())
		first := x / cells * cells
		for d := int32(1); d < cells; d++ {
			if y := x - d; y >= first && m.to[at][y] >= 0 {
				return m.to[at][y], false
			}
			if y := x + d; y < first+cells && m.to[at][y] >= 0 {
				return m.to[at][y], false
			}
		}
	}
	if m.usual[x] >= 0 {
		return m.usual[x], true
	}
	return at, true
}

// Bits is Model's.
func (m *DRTA) Bits(w *automaton.Word) float64 { return sum(m.Surprises(w, nil)) }

// Surprises is Model's.
func (m *DRTA) Surprises(w *automaton.Word, into []float64) []float64 {
	at := int32(0)
	even := 1 / float64(m.letters.Size())
	for _, x := range m.letters.Spell(w, nil) {
		into = append(into, -math.Log2(m.states[at].backOff(x, m.all.backOff(x, even))))
		at, _ = m.step(at, x)
	}
	return into
}

// Refuses says whether the word has no path: what these learners, as published, give no probability.
func (m *DRTA) Refuses(w *automaton.Word) bool {
	at := int32(0)
	for _, x := range m.letters.Spell(w, nil) {
		if x == m.letters.End() {
			return m.states[at].of(x) == 0
		}
		next, refused := m.step(at, x)
		if refused {
			return true
		}
		at = next
	}
	return false
}

// Size is Model's; an edge is a state, a symbol and a target, the ends of words included.
func (m *DRTA) Size() (states, edges int) {
	a := m.Automaton()
	return len(m.states), len(a.Edges)
}

// Automaton is the automaton without its guards: edges of one symbol to different states stand beside each other with their shares of the
// words, which a learner of timed automata can start from.
func (m *DRTA) Automaton() *automaton.Automaton {
	a := &automaton.Automaton{Symbols: m.symbols, States: len(m.states) + 1, Accepting: len(m.states)}
	names := make([]int, m.letters.known)
	for symbol, code := range m.letters.code {
		if code >= 0 {
			names[code] = symbol
		}
	}
	cells := m.letters.cells()
	for s := range m.states {
		first := len(a.Edges)
		var all float64
		for x := range int32(m.letters.Size()) {
			n := m.states[s].of(x)
			e := automaton.Edge{From: s, To: a.Accepting, Symbol: automaton.End, Probability: n}
			if x < m.letters.End() {
				e.To, e.Symbol = int(m.to[s][x]), names[int(x)/cells]
			}
			if n == 0 || e.To < 0 {
				continue
			}
			all += n
			at := slices.IndexFunc(a.Edges[first:], func(o automaton.Edge) bool { return o.To == e.To && o.Symbol == e.Symbol })
			if at < 0 {
				a.Edges = append(a.Edges, e)
				continue
			}
			a.Edges[first+at].Probability += n
		}
		for i := first; i < len(a.Edges); i++ {
			a.Edges[i].Probability /= all
		}
	}
	return a
}
