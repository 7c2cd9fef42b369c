package fidelity

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/labels/flowlog"
)

const (
	vendiRows    = 300
	vendiSamples = 5
	// vendiReach is the distance on the scale of the training table's range at which two numbers are alike by 1/e.
	vendiReach = 0.1
)

// vendi is how many different flows a table effectively has (D. Friedman and A. Dieng, TMLR 2023): the exponential of the entropy
// of the eigenvalues of K/n, for samples of n = 300 rows, from 1 where all are alike to n. K of two rows is the mean over the
// columns, time apart, of 1 where words are equal, else 0, and of exp(-|x-y|/0.1) of numbers, as logarithms on the scale of the
// training table's range; each of them is positive definite, and 1 of a row with itself. The interval is over five samples.
func vendi(v *view) []Aspect {
	a := Aspect{Group: GroupVariety, Name: "Vendi score", Best: "as real", Figure: v.diversity(v.table, v.seed.Word("vendi"))}
	real := v.trainDiversity()
	a.Real = &real
	return []Aspect{a}
}

// diversity is the Vendi score of a table.
func (r *reality) diversity(t *flowlog.Table, seed draw.Seed) score.Number {
	var values []float64
	n := min(vendiRows, t.Rows(), r.train.Rows())
	if n < 2 {
		return score.Number{Missing: fmt.Sprintf("%d rows of %s and %d of %s; at least 2 are needed", t.Rows(), t.Name, r.train.Rows(), r.train.Name)}
	}
	for i := range vendiSamples {
		value, missing := r.vendi(drawn(t, n, seed.Number(uint64(i))))
		if missing != "" {
			return score.Number{Missing: missing}
		}
		values = append(values, value)
	}
	out := mean(values)
	out.N = int64(n)
	if out.Bounded {
		out.Cluster = score.Cluster{Unit: "flow", Over: "samples", Clusters: vendiSamples}
	} else {
		out.Note = "all samples agree"
	}
	return out
}

func (r *reality) vendi(t *flowlog.Table) (value float64, missing string) {
	names := flowlog.Published()[1:]
	columns, missing := columnsOf(t, names)
	if missing != "" {
		return 0, missing
	}
	train, missing := columnsOf(r.train, names)
	if missing != "" {
		return 0, missing
	}
	n := t.Rows()
	k := mat.NewSymDense(n, nil)
	add := func(alike func(i, j int) float64) {
		for i := range n {
			for j := i; j < n; j++ {
				k.SetSym(i, j, k.At(i, j)+alike(i, j)/float64(len(names)*n))
			}
		}
	}
	for c, column := range columns {
		if column.Kind == flowlog.Categorical {
			add(func(i, j int) float64 {
				if column.Codes[i] == column.Codes[j] {
					return 1
				}
				return 0
			})
			continue
		}
		x := logScaled(train[c], column)
		if !allFinite(x) {
			return 0, column.Name + " of " + t.Name + " holds numbers too large to compute with"
		}
		add(func(i, j int) float64 { return math.Exp(-math.Abs(x[i]-x[j]) / vendiReach) })
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(k, false) {
		return 0, "the eigenvalues did not converge"
	}
	var entropy float64
	for _, e := range eigen.Values(nil) {
		if e > 0 {
			entropy -= e * math.Log(e)
		}
	}
	return math.Exp(entropy), ""
}
