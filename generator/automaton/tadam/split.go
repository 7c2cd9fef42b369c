package tadam

import (
	"math"
	"slices"
)

// splits part a state by how words come to it, where they go on differently.
func (f *fit) splits(fl *flows) []move {
	m := f.hypothesis
	var out []move
	for s := range int32(m.states) {
		next := map[int32]map[int32]float64{} // by the edge that comes in
		var ins []int32
		for p, n := range fl.pairs[s] {
			if next[p.in] == nil {
				next[p.in] = map[int32]float64{}
				ins = append(ins, p.in)
			}
			next[p.in][p.out] += n
		}
		slices.Sort(ins)
		if len(ins) < 2 {
			continue
		}
		for _, seed := range ins {
			group, gain := part(ins, next, seed)
			if group == nil || gain <= 0 {
				continue
			}
			gain -= float64(len(ins)) // about what is paid for copies of edges is seen by aligning
			out = append(out, move{gain, false, func() *hypothesis { return m.part(s, group, next) }})
		}
	}
	return out
}

// part finds which of the edges that come in go on like the seed's, and how many bits telling them apart saves.
func part(ins []int32, next map[int32]map[int32]float64, seed int32) (group map[int32]bool, gain float64) {
	group = map[int32]bool{seed: true}
	for range 5 {
		one, two := map[int32]float64{}, map[int32]float64{}
		for _, in := range ins {
			for k, n := range next[in] {
				if group[in] {
					one[k] += n
				} else {
					two[k] += n
				}
			}
		}
		if len(one) == 0 || len(two) == 0 {
			return nil, 0
		}
		gain = divergence(one, two)
		changed := false
		for _, in := range ins {
			like := closer(next[in], one) > closer(next[in], two)
			if like != group[in] && in != seed {
				group[in] = like
				changed = true
			}
		}
		if !changed {
			break
		}
	}
	count := 0
	for _, in := range ins {
		if group[in] {
			count++
		}
	}
	if count == len(ins) {
		return nil, 0
	}
	return group, gain
}

