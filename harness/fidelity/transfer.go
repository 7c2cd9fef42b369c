package fidelity

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/harness/fidelity/recurrent"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/labels/flowlog"
)

const (
	// mostWords is how many values of a column a network tells apart, the training table's most frequent ones; the others are one.
	mostWords = 48
	// mostFlows is how many adjoining flows a network learns from, or is tried on.
	mostFlows = 5000
	// fewestFlows is how many it needs.
	fewestFlows = 50
)

// transfers is TSTR, train on synthetic and test on real (C. Esteban, S. Hyland and G. Rätsch, 2017), as a gap: how differently
// two networks predict the next value of a column of the evaluate table, one having learnt from the training table, the other
// from the generated one. It is the mean over the discrete columns. Each network begins anew, with the same random weights in both
// cases; the published code trains the first one on.
func transfers(v *view) []Aspect {
	const name, best = "TSTR gap", "0"
	if v.options.Networks < 0 {
		return nil
	}
	gaps := make([]float64, v.options.Networks)
	var details string
	for _, column := range discrete {
		real := v.networks(column)
		if real.missing != "" {
			return absent(GroupTime, name, best, real.missing)
		}
		theirs, missing := real.accuracies(v.ordered(), v.options.Networks)
		if missing != "" {
			return absent(GroupTime, name, best, missing)
		}
		var a, b float64
		for i := range gaps {
			gaps[i] += math.Abs(real.right[i]-theirs[i]) / float64(len(discrete))
			a, b = a+real.right[i]/float64(len(gaps)), b+theirs[i]/float64(len(gaps))
		}
		if details != "" {
			details += ", "
		}
		details += fmt.Sprintf("%s %.3f (real %.3f)", column, b, a)
	}
	out := mean(gaps)
	out.N = int64(len(gaps))
	if out.Bounded {
		out.Low = max(0, out.Low)
		out.Cluster = score.Cluster{Unit: "network", Over: "networks", Clusters: out.N}
	} else {
		out.Note = "all networks agree"
	}
	return []Aspect{{Group: GroupTime, Name: name, Best: best, Figure: out, Detail: details}}
}

// taught is what networks that learnt a column of the training table make of the evaluate table.
type taught struct {
	column   string
	words    map[string]int // 0 = all others
	evaluate []int
	right    []float64 // accuracy, by network
	seed     draw.Seed
	missing  string
}

// teach trains the networks of the training table.
func (r *reality) teach(column string) *taught {
	t := &taught{column: column, seed: r.seed.Word("tstr").Word(column)}
	eval := r.evalOrdered()
	if eval == nil {
		t.missing = "no table to evaluate on was given"
		return t
	}
	t.words, t.missing = frequent(r.train, column)
	if t.missing != "" {
		return t
	}
	if t.evaluate, t.missing = t.sequence(eval); t.missing != "" {
		return t
	}
	t.right, t.missing = t.accuracies(r.trainOrdered(), r.options.Networks)
	return t
}

// frequent numbers a column's most frequent words from 1.
func frequent(t *flowlog.Table, column string) (words map[string]int, missing string) {
	c, missing := columnsOf(t, []string{column})
	if missing != "" {
		return nil, missing
	}
	counts := make([]int, len(c[0].Words))
	for _, code := range c[0].Codes {
		counts[code]++
	}
	var codes []int
	for code, n := range counts {
		if n > 0 {
			codes = append(codes, code)
		}
	}
	slices.SortFunc(codes, func(a, b int) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	words = map[string]int{}
	for i, code := range first(codes, mostWords-1) {
		words[c[0].Words[code]] = i + 1
	}
	return words, ""
}

// sequence is the column of a table as words.
func (t *taught) sequence(from *flowlog.Table) (out []int, missing string) {
	c, missing := columnsOf(from, []string{t.column})
	if missing != "" {
		return nil, missing
	}
	if from.Rows() < fewestFlows {
		return nil, fmt.Sprintf("%s has %d rows; a network needs at least %d", from.Name, from.Rows(), fewestFlows)
	}
	as := make([]int, len(c[0].Words))
	for code, word := range c[0].Words {
		as[code] = t.words[word]
	}
	for _, code := range first(c[0].Codes, mostFlows) {
		out = append(out, as[code])
	}
	return out, ""
}

// accuracies are how often networks that learnt from a table are right on the evaluate table.
func (t *taught) accuracies(from *flowlog.Table, networks int) (right []float64, missing string) {
	sequence, missing := t.sequence(from)
	if missing != "" {
		return nil, missing
	}
	for i := range networks {
		n, err := recurrent.Train(sequence, len(t.words)+1, recurrent.Options{Seed: t.seed.Number(uint64(i))})
		if err != nil {
			return nil, err.Error()
		}
		right = append(right, n.Accuracy(t.evaluate))
	}
	return right, ""
}
