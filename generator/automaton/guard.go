package automaton

import (
	"fmt"
	"math"
	"slices"

	"github.com/evilbench/evilbench/generator/draw"
)

// Guard is what values come with an edge: a normal distribution over the integers of the grid.
type Guard struct {
	Mean       []float64 `json:"mean"`
	Covariance []float64 `json:"covariance"` // upper triangle, row by row
}

// Noise is what happens to a word between the automaton and who sees it, as shares of its symbols; the rest are undisturbed.
type Noise struct {
	Deletion      float64 `json:"deletion"`      // the symbol of an edge is lost
	Addition      float64 `json:"addition"`      // any symbol with any values comes in between
	Transposition float64 `json:"transposition"` // two neighbours change places
	Repetition    float64 `json:"repetition"`    // a symbol comes again, with any values
	Substitution  float64 `json:"substitution"`  // another symbol stands in its place

	Low  []float64 `json:"low,omitempty"` // of each value, smallest and greatest seen: any values are those between
	High []float64 `json:"high,omitempty"`
}

// Rate is the share of steps that are disturbed.
func (n *Noise) Rate() float64 {
	return n.Deletion + n.Addition + n.Transposition + n.Repetition + n.Substitution
}

// smallest variance of a value: that of rounding to whole numbers.
const smallest = 1.0 / 12

// Chain is a guard as one normal distribution after the other: each value given those before it.
type Chain struct {
	mean   []float64
	factor []float64   // lower triangle, row by row: how much a value follows those before
	spread []float64   // standard deviations of what is left
	fixed  []float64   // bits of the mean itself
	near   [][]float64 // bits of the whole numbers around the mean, where the spread is small and the mean always the same
}

// nearby is how far from a mean the bits of a value with a small spread are worked out beforehand.
const nearby = 10

// cellConstant is log2 of the root of 2π.
const cellConstant = 1.3257480647361595

// NewChain prepares a guard.
func NewChain(g *Guard) Chain {
	n := len(g.Mean)
	c := Chain{mean: g.Mean, factor: make([]float64, n*(n-1)/2), spread: make([]float64, n)}
	// LDL' of the covariance.
	d := make([]float64, n)
	at := func(i, j int) float64 { return g.Covariance[min(i, j)*n-min(i, j)*(min(i, j)-1)/2+max(i, j)-min(i, j)] }
	low := func(i, j int) *float64 { return &c.factor[i*(i-1)/2+j] }
	for j := range n {
		d[j] = at(j, j)
		for k := range j {
			d[j] -= *low(j, k) * *low(j, k) * d[k]
		}
		d[j] = max(d[j], smallest)
		for i := j + 1; i < n; i++ {
			v := at(i, j)
			for k := range j {
				v -= *low(i, k) * *low(j, k) * d[k]
			}
			*low(i, j) = v / d[j]
		}
		c.spread[j] = math.Sqrt(d[j])
	}
	// Regression on the values themselves: the inverse of the unit triangle.
	inverse := make([]float64, len(c.factor))
	for i := range n {
		for j := range i {
			v := *low(i, j)
			for k := j + 1; k < i; k++ {
				v -= *low(i, k) * inverse[k*(k-1)/2+j]
			}
			inverse[i*(i-1)/2+j] = v
		}
	}
	c.factor = inverse
	c.prepare()
	return c
}

// prepare works out what is the same for all values.
func (c *Chain) prepare() {
	n := len(c.spread)
	c.fixed, c.near = make([]float64, n), make([][]float64, n)
	for i, s := range c.spread {
		c.fixed[i] = math.Log2(s) + cellConstant
		if s >= 1 || slices.ContainsFunc(c.factor[i*(i-1)/2:i*(i+1)/2], func(f float64) bool { return f != 0 }) {
			continue
		}
		for k := -nearby; k <= nearby; k++ {
			c.near[i] = append(c.near[i], cellBits(math.Round(c.mean[i])+float64(k), c.mean[i], s))
		}
	}
}

