package peers

import (
	"fmt"
	"slices"
	"strings"

	"github.com/evilbench/evilbench/generator/automaton"
)

// TAG merges the states of a prefix tree that have the same future of K symbols, and cuts edges in time (L. Cornanguer, C. Largouët,
// L. Rozé and A. Termier, "TAG: Learning Timed Automata from Logs", AAAI 2022). An unsettled state is merged with the first settled
// state whose words go on with the same sequences of up to K symbols, ends included, and what follows both is merged with it, so that
// the automaton stays deterministic. An edge is cut, before its target is merged, where the symbols that come next differ between the
// times before and after, by a likelihood-ratio test at the level Alpha, shared out among the cuts tried (the published tool cuts after
// the merging). Rare words count as much as frequent ones: there is no model of noise.
type TAG struct {
	K     int     // symbols of the future; 0 = 2
	Alpha float64 // level of the test of times; 0 = 0.05
}

// leastTested is how many words a count needs in the test of times, as is usual for chi-square.
const leastTested = 5

// Name is what a table calls it.
func (t TAG) Name() string { return fmt.Sprintf("TAG k=%d", t.filled().K) }

func (t TAG) filled() TAG {
	if t.K == 0 {
		t.K = 2
	}
	if t.Alpha == 0 {
		t.Alpha = 0.05
	}
	return t
}

// Learn merges and cuts. The model is a *DRTA.
func (t TAG) Learn(words *automaton.Words, letters *Letters) (Model, error) {
	t = t.filled()
	if t.K < 1 || t.K > 16 || !(t.Alpha > 0 && t.Alpha < 1) {
		return nil, fmt.Errorf("TAG with a future of %d symbols and a level of %v; want 1 to 16 and a level in (0, 1)", t.K, t.Alpha)
	}
	m, err := foldWords(words, letters, 1, &merging{TAG: t})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// merging is TAG's rule. It keeps the settled states' futures until a step has changed one of the states they go through.
type merging struct {
	TAG
	known []known
}

type known struct {
	futures string
	through []int32
	steps   int
}

func (t *merging) cut(f *folding, e *guarded) int32 {
	best, at := t.Alpha/float64(max(1, e.to-e.from-1)), int32(-1)
	for x := e.from + 1; x < e.to; x++ {
		early, late := f.parted(e.tails, x)
		var r ratio
		if !f.add(&r, leastTested, early, late) || r.freedom == 0 {
			continue
		}
		if p := r.p(); p < best {
			best, at = p, x
		}
	}
	return at
}

func (t *merging) into(f *folding, e *guarded) int32 {
	var own futures
	own.ofTails(f, e.tails, nil, t.K)
	want := own.key()
	for s := range int32(len(f.settled)) {
		if t.future(f, s) == want {
			return s
		}
	}
	return -1
}

func (t *merging) future(f *folding, s int32) string {
	if int(s) == len(t.known) {
		t.known = append(t.known, known{})
	}
	k := &t.known[s]
	if len(k.through) > 0 && !slices.ContainsFunc(k.through, func(q int32) bool { return f.settled[q].changed > k.steps }) {
		return k.futures
	}
	var now futures
	k.through = now.ofState(f, s, nil, t.K, k.through[:0])
	k.futures, k.steps = now.key(), f.steps-1 // the step in progress can still change them
	return k.futures
}

// futures are sequences of symbols, four bytes each.
type futures []string

func (u *futures) key() string {
	slices.Sort(*u)
	return strings.Join(slices.Compact(*u), "\xff\xff\xff\xff")
}

func extend(past []byte, symbol int) []byte {
	return append(past[:len(past):len(past)], byte(symbol>>24), byte(symbol>>16), byte(symbol>>8), byte(symbol))
}

// ofState appends to through the states that the futures go through, the last ones of all K symbols left out.
func (u *futures) ofState(f *folding, s int32, past []byte, k int, through []int32) []int32 {
	state := f.settled[s]
	through = append(through, s)
	u.end(f, state.ends, past)
	for i := range state.edges {
		e := &state.edges[i]
		now := extend(past, int(e.from/f.cells))
		*u = append(*u, string(now))
		switch {
		case k == 1:
		case e.target >= 0:
			through = u.ofState(f, e.target, now, k-1, through)
		default:
			u.ofTails(f, e.tails, now, k-1)
		}
	}
	return through
}

func (u *futures) ofTails(f *folding, tails []tail, past []byte, k int) {
	u.end(f, f.ends(tails), past)
	for symbol, after := range f.bySymbol(tails) {
		if len(after) == 0 {
			continue
		}
		now := extend(past, symbol)
		*u = append(*u, string(now))
		if k > 1 {
			u.ofTails(f, after, now, k-1)
		}
	}
}

// end notes that a word can end here.
func (u *futures) end(f *folding, ends bool, past []byte) {
	if ends {
		*u = append(*u, string(extend(past, f.letters.known)))
	}
}
