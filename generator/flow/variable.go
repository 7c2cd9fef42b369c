package flow

import (
	"math"
	"sort"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/model"
)

// variable is a compiled model.Variable.
type variable struct {
	parents []int // positions in the pattern's vars
	sizes   []int // of the parents
	size    int
	values  []float64 // numbers of the values, 0 for texts; nil = bins
	bins    []model.Bin
	table   []float64        // cumulative, row after row
	seen    map[uint64]count // by the parents' values; nil = the table holds
	all     count            // of all sightings
	mass    float64
}

// count are sightings of values.
type count struct {
	value []int32
	upTo  []float64 // cumulative
}

func (c *count) total() float64 { return c.upTo[len(c.upTo)-1] }

func (c *count) draw(x float64) int {
	return int(c.value[min(sort.SearchFloat64s(c.upTo, x), len(c.value)-1)])
}

func (c *compiler) variable(v *model.Variable) variable {
	out := variable{size: v.Size(), bins: v.Bins, mass: v.Mass}
	for _, parent := range v.Parents {
		at := c.vars[parent]
		out.parents = append(out.parents, at)
		out.sizes = append(out.sizes, c.p.Variables[c.order[at]].Size())
	}
	for _, x := range v.Values {
		out.values = append(out.values, x.Number)
	}
	for _, probabilities := range v.Table {
		var sum float64
		for _, p := range probabilities {
			sum += p
			out.table = append(out.table, sum)
		}
	}
	if len(v.Seen) > 0 {
		out.count(v)
	}
	return out
}

// count prepares the sightings.
func (v *variable) count(m *model.Variable) {
	v.seen = make(map[uint64]count, len(m.Seen))
	every := make([]float64, v.size)
	for _, s := range m.Seen {
		key := uint64(0)
		for k, p := range s.When {
			key = key*uint64(v.sizes[k]) + uint64(p)
		}
		var c count
		sum := 0.0
		for _, x := range s.Count {
			sum += float64(x[1])
			every[x[0]] += float64(x[1])
			c.value = append(c.value, int32(x[0]))
			c.upTo = append(c.upTo, sum)
		}
		v.seen[key] = c
	}
	sum := 0.0
	for i, n := range every {
		if n > 0 {
			sum += n
			v.all.value = append(v.all.value, int32(i))
			v.all.upTo = append(v.all.upTo, sum)
		}
	}
}

// draw draws the variable given its parents and remembers it at position i.
func (v *variable) draw(r *draw.Stream, d *drawing, i int) {
	given := uint64(0)
	for k, p := range v.parents {
		given = given*uint64(v.sizes[k]) + uint64(d.index[p])
	}
	at := 0
	if v.seen != nil {
		at = v.sighted(r, given)
	} else {
		row := v.table[given*uint64(v.size) : (given+1)*uint64(v.size)]
		for x := r.Float64() * row[v.size-1]; at < v.size-1 && x >= row[at]; {
			at++
		}
	}
	d.index[i] = at
	if v.values != nil {
		d.number[i] = v.values[at]
		return
	}
	d.number[i] = inside(r, &v.bins[at])
}

// sighted draws from the sightings: those under the parents' values, or with the share of the mass all of them.
func (v *variable) sighted(r *draw.Stream, given uint64) int {
	x := r.Float64()
	c, ok := v.seen[given]
	if !ok {
		return v.all.draw(x * v.all.total())
	}
	if x *= c.total() + v.mass; x < c.total() {
		return c.draw(x)
	}
	return v.all.draw((x - c.total()) / v.mass * v.all.total())
}

// inside draws from a bin.
func inside(r *draw.Stream, b *model.Bin) float64 {
	u := r.Float64()
	for _, a := range b.Atoms {
		if u < a.Share {
			return a.Value
		}
		u -= a.Share
	}
	left := 1.0
	for _, a := range b.Atoms {
		left -= a.Share
	}
	if left > 0 {
		u = min(u/left, 1)
	}
	switch {
	case len(b.Knots) > 0:
		return between(b.Knots, u)
	case b.Low == b.High:
		return b.Low
	case b.Low == 0:
		return u * b.High
	default:
		return b.Low * math.Exp(u*math.Log(b.High/b.Low))
	}
}

// between is the quantile of knots at equal steps of probability.
func between(knots []float64, p float64) float64 {
	at := p * float64(len(knots)-1)
	i := min(int(at), len(knots)-2)
	return knots[i] + (at-float64(i))*(knots[i+1]-knots[i])
}
