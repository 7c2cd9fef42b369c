package flow

import (
	"sort"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/model"
)

// pace is how fast things happen in a stretch of time, in pieces.
type pace struct {
	at   []int64   // ends of the pieces, ns since the epoch, that of the first's beginning before them
	mass []float64 // how many seconds' worth happens up to each
}

// even is the same pace everywhere.
func even(start, end int64) pace {
	return pace{at: []int64{start, end}, mass: []float64{0, float64(end-start) / float64(second)}}
}

// upTo is how much happens up to a time in the stretch.
func (p *pace) upTo(t int64) float64 {
	i := max(1, sort.Search(len(p.at)-1, func(i int) bool { return p.at[i] >= t }))
	return p.mass[i-1] + (p.mass[i]-p.mass[i-1])*float64(t-p.at[i-1])/float64(p.at[i]-p.at[i-1])
}

// when is the time up to which so much happens.
func (p *pace) when(mass float64) int64 {
	i := max(1, sort.SearchFloat64s(p.mass[:len(p.mass)-1], mass))
	if p.mass[i] == p.mass[i-1] {
		return p.at[i-1]
	}
	return p.at[i-1] + int64(float64(p.at[i]-p.at[i-1])*(mass-p.mass[i-1])/(p.mass[i]-p.mass[i-1]))
}

// paceOf is that of a cascade from start to end. It depends on the seed and on the stretch alone.
func paceOf(c *model.Cascade, seed draw.Seed, start, end int64) pace {
	if c == nil {
		return even(start, end)
	}
	d := descent{bias: c.Bias, start: start, end: end, pace: pace{at: []int64{start}, mass: []float64{0}}}
	block := int64(model.CascadeSeconds) * second
	first := start / block
	if start%block < 0 {
		first--
	}
	for n := first; n*block < end; n++ {
		d.split(seed.Number(uint64(n)), 1, n*block, block, 0, 1)
	}
	return d.pace
}

// descent halves stretches of time down to the pieces.
type descent struct {
	bias       []float64
	start, end int64
	pace       pace
}

func (d *descent) split(seed draw.Seed, node uint64, from, length int64, depth int, density float64) {
	if from >= d.end || from+length <= d.start {
		return
	}
	if depth == len(d.bias) {
		to := min(from+length, d.end)
		from = max(from, d.start)
		d.pace.at = append(d.pace.at, to)
		d.pace.mass = append(d.pace.mass, d.pace.mass[len(d.pace.mass)-1]+density*float64(to-from)/float64(second))
		return
	}
	r := seed.Number(node).Stream()
	left := d.bias[depth]
	if r.Chance(0.5) {
		left = 1 - left
	}
	half := length / 2
	d.split(seed, 2*node, from, half, depth+1, 2*density*left)
	d.split(seed, 2*node+1, from+half, length-half, depth+1, 2*density*(1-left))
}
