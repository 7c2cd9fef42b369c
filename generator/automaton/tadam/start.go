package tadam

import "github.com/evilbench/evilbench/generator/automaton"

// Start is the automaton that a search begins with.
type Start string

// The starts.
const (
	BySymbol  Start = "symbol"    // a state for each symbol: where a word is after it
	Universal Start = "universal" // one state
	Tree      Start = "tree"      // the prefix tree
)

// begin makes the first automaton of words.
func begin(ws *automaton.Words, words []text, r ranges, start Start, least float64) *hypothesis {
	m := &hypothesis{symbols: len(ws.Symbols), dims: ws.Dims, states: 1, ranges: r, noise: guess()}
	index := map[[3]int32]int{}
	take := func(from, to, symbol int32, w *text, i int) {
		key := [3]int32{from, to, symbol}
		k, known := index[key]
		if !known {
			k = len(m.edges)
			index[key] = k
			m.edges = append(m.edges, edge{from: from, to: to, symbol: symbol})
		}
		m.edges[k].count += w.times
		if symbol != end {
			m.edges[k].add(w.values[i*m.dims:(i+1)*m.dims], w.times)
		}
	}
	next := map[[2]int32]int32{} // of the tree
	for k := range words {
		w := &words[k]
		at := int32(0)
		for i, symbol := range w.symbols {
			to := int32(0)
			switch start {
			case BySymbol:
				to = symbol + 1
				m.states = max(m.states, int(to)+1)
			case Tree:
				key := [2]int32{at, symbol}
				s, known := next[key]
				if !known {
					s = int32(m.states)
					next[key] = s
					m.states++
				}
				to = s
			case Universal:
			}
			take(at, to, symbol, w, i)
			at = to
		}
		take(at, -1, end, w, 0)
	}
	m.thin(least)
	return m
}

// thin drops edges that few words take, of those that share a state with one that many take.
func (m *hypothesis) thin(least float64) {
	most := make([]float64, m.states)
	for _, e := range m.edges {
		most[e.from] = max(most[e.from], e.count)
	}
	kept := m.edges[:0]
	for _, e := range m.edges {
		if e.count > least || e.count == most[e.from] {
			kept = append(kept, e)
		}
	}
	m.edges = kept
	m.tidy()
}

// hypothesisOf is an automaton to begin with. Its counts are those of as many words as there are.
func hypothesisOf(a *automaton.Automaton, words float64, r ranges) *hypothesis {
	m := &hypothesis{symbols: len(a.Symbols), dims: a.Dims, ranges: r, noise: guess()}
	if a.Noise != nil {
		n := a.Noise
		m.noise = [kinds]float64{1 + n.Addition + n.Repetition - n.Rate(), n.Deletion, n.Addition, n.Transposition, n.Repetition, n.Substitution}
		for k := range m.noise {
			m.noise[k] = max(m.noise[k], 1e-6) / (1 + n.Addition + n.Repetition)
		}
	}
	now := make([]int32, a.States)
	for s := range now {
		now[s] = -1
	}
	number := func(s int) int32 {
		if s != a.Accepting && now[s] < 0 {
			now[s] = int32(m.states)
			m.states++
		}
		return now[s]
	}
	number(a.Initial)
	for i := range a.Edges {
		e := &a.Edges[i]
		out := edge{from: number(e.From), to: number(e.To), symbol: int32(e.Symbol), count: e.Probability * words}
		if e.Guard != nil && m.dims > 0 {
			out.weight = out.count
			at := 0
			for i, x := range e.Guard.Mean {
				out.sum = append(out.sum, x*out.weight)
				for j, y := range e.Guard.Mean[i:] {
					v := e.Guard.Covariance[at]
					if at++; j == 0 {
						v += (v - 1) * prior / out.weight // what the prior will take
					}
					out.squares = append(out.squares, (v+x*y)*out.weight)
				}
			}
		}
		m.edges = append(m.edges, out)
	}
	return m
}
