package flow

import "github.com/evilbench/evilbench/generator/draw"

const second = int64(1e9)

// pattern is a compiled model.Pattern.
type pattern struct {
	name    string
	source  string // of the machine an instance belongs to, "" = per site
	members int
	rhythm  rhythm
	vars    []variable // parents first
	rows    []row
	slots   int // placeholders; slot 0 is self
}

// window draws the instances of the k-th member that start in [start, end), and those that follow them in a burst. The rate changes with
// the part of the day, so each part's share is a Poisson process of its own.
func (p *pattern) window(d *drawing, address draw.Seed, k int, start, end int64) {
	r := address.Stream()
	n := uint64(0)
	begin := func(at int64) {
		if p.source != "" {
			d.who[0] = d.dir.Member(p.source, k)
		}
		p.instance(d, address.Number(n), at)
		n++
	}
	for from := start; from < end; {
		to := min(end, p.rhythm.next(from))
		for range r.Poisson(p.rhythm.rate(from) * float64(to-from) / float64(second)) {
			at := r.Duration(from, to)
			begin(at)
			for range p.rhythm.more(&r) {
				begin(at + int64(r.Exp(p.rhythm.gap)*float64(second)))
			}
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
