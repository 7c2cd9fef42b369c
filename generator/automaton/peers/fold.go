package peers

import (
	"fmt"
	"slices"

	"github.com/evilbench/evilbench/generator/automaton"
)

// tail is what is left of a text.
type tail struct{ text, at int32 }

// guarded is an edge for the letters from..to-1, which are bins of one symbol. Without a settled target, the tails after it are an
// unsettled state.
type guarded struct {
	from, to int32
	target   int32 // -1 = unsettled
	tails    []tail
	words    float64 // of the tails
}

type settled struct {
	tails   []tail
	edges   []guarded
	ends    bool // some word ends here
	changed int  // the step that last brought it words or dealt with an edge of it, counted from 1
}

// rule is what sets learners that fold prefix trees apart.
type rule interface {
	// cut is the letter at which an edge to an unsettled state is parted in time, -1 = nowhere.
	cut(f *folding, e *guarded) int32
	// into is the settled state with which an edge's unsettled one is merged, -1 = none.
	into(f *folding, e *guarded) int32
}

// folding is a prefix tree whose upper part has become an automaton: its settled states, whose edges lead to settled states or to the
// rest of the tree (the red and the blue states of K. J. Lang, B. A. Pearlmutter and R. A. Price, ICGI 1998).
type folding struct {
	letters *Letters
	least   float64 // words that an unsettled state must have
	texts   []text
	cells   int32
	settled []*settled
	steps   int
}

func (f *folding) next(t tail) int32 { return f.texts[t.text].letters[t.at] }

func (f *folding) weight(tails []tail) float64 {
	var n float64
	for _, t := range tails {
		n += f.texts[t.text].times
	}
	return n
}

// edge makes one to an unsettled state.
func (f *folding) edge(from, to int32, tails []tail) guarded {
	return guarded{from: from, to: to, target: -1, tails: tails, words: f.weight(tails)}
}

// ends says whether one of the tails is the end of its word.
func (f *folding) ends(tails []tail) bool {
	return slices.ContainsFunc(tails, func(t tail) bool { return f.next(t) == f.letters.End() })
}

// settle makes a state whose edges are unsettled, one for each symbol.
func (f *folding) settle(tails []tail) int32 {
	s := &settled{tails: tails, ends: f.ends(tails)}
	for symbol, after := range f.bySymbol(tails) {
		if len(after) > 0 {
			s.edges = append(s.edges, f.edge(int32(symbol)*f.cells, int32(symbol+1)*f.cells, after))
		}
	}
	f.settled = append(f.settled, s)
	return int32(len(f.settled) - 1)
}

// bySymbol parts tails by their next symbol, and steps over it. Ended words are left out.
func (f *folding) bySymbol(tails []tail) [][]tail {
	out := make([][]tail, f.letters.known)
	for _, t := range tails {
		if x := f.next(t); x < f.letters.End() {
			out[x/f.cells] = append(out[x/f.cells], tail{t.text, t.at + 1})
		}
	}
	return out
}

// newFolding is a prefix tree of which the root alone is settled.
func newFolding(words *automaton.Words, letters *Letters, least float64) *folding {
	f := &folding{letters: letters, least: least, texts: letters.texts(words), cells: int32(letters.cells())}
	root := make([]tail, len(f.texts))
	for i := range root {
		root[i] = tail{text: int32(i)}
	}
	f.settle(root)
	return f
}

// mostCells of an automaton's table are 256 MiB.
const mostCells = 1 << 26

// foldWords settles the states of the words' prefix tree by a rule, until none is left.
func foldWords(words *automaton.Words, letters *Letters, least float64, by rule) (*DRTA, error) {
	f := newFolding(words, letters, least)
	for f.advance(by) {
		if len(f.settled)*letters.Size() > mostCells {
			return nil, fmt.Errorf("%d states over %d letters are too many; learn from fewer words, or cut values into fewer bins",
				len(f.settled), letters.Size())
		}
	}
	m := newDRTA(words, letters)
	for range f.settled {
		m.add()
	}
	for s, state := range f.settled {
		for _, e := range state.edges {
			for x := e.from; x < e.to; x++ {
				m.to[s][x] = e.target
			}
		}
	}
	m.count(f.texts)
	return m, nil
}

// advance deals with the unsettled state that most words reach, and is false when none has enough of them.
func (f *folding) advance(by rule) bool {
	var edge *guarded
	var from *settled
	most := f.least
	for _, s := range f.settled {
		for i := range s.edges {
			e := &s.edges[i]
			if e.target < 0 && e.words >= most && (edge == nil || e.words > most) {
				edge, from, most = e, s, e.words
			}
		}
	}
	if edge == nil {
		return false
	}
	f.steps++
	from.changed = f.steps
	tails := edge.tails
	if at := by.cut(f, edge); at >= 0 {
		early, late := f.parted(tails, at)
		second := f.edge(at, edge.to, late)
		*edge = f.edge(edge.from, at, early)
		from.edges = append(from.edges, second)
		return true
	}
	if into := by.into(f, edge); into >= 0 {
		edge.target, edge.tails = into, nil
		f.fold(into, tails)
		return true
	}
	edge.tails, edge.target = nil, f.settle(tails)
	return true
}

// parted parts tails by the letter that led to them.
func (f *folding) parted(tails []tail, at int32) (early, late []tail) {
	for _, t := range tails {
		if f.texts[t.text].letters[t.at-1] < at {
			early = append(early, t)
		} else {
			late = append(late, t)
		}
	}
	return early, late
}

// fold adds tails to a settled state and to whatever they reach from it.
func (f *folding) fold(s int32, tails []tail) {
	state := f.settled[s]
	state.tails = append(state.tails, tails...)
	state.ends = state.ends || f.ends(tails)
	state.changed = f.steps
	for symbol, after := range f.bySymbol(tails) {
		left := after
		for i := 0; i < len(state.edges); i++ { // the folding below can give this very state edges
			e := &state.edges[i]
			if e.from/f.cells != int32(symbol) {
				continue
			}
			var inside []tail
			inside, left = f.within(left, e)
			if len(inside) == 0 {
				continue
			}
			if e.target >= 0 {
				f.fold(e.target, inside)
			} else {
				e.tails = append(e.tails, inside...)
				e.words += f.weight(inside)
			}
		}
		if len(left) > 0 {
			state.edges = append(state.edges, f.edge(int32(symbol)*f.cells, int32(symbol+1)*f.cells, left))
		}
	}
}

// within parts tails by whether the letter that led to them is the edge's.
func (f *folding) within(tails []tail, e *guarded) (inside, left []tail) {
	for _, t := range tails {
		if x := f.texts[t.text].letters[t.at-1]; x >= e.from && x < e.to {
			inside = append(inside, t)
		} else {
			left = append(left, t)
		}
	}
	return inside, left
}
