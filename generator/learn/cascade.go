package learn

import (
	"cmp"
	"math"
	"slices"

	"github.com/evilbench/evilbench/generator/model"
)

const (
	halvings = 14  // of a cascade's ten minutes: the last pieces are of 37 ms
	goes     = 0.5 // share of the others' crowding from which on a pattern goes with them
)

// crowding is how starts of different patterns keep together within ten minutes. Pairs of one pattern tell of its own bursts and do not count.
type crowding struct {
	common [halvings]float64 // by halving: of pairs in one piece, the share in the same half less that in different ones
	steady []bool            // by pattern: it does not go with the others
}

// start is one of a pattern's.
type start struct {
	at float64 // s since the epoch
	of int     // pattern
}

// crowdingOf measures the patterns' starts.
func crowdingOf(patterns [][]float64) crowding {
	var starts []start
	for i, ts := range patterns {
		for _, t := range ts {
			starts = append(starts, start{t, i})
		}
	}
	slices.SortFunc(starts, func(a, b start) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.of, b.of)) })
	_, shares := common(starts, make([]bool, len(patterns)))
	steady := make([]bool, len(patterns))
	for i, share := range shares {
		steady[i] = share < goes
	}
	out, _ := common(starts, steady)
	return crowding{common: out, steady: steady}
}

// common measures starts of the patterns that are not steady, and how much of what they have in common each of them has.
func common(starts []start, steady []bool) (out [halvings]float64, shares []float64) {
	has, wanted := make([]float64, len(steady)), make([]float64, len(steady))
	for k := range out {
		h := halvesOf(starts, steady, model.CascadeSeconds/math.Exp2(float64(k)))
		if h.together > math.Sqrt(h.spread) { // by more than a standard deviation
			out[k] = min(h.together/h.pairs, 1)
		}
		for i := range has {
			has[i] += h.with[i]
			wanted[i] += out[k] * h.of[i]
		}
	}
	for i := range has {
		if wanted[i] == 0 {
			has[i], wanted[i] = 1, 1
		}
		shares = append(shares, has[i]/wanted[i])
	}
	return out, shares
}

// halves are sums over pairs of starts of different patterns: in the same half of their piece they are together, in different ones they are not.
type halves struct {
	together, pairs float64
	spread          float64   // variance of together, if pieces have nothing to do with each other
	with, of        []float64 // together and pairs, by pattern
}

// halvesOf looks at pieces of a length in seconds.
func halvesOf(starts []start, steady []bool, length float64) halves {
	h := halves{with: make([]float64, len(steady)), of: make([]float64, len(steady))}
	side, number := make([]float64, len(steady)), make([]float64, len(steady)) // of one piece, by pattern
	for from := 0; from < len(starts); {
		piece := math.Floor(starts[from].at / length)
		var sides, n float64
		to := from
		for ; to < len(starts) && math.Floor(starts[to].at/length) == piece; to++ {
			s := starts[to]
			if steady[s.of] {
				continue
			}
			d := 1.0
			if s.at/length-piece >= 0.5 {
				d = -1
			}
			side[s.of], sides = side[s.of]+d, sides+d
			number[s.of], n = number[s.of]+1, n+1
		}
		together, pairs := sides*sides, n*n
		for _, s := range starts[from:to] {
			d, m := side[s.of], number[s.of]
			together, pairs = together-d*d, pairs-m*m
			h.with[s.of] += d * (sides - d)
			h.of[s.of] += m * (n - m)
			side[s.of], number[s.of] = 0, 0
		}
		h.together, h.pairs, h.spread = h.together+together, h.pairs+pairs, h.spread+together*together
		from = to
	}
	return h
}

// cascade is what a model says of it, nil where nothing crowds.
func (c *crowding) cascade() *model.Cascade {
	var out model.Cascade
	any := false
	for _, x := range c.common {
		out.Bias = append(out.Bias, round((1+math.Sqrt(x))/2))
		any = any || x > 0
	}
	if !any {
		return nil
	}
	return &out
}

// variance is that of what happens in a minute, relative to the square of its mean.
func (c *crowding) variance() float64 {
	v, levels := 1.0, math.Log2(model.CascadeSeconds/burstBin)
	for k, x := range c.common {
		v *= math.Pow(1+x, min(1, max(0, levels-float64(k))))
	}
	return v - 1
}
