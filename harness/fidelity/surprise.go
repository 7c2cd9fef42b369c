package fidelity

import (
	"math"

	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/harness/stats"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// surprises are how many bits more a client's next flow costs somebody who learnt the habits of clients from the generated table
// instead of the training table: the difference of the cross entropies of the evaluate table under two chains of order 1. It needs
// no network, and takes no other figure's sampling.
func surprises(v *view) []Aspect {
	var out []Aspect
	for _, of := range []struct {
		name  string
		words func(*flowlog.Table) ([]string, string)
	}{{"Next service, bits lost", servicesOf}, {"Next destination, bits lost", destinationsOf}} {
		a := Aspect{Group: GroupTime, Name: of.name, Best: "0"}
		a.Figure = v.surprise(of.name, of.words)
		out = append(out, a)
	}
	return out
}

func destinationsOf(t *flowlog.Table) (words []string, missing string) {
	c, missing := columnsOf(t, []string{flowlog.DstIP})
	if missing != "" {
		return nil, missing
	}
	words = make([]string, t.Rows())
	for row := range words {
		words[row] = c[0].Word(row)
	}
	return words, ""
}

func (v *view) surprise(name string, words func(*flowlog.Table) ([]string, string)) score.Number {
	eval := v.evalOrdered()
	if eval == nil {
		return score.Number{Missing: "no table to evaluate on was given"}
	}
	// Both chains know the words of the real tables, so that what the real one costs does not depend on the generator.
	number := map[string]int{}
	for _, t := range []*flowlog.Table{v.trainOrdered(), eval} {
		all, missing := words(t)
		if missing != "" {
			return score.Number{Missing: missing}
		}
		for _, w := range all {
			if _, found := number[w]; !found {
				number[w] = len(number) + 1
			}
		}
	}
	var steps [3][]step
	for i, t := range []*flowlog.Table{v.trainOrdered(), v.ordered(), eval} {
		all, missing := words(t)
		if missing != "" {
			return score.Number{Missing: missing}
		}
		if steps[i], missing = stepsOf(t, all, number); missing != "" {
			return score.Number{Missing: missing}
		}
	}
	real, theirs := newChain(steps[0], len(number)+1), newChain(steps[1], len(number)+1)
	n := len(steps[2])
	rows := make([][]float64, min(pieces, n))
	var sum float64
	for i, piece := range pieceOf(n) {
		if rows[piece] == nil {
			rows[piece] = make([]float64, 2)
		}
		lost := real.log2(steps[2][i]) - theirs.log2(steps[2][i])
		sum += lost
		rows[piece][0] += lost
		rows[piece][1]++
	}
	i, err := stats.BCaSums(rows, v.options.Draws, v.seed.Word(name), func(s []float64) float64 { return s[0] / s[1] })
	return bounded(sum/float64(n), n, score.Cluster{Unit: "flow", Over: overPieces, Clusters: int64(len(rows))}, i, err)
}

// step is a client's flow after another one of it, of which 0 is none.
type step struct{ before, word int }

// stepsOf numbers the words of a table, and what the same client did before. Words without a number share one.
func stepsOf(t *flowlog.Table, words []string, number map[string]int) (out []step, missing string) {
	c, missing := columnsOf(t, []string{flowlog.FirstSeen, flowlog.SrcIP})
	if missing != "" {
		return nil, missing
	}
	stretch := stretches(c[0].Times)
	last := make(map[[2]int]int)
	out = make([]step, len(words))
	for row, w := range words {
		n, found := number[w]
		if !found {
			n = len(number) + 1
		}
		client := [2]int{int(c[1].Codes[row]), stretch[row]}
		out[row] = step{last[client], n}
		last[client] = n
	}
	return out, ""
}

// chain counts what follows what. A word's probability after another is (n(before, word) + p(word)) / (n(before) + 1), where p is
// the estimate of Krichevsky and Trofimov (IEEE Trans. Inf. Theory 27, 1981) without regard to what was before: a word that was
// never seen there costs what it costs anywhere, and one bit or more for having been told so.
type chain struct {
	pairs  map[step]float64
	before map[int]float64
	words  []float64
	total  float64
}

func newChain(steps []step, words int) *chain {
	c := &chain{pairs: map[step]float64{}, before: map[int]float64{}, words: make([]float64, words+1), total: float64(words) / 2}
	for i := range c.words[1:] {
		c.words[i+1] = 0.5
	}
	for _, s := range steps {
		c.pairs[s]++
		c.before[s.before]++
		c.words[s.word]++
		c.total++
	}
	return c
}

// log2 is the logarithm of a step's probability.
func (c *chain) log2(s step) float64 {
	return math.Log2((c.pairs[s] + c.words[s.word]/c.total) / (c.before[s.before] + 1))
}
