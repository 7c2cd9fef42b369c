package fidelity

import (
	"math/bits"
	"strings"

	"github.com/evilbench/evilbench/labels/flowlog"
)

// A space is where flows are near each other or far: two flows are as far apart as sqrt(2·unequal categories + Σ squared
// differences of scaled numbers), which is the Euclidean distance of rows whose categories are one-hot.
type space struct {
	fields []field
	words  int // of a key
	dims   int
}

// field is where a category's code lies in a key: below a guard bit, which is 0.
type field struct{ word, shift int }

// layOut places fields for categories of so many distinct values. It returns, for each word of a key, its guard bits and all bits
// below a guard.
func (s *space) layOut(distinct []int) (guards, below []uint64) {
	used := 64
	for _, n := range distinct {
		width := bits.Len(uint(max(1, n-1)))
		if used+width+1 > 64 {
			used = 0
			s.words++
			guards, below = append(guards, 0), append(below, 0)
		}
		last := s.words - 1
		s.fields = append(s.fields, field{last, used})
		guards[last] |= 1 << (used + width)
		below[last] |= (1<<width - 1) << used
		used += width + 1
	}
	return guards, below
}

// fewValues is below how many distinct values the published code takes numbers for categories.
const fewValues = 40

// clouds puts the rows of both tables into one space. As published, a column is a category where both tables together have fewer
// than 40 values in it or its name contains IP, Pt or Flags; all others, time among them, are scaled by the range of both tables.
// When strict, time counts for nothing, categories are those columns that hold words, and numbers are scaled, after taking their
// logarithm, by the range of the training table, so that no generated outlier moves the others.
func (s *sample) clouds() (train, generated *cloud, missing string) {
	names := flowlog.Published()
	if s.mode == Strict {
		names = names[1:]
	}
	a, b, missing := s.both(names)
	if missing != "" {
		return nil, nil, missing
	}
	var codes [2][][]int32
	var numbers [2][][]float64
	var distinct []int
	for i := range names {
		if s.categorical(a[i], b[i]) {
			c, n := joint(a[i], b[i])
			codes[0], codes[1] = append(codes[0], c[0]), append(codes[1], c[1])
			distinct = append(distinct, n)
			continue
		}
		x, y := s.scaled(a[i], b[i])
		numbers[0], numbers[1] = append(numbers[0], x), append(numbers[1], y)
	}
	in := &space{dims: len(numbers[0])}
	guards, below := in.layOut(distinct)
	m := mismatch{guards, below}
	return newCloud(in, m, codes[0], numbers[0], a[0].Len()), newCloud(in, m, codes[1], numbers[1], b[0].Len()), ""
}

func (s *sample) categorical(a, b *flowlog.Column) bool {
	if a.Kind == flowlog.Categorical {
		return true
	}
	if s.mode == Strict {
		return false
	}
	for _, part := range []string{"IP", "Pt", "Flags"} {
		if strings.Contains(a.Name, part) {
			return true
		}
	}
	return fewer(fewValues, a, b)
}

// scaled maps the numbers of a training column and another one onto [0, 1], by the range that the mode says.
func (s *sample) scaled(train, other *flowlog.Column) (x, y []float64) {
	if s.mode == Strict {
		return logScaled(train, train), logScaled(train, other)
	}
	lo, hi := span(train, other)
	scale := func(v float64) float64 { return v - lo }
	return unit(train, hi-lo, scale), unit(other, hi-lo, scale)
}

// logScaled maps numbers by their logarithm, so that the range of the training column becomes [0, 1].
func logScaled(train, c *flowlog.Column) []float64 {
	lo, hi := span(train)
	lo, hi = logarithm(lo), logarithm(hi)
	return unit(c, hi-lo, func(v float64) float64 { return logarithm(v) - lo })
}

// unit shapes the values of a column and divides them by a width, unless that is 0.
func unit(c *flowlog.Column, width float64, shape func(float64) float64) []float64 {
	if width == 0 {
		width = 1
	}
	out := make([]float64, c.Len())
	for row := range out {
		out[row] = shape(value(c, row)) / width
	}
	return out
}
