package tadam

// replay takes words through a changed automaton on the ways that they went before. Most changes leave most words their way, so that there is
// little left to align; what it costs is no less than the cheapest way.
type replay struct {
	m     *hypothesis
	words *fit
	first []int32 // of the edges that stand for an old one, by the old one's number; -1 = none
	next  []int32 // the next that stands for the same
	match float64
}

// label numbers the automaton's edges, for what comes of it to be traced back.
func (m *hypothesis) label() {
	ids := make([]int32, len(m.edges))
	for i := range m.edges {
		ids[i] = int32(i)
		m.edges[i].was = ids[i : i+1 : i+1]
	}
}

// newReplay prepares an automaton that came of a fit's own; nil where there is none.
func newReplay(a *aligner, before *fit) *replay {
	if before == nil {
		return nil
	}
	r := &replay{m: a.m, words: before, match: a.op[match], first: make([]int32, len(before.hypothesis.edges))}
	for i := range r.first {
		r.first[i] = -1
	}
	type link struct{ old, now int32 }
	var links []link
	for i := range a.m.edges {
		for _, old := range a.m.edges[i].was {
			links = append(links, link{old, int32(i)})
		}
	}
	// An edge may stand for several old ones, so that links, not edges, are chained.
	r.next = make([]int32, 2*len(links))
	for k := len(links) - 1; k >= 0; k-- {
		r.next[2*k], r.next[2*k+1] = links[k].now, r.first[links[k].old]
		r.first[links[k].old] = int32(k)
	}
	return r
}

// again is a word's old way through the automaton as it is now and its bits; false where the way was disturbed, or is there no more.
func (r *replay) again(a *aligner, w *text, i int) (bits float64, path []step, ok bool) {
	if r == nil || r.words.beyond[i] {
		return 0, nil, false
	}
	old := r.words.paths[i]
	path = make([]step, len(old))
	state := int32(0)
	for k := len(old) - 1; k >= 0; k-- {
		if old[k].kind != match {
			return 0, nil, false
		}
		edge := int32(-1)
		for l := r.first[old[k].edge]; l >= 0; l = r.next[2*l+1] {
			if now := r.next[2*l]; r.m.edges[now].from == state {
				edge = now
				break
			}
		}
		if edge < 0 {
			return 0, nil, false
		}
		e := &r.m.edges[edge]
		bits += e.bits
		if e.symbol != end {
			a.edge.at(w, int(old[k].position))
			bits += r.match + a.edge.of(edge)
		}
		path[k] = step{match, edge, old[k].position}
		state = e.to
	}
	return bits, path, true
}
