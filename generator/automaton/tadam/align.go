package tadam

import (
	"math"
	"slices"
)

// aligner finds the cheapest way in which a machine and noise can have made a word: optimal string alignment over (position, state), where a
// lost symbol is an edge that is taken without one. It reuses its tables and belongs to one worker.
type aligner struct {
	m     *machine
	op    [kinds]float64 // bits of a step's kind
	any   float64        // bits of a symbol of which nothing is known
	other float64        // bits of another symbol than one
	out   [][]int32      // edges by state, without those that end
	into  [][]int32
	stop  []float64 // bits of ending, by state
	ends  []int32   // the edge of it
	skip  []float64 // cheapest loss from state to state
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

func newAligner(m *machine) *aligner {
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
	a.edge, a.after = newPrices(m), newPrices(m)
	return a
}

// losses are the cheapest ways to get from state to state without a symbol (R. Floyd, 1962).
func (a *aligner) losses() {
	n := a.m.states
	a.skip, a.hop = make([]float64, n*n), make([]int32, n*n)
	for i := range a.skip {
		a.skip[i], a.hop[i] = math.Inf(1), -1
	}
	for i := range a.m.edges {
		e := &a.m.edges[i]
		if e.symbol == end || e.from == e.to {
			continue
		}
		at := int(e.from)*n + int(e.to)
		if c := a.op[deletion] + e.bits; c < a.skip[at] {
			a.skip[at], a.hop[at] = c, int32(i)
		}
	}
	for k := range n {
		for i := range n {
			first := a.skip[i*n+k]
			if math.IsInf(first, 1) {
				continue
			}
			for j := range n {
				if c := first + a.skip[k*n+j]; c < a.skip[i*n+j] && i != j {
					a.skip[i*n+j], a.hop[i*n+j] = c, a.hop[i*n+k]
				}
			}
		}
	}
}

// prices are the bits of one position's values under each edge, worked out when they are asked for.
type prices struct {
	m      *machine
	values []float64
	bits   []float64
	round  []int32 // in which bits was worked out
	now    int32
}

func newPrices(m *machine) prices {
	return prices{m: m, bits: make([]float64, len(m.edges)), round: make([]int32, len(m.edges))}
}

// at turns to a position of a word; behind its end nothing is asked for.
func (p *prices) at(w *text, i int) {
	p.now++
	if i < len(w.symbols) {
		p.values = w.values[i*p.m.dims : (i+1)*p.m.dims]
	}
}

func (p *prices) of(edge int32) float64 {
	if p.m.dims == 0 {
		return 0
	}
	if p.round[edge] != p.now {
		p.round[edge] = p.now
		p.bits[edge] = p.m.edges[edge].chain.Bits(p.values)
	}
	return p.bits[edge]
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
	best := math.Inf(1)
	for s := range n {
		best = min(best, a.cost[m*n+s]+a.stop[s])
	}
	return best
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
		for q, c := range a.skip[p*n : (p+1)*n] {
			if from+c < row[q] {
				row[q], came[q] = from+c, arrival{kind: deletion, from: int32(p)}
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

// step is one step of a word's way: what happened, and which edge at which position.
type step struct {
	kind     int8
	edge     int32 // -1 = none
	position int32 // -1 = none
}

// trace appends the steps of the cheapest way, the last first. The table must be that of the word.
func (a *aligner) trace(w *text, dst []step) []step {
	n, m := a.m.states, len(w.symbols)
	best, s := math.Inf(1), -1
	for q := range n {
		if c := a.cost[m*n+q] + a.stop[q]; c < best {
			best, s = c, q
		}
	}
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
