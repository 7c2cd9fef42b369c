package tadam

import "math"

// fit is an automaton with what it costs, and how its words went through it.
type fit struct {
	hypothesis *hypothesis
	bits       float64 // in all
	model      float64
	paths      [][]step // by text, the last step first
	beyond     []bool   // by text: it costs less written down without the automaton
	edits      float64  // steps that were disturbed
	steps      float64
	clean      float64 // words that went through undisturbed
	strange    float64 // words written without the automaton
}

// weigh aligns words with the automaton as it is: all of them, or where it came of a fit's those that cannot go on as they did.
func weigh(m *hypothesis, words []text, strange float64, before *fit) *fit {
	m.ready()
	a := newAligner(m)
	total := 0.0
	for i := range words {
		total += words[i].times
	}
	known, unknown := -math.Log2((total-strange+0.5)/(total+1)), -math.Log2((strange+0.5)/(total+1))
	f := &fit{hypothesis: m, model: m.bits(), paths: make([][]step, len(words)), beyond: make([]bool, len(words))}
	f.bits = f.model
	var steps []step
	old := newReplay(a, before)
	for i := range words {
		w := &words[i]
		bits, path, ok := old.again(a, w, i)
		if !ok {
			bits = a.align(w)
			steps = a.trace(w, steps[:0])
			path = append([]step(nil), steps...)
		}
		bits += known
		f.paths[i] = path
		if explicit := w.explicit + unknown; explicit < bits {
			f.bits += w.times * explicit
			f.strange += w.times
			f.beyond[i] = true
			continue
		}
		f.bits += w.times * bits
		edits := 0
		for _, s := range path {
			if s.kind != match {
				edits++
			}
		}
		f.edits += w.times * float64(edits)
		f.steps += w.times * float64(len(path))
		if edits == 0 {
			f.clean += w.times
		}
	}
	m.label()
	return f
}

// Small counts and shares of the kinds of noise, as TADAM has them: a tenth of all steps is disturbed before anything is known.
const (
	firstNoise = 0.1
	smallCount = 0.5
	mostNoise  = 0.5
)

// guess is the noise before anything is known.
func guess() (p [kinds]float64) {
	for k := range p {
		p[k] = firstNoise / (kinds - 1)
	}
	p[match] = 1 - firstNoise
	return p
}

// learn makes the automaton that the paths tell of: counts, values and noise.
func (f *fit) learn(words []text) *hypothesis {
	m := f.hypothesis.clone()
	for i := range m.edges {
		e := &m.edges[i]
		e.count, e.weight, e.sum, e.squares = 0, 0, nil, nil
	}
	var seen [kinds]float64
	for i, path := range f.paths {
		w := &words[i]
		if f.beyond[i] {
			continue
		}
		for _, s := range path {
			if s.edge < 0 {
				seen[s.kind] += w.times
				continue
			}
			e := &m.edges[s.edge]
			if e.symbol != end { // a word's end is never disturbed
				seen[s.kind] += w.times
			}
			e.count += w.times
			if s.position >= 0 && m.dims > 0 {
				e.add(w.values[int(s.position)*m.dims:(int(s.position)+1)*m.dims], w.times)
			}
		}
	}
	seen[transposition] /= 2 // of two steps
	m.noise = shares(seen)
	m.tidy()
	return m
}

// shares are the probabilities of kinds of steps that were seen so often.
func shares(seen [kinds]float64) [kinds]float64 {
	total := 0.0
	for k := range seen {
		seen[k] += smallCount
		total += seen[k]
	}
	for k := range seen {
		seen[k] /= total
	}
	if noise := 1 - seen[match]; noise > mostNoise {
		for k := range seen {
			seen[k] *= mostNoise / noise
		}
		seen[match] = 1 - mostNoise
	}
	return seen
}

// tidy drops edges that nothing used, or only lost symbols did, and states that nothing comes to.
func (m *hypothesis) tidy() {
	used := m.edges[:0]
	for _, e := range m.edges {
		if e.count > 0 && (e.weight > 0 || m.dims == 0 || e.symbol == end) {
			used = append(used, e)
		}
	}
	m.edges = used
	now := make([]int32, m.states)
	now[0] = 1
	for _, e := range m.edges {
		if e.to >= 0 {
			now[e.to] = 1
		}
	}
	next := int32(0)
	for s := range now {
		if now[s] != 0 {
			now[s] = next
			next++
		} else {
			now[s] = -1
		}
	}
	kept := m.edges[:0]
	for _, e := range m.edges {
		if now[e.from] < 0 {
			continue
		}
		e.from = now[e.from]
		if e.to >= 0 {
			e.to = now[e.to]
		}
		kept = append(kept, e)
	}
	m.edges, m.states = kept, int(next)
}

// hopeless is how many more rounds that save as much as the last one would not make a change pay.
const hopeless = 3

// settle alternates between aligning and learning until the bits stop to fall by much. Of an automaton that came of a fit's, words go on as they
// did where they can.
func settle(m *hypothesis, words []text, rounds int, before *fit) *fit {
	best := weigh(m, words, 0, before)
	for range rounds {
		var last *fit
		if before != nil {
			last = best
		}
		next := weigh(best.learn(words), words, best.strange, last)
		if next.bits >= best.bits {
			break
		}
		saved := best.bits - next.bits
		best = next
		if saved < 1e-4*best.bits || before != nil && best.bits-hopeless*saved > before.bits {
			break
		}
	}
	return best
}

// probabilityBits are what a probability is written with: hundredths, smaller ones with as many digits as they need.
const probabilityBits = 6.643856189774724

// bits is the length of the automaton: states, noise, and for each edge where it goes, its symbol, its probability and its guard.
func (m *hypothesis) bits() float64 {
	states := float64(m.states + 1)
	bits := integerBits(states) + 2*math.Log2(states) + (kinds-1)*probabilityBits
	for d := range m.dims {
		bits += 2 * integerBits(math.Abs(m.ranges.high[d]-m.ranges.low[d])+1)
	}
	for i := range m.edges {
		bits += m.edgeBits(&m.edges[i])
	}
	return bits - float64(m.states)*probabilityBits // of each state's edges one probability follows from the others
}

// edgeBits is the length of one edge.
func (m *hypothesis) edgeBits(e *edge) float64 {
	states := float64(m.states + 1)
	bits := math.Log2(states) + math.Log2(float64(m.symbols+1)) + max(probabilityBits, e.bits)
	if e.symbol == end {
		return bits
	}
	bits += math.Log2(states)
	g := e.guard(m.dims)
	if g == nil {
		return bits
	}
	for _, x := range g.Mean {
		bits += integerBits(math.Abs(math.Round(x)) + 1)
	}
	for _, x := range g.Covariance {
		bits += integerBits(math.Abs(math.Round(x/0.1)) + 1)
	}
	return bits
}
