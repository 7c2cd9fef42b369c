package fidelity

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// numeric are the columns that PCD and EMD compare.
var numeric = []string{flowlog.InBytes, flowlog.OutBytes, flowlog.InPackets, flowlog.OutPackets, flowlog.Elapsed}

// pcd is the pairwise correlation difference: the Frobenius norm of the difference of the two Pearson matrices. As published, a
// column that is constant correlates with nothing, not even with itself. When strict it does with itself, and sizes are compared by
// the logarithm, since a few large flows make the correlation of all others invisible.
func pcd(s *sample) score.Number {
	train, generated, missing := s.both(numeric)
	if missing != "" {
		return score.Number{Missing: missing}
	}
	if s.train.Rows() < 2 || s.generated.Rows() < 2 {
		return score.Number{Missing: "a correlation needs two rows"}
	}
	a, b := pearson(train, s.mode), pearson(generated, s.mode)
	var sum float64
	for i := range a {
		d := a[i] - b[i]
		sum += d * d
	}
	return score.Number{Value: math.Sqrt(sum)}
}

// pearson is the matrix of correlations, row by row.
func pearson(columns []*flowlog.Column, mode Mode) []float64 {
	n := len(columns)
	values, constant := make([][]float64, n), make([]bool, n)
	for i, c := range columns {
		lo, hi := span(c)
		constant[i] = lo == hi
		if mode == Strict {
			values[i] = logScaled(c, c)
		} else {
			// Changes no correlation, but squares of sizes cannot overflow.
			values[i] = unit(c, hi-lo, func(v float64) float64 { return v - lo })
		}
	}
	out := make([]float64, n*n)
	for i := range n {
		for j := range i {
			if !constant[i] && !constant[j] {
				r := stat.Correlation(values[i], values[j], nil)
				out[i*n+j], out[j*n+i] = r, r
			}
		}
		if !constant[i] || mode == Strict {
			out[i*n+i] = 1
		}
	}
	return out
}

// logarithm makes sizes of many orders of magnitude comparable: log(1+v), mirrored below 0.
func logarithm(v float64) float64 { return math.Copysign(math.Log1p(math.Abs(v)), v) }

// emd is the mean over the numeric columns of a distance between distributions: when strict the Wasserstein-1 distance of the values
// on the scale of the training table's range, as published that of histogrammed.
func emd(s *sample) score.Number {
	train, generated, missing := s.both(numeric)
	if missing != "" {
		return score.Number{Missing: missing}
	}
	var sum float64
	for i := range numeric {
		if s.mode == Strict {
			sum += scaledWasserstein(train[i].Numbers, generated[i].Numbers)
			continue
		}
		d, missing := histogrammed(train[i].Numbers, generated[i].Numbers)
		if missing != "" {
			return score.Number{Missing: fmt.Sprintf("%s of %s: %s", numeric[i], s.train.Name, missing)}
		}
		sum += d
	}
	return score.Number{Value: sum / float64(len(numeric))}
}

// scaledWasserstein is the Wasserstein-1 distance of two samples, in units of the first one's range; of a constant first sample in
// its own units.
func scaledWasserstein(a, b []float64) float64 {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	unit := a[len(a)-1] - a[0]
	if unit == 0 {
		unit = 1
	}
	return wasserstein(a, b) / unit
}

// wasserstein is the area between the distribution functions of two ascending samples.
func wasserstein(a, b []float64) float64 {
	var area float64
	at := min(a[0], b[0])
	for i, j := 0, 0; i < len(a) || j < len(b); {
		next := math.Inf(1)
		if i < len(a) {
			next = a[i]
		}
		if j < len(b) {
			next = min(next, b[j])
		}
		area += (next - at) * math.Abs(float64(i)/float64(len(a))-float64(j)/float64(len(b)))
		at = next
		for i < len(a) && a[i] == next {
			i++
		}
		for j < len(b) && b[j] == next {
			j++
		}
	}
	return area
}
