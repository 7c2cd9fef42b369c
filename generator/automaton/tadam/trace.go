package tadam

import "slices"

// step is one step of a word's way: what happened, and which edge at which position.
type step struct {
	kind     int8
	edge     int32 // -1 = none
	position int32 // -1 = none
}

// trace appends the steps of the cheapest way, the last first. The table must be that of the word.
func (a *aligner) trace(w *text, dst []step) []step {
	n, m := a.m.states, len(w.symbols)
	_, s := a.ending(m)
	if s < 0 {
		return dst
	}
	dst = append(dst, step{match, a.ends[s], -1})
	for i := m; ; {
		how := a.came[i*n+s]
		switch how.kind {
		case -1:
			return dst
		case deletion:
			at := len(dst)
			for p := int(how.from); p != s; {
				k := a.hop[p*n+s]
				dst = append(dst, step{deletion, k, -1})
				p = int(a.m.edges[k].to)
			}
			slices.Reverse(dst[at:])
		case transposition:
			dst = append(dst, step{transposition, how.next, int32(i - 2)}, step{transposition, how.edge, int32(i - 1)})
			i -= 2
		case addition, repetition:
			i--
			dst = append(dst, step{how.kind, -1, int32(i)})
		default:
			i--
			dst = append(dst, step{how.kind, how.edge, int32(i)})
		}
		s = int(how.from)
	}
}

// costs appends what each step of the cheapest way costs, the last first: that of the end, then of each symbol, and of those lost between two. The
// table must be that of the word.
func (a *aligner) costs(w *text, dst []float64) []float64 {
	n, m := a.m.states, len(w.symbols)
	_, s := a.ending(m)
	if s < 0 {
		return dst
	}
	dst = append(dst, a.stop[s])
	for i := m; ; {
		how, here := a.came[i*n+s], a.cost[i*n+s]
		switch how.kind {
		case -1:
			return dst
		case deletion:
		case transposition:
			i -= 2
		default:
			i--
		}
		s = int(how.from)
		dst = append(dst, here-a.cost[i*n+s])
	}
}
