package tadam

import (
	"math"
	"slices"
)

// merges make one state of two whose words go on alike.
func (m *hypothesis) merges() []move {
	next := make([]map[int32]float64, m.states) // symbols that leave each state
	for s := range next {
		next[s] = map[int32]float64{}
	}
	for i := range m.edges {
		next[m.edges[i].from][m.edges[i].symbol] += m.edges[i].count
	}
	var out []move
	for p := range int32(m.states) {
		for q := p + 1; q < int32(m.states); q++ {
			gain := -divergence(next[p], next[q])
			for i := range m.edges {
				for j := range m.edges {
					if a, b := &m.edges[i], &m.edges[j]; a.from == p && b.from == q && a.symbol == b.symbol {
						gain += max(0, m.edgeBits(b)-m.apart(a, b))
					}
				}
			}
			if gain < -200 {
				continue
			}
			out = append(out, move{gain, false, func() *hypothesis {
				n := m.clone()
				n.fold(p, q)
				return n
			}})
		}
	}
	return out
}

// collapse merges states as long as that seems to pay, the most promising first.
func (m *hypothesis) collapse() {
	for {
		var best *move
		for _, c := range m.merges() {
			if c.gain > 0 && (best == nil || c.gain > best.gain) {
				best = &c
			}
		}
		if best == nil {
			return
		}
		*m = *best.apply()
	}
}

// divergence is how many bits it costs to take two sets of counts for one.
func divergence(a, b map[int32]float64) float64 {
	na, nb := 0.0, 0.0
	for _, n := range a {
		na += n
	}
	for _, n := range b {
		nb += n
	}
	bits := 0.0
	term := func(n, all float64) float64 {
		if n == 0 {
			return 0
		}
		return n * math.Log2(n/all)
	}
	keys := map[int32]bool{}
	for k := range a {
		keys[k] = true
	}
	for k := range b {
		keys[k] = true
	}
	sorted := make([]int32, 0, len(keys))
	for k := range keys {
		sorted = append(sorted, k)
	}
	slices.Sort(sorted)
	for _, k := range sorted {
		bits += term(a[k], na) + term(b[k], nb) - term(a[k]+b[k], na+nb)
	}
	return bits
}

// fold merges state q into p. Of edges that then do the same, those with like values become one; where such lead to different states, these
// are merged, too, so that the automaton stays as deterministic as it was.
func (m *hypothesis) fold(p, q int32) {
	if p > q {
		p, q = q, p
	}
	for i := range m.edges {
		e := &m.edges[i]
		if e.from == q {
			e.from = p
		}
		if e.to == q {
			e.to = p
		}
	}
	for again := true; again; {
		again = false
		for i := 0; i < len(m.edges) && !again; i++ {
			for j := i + 1; j < len(m.edges); j++ {
				a, b := &m.edges[i], &m.edges[j]
				if a.from != b.from || a.symbol != b.symbol || m.apart(a, b) > m.edgeBits(b) {
					continue
				}
				if a.to == b.to {
					m.edges[i] = m.edges[i].scaled(1)
					m.edges[i].pool(&m.edges[j])
					m.edges = slices.Delete(m.edges, j, j+1)
				} else {
					m.fold(a.to, b.to)
				}
				again = true
				break
			}
		}
	}
	m.tidy()
}
