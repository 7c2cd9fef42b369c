package fidelity

import (
	"github.com/evilbench/evilbench/harness/score"
)

// ranks orders figures: 1 is the best, which the least value is; equal ones share the lower rank, as published; those without a value
// share the last. behind holds for those that come after all others whatever they score; nil = none.
func ranks(values []score.Number, behind []bool) []int {
	out := make([]int, len(values))
	after := func(i, j int) bool { // whether i comes after j
		switch {
		case behind != nil && behind[i] != behind[j]:
			return behind[i]
		case values[i].Missing != "" || values[j].Missing != "":
			return values[j].Missing == "" && values[i].Missing != ""
		}
		return values[i].Value > values[j].Value
	}
	for i := range values {
		out[i] = 1
		for j := range values {
			if after(i, j) {
				out[i]++
			}
		}
	}
	return out
}

// standing turns a figure into what is ranked: the less, the better. For MD that is how far it is from the reference's.
func (m Metric) standing(v, reference score.Number) score.Number {
	switch {
	case v.Missing != "":
		return v
	case m.Best == Most:
		return score.Number{Value: -v.Value}
	case m.Best == Reference && reference.Missing != "":
		return score.Number{Missing: "the reference has no " + m.Name}
	case m.Best == Reference && v.Value < reference.Value:
		return score.Number{Value: reference.Value - v.Value}
	case m.Best == Reference:
		return score.Number{Value: v.Value - reference.Value}
	}
	return v
}

// Standings are ranks by metric, then generator, and their plain means by generator. A metric of which no generator has a figure
// that can be ranked is left out: its ranks are nil.
type Standings struct {
	Ranks   [][]int
	Average []float64
}

// Rank ranks generators by their figures, which are given by metric, then generator, beside the reference's by metric. behind holds
// for generators that come after all others; nil = none.
func Rank(metrics []Metric, figures [][]score.Number, reference []score.Number, behind []bool) Standings {
	out := Standings{Ranks: make([][]int, len(metrics))}
	ranked := 0
	for k, m := range metrics {
		values := make([]score.Number, len(figures[k]))
		known := false
		for i, v := range figures[k] {
			values[i] = m.standing(v, reference[k])
			known = known || values[i].Missing == ""
		}
		if out.Average == nil {
			out.Average = make([]float64, len(values))
		}
		if !known {
			continue
		}
		ranked++
		out.Ranks[k] = ranks(values, behind)
		for i, r := range out.Ranks[k] {
			out.Average[i] += float64(r)
		}
	}
	if ranked == 0 {
		out.Average = nil
	}
	for i := range out.Average {
		out.Average[i] /= float64(ranked)
	}
	return out
}