// cellBits is minus the binary logarithm of the mass of a whole number's cell.
func cellBits(v, m, s float64) float64 {
	return -math.Log2(max(cell((v-0.5-m)/s, (v+0.5-m)/s), 1e-300))
}

// Bits is minus the binary logarithm of the probability of values on the grid of whole numbers; all of it sums to one.
func (c *Chain) Bits(values []float64) float64 {
	bits := 0.0
	for i, s := range c.spread {
		m := c.given(values, i)
		v := math.Round(values[i])
		if s >= 1 { // the density is the mass of the cell, but for less than 1e-8
			z := (v - m) / s
			bits += c.fixed[i] + 0.7213475204444817*z*z
			continue
		}
		if k := v - math.Round(m) + nearby; c.near[i] != nil && k >= 0 && k <= 2*nearby {
			bits += c.near[i][int(k)]
			continue
		}
		bits += cellBits(v, m, s)
	}
	return bits
}

// given is the mean of a value where those before it are known.
func (c *Chain) given(values []float64, i int) float64 {
	m := c.mean[i]
	for j := range i {
		m += c.factor[i*(i-1)/2+j] * (math.Round(values[j]) - c.mean[j])
	}
	return m
}

// cell is the mass of the standard normal distribution between two points.
func cell(a, b float64) float64 {
	if a > 0 {
		a, b = -b, -a
	}
	return (math.Erfc(-b/math.Sqrt2) - math.Erfc(-a/math.Sqrt2)) / 2
}

// Draw appends values.
func (c *Chain) Draw(r *draw.Stream, dst []float64) []float64 {
	at := len(dst)
	for i, s := range c.spread {
		dst = append(dst, math.Round(c.given(dst[at:], i)+s*r.Normal()))
	}
	return dst
}

// Draw appends values of the edge; none where it has no guard.
func (e *Edge) Draw(r *draw.Stream, dst []float64) []float64 {
	if e.Guard == nil {
		return dst
	}
	c := NewChain(e.Guard)
	return c.Draw(r, dst)
}

// check tells what is wrong with a guard of so many values, "" = nothing.
func (g *Guard) check(dims int) string {
	if len(g.Mean) != dims || len(g.Covariance) != dims*(dims+1)/2 {
		return fmt.Sprintf("a guard of %d means and %d covariances, want %d and %d", len(g.Mean), len(g.Covariance), dims, dims*(dims+1)/2)
	}
	for _, x := range append(append([]float64{}, g.Mean...), g.Covariance...) {
		if math.IsNaN(x) || math.Abs(x) > 1e12 {
			return fmt.Sprintf("a guard with %v", x)
		}
	}
	at := 0
	for i := range dims {
		if g.Covariance[at] < 0 {
			return fmt.Sprintf("a variance of %v", g.Covariance[at])
		}
		at += dims - i
	}
	return ""
}

// check tells what is wrong with the noise, "" = nothing.
func (n *Noise) check(dims int) string {
	for _, p := range []float64{n.Deletion, n.Addition, n.Transposition, n.Repetition, n.Substitution} {
		if !(p >= 0 && p < 1) {
			return fmt.Sprintf("a noise of %v is not in [0, 1)", p)
		}
	}
	if n.Rate() >= 1 {
		return fmt.Sprintf("noise of %v leaves nothing undisturbed", n.Rate())
	}
	if len(n.Low) != dims || len(n.High) != dims {
		return fmt.Sprintf("noise has ranges of %d and %d values, want %d", len(n.Low), len(n.High), dims)
	}
	for i := range n.Low {
		if !(n.Low[i] <= n.High[i] && n.High[i]-n.Low[i] < 1e10) {
			return fmt.Sprintf("noise has values from %v to %v", n.Low[i], n.High[i])
		}
	}
	return ""
}
