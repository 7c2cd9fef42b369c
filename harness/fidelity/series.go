package fidelity

import (
	"fmt"
	"slices"
	"time"

	"github.com/evilbench/evilbench/labels/flowlog"
)

// silence is from which on the time between two flows of a table counts as not watched.
const silence = int64(15 * time.Minute)

// stretches number the pieces of watched time that ascending times fall into.
func stretches(times []int64) []int {
	out := make([]int, len(times))
	for i := 1; i < len(times); i++ {
		out[i] = out[i-1]
		if times[i]-times[i-1] >= silence {
			out[i]++
		}
	}
	return out
}

// series is the sums of a column by steps of time, as logarithms less their mean.
type series struct {
	values  []float64
	on      []bool // the step was watched
	watched int
}

// fewestSteps is how many watched steps a series needs.
const fewestSteps = 20

func newSeries(t *flowlog.Table, name string, step int64) (s *series, missing string) {
	columns, missing := columnsOf(t, []string{flowlog.FirstSeen, name})
	if missing != "" {
		return nil, missing
	}
	times := columns[0].Times
	sorted := slices.Clone(times)
	slices.Sort(sorted)
	from := floorDiv(sorted[0], step)
	n := floorDiv(sorted[len(sorted)-1], step) - from + 1
	if n > mostSteps {
		return nil, fmt.Sprintf("%s spans more than %d steps of %v", t.Name, mostSteps, time.Duration(step))
	}
	s = &series{values: make([]float64, n), on: make([]bool, n)}
	for i, at := range sorted {
		begin := at
		if i > 0 && at-sorted[i-1] < silence {
			begin = sorted[i-1]
		}
		for k := floorDiv(begin, step) - from; k <= floorDiv(at, step)-from; k++ {
			s.on[k] = true
		}
	}
	for row, at := range times {
		s.values[floorDiv(at, step)-from] += columns[1].Numbers[row]
	}
	var sum float64
	for k, on := range s.on {
		if on {
			s.watched++
			s.values[k] = logarithm(s.values[k])
			sum += s.values[k]
		}
	}
	if s.watched < fewestSteps {
		return nil, fmt.Sprintf("%s was watched for only %d steps of %v; at least %d are needed", t.Name, s.watched, short(time.Duration(step)), fewestSteps)
	}
	for k, on := range s.on {
		if on {
			s.values[k] -= sum / float64(s.watched)
		}
	}
	return s, ""
}

// correlations are of the lags from 0 to most, over the pairs of steps that were both watched; 0 where there are none.
func (s *series) correlations(most int) []float64 {
	out := make([]float64, most+1)
	for k := range out {
		squares, products := s.sums(0, len(s.values), 0), s.sums(0, len(s.values), k)
		if squares[0] > 0 && products[1] > 0 {
			out[k] = products[0] / products[1] / (squares[0] / squares[1])
		}
	}
	return out
}

// sums are the sum of the products of steps from to to with those a lag later, and their number.
func (s *series) sums(from, to, lag int) (out [2]float64) {
	for k := from; k < to && k+lag < len(s.values); k++ {
		if s.on[k] && s.on[k+lag] {
			out[0] += s.values[k] * s.values[k+lag]
			out[1]++
		}
	}
	return out
}

// pairs is how many pairs of watched steps are a lag apart.
func (s *series) pairs(lag int) int { return int(s.sums(0, len(s.values), lag)[1]) }

func constant(s *series) bool { return s.sums(0, len(s.values), 0)[0] == 0 }

// spans is into how many clusters a series is cut for a bootstrap.
const spans = 24

// addends has a row for each span that was watched: sums of lag 0, then of each lag, in the first half of the row or, with half 1,
// in the second.
func (s *series) addends(lags []int, half int) (rows [][]float64) {
	n := len(s.values)
	for i := range spans {
		from, to := n*i/spans, n*(i+1)/spans
		if !slices.Contains(s.on[from:to], true) {
			continue
		}
		width := 2 * (len(lags) + 1)
		row := make([]float64, 2*width)
		mine := row[half*width : half*width : (half+1)*width]
		for _, lag := range append([]int{0}, lags...) {
			sums := s.sums(from, to, lag)
			mine = append(mine, sums[:]...)
		}
		rows = append(rows, row)
	}
	return rows
}
