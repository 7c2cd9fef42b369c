// Package boost tells two kinds of rows apart with gradient-boosted trees (J. Friedman, Ann. Stat. 29, 2001), on features cut into
// bins (G. Ke et al., LightGBM, NIPS 2017).
package boost

import (
	"cmp"
	"slices"
)

// mostBins is what fits a byte.
const mostBins = 256

// Features are the columns of a table, cut into bins.
type Features struct {
	columns []column
}

// column holds the bin of every row.
type column struct {
	bins        []uint8
	count       int
	categorical bool // bins have no order
}

// Number adds a column of numbers: every value its own bin where they are few, else bins of equal shares of the rows.
func (f *Features) Number(values []float64) {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	edges := slices.Compact(slices.Clone(sorted))
	if len(edges) > mostBins {
		edges = edges[:0]
		for i := range mostBins {
			edges = append(edges, sorted[i*len(sorted)/mostBins])
		}
		edges = slices.Compact(edges)
	}
	c := column{bins: make([]uint8, len(values)), count: len(edges)}
	for i, v := range values {
		at, exact := slices.BinarySearch(edges, v)
		if !exact {
			at--
		}
		c.bins[i] = uint8(max(0, at))
	}
	f.columns = append(f.columns, c)
}

// Category adds a column of codes from 0: the most frequent have a bin each, the others share one.
func (f *Features) Category(codes []int32) {
	counts := map[int32]int{}
	for _, c := range codes {
		counts[c]++
	}
	order := make([]int32, 0, len(counts))
	for c := range counts {
		order = append(order, c)
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Or(counts[b]-counts[a], cmp.Compare(a, b)) })
	binOf := make(map[int32]uint8, len(order))
	for i, c := range order {
		binOf[c] = uint8(min(i, mostBins-1))
	}
	c := column{bins: make([]uint8, len(codes)), count: min(len(order), mostBins), categorical: true}
	for i, code := range codes {
		c.bins[i] = binOf[code]
	}
	f.columns = append(f.columns, c)
}
