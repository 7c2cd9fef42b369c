package fidelity

import (
	"fmt"
	"math"
	"slices"

	"github.com/evilbench/evilbench/harness/score"
)

const (
	nearest  = 5       // which neighbour makes the ball of a real row
	mostRows = 200_000 // among which neighbours are searched
)

// neighbours measures Density and Coverage (M. Naeem et al., Reliable Fidelity and Diversity Metrics for Generative Models, ICML
// 2020), with k = 5. Every training row has a ball as wide as its distance to the 5th nearest other one. Density is how many
// generated rows lie in a ball, in fifths, averaged over the balls and for as many generated rows as there are balls; Coverage is
// the share of the balls in which one lies.
//
// As published, a row on the rim is outside. When strict, where flows without their time are often equal and many real rows lie on
// the rim, the ball holds the share of its rim which makes it hold exactly 5 real rows, its own among them; without ties both are
// the same.
func neighbours(s *sample) (density, coverage score.Number) {
	train, generated, missing := s.space()
	if missing != "" {
		return score.Number{Missing: missing}, score.Number{Missing: missing}
	}
	radius := train.radii()
	inside, rim := train.count(generated, radius)
	share := make([]float64, len(radius))
	if s.mode == Strict {
		real, tied := train.count(train, radius)
		for i := range share {
			share[i] = float64(nearest-real[i]) / float64(tied[i])
		}
	}
	var sum float64
	covered := 0
	for i := range radius {
		sum += float64(inside[i]) + share[i]*float64(rim[i])
		if inside[i] > 0 || share[i] > 0 && rim[i] > 0 {
			covered++
		}
	}
	return score.Number{Value: sum / float64(nearest*len(generated.rows))}, score.Number{Value: float64(covered) / float64(len(radius))}
}

func (s *sample) space() (train, generated *cloud, missing string) {
	if n := s.train.Rows(); n <= nearest {
		return nil, nil, fmt.Sprintf("%s has %d rows; a %dth neighbour needs %d", s.train.Name, n, nearest, nearest+1)
	}
	if n := max(s.train.Rows(), s.generated.Rows()); n > mostRows {
		return nil, nil, fmt.Sprintf("neighbours are searched among at most %d rows, not %d", mostRows, n)
	}
	return s.clouds()
}

// radii is, for each point, its squared distance to the 5th nearest other point.
func (c *cloud) radii() []float64 {
	out := make([]float64, len(c.rows))
	var o ordering
	for g := range c.groups {
		own := c.groups[g]
		var found []closestPoints
		far := false
		for i := own.from; i < own.to; i++ {
			f := newClosest(nearest, i)
			f.search(c, own.root, c.point(i), 0)
			far = far || f.farthest() > 2
			found = append(found, f)
		}
		if far {
			c.order(func(w int) uint64 { return c.keys[w][g] }, &o)
		}
		for n := range found {
			f := &found[n]
			i := own.from + int32(n)
			f.spread(c, &o, 1, c.point(i))
			out[i] = f.farthest()
		}
	}
	return out
}

// closestPoints are the least squared distances found so far, ascending.
type closestPoints struct {
	distance [nearest]float64
	wanted   int   // how many of them
	self     int32 // the point that is no neighbour of itself, -1 = none
}

func newClosest(wanted int, self int32) closestPoints {
	f := closestPoints{wanted: wanted, self: self}
	for i := range f.distance {
		f.distance[i] = math.Inf(1)
	}
	return f
}

// farthest is the greatest distance wanted.
func (f *closestPoints) farthest() float64 { return f.distance[f.wanted-1] }

// spread searches the groups in their order, from those with h unequal categories on, as long as they can hold nearer points.
func (f *closestPoints) spread(c *cloud, o *ordering, h int, p []float64) {
	for ; h <= c.width && f.farthest() > float64(2*h); h++ {
		for _, g := range o.groups[o.starts[h]:o.starts[h+1]] {
			f.search(c, c.groups[g].root, p, float64(2*h))
		}
	}
}

// search looks for nearer points below a node.
func (f *closestPoints) search(c *cloud, n int32, p []float64, base float64) {
	at := &c.nodes[n]
	if at.left < 0 {
		for i := at.from; i < at.to; i++ {
			if d := squared(p, c.point(i), base); d < f.farthest() && i != f.self {
				f.insert(d)
			}
		}
		return
	}
	near, far := at.left, at.right
	nearLeast, _ := bounds(p, c.box(near), base)
	farLeast, _ := bounds(p, c.box(far), base)
	if farLeast < nearLeast {
		near, far, nearLeast, farLeast = far, near, farLeast, nearLeast
	}
	if nearLeast < f.farthest() {
		f.search(c, near, p, base)
	}
	if farLeast < f.farthest() {
		f.search(c, far, p, base)
	}
}

func (f *closestPoints) insert(d float64) {
	i := f.wanted - 1
	for ; i > 0 && f.distance[i-1] > d; i-- {
		f.distance[i] = f.distance[i-1]
	}
	f.distance[i] = d
}

// count is, for each point of c and its squared radius, how many points of other lie nearer than it, and how many just there.
func (c *cloud) count(other *cloud, radius []float64) (inside, rim []int) {
	inside, rim = make([]int, len(radius)), make([]int, len(radius))
	var o ordering
	for g, own := range c.groups {
		widest := slices.Max(radius[own.from:own.to])
		key := func(w int) uint64 { return c.keys[w][g] }
		if widest < 2 {
			// Nothing but rows of the same categories is that near.
			if twin, found := other.find(key); found {
				for i := own.from; i < own.to; i++ {
					other.ball(other.groups[twin].root, c.point(i), 0, radius[i], &inside[i], &rim[i])
				}
			}
			continue
		}
		other.order(key, &o)
		for i := own.from; i < own.to; i++ {
			for h := 0; h <= c.width && float64(2*h) <= radius[i]; h++ {
				for _, twin := range o.groups[o.starts[h]:o.starts[h+1]] {
					other.ball(other.groups[twin].root, c.point(i), float64(2*h), radius[i], &inside[i], &rim[i])
				}
			}
		}
	}
	return inside, rim
}

// find is the group with a key.
func (c *cloud) find(key func(word int) uint64) (group int, found bool) {
	lo, hi := 0, len(c.groups)
	for lo < hi {
		middle := (lo + hi) / 2
		order := 0
		for w := 0; w < len(c.keys) && order == 0; w++ {
			switch k := key(w); {
			case c.keys[w][middle] < k:
				order = -1
			case c.keys[w][middle] > k:
				order = 1
			}
		}
		switch {
		case order == 0:
			return middle, true
		case order < 0:
			lo = middle + 1
		default:
			hi = middle
		}
	}
	return 0, false
}

// ball counts the points below a node that lie in the ball around p and on its rim. Boxes wholly inside or outside are not opened.
func (c *cloud) ball(n int32, p []float64, base, radius float64, inside, rim *int) {
	at := &c.nodes[n]
	if at.to-at.from > 2 {
		least, most := bounds(p, c.box(n), base)
		if least > radius {
			return
		}
		if most < radius {
			*inside += int(at.to - at.from)
			return
		}
	}
	if at.left >= 0 {
		c.ball(at.left, p, base, radius, inside, rim)
		c.ball(at.right, p, base, radius, inside, rim)
		return
	}
	for i := at.from; i < at.to; i++ {
		switch d := squared(p, c.point(i), base); {
		case d < radius:
			*inside++
		case d == radius:
			*rim++
		}
	}
}