// closer is the logarithm of how likely counts are under the shares of others.
func closer(counts, others map[int32]float64) float64 {
	all := 0.0
	for _, n := range others {
		all += n
	}
	keys := make([]int32, 0, len(counts))
	for k := range counts {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	bits := 0.0
	for _, k := range keys {
		bits += counts[k] * math.Log2((others[k]+0.1)/(all+1))
	}
	return bits
}

// part gives those who come to a state by the group's edges a copy of it, with the edges that they take from there. The beginning of words
// (-1) stays with state 0.
func (m *hypothesis) part(s int32, group map[int32]bool, next map[int32]map[int32]float64) *hypothesis {
	n := m.clone()
	if group[-1] { // the beginning stays: the others move
		other := map[int32]bool{}
		for in := range next {
			other[in] = !group[in]
		}
		group = other
	}
	copied := int32(n.states)
	n.states++
	moved := map[int32]float64{}
	for in, to := range next {
		if !group[in] {
			continue
		}
		for k, c := range to {
			moved[k] += c
		}
	}
	for in := range next {
		if in >= 0 && group[in] {
			n.edges[in].to = copied
		}
	}
	for k := range m.edges {
		e := &m.edges[k]
		if e.from != s {
			continue
		}
		share := 0.0
		if e.count > 0 {
			share = min(1, moved[int32(k)]/e.count)
		}
		if share == 0 {
			continue
		}
		c := n.edges[k].scaled(share)
		c.from = copied
		n.edges[k] = n.edges[k].scaled(1 - share)
		n.edges = append(n.edges, c)
	}
	n.tidy()
	return n
}

// timeSplits part an edge by its values: into two that lead to the same state, or to one of its own for each.
func (f *fit) timeSplits(words []text, fl *flows) []move {
	m := f.hypothesis
	if m.dims == 0 {
		return nil
	}
	var out []move
	for k := range m.edges {
		e := &m.edges[k]
		if e.symbol == end || len(fl.values[k]) < 4 {
			continue
		}
		second, gain := f.twoGroups(words, fl.values[k])
		if gain <= 0 {
			continue
		}
		out = append(out, move{gain, false, func() *hypothesis { return f.cut(words, k, fl.values[k], second, false) }})
		out = append(out, move{gain + 1, false, func() *hypothesis { return f.cut(words, k, fl.values[k], second, true) }})
	}
	return out
}

// twoGroups finds the two groups of an edge's values that two normal distributions cost least for, by each value on its own; true = the second.
func (f *fit) twoGroups(words []text, uses []sample) (second []bool, gain float64) {
	dims := f.hypothesis.dims
	value := func(u *sample, d int) float64 { return math.Round(words[u.text].values[int(u.position)*dims+d]) }
	order := make([]int, len(uses))
	for d := range dims {
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int {
			switch x, y := value(&uses[a], d), value(&uses[b], d); {
			case x < y:
				return -1
			case x > y:
				return 1
			}
			return 0
		})
		var n, sum, squares float64
		for i := range uses {
			x := value(&uses[i], d)
			n, sum, squares = n+uses[i].times, sum+x*uses[i].times, squares+x*x*uses[i].times
		}
		whole := spreadBits(n, sum, squares)
		var ln, ls, lq float64
		best, at := 0.0, -1
		for i := 0; i+1 < len(order); i++ {
			u := &uses[order[i]]
			x := value(u, d)
			ln, ls, lq = ln+u.times, ls+x*u.times, lq+x*x*u.times
			if value(&uses[order[i+1]], d) == x || ln < 3 || n-ln < 3 {
				continue
			}
			share := -ln*math.Log2(ln/n) - (n-ln)*math.Log2((n-ln)/n)
			if g := whole - spreadBits(ln, ls, lq) - spreadBits(n-ln, sum-ls, squares-lq) - share; g > best {
				best, at = g, i
			}
		}
		if best > gain {
			gain, second = best, make([]bool, len(uses))
			for _, i := range order[at+1:] {
				second[i] = true
			}
		}
	}
	return second, gain
}

// spreadBits is what so many values cost under a normal distribution, without what all such cost alike.
func spreadBits(n, sum, squares float64) float64 {
	v := (max(0, squares-sum*sum/n) + prior) / (n + prior)
	return n * 0.5 * math.Log2(max(v, 1.0/12))
}

// cut makes an edge of the uses in the second group; with a state of its own it leads to a copy of where the edge led.
func (f *fit) cut(words []text, k int, uses []sample, second []bool, own bool) *hypothesis {
	m := f.hypothesis
	n := m.clone()
	one, two := n.edges[k], n.edges[k]
	one.sum, one.squares, one.weight, one.count, one.was = nil, nil, 0, 0, nil
	two.sum, two.squares, two.weight, two.count, two.was = nil, nil, 0, 0, nil
	moved := map[int32]float64{}
	for i := range uses {
		u := &uses[i]
		values := words[u.text].values[int(u.position)*m.dims : (int(u.position)+1)*m.dims]
		if second[i] {
			two.add(values, u.times)
			two.count += u.times
			moved[u.next] += u.times
		} else {
			one.add(values, u.times)
			one.count += u.times
		}
	}
	n.edges[k] = one
	if own {
		copied := int32(n.states)
		n.states++
		for j := range m.edges {
			e := &m.edges[j]
			if e.from != m.edges[k].to || moved[int32(j)] == 0 {
				continue
			}
			share := min(1, moved[int32(j)]/max(e.count, 1))
			c := n.edges[j].scaled(share)
			c.from = copied
			n.edges[j] = n.edges[j].scaled(1 - share)
			n.edges = append(n.edges, c)
		}
		two.to = copied
	}
	n.edges = append(n.edges, two)
	n.tidy()
	return n
}
