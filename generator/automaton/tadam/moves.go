package tadam

import (
	"cmp"
	"math"
	"slices"
)

// move is a change of an automaton that may shorten the description.
type move struct {
	gain  float64 // bits, as far as can be told without aligning
	deep  bool    // the noise must find its new measure before it can be told
	apply func() *hypothesis
}

// passage is how often an edge follows another through a state; -1 = the beginning of a word.
type passage struct{ in, out int32 }

// flows are what went through each state.
type flows struct {
	pairs  []map[passage]float64 // by state
	values [][]sample            // by edge: values of its uses, and the edge that came next
	counts []float64             // by edge
}

// sample is one use of an edge.
type sample struct {
	text, position int32
	next           int32
	times          float64
}

// flows reads them off the paths.
func (f *fit) flows(words []text) *flows {
	m := f.hypothesis
	out := &flows{pairs: make([]map[passage]float64, m.states), values: make([][]sample, len(m.edges)), counts: make([]float64, len(m.edges))}
	for s := range out.pairs {
		out.pairs[s] = map[passage]float64{}
	}
	for i, path := range f.paths {
		if f.beyond[i] {
			continue
		}
		last := passage{-1, -1}
		position := int32(-1)
		for k := len(path) - 1; k >= 0; k-- {
			s := &path[k]
			if s.edge < 0 {
				continue
			}
			out.counts[s.edge] += words[i].times
			e := &m.edges[s.edge]
			out.pairs[e.from][passage{last.out, s.edge}] += words[i].times
			if last.out >= 0 && position >= 0 {
				out.values[last.out] = append(out.values[last.out], sample{int32(i), position, s.edge, words[i].times})
			}
			last.out, position = s.edge, s.position
		}
	}
	return out
}

// moves are all changes worth a trial, the most promising first.
func (f *fit) moves(words []text) []move {
	m, fl := f.hypothesis, f.flows(words)
	var out []move
	out = append(out, f.deletions()...)
	out = append(out, m.merges()...)
	out = append(out, f.joins()...)
	out = append(out, f.shortcuts(words)...)
	out = append(out, f.splits(fl)...)
	out = append(out, f.timeSplits(words, fl)...)
	slices.SortStableFunc(out, func(a, b move) int { return cmp.Compare(b.gain, a.gain) })
	return out
}

// deletions take an edge out: its words are explained as disturbed, or go another way.
func (f *fit) deletions() []move {
	m := f.hypothesis
	var out []move
	noise := -math.Log2(max(1e-3, 1-m.noise[match])) + math.Log2(kinds)
	for i := range m.edges {
		i := i
		e := &m.edges[i]
		if alone(m, e.from, i) {
			continue
		}
		out = append(out, move{m.edgeBits(e) - e.count*max(1, noise-e.bits), false, func() *hypothesis {
			n := m.clone()
			n.edges = slices.Delete(n.edges, i, i+1)
			n.tidy()
			return n
		}})
	}
	// All rare ones at once: what noise makes is many edges, each rare.
	var counts []float64
	for _, e := range m.edges {
		counts = append(counts, e.count)
	}
	slices.Sort(counts)
	for _, c := range slices.Compact(counts) {
		if c > 0.05*total(m) {
			continue
		}
		gain := 0.0
		several := 0
		for k := range m.edges {
			if e := &m.edges[k]; e.count <= c && !alone(m, e.from, k) {
				gain += m.edgeBits(e) - e.count*max(1, noise-e.bits)
				several++
			}
		}
		if several > 1 {
			out = append(out, move{gain, false, func() *hypothesis {
				n := m.clone()
				n.thin(c)
				return n
			}})
		}
	}
	// And all that few take of those who come by, where there are many: each alone seems to pay while the noise is thought to be less.
	for _, share := range []float64{0.02, 0.04, 0.06, 0.08, 0.1, 0.13} {
		for _, collapse := range []bool{false, true} {
			out = append(out, move{0, true, func() *hypothesis {
				n := m.clone()
				n.trim(share)
				if collapse {
					n.collapse()
				}
				return n
			}})
		}
	}
	slices.SortStableFunc(out, func(a, b move) int { return cmp.Compare(b.gain, a.gain) })
	return out
}

// trim drops edges that fewer than a share of those who come to their states take, and expects as much more noise.
func (m *hypothesis) trim(share float64) {
	all := make([]float64, m.states)
	for _, e := range m.edges {
		all[e.from] += e.count
	}
	sum, lost := 0.0, 0.0
	kept := m.edges[:0]
	for _, e := range m.edges {
		sum += e.count
		if e.count < share*all[e.from] {
			lost += e.count
			continue
		}
		kept = append(kept, e)
	}
	m.edges = kept
	more := lost / max(sum, 1) / (kinds - 1)
	for k := range m.noise {
		if k != match {
			m.noise[k] += more
			m.noise[match] -= more
		}
	}
	if m.noise[match] < 1-mostNoise {
		m.noise = guess()
	}
	m.tidy()
}

func total(m *hypothesis) float64 {
	sum := 0.0
	for _, e := range m.edges {
		if e.from == 0 {
			sum += e.count
		}
	}
	return max(sum, 1)
}

// alone tells whether a state has no other edge.
func alone(m *hypothesis, state int32, edge int) bool {
	for k := range m.edges {
		if k != edge && m.edges[k].from == state {
			return false
		}
	}
	return true
}

// joins make one edge of two that lead from and to the same states by the same symbol.
func (f *fit) joins() []move {
	m := f.hypothesis
	var out []move
	for i := range m.edges {
		for j := i + 1; j < len(m.edges); j++ {
			a, b := &m.edges[i], &m.edges[j]
			if a.from != b.from || a.to != b.to || a.symbol != b.symbol {
				continue
			}
			out = append(out, move{m.edgeBits(b) - m.apart(a, b), false, func() *hypothesis {
				n := m.clone()
				n.edges[i] = n.edges[i].scaled(1)
				n.edges[i].pool(&n.edges[j])
				n.edges = slices.Delete(n.edges, j, j+1)
				return n
			}})
		}
	}
	return out
}

// apart is how many bits more the values of two edges cost under one guard than under two.
func (m *hypothesis) apart(a, b *edge) float64 {
	if m.dims == 0 || a.weight == 0 || b.weight == 0 {
		return 0
	}
	both := a.scaled(1)
	both.pool(b)
	return m.entropy(&both) - m.entropy(a) - m.entropy(b)
}

// entropy is about how many bits the edge's values cost under its own guard, by the determinant of the covariance.
func (m *hypothesis) entropy(e *edge) float64 {
	g := e.guard(m.dims)
	if g == nil {
		return 0
	}
	return e.weight * 0.5 * math.Log2(determinant(g.Covariance, m.dims))
}

// determinant of a symmetric matrix, by its upper triangle; variances are at least those of rounding.
func determinant(upper []float64, n int) float64 {
	a := make([][]float64, n)
	at := 0
	for i := range n {
		a[i] = make([]float64, n)
	}
	for i := range n {
		for j := i; j < n; j++ {
			a[i][j], a[j][i] = upper[at], upper[at]
			at++
		}
	}
	out := 1.0
	for i := range n {
		d := max(a[i][i], 1.0/12)
		out *= d
		for j := i + 1; j < n; j++ {
			f := a[j][i] / d
			for k := i; k < n; k++ {
				a[j][k] -= f * a[i][k]
			}
		}
	}
	return out
}
