package tadam

import (
	"math"
	"slices"
)

// expectations are what an automaton and noise are expected to have done where they made words, over all ways in which they can have, each as
// likely as it is (L. Baum et al., Ann. Math. Stat. 41, 1970). The cheapest way alone sees less noise than there is, since what was disturbed
// into something ordinary costs least where it is taken for ordinary.
type expectations struct {
	a    *aligner
	p    []float64      // probabilities of edges
	op   [kinds]float64 // and of steps' kinds
	used []edge         // with what is expected of them
	seen [kinds]float64

	before, behind []float64 // likelihoods by position and state, what is lost at the position included
	scale          []float64 // by position: what before was divided by there
	wave, next     []float64 // by state
}

func newExpectations(m *hypothesis) *expectations {
	x := &expectations{a: newAligner(m), p: make([]float64, len(m.edges)), op: m.noise, used: append([]edge(nil), m.edges...)}
	for i := range x.used {
		e := &x.used[i]
		x.p[i] = math.Exp2(-e.bits)
		e.count, e.weight, e.sum, e.squares = 0, 0, nil, nil
	}
	return x
}

// add books a word; nothing where it cannot have come about.
func (x *expectations) add(w *text) {
	n, m := x.a.m.states, len(w.symbols)
	x.before, x.behind, x.scale = zeros(x.before, (m+2)*n), zeros(x.behind, (m+1)*n), zeros(x.scale, m+1)
	x.before[0] = 1
	x.spread(x.before[:n], false)
	for i := range m {
		x.at(w, i)
		for p, f := range x.before[i*n : (i+1)*n] {
			if f > tiny {
				x.ways(w, i, int32(p), func(v way) { x.before[v.end*n+int(v.to)] += f * v.p })
			}
		}
		row, sum := x.before[(i+1)*n:(i+2)*n], 0.0
		for _, f := range row {
			sum += f
		}
		if sum == 0 {
			return
		}
		x.scale[i+1] = sum
		for k := (i + 1) * n; k < (i+3)*n && k < len(x.before); k++ { // two swapped symbols lead past the row
			x.before[k] /= sum
		}
		x.spread(row, false)
	}
	x.book(w)
}

// tiny is the share of a position's likelihood that is not followed.
const tiny = 1e-12

// book goes back through the word.
func (x *expectations) book(w *text) {
	n, m := x.a.m.states, len(w.symbols)
	all := 0.0
	for s, f := range x.before[m*n : (m+1)*n] {
		all += f * math.Exp2(-x.a.stop[s])
	}
	if all == 0 {
		return
	}
	for s, f := range x.before[m*n : (m+1)*n] {
		if last := x.a.ends[s]; last >= 0 {
			x.behind[m*n+s] = x.p[last] / all
			x.used[last].count += w.times * f * x.p[last] / all
		}
	}
	x.bookLost(w, m)
	for i := m - 1; i >= 0; i-- {
		x.at(w, i)
		for p, f := range x.before[i*n : (i+1)*n] {
			if f <= tiny {
				continue
			}
			x.ways(w, i, int32(p), func(v way) {
				t := v.p * x.behind[v.end*n+int(v.to)] / x.scale[i+1]
				if v.end == i+2 {
					t /= x.scale[i+2]
				}
				x.behind[i*n+p] += t
				x.bookWay(w, i, v, w.times*f*t)
			})
		}
		x.bookLost(w, i)
	}
}

// bookWay books a way of reading the symbol at a position.
func (x *expectations) bookWay(w *text, i int, v way, times float64) {
	x.seen[v.kind] += times
	if v.edge < 0 {
		return
	}
	d := x.a.m.dims
	x.used[v.edge].count += times
	x.used[v.edge].add(w.values[(v.end-1)*d:v.end*d], times)
	if v.second >= 0 {
		x.used[v.second].count += times
		x.used[v.second].add(w.values[i*d:(i+1)*d], times)
	}
}

// spread adds to a row of likelihoods those after symbols that were lost or, backwards, to what follows that before them.
func (x *expectations) spread(row []float64, backwards bool) {
	least := tiny * slices.Max(row)
	x.wave = append(x.wave[:0], row...)
	for slices.Max(x.wave) > least {
		x.next = zeros(x.next, len(row))
		for k := range x.p {
			e := &x.a.m.edges[k]
			if e.symbol == end {
				continue
			}
			from, to := e.from, e.to
			if backwards {
				from, to = to, from
			}
			x.next[to] += x.wave[from] * x.op[deletion] * x.p[k]
		}
		for s, f := range x.next {
			row[s] += f
		}
		x.wave, x.next = x.next, x.wave
	}
}

// bookLost books the symbols that were lost before a position.
func (x *expectations) bookLost(w *text, i int) {
	n := x.a.m.states
	before, behind := x.before[i*n:(i+1)*n], x.behind[i*n:(i+1)*n]
	x.spread(behind, true)
	for k := range x.used {
		e := &x.used[k]
		if e.symbol == end {
			continue
		}
		times := w.times * before[e.from] * x.op[deletion] * x.p[k] * behind[e.to]
		e.count += times
		x.seen[deletion] += times
	}
}

// mostExpected bounds positions times states of a word that expectations are worked out for.
const mostExpected = 1 << 22

// expectRounds is after how many rounds expectations hardly change any more.
const expectRounds = 3

// expect is the automaton with what is expected over all ways of its words, the strange ones left out.
func (f *fit) expect(words []text) *hypothesis {
	m := f.hypothesis
	for range expectRounds {
		x := newExpectations(m)
		for i := range words {
			if w := &words[i]; !f.beyond[i] && (len(w.symbols)+2)*m.states <= mostExpected {
				x.add(w)
			}
		}
		m = m.clone()
		m.edges, m.noise = x.used, shares(x.seen)
		m.ready()
	}
	return m
}

// zeros is a slice of n zeros, in the room of another where that is enough.
func zeros(room []float64, n int) []float64 {
	if cap(room) < n {
		return make([]float64, n)
	}
	room = room[:n]
	clear(room)
	return room
}
