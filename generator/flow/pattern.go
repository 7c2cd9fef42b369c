package flow

import (
	"slices"

	"github.com/evilbench/evilbench/generator/draw"
)

const second = int64(1e9)

// pattern is a compiled model.Pattern.
type pattern struct {
	name    string
	source  string // of the machine an instance belongs to, "" = per site
	members int
	rhythm  rhythm
	vars    []variable // parents first
	rows    []row
	slots   int  // placeholders; slot 0 is self
	tells   bool // packets are said: such patterns are drawn anew where a flow cannot be

	steady bool // takes no part in the model's cascade

	starts []int64 // published, ascending, ns since the epoch; nil = by the rhythm
	scale  float64 // instances for each of starts
}

// published is the standard deviation of FlowChronicle's kernel, in seconds.
const published = 0.01

// between are the published starts in [start, end).
func (p *pattern) between(start, end int64) []int64 {
	from, _ := slices.BinarySearch(p.starts, start)
	to, _ := slices.BinarySearch(p.starts, end)
	return p.starts[from:to]
}

// window draws the instances of the k-th member that start in [start, end), and those that follow them in a burst. The rate changes with
// the part of the day, so each part's share is a Poisson process of its own.
func (p *pattern) window(d *drawing, address draw.Seed, k int, start, end int64, pace *pace) {
	r := address.Stream()
	n := uint64(0)
	begin := func(at int64) {
		if p.source != "" {
			d.who[0] = d.dir.Member(p.source, k)
		}
		p.instance(d, address.Number(n), at)
		n++
	}
	for _, at := range p.between(start, end) {
		for range r.Poisson(p.scale) {
			begin(at + int64(published*r.Normal()*float64(second)))
		}
	}
	if p.starts != nil {
		return
	}
	for from := start; from < end; {
		to := min(end, p.rhythm.next(from))
		before, upTo := pace.upTo(from), pace.upTo(to)
		for range r.Poisson(p.rhythm.rate(from) * (upTo - before)) {
			at := pace.when(before + r.Float64()*(upTo-before))
			begin(at)
			for range p.rhythm.more(&r) {
				begin(at + int64(r.Exp(p.rhythm.gap)*float64(second)))
			}
		}
		from = to
	}
}

// draws bounds the search for an instance all of whose flows can be.
const draws = 200

// instance appends the flows of one instance that starts at the given time. An instance with a flow that cannot be is drawn anew, so that
// what is drawn is the network's distribution given that all is possible; where none is found there is none.
func (p *pattern) instance(d *drawing, address draw.Seed, at int64) {
	r := address.Stream()
	mark := len(d.records)
	for range draws {
		d.records = d.records[:mark]
		if p.flows(&r, d, address, at) {
			return
		}
	}
	d.records = d.records[:mark]
}

// flows draws an instance, and tells whether each of its flows can be.
func (p *pattern) flows(r *draw.Stream, d *drawing, address draw.Seed, at int64) bool {
	possible := true
	d.impossible = false
	for i := range p.vars {
		p.vars[i].draw(r, d, i)
	}
	for i := range p.slots {
		d.told[i] = -1
	}
	number := 0
	for i := range p.rows {
		row := &p.rows[i]
		at += row.after.draw(r)
		for n := range row.times(r) {
			if n > 0 {
				at += row.gap.draw(r)
				for _, v := range row.redraw {
					p.vars[v].draw(r, d, v)
				}
			}
			if record, ok := row.record(r, d); ok {
				possible = possible && (!row.tells || record.possible())
				record.Pattern, record.Instance, record.Row, record.Time = p.name, address, number, at
				d.records = append(d.records, record)
				if row.answer.slot >= 0 && record.Service == "dns" {
					d.told[row.answer.slot] = number
				}
			}
			number++
		}
	}
	return possible && !(d.impossible && p.tells)
}
