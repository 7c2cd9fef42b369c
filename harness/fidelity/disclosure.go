package fidelity

import (
	"math"
	"slices"

	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/labels/flowlog"
)

const (
	discloseRows = 500 // of each table
	radii        = 15  // from 0 to 1, both included
)

// md is the membership disclosure: how well somebody who holds the generated rows can tell rows of the training table from rows of
// the evaluate table, by calling training rows those that have a generated row within a Hamming distance (share of unequal cells).
// It is the sum of F1 over 15 distances from 0 to 1; distances at which nothing is called are left out. What unseen real data
// scores is best. As published, cells are compared for equality, numbers and times too, and where something is called but nothing
// rightly the whole is not defined. When strict, time is no cell, numbers are equal where they share one of the 40 quantile bins of
// the training table, and F1 is then 0.
func md(s *sample) score.Number {
	if s.evaluate == nil {
		return score.Number{Missing: "no table to evaluate on was given"}
	}
	cells, missing := s.cells()
	if missing != "" {
		return score.Number{Missing: missing}
	}
	members, others := closest(cells[0], cells[2]), closest(cells[1], cells[2])
	width := float64(len(cells[0]))
	var sum float64
	for i := range radii {
		radius := float64(i) * (1.0 / (radii - 1))
		if i == radii-1 {
			radius = 1
		}
		right, called := within(members, width, radius), within(others, width, radius)
		called += right
		switch {
		case called == 0:
		case right > 0:
			precision, recall := float64(right)/float64(called), float64(right)/float64(len(members))
			sum += 2 * precision * recall / (precision + recall)
		case s.mode == Paper:
			return score.Number{Missing: "at a distance where rows are called training rows none is one (0/0)"}
		}
	}
	return score.Number{Value: sum}
}

// cells are codes, equal where cells count as equal, of the first rows of train, evaluate and generated, by column and row.
func (s *sample) cells() (cells [3][][]int32, missing string) {
	names := flowlog.Published()
	if s.mode == Strict {
		names = names[1:]
	}
	for _, name := range names {
		var edges []float64
		var columns []*flowlog.Column
		for i, t := range []*flowlog.Table{s.train, s.evaluate, s.generated} {
			c, missing := columnsOf(t, []string{name})
			if missing != "" {
				return cells, missing
			}
			if i == 0 && s.mode == Strict {
				edges = quantiles(c[0].Numbers)
			}
			columns = append(columns, c[0].Head(discloseRows))
		}
		codes := [][]int32{}
		if s.mode == Strict && columns[0].Kind != flowlog.Categorical {
			for _, c := range columns {
				codes = append(codes, binned(c.Numbers, edges))
			}
		} else {
			codes, _ = joint(columns...)
		}
		for i, c := range codes {
			cells[i] = append(cells[i], c)
		}
	}
	return cells, ""
}

// mostQuantiles is how many bins the published code cuts numbers into.
const mostQuantiles = 40

// quantiles are the lower edges of the 40 quantile bins of the values above 0; equal edges are one.
func quantiles(values []float64) []float64 {
	var sorted []float64
	for _, v := range values {
		if v > 0 {
			sorted = append(sorted, v)
		}
	}
	slices.Sort(sorted)
	var edges []float64
	for i := range mostQuantiles {
		if len(sorted) > 0 {
			edges = append(edges, sorted[i*len(sorted)/mostQuantiles])
		}
	}
	return slices.Compact(edges)
}

// binned is the bin of each value: 0 of 0, -1 below, and from 1 on that of the greatest edge that is not above it.
func binned(values, edges []float64) []int32 {
	out := make([]int32, len(values))
	for i, v := range values {
		switch at, exact := slices.BinarySearch(edges, v); {
		case v < 0:
			out[i] = -1
		case v == 0:
		case exact:
			out[i] = int32(at) + 1
		default:
			out[i] = int32(max(at, 1))
		}
	}
	return out
}

// closest is, for each row, the least number of cells in which a generated row differs.
func closest(rows, generated [][]int32) []int {
	out := make([]int, len(rows[0]))
	differ := make([]uint8, len(generated[0]))
	for i := range out {
		clear(differ)
		for c := range rows {
			cell := rows[c][i]
			for j, other := range generated[c] {
				if other != cell {
					differ[j]++
				}
			}
		}
		out[i] = math.MaxInt
		for _, d := range differ {
			out[i] = min(out[i], int(d))
		}
	}
	return out
}

func within(distances []int, width, radius float64) (n int) {
	for _, d := range distances {
		if float64(d)/width <= radius {
			n++
		}
	}
	return n
}
