package tadam

import (
	"cmp"
	"slices"
)

// shortcut is an edge that is not there: from one state to another by one symbol.
type shortcut struct{ from, to, symbol int32 }

// stepBits is about what a disturbed step costs more than an undisturbed one.
const stepBits = 8

// shortcuts are edges for what is explained as disturbed again and again in the same way: between two undisturbed steps one symbol, where the
// automaton would have gone another way.
func (f *fit) shortcuts(words []text) []move {
	m := f.hypothesis
	type use struct{ count, steps float64 }
	uses := map[shortcut]use{}
	made := map[shortcut]*edge{}
	for i, path := range f.paths {
		w := &words[i]
		state, from := int32(0), int32(0)
		disturbed, taken, at := 0.0, 0, int32(-1)
		for k := len(path) - 1; k >= 0; k-- {
			s := &path[k]
			if s.kind != match {
				if disturbed++; s.position >= 0 {
					taken, at = taken+1, s.position
				}
			} else {
				if disturbed > 0 && taken == 1 {
					key := shortcut{from, state, w.symbols[at]}
					uses[key] = use{uses[key].count + w.times, uses[key].steps + w.times*disturbed}
					if made[key] == nil {
						made[key] = &edge{from: from, to: state, symbol: w.symbols[at]}
					}
					made[key].count += w.times
					made[key].add(w.values[int(at)*m.dims:(int(at)+1)*m.dims], w.times)
				}
				disturbed, taken = 0, 0
			}
			if s.edge >= 0 {
				state = m.edges[s.edge].to
			}
			if s.kind == match {
				from = state
			}
		}
	}
	keys := make([]shortcut, 0, len(uses))
	for key := range uses {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b shortcut) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.symbol, b.symbol))
	})
	var out []move
	for _, key := range keys {
		u := uses[key]
		if u.count < 3 {
			continue
		}
		out = append(out, move{u.steps*stepBits - u.count*4 - m.edgeBits(made[key]), false, func() *hypothesis {
			n := m.clone()
			n.edges = append(n.edges, made[key].scaled(1))
			return n
		}})
	}
	slices.SortStableFunc(out, func(a, b move) int { return cmp.Compare(b.gain, a.gain) })
	return out[:min(len(out), mostShortcuts)]
}

// mostShortcuts is how many are tried a round, the most promising.
const mostShortcuts = 8
