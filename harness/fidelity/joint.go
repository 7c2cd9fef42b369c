package fidelity

import (
	"math"
	"slices"

	"github.com/evilbench/evilbench/labels/flowlog"
)

// joint gives the cells of one column of several tables codes from 0 that are equal where the cells are. Codes of words ascend with
// the words, so that they do not depend on the order of rows; those of numbers do not ascend.
func joint(columns ...*flowlog.Column) (codes [][]int32, distinct int) {
	switch columns[0].Kind {
	case flowlog.Categorical:
		return jointWords(columns)
	case flowlog.Time:
		return number(columns, func(c *flowlog.Column) []int64 { return c.Times })
	}
	return number(columns, func(c *flowlog.Column) []float64 { return c.Numbers })
}

// jointWords merges dictionaries. Words that no row uses take no code.
func jointWords(columns []*flowlog.Column) (codes [][]int32, distinct int) {
	var words []string
	used := make([][]bool, len(columns))
	for i, c := range columns {
		used[i] = make([]bool, len(c.Words))
		for _, code := range c.Codes {
			used[i][code] = true
		}
		for code, u := range used[i] {
			if u {
				words = append(words, c.Words[code])
			}
		}
	}
	slices.Sort(words)
	words = slices.Compact(words)
	for i, c := range columns {
		as := make([]int32, len(c.Words))
		for code, u := range used[i] {
			if u {
				at, _ := slices.BinarySearch(words, c.Words[code])
				as[code] = int32(at)
			}
		}
		out := make([]int32, len(c.Codes))
		for row, code := range c.Codes {
			out[row] = as[code]
		}
		codes = append(codes, out)
	}
	return codes, len(words)
}

func number[V comparable](columns []*flowlog.Column, cells func(*flowlog.Column) []V) (codes [][]int32, distinct int) {
	known := map[V]int32{}
	for _, c := range columns {
		out := make([]int32, c.Len())
		for row, v := range cells(c) {
			code, found := known[v]
			if !found {
				code = int32(len(known))
				known[v] = code
			}
			out[row] = code
		}
		codes = append(codes, out)
	}
	return codes, len(known)
}

// fewer tells whether columns of numbers or times hold fewer than n distinct values together.
func fewer(n int, columns ...*flowlog.Column) bool {
	known := make(map[float64]bool, n)
	for _, c := range columns {
		for row := range c.Len() {
			if known[value(c, row)] = true; len(known) >= n {
				return false
			}
		}
	}
	return true
}

// value is a cell of numbers, or of times in ns.
func value(c *flowlog.Column, row int) float64 {
	if c.Kind == flowlog.Time {
		return float64(c.Times[row])
	}
	return c.Numbers[row]
}

// span is the least and the greatest value of columns together.
func span(columns ...*flowlog.Column) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, c := range columns {
		for row := range c.Len() {
			v := value(c, row)
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	return lo, hi
}
