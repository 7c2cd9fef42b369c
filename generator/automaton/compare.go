package automaton

import (
	"cmp"
	"math"
	"slices"
)

// Isomorphic tells whether two automata are the same up to the names of their states: as many edges of each symbol (by name) between states
// that stand for each other, from the initial one on. Probabilities and guards are not compared.
func Isomorphic(a, b *Automaton) bool {
	if a.States != b.States || len(a.Edges) != len(b.Edges) {
		return false
	}
	x, y := graphOf(a), graphOf(b)
	pair := make([]int, a.States)
	for s := range pair {
		pair[s] = -1
	}
	used := make([]bool, b.States)
	return match(x, y, pair, used, a, b, 0)
}

// graph counts the edges between states by symbol.
type graph map[[2]int]map[string]int

func graphOf(a *Automaton) graph {
	out := graph{}
	for i := range a.Edges {
		e := &a.Edges[i]
		k := [2]int{e.From, e.To}
		if out[k] == nil {
			out[k] = map[string]int{}
		}
		out[k][a.name(e.Symbol)]++
	}
	return out
}

// match pairs state s and all after it.
func match(x, y graph, pair []int, used []bool, a, b *Automaton, s int) bool {
	if s == len(pair) {
		return true
	}
	for t := range used {
		if used[t] || (s == a.Initial) != (t == b.Initial) || (s == a.Accepting) != (t == b.Accepting) {
			continue
		}
		pair[s], used[t] = t, true
		fits := true
		for p := 0; p <= s && fits; p++ {
			fits = same(x[[2]int{p, s}], y[[2]int{pair[p], t}]) && same(x[[2]int{s, p}], y[[2]int{t, pair[p]}])
		}
		if fits && match(x, y, pair, used, a, b, s+1) {
			return true
		}
		pair[s], used[t] = -1, false
	}
	return false
}

func same(a, b map[string]int) bool {
	if len(a) != len(b) {
		return false
	}
	for k, n := range a {
		if b[k] != n {
			return false
		}
	}
	return true
}

// Rest is the bucket of a distribution for all words that are longer than it goes.
const Rest = "…"

// Distribution is how likely each word of up to most symbols is, whatever its values, by its symbols' names with a blank behind each; longer
// ones are in [Rest], as are those less likely than least, which bounds the work.
func (a *Automaton) Distribution(most int, least float64) map[string]float64 {
	out := map[string]float64{}
	leaves := make([][]*Edge, a.States)
	for i := range a.Edges {
		e := &a.Edges[i]
		leaves[e.From] = append(leaves[e.From], e)
	}
	type place struct {
		state int
		word  string
	}
	now := map[place]float64{{a.Initial, ""}: 1}
	for length := 0; len(now) > 0; length++ {
		next := map[place]float64{}
		places := make([]place, 0, len(now))
		for p := range now {
			places = append(places, p)
		}
		slices.SortFunc(places, func(p, q place) int {
			switch {
			case p.word != q.word && p.word < q.word:
				return -1
			case p.word != q.word:
				return 1
			}
			return p.state - q.state
		})
		for _, p := range places {
			for _, e := range leaves[p.state] {
				share := now[p] * e.Probability
				switch {
				case e.Symbol == End:
					out[p.word] += share
				case length >= most || share < least:
					out[Rest] += share
				default:
					next[place{e.To, p.word + a.name(e.Symbol) + " "}] += share
				}
			}
		}
		now = next
	}
	return out
}

// Distribution is how often each word of up to most symbols occurs, as that of an automaton is given.
func (ws *Words) Distribution(most int) map[string]float64 {
	out := map[string]float64{}
	for i := range ws.Words {
		w := &ws.Words[i]
		word := ""
		for _, s := range w.Symbols {
			word += ws.Symbols[s].Name + " "
		}
		if len(w.Symbols) > most {
			word = Rest
		}
		out[word] += 1 / float64(len(ws.Words))
	}
	return out
}

// Divergence is the Jensen-Shannon distance of two distributions, 0 to 1: the root of the divergence with binary logarithms (D. Endres and
// J. Schindelin, IEEE Trans. Inf. Theory 49, 2003).
func Divergence(p, q map[string]float64) float64 {
	words := make([]string, 0, len(p)+len(q))
	for w := range p {
		words = append(words, w)
	}
	for w := range q {
		if _, there := p[w]; !there {
			words = append(words, w)
		}
	}
	slices.Sort(words)
	sum := 0.0
	for _, w := range words {
		m := (p[w] + q[w]) / 2
		for _, x := range []float64{p[w], q[w]} {
			if x > 0 {
				sum += x / 2 * math.Log2(x/m)
			}
		}
	}
	return math.Sqrt(max(0, sum))
}

// Jaccard is the share of words that both distributions have, of all that one has.
func Jaccard(p, q map[string]float64) float64 {
	both, all := 0, len(q)
	for w := range p {
		if _, there := q[w]; there {
			both++
		} else {
			all++
		}
	}
	if all == 0 {
		return 1
	}
	return float64(both) / float64(all)
}

// Likely is a word's symbols with how likely it is.
type Likely struct {
	Text  string
	Share float64
}

// Frequent lists the n likeliest words of up to most symbols.
func (a *Automaton) Frequent(n, most int) []Likely {
	const least = 1e-5
	var out []Likely
	for text, share := range a.Distribution(most, least) {
		if text != Rest {
			out = append(out, Likely{text, share})
		}
	}
	slices.SortFunc(out, func(x, y Likely) int {
		return cmp.Or(cmp.Compare(y.Share, x.Share), cmp.Compare(x.Text, y.Text))
	})
	return out[:min(n, len(out))]
}
