package flow

import (
	"math"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/model"
)

const (
	second = int64(1e9)
	hour   = 3600 * second
	week   = 168 // hours
)

// pattern is a compiled model.Pattern.
type pattern struct {
	name    string
	source  string // of the machine an instance belongs to, "" = per site
	members int
	weekly  [week]float64 // instances per second and member, by hour of the week, Monday 00:00 UTC first
	vars    []variable    // parents first
	rows    []row
	slots   int // placeholders; slot 0 is self
}

// rhythm is a pattern's rate by hour of the week.
func rhythm(perDay float64, p model.Profile) (out [week]float64) {
	hours, days := mean(p.Hours), mean(p.Weekdays)
	for i := range out {
		out[i] = perDay / 86400 * p.Hours[i%24] / hours * p.Weekdays[i/24] / days
	}
	return out
}

func mean(xs []float64) float64 {
	var sum float64
	for _, x := range xs {
		sum += x
	}
	return sum / float64(len(xs))
}

// hourOfWeek counts from Monday 00:00 UTC; the epoch was a Thursday.
func hourOfWeek(t int64) int {
	h := t / hour
	if t < 0 {
		h = (t - hour + 1) / hour
	}
	return int(((h+3*24)%week + week) % week)
}

// window draws the instances of the k-th member that start in [start, end). The rate changes on the hour, so each hour's part is a
// Poisson process of its own.
func (p *pattern) window(d *drawing, address draw.Seed, k int, start, end int64) {
	r := address.Stream()
	n := uint64(0)
	for from := start; from < end; {
		h := hourOfWeek(from)
		to := min(end, from+hour-((from%hour)+hour)%hour)
		for range r.Poisson(p.weekly[h] * float64(to-from) / float64(second)) {
			at := r.Duration(from, to)
			if p.source != "" {
				d.who[0] = d.dir.Member(p.source, k)
			}
			p.instance(d, address.Number(n), at)
			n++
		}
		from = to
	}
}

// instance appends the flows of one instance that starts at the given time.
func (p *pattern) instance(d *drawing, address draw.Seed, at int64) {
	r := address.Stream()
	for i := range p.vars {
		p.vars[i].draw(&r, d, i)
	}
	for i := range p.slots {
		d.told[i] = -1
	}
	number := 0
	for i := range p.rows {
		row := &p.rows[i]
		at += row.after.draw(&r)
		for n := range row.times(&r) {
			if n > 0 {
				at += row.gap.draw(&r)
				for _, v := range row.redraw {
					p.vars[v].draw(&r, d, v)
				}
			}
			if record, ok := row.record(&r, d); ok {
				record.Pattern, record.Instance, record.Row, record.Time = p.name, address, number, at
				d.records = append(d.records, record)
				if row.answer.slot >= 0 {
					d.told[row.answer.slot] = number
				}
			}
			number++
		}
	}
}

// variable is a compiled model.Variable.
type variable struct {
	parents []int // positions in the pattern's vars
	sizes   []int // of the parents
	size    int
	values  []float64 // numbers of the values, 0 for texts; nil = bins
	bins    []model.Bin
	table   []float64 // cumulative, row after row
}

// draw draws the variable given its parents and remembers it at position i.
func (v *variable) draw(r *draw.Stream, d *drawing, i int) {
	given := 0
	for k, p := range v.parents {
		given = given*v.sizes[k] + d.index[p]
	}
	row := v.table[given*v.size : (given+1)*v.size]
	x, at := r.Float64()*row[v.size-1], 0
	for at < v.size-1 && x >= row[at] {
		at++
	}
	d.index[i] = at
	if v.values != nil {
		d.number[i] = v.values[at]
		return
	}
	d.number[i] = inside(r, v.bins[at])
}

// inside draws from a bin.
func inside(r *draw.Stream, b model.Bin) float64 {
	switch {
	case b.Low == b.High:
		return b.Low
	case b.Low == 0:
		return r.Float64() * b.High
	default:
		return b.Low * math.Exp(r.Float64()*math.Log(b.High/b.Low))
	}
}

// delay is a compiled model.Delay, in ns.
type delay struct {
	law             string
	mean, sigma     float64 // the lognormal's median stands in mean
	low, high, span float64
}

func compileDelay(d *model.Delay) delay {
	if d == nil {
		return delay{}
	}
	c := delay{law: d.Law, mean: d.Mean, sigma: d.Sigma, low: d.Low, high: d.High, span: d.High - d.Low}
	if d.Law == "lognormal" {
		c.mean = d.Median
	}
	if c.high == 0 {
		c.high = math.Inf(1)
	}
	return c
}

// longest keeps an unbounded law's tail inside what time can hold: four weeks.
const longest = 4 * 7 * 86400.0

// draw returns ns; the zero delay draws nothing.
func (l *delay) draw(r *draw.Stream) int64 {
	var x float64
	switch l.law {
	case "":
		return 0
	case "constant":
		x = l.mean
	case "uniform":
		x = l.low + r.Float64()*l.span
	case "exponential":
		x = min(max(r.Exp(l.mean), l.low), l.high)
	case "lognormal":
		x = min(max(r.LogNormal(l.mean, l.sigma), l.low), l.high)
	}
	return int64(min(x, longest) * float64(second))
}
