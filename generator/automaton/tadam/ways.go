package tadam

import "math"

// way is how the symbol at a position, or two swapped ones, can have been read.
type way struct {
	kind         int8
	to           int32 // state
	end          int   // position
	edge, second int32 // -1 = none; of two, that of the later symbol comes first
	p            float64
}

// at turns to a position of a word.
func (x *expectations) at(w *text, i int) {
	x.a.edge.at(w, i)
	x.a.after.at(w, i+1)
}

// ways are all ways to read from a state on at the position turned to.
func (x *expectations) ways(w *text, i int, state int32, visit func(way)) {
	m, symbol := x.a.m, w.symbols[i]
	visit(way{addition, state, i + 1, -1, -1, x.op[addition] * math.Exp2(-x.a.any-w.free[i])})
	if i > 0 && w.symbols[i-1] == symbol {
		visit(way{repetition, state, i + 1, -1, -1, x.op[repetition] * x.afresh(state, symbol, w.free[i])})
	}
	swap := i+1 < len(w.symbols)
	for _, k := range x.a.out[state] {
		e := &m.edges[k]
		kind, p := int8(match), x.p[k]*x.op[match]
		if e.symbol != symbol {
			kind, p = substitution, x.p[k]*x.op[substitution]*math.Exp2(-x.a.other)
		}
		visit(way{kind, e.to, i + 1, k, -1, p * math.Exp2(-x.a.edge.of(k))})
		if !swap || e.symbol != w.symbols[i+1] {
			continue
		}
		first := x.op[transposition] * x.p[k] * math.Exp2(-x.a.after.of(k))
		for _, l := range x.a.out[e.to] {
			if m.edges[l].symbol == symbol {
				visit(way{transposition, m.edges[l].to, i + 2, k, l, first * x.p[l] * math.Exp2(-x.a.edge.of(l))})
			}
		}
	}
}

// afresh is the likelihood of the values of a symbol that comes again: any edge that brings it may have drawn them anew, and where none does they are
// any.
func (x *expectations) afresh(state int32, symbol int32, free float64) float64 {
	sum, n := 0.0, 0.0
	for _, k := range x.a.into[state] {
		if x.a.m.edges[k].symbol == symbol {
			sum += math.Exp2(-x.a.edge.of(k))
			n++
		}
	}
	if n == 0 {
		return math.Exp2(-free)
	}
	return sum / n
}
