package peers

import (
	"fmt"

	"github.com/evilbench/evilbench/generator/automaton"
)

// RTI is RTI+ (S. Verwer, M. de Weerdt and C. Witteveen, "A likelihood-ratio test for identifying probabilistic deterministic real-time
// automata from positive data", ICGI 2010): a timed prefix tree, whose states are settled one after the other, the one that most words
// reach first. An edge to an unsettled state is cut in time where the words differ most after the cut, if a likelihood-ratio test says
// that they differ; else the state is merged with the settled one that it differs from least, if the test does not say that they
// differ; else it is settled. Symbols and times of a state are independent in the tests, as published; cuts lie between the letters'
// bins, where the published ones lie between any two times.
type RTI struct {
	Alpha float64 // level of the tests; 0 = 0.05
	Least float64 // words that an unsettled state and a tested count must have; 0 = 10
}

// Name is what a table calls it.
func (r RTI) Name() string { return "RTI+" }

// Learn settles states until none is left. The model is a *DRTA.
func (r RTI) Learn(words *automaton.Words, letters *Letters) (Model, error) {
	if r.Alpha == 0 {
		r.Alpha = 0.05
	}
	if r.Least == 0 {
		r.Least = 10
	}
	if !(r.Alpha > 0 && r.Alpha < 1) || r.Least < 1 {
		return nil, fmt.Errorf("RTI+ with a level of %v and at least %v words; want a level in (0, 1) and 1 or more", r.Alpha, r.Least)
	}
	m, err := foldWords(words, letters, r.Least, r)
	if err != nil {
		return nil, err
	}
	return m, nil
}

// cut is where early and late words differ most significantly.
func (r RTI) cut(f *folding, e *guarded) int32 {
	best, at := r.Alpha, int32(-1)
	for x := e.from + 1; x < e.to; x++ {
		early, late := f.parted(e.tails, x)
		if f.weight(early) < r.Least || f.weight(late) < r.Least {
			continue
		}
		var t ratio
		r.compare(f, &t, early, late)
		if p := t.p(); p < best {
			best, at = p, x
		}
	}
	return at
}

// into is the settled state from which the words differ least, if not significantly.
func (r RTI) into(f *folding, e *guarded) int32 {
	best, into := r.Alpha, int32(-1)
	for s := range f.settled {
		var t ratio
		r.fits(f, &t, int32(s), e.tails)
		if p := t.p(); p > best {
			best, into = p, int32(s)
		}
	}
	return into
}

// fits adds up how much tails differ from a settled state, and what follows both.
func (r RTI) fits(f *folding, t *ratio, s int32, tails []tail) {
	state := f.settled[s]
	if !f.add(t, r.Least, state.tails, tails) {
		return
	}
	for symbol, after := range f.bySymbol(tails) {
		if len(after) == 0 {
			continue
		}
		left := after
		for i := range state.edges {
			e := &state.edges[i]
			if e.from/f.cells != int32(symbol) {
				continue
			}
			var inside []tail
			if inside, left = f.within(left, e); len(inside) == 0 {
				continue
			}
			if e.target >= 0 {
				r.fits(f, t, e.target, inside)
			} else {
				r.compare(f, t, e.tails, inside)
			}
		}
	}
}

// compare adds up how much two trees differ.
func (r RTI) compare(f *folding, t *ratio, a, b []tail) {
	if !f.add(t, r.Least, a, b) {
		return
	}
	after := f.bySymbol(b)
	for symbol, x := range f.bySymbol(a) {
		if len(x) > 0 && len(after[symbol]) > 0 {
			r.compare(f, t, x, after[symbol])
		}
	}
}
