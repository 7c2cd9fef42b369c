package tadam

import (
	"math"
	"slices"
)

// aligner finds the cheapest way in which an automaton and noise can have made a word: optimal string alignment over (position, state), where a
// lost symbol is an edge that is taken without one. It reuses its tables and belongs to one worker.
type aligner struct {
	m     *hypothesis
	op    [kinds]float64 // bits of a step's kind
	any   float64        // bits of a symbol of which nothing is known
	other float64        // bits of another symbol than one
	out   [][]int32      // edges by state, without those that end
	into  [][]int32
	stop  []float64 // bits of ending, by state
	ends  []int32   // the edge of it
	skip  []float64 // cheapest loss from state to state
	lost  [][]loss  // by state, the cheapest first
	hop   []int32   // the first edge of it

	cost  []float64
	came  []arrival
	edge  prices // of a position's values under each edge
	after prices // and of those of the next position
}

// arrival is how a cell of the table was come to.
type arrival struct {
	kind int8
	from int32 // state before
	edge int32
	next int32 // second edge of a transposition
}

func newAligner(m *hypothesis) *aligner {
	a := &aligner{m: m, out: make([][]int32, m.states), into: make([][]int32, m.states), stop: make([]float64, m.states), ends: make([]int32, m.states)}
	for k, p := range m.noise {
		a.op[k] = -math.Log2(p)
	}
	a.any = math.Log2(float64(m.symbols))
	a.other = math.Log2(float64(max(1, m.symbols-1)))
	for s := range a.stop {
		a.stop[s], a.ends[s] = math.Inf(1), -1
	}
	for i := range m.edges {
		e := &m.edges[i]
		if e.symbol == end {
			a.stop[e.from], a.ends[e.from] = e.bits, int32(i)
			continue
		}
		a.out[e.from] = append(a.out[e.from], int32(i))
		a.into[e.to] = append(a.into[e.to], int32(i))
	}
	a.losses()
	a.sortLosses()
	a.edge, a.after = newPrices(m), newPrices(m)
	return a
}

// beam is how many bits worse than the best state of its position a state may be and still be followed.
const beam = 50

// align fills the table and returns the word's bits, without those of its class.
func (a *aligner) align(w *text) float64 {
	n, m := a.m.states, len(w.symbols)
	if need := (m + 1) * n; cap(a.cost) < need {
		a.cost, a.came = make([]float64, need), make([]arrival, need)
	}
	a.cost, a.came = a.cost[:(m+1)*n], a.came[:(m+1)*n]
	for i := range a.cost {
		a.cost[i] = math.Inf(1)
	}
	a.cost[0] = 0
	a.came[0] = arrival{kind: -1}
	a.edge.at(w, 0)
	for i := range m {
		a.lose(i)
		a.after.at(w, i+1)
		a.read(w, i)
		a.edge, a.after = a.after, a.edge
	}
	a.lose(m)
	best, _ := a.ending(m)
	return best
}

// ending is the cheapest state for a word of m symbols to end in; -1 = none.
func (a *aligner) ending(m int) (best float64, state int) {
	n := a.m.states
	best, state = math.Inf(1), -1
	for q := range n {
		if c := a.cost[m*n+q] + a.stop[q]; c < best {
			best, state = c, q
		}
	}
	return best, state
}

// lose spreads a position's costs along lost symbols.
func (a *aligner) lose(i int) {
	n := a.m.states
	row, came := a.cost[i*n:(i+1)*n], a.came[i*n:(i+1)*n]
	most := slices.Min(row) + beam
	for p := range n {
		from := row[p]
		if from > most || math.IsInf(from, 1) || came[p].kind == deletion {
			continue
		}
		for _, l := range a.lost[p] {
			if from+l.bits > most {
				break
			}
			if from+l.bits < row[l.to] {
				row[l.to], came[l.to] = from+l.bits, arrival{kind: deletion, from: int32(p)}
			}
		}
	}
}

// read takes the symbol at a position in every way.
func (a *aligner) read(w *text, i int) {
	n := a.m.states
	row := a.cost[i*n : (i+1)*n]
	symbol := w.symbols[i]
	put := func(at int, s int32, c float64, how arrival) {
		if cell := at*n + int(s); c < a.cost[cell] {
			a.cost[cell], a.came[cell] = c, how
		}
	}
	swap := i+1 < len(w.symbols)
	again := i > 0 && w.symbols[i-1] == symbol
	most := slices.Min(row) + beam
	for p, from := range row {
		if from > most || math.IsInf(from, 1) {
			continue
		}
		put(i+1, int32(p), from+a.op[addition]+a.any+w.free[i], arrival{kind: addition, from: int32(p)})
		if again {
			put(i+1, int32(p), from+a.op[repetition]+a.afresh(p, symbol, w.free[i]), arrival{kind: repetition, from: int32(p)})
		}
		for _, k := range a.out[p] {
			e := &a.m.edges[k]
			c, kind := from+e.bits+a.op[match], int8(match)
			if e.symbol != symbol {
				c, kind = from+e.bits+a.op[substitution]+a.other, substitution
			}
			if c < a.cost[(i+1)*n+int(e.to)] { // with its values it costs more yet
				put(i+1, e.to, c+a.edge.of(k), arrival{kind: kind, from: int32(p), edge: k})
			}
			if !swap || e.symbol != w.symbols[i+1] {
				continue
			}
			first := from + a.op[transposition] + e.bits + a.after.of(k)
			for _, l := range a.out[e.to] {
				if f := &a.m.edges[l]; f.symbol == symbol {
					put(i+2, f.to, first+f.bits+a.edge.of(l), arrival{kind: transposition, from: int32(p), edge: k, next: l})
				}
			}
		}
	}
}

// afresh is what the values of a symbol cost that comes again: they are drawn anew by one of the edges that bring it, and
// are any where none does.
func (a *aligner) afresh(state int, symbol int32, free float64) float64 {
	best, n := math.Inf(1), 0.0
	for _, k := range a.into[state] {
		if a.m.edges[k].symbol == symbol {
			best = min(best, a.edge.of(k))
			n++
		}
	}
	if n == 0 {
		return free
	}
	return best + math.Log2(n)
}
