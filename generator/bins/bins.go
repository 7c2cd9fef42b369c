// Package bins cuts numbers of a flow (bytes, packets, durations) into a few codes, and draws numbers back out of them.
package bins

import (
	"fmt"
	"math"
	"slices"

	"github.com/evilbench/evilbench/generator/draw"
)

// Bins are the codes of one column: 0 is the value 0, which is not a small number but none, and k is the k-th bin.
type Bins struct {
	Whole bool  `json:"whole"` // the numbers are counts
	Bins  []Bin `json:"bins"`
}

// Bin is a range of numbers, (Low, High] but for the first, which holds its lower end too.
type Bin struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`

	// Atoms are single numbers that make up much of the bin; Rest is the share of the others, which follow Knots: numbers at equal
	// steps of probability. Without either the bin is uniform.
	Atoms []Atom    `json:"atoms,omitempty"`
	Rest  float64   `json:"rest,omitempty"`
	Knots []float64 `json:"knots,omitempty"`
}

// Atom is a number that occurs again and again.
type Atom struct {
	Value float64 `json:"value"`
	Share float64 `json:"share"` // of its bin
}

// Published cuts as FlowChronicle's code does (CoNEXT 2024): n bins of equal shares of the numbers that are not 0, those with the
// same ends once. Within a bin all numbers are as likely.
func Published(values []float64, n int) (*Bins, error) {
	some, whole, err := positive(values)
	if err != nil {
		return nil, err
	}
	b := &Bins{Whole: whole}
	if len(some) == 0 {
		return b, nil
	}
	edges := make([]float64, 0, n+1)
	for k := range n + 1 {
		edges = append(edges, quantile(some, float64(k)/float64(n)))
	}
	edges = slices.Compact(edges)
	if len(edges) == 1 {
		edges = append(edges, edges[0])
	}
	for k := 1; k < len(edges); k++ {
		b.Bins = append(b.Bins, Bin{Low: edges[k-1], High: edges[k]})
	}
	return b, nil
}

const (
	tail      = 8    // bins that the topmost is cut into: sizes and durations are heavy-tailed
	atomShare = 0.08 // of a bin that one number must hold to stand for itself
	knotCount = 13
)

// Fine cuts as Published does, the last bin into more, and remembers how the numbers lie within each bin.
func Fine(values []float64, n int) (*Bins, error) {
	b, err := Published(values, n)
	if err != nil || len(b.Bins) == 0 {
		return b, err
	}
	some, _, _ := positive(values)
	last := b.Bins[len(b.Bins)-1]
	b.Bins = b.Bins[:len(b.Bins)-1]
	above := some[after(some, last.Low):]
	if len(b.Bins) == 0 {
		above = some
	}
	low := last.Low
	for k := 1; k <= tail; k++ {
		high := quantile(above, float64(k)/tail)
		if k == tail {
			high = last.High
		}
		if high > low || len(b.Bins) == 0 && k == tail {
			b.Bins = append(b.Bins, Bin{Low: low, High: high})
			low = high
		}
	}
	from := 0
	for i := range b.Bins {
		to := after(some, b.Bins[i].High)
		b.Bins[i].shape(some[from:to])
		from = to
	}
	return b, nil
}

// positive are the numbers that are not 0, ascending.
func positive(values []float64) (some []float64, whole bool, err error) {
	whole = true
	for i, v := range values {
		if v < 0 || math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, false, fmt.Errorf("row %d: %v is no size, count or duration; leave the row out or mend it", i+1, v)
		}
		if v != 0 {
			some = append(some, v)
			whole = whole && v == math.Trunc(v)
		}
	}
	slices.Sort(some)
	return some, whole, nil
}

// quantile is the p-quantile of sorted numbers, linear between neighbours (R. Hyndman and Y. Fan, 1996, definition 7).
func quantile(sorted []float64, p float64) float64 {
	at := p * float64(len(sorted)-1)
	i := int(at)
	low, high := sorted[i], sorted[min(i+1, len(sorted)-1)]
	return low + (at-float64(i))*(high-low)
}

// after is how many of the sorted numbers are at most x.
func after(sorted []float64, x float64) int {
	i, _ := slices.BinarySearchFunc(sorted, x, func(v, x float64) int {
		if v <= x {
			return -1
		}
		return 1
	})
	return i
}

// shape remembers how the sorted numbers of a bin lie.
func (b *Bin) shape(sorted []float64) {
	var rest []float64
	for i := 0; i < len(sorted); {
		from := i
		for i < len(sorted) && sorted[i] == sorted[from] {
			i++
		}
		if share := float64(i-from) / float64(len(sorted)); share >= atomShare && i-from > 1 {
			b.Atoms = append(b.Atoms, Atom{sorted[from], share})
			continue
		}
		rest = append(rest, sorted[from:i]...)
	}
	if len(rest) == 0 {
		return
	}
	b.Rest = float64(len(rest)) / float64(len(sorted))
	for k := range knotCount {
		b.Knots = append(b.Knots, quantile(rest, float64(k)/(knotCount-1)))
	}
}

// Codes is the number of codes, that of 0 included.
func (b *Bins) Codes() int { return len(b.Bins) + 1 }

// Code is the bin of a number; what lies outside all bins goes to the nearest.
func (b *Bins) Code(v float64) int32 {
	if v == 0 || len(b.Bins) == 0 {
		return 0
	}
	i, _ := slices.BinarySearchFunc(b.Bins, v, func(bin Bin, v float64) int {
		if bin.High < v {
			return -1
		}
		return 1
	})
	return int32(min(i, len(b.Bins)-1)) + 1
}

// Draw draws a number of the bin.
func (b *Bins) Draw(r *draw.Stream, code int32) float64 {
	if code == 0 {
		return 0
	}
	bin := &b.Bins[code-1]
	v := bin.draw(r)
	if b.Whole {
		v = max(1, math.Round(v))
	}
	return v
}

func (b *Bin) draw(r *draw.Stream) float64 {
	u := r.Float64()
	for _, a := range b.Atoms {
		if u < a.Share {
			return a.Value
		}
		u -= a.Share
	}
	if len(b.Knots) == 0 {
		if n := len(b.Atoms); n > 0 {
			return b.Atoms[n-1].Value // rounding left a little over
		}
		return b.Low + u*(b.High-b.Low)
	}
	at := min(u/b.Rest, 1) * float64(len(b.Knots)-1)
	i := min(int(at), len(b.Knots)-2)
	return b.Knots[i] + (at-float64(i))*(b.Knots[i+1]-b.Knots[i])
}
