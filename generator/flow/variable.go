package flow

import (
	"maps"
	"math"
	"slices"
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
	table   []float64 // cumulative, row after row
	levels  []level   // of sightings, those under all parents first; nil = the table holds, or there are no parents
	all     count     // of all sightings
	times   int       // position of the variable to multiply by, -1 = none
	most    float64   // of the product; 0 = no bound
}

// level is the sightings under the first of a variable's parents.
type level struct {
	parents int
	seen    map[uint64]count // by the parents' values
	mass    float64          // what the next level weighs beside them
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
	out := variable{size: v.Size(), bins: v.Bins, times: -1, most: v.Most}
	if at, ok := c.vars[v.Times]; ok {
		out.times = at
	}
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
	v.all = v.level(m, 0)[0]
	if len(m.Parents) == 0 {
		return
	}
	if len(m.Back) == 0 {
		v.levels = []level{{len(m.Parents), v.level(m, len(m.Parents)), m.Mass}}
		return
	}
	for k := len(m.Parents); k > 0; k-- {
		v.levels = append(v.levels, level{k, v.level(m, k), m.Back[k-1]})
	}
}

// level adds up the sightings under the first k parents.
func (v *variable) level(m *model.Variable, k int) map[uint64]count {
	sums := map[uint64]map[int32]float64{}
	for _, s := range m.Seen {
		key := uint64(0)
		for i, p := range s.When[:k] {
			key = key*uint64(v.sizes[i]) + uint64(p)
		}
		if sums[key] == nil {
			sums[key] = map[int32]float64{}
		}
		for _, x := range s.Count {
			sums[key][int32(x[0])] += float64(x[1])
		}
	}
	out := make(map[uint64]count, len(sums))
	for key, counts := range sums {
		var c count
		sum := 0.0
		for _, value := range slices.Sorted(maps.Keys(counts)) {
			sum += counts[value]
			c.value, c.upTo = append(c.value, value), append(c.upTo, sum)
		}
		out[key] = c
	}
	return out
}

// draw draws the variable given its parents and remembers it at position i.
func (v *variable) draw(r *draw.Stream, d *drawing, i int) {
	given := uint64(0)
	for k, p := range v.parents {
		given = given*uint64(v.sizes[k]) + uint64(d.index[p])
	}
	at := 0
	if v.table == nil {
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
	if v.times >= 0 {
		d.number[i] = math.Round(d.number[i] * max(1, math.Round(d.number[v.times])))
		d.impossible = d.impossible || v.most > 0 && d.number[i] > v.most
	}
}

// sighted draws from the sightings: those under all parents' values or, with the share of their mass and where there are none, those under
// fewer.
func (v *variable) sighted(r *draw.Stream, given uint64) int {
	x := r.Float64()
	under := len(v.parents)
	for i := range v.levels {
		l := &v.levels[i]
		for ; under > l.parents; under-- {
			given /= uint64(v.sizes[under-1])
		}
		c, ok := l.seen[given]
		if !ok {
			continue
		}
		y := x * (c.total() + l.mass)
		if y < c.total() || l.mass == 0 {
			return c.draw(y)
		}
		x = (y - c.total()) / l.mass
	}
	return v.all.draw(x * v.all.total())
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
