package baseline

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/evilbench/evilbench/generator/bins"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// quantiles is how many bins numbers are cut into, as published.
const quantiles = 40

// coding is a table in codes, column by column as the table, but for its time, which is in two: the day, and the time of day in bins.
type coding struct {
	train   *flowlog.Table
	cards   []int
	columns [][]int32
	back    [][]int32    // of each coded column: the table's code or bin of each code that occurs
	bins    []*bins.Bins // nil of categories
	days    []int64      // midnights, ns since the epoch
	clock   *bins.Bins
	time    int // of the table's columns
}

// encode codes a table.
func encode(t *flowlog.Table) (*coding, error) {
	c := &coding{train: t, bins: make([]*bins.Bins, len(t.Columns))}
	for i := range t.Columns {
		column := &t.Columns[i]
		switch column.Kind {
		case flowlog.Time:
			c.time = i
			if err := c.times(column.Times); err != nil {
				return nil, err
			}
		case flowlog.Categorical:
			c.keep(column.Codes, len(column.Words))
		default:
			b, err := bins.Published(numbers(column), quantiles)
			if err != nil {
				return nil, err
			}
			c.bins[i] = b
			c.add(b, numbers(column))
		}
	}
	return c, nil
}

// numbers are a column's, 0 for those that the log left out.
func numbers(column *flowlog.Column) []float64 {
	out := slices.Clone(column.Numbers)
	for i, v := range out {
		if math.IsNaN(v) {
			out[i] = 0
		}
	}
	return out
}

func (c *coding) add(b *bins.Bins, values []float64) {
	codes := make([]int32, len(values))
	for i, v := range values {
		codes[i] = b.Code(v)
	}
	c.keep(codes, b.Codes())
}

// keep takes a column in with the codes that occur: smoothing must not invent others.
func (c *coding) keep(codes []int32, card int) {
	now := make([]int32, card)
	for _, code := range codes {
		now[code] = 1
	}
	var back []int32
	for code, there := range now {
		if there != 0 {
			now[code] = int32(len(back))
			back = append(back, int32(code))
		}
	}
	out := make([]int32, len(codes))
	for i, code := range codes {
		out[i] = now[code]
	}
	c.cards, c.columns, c.back = append(c.cards, len(back)), append(c.columns, out), append(c.back, back)
}

const nsPerDay = int64(24 * time.Hour)

// times codes the day and the second of the day.
func (c *coding) times(times []int64) error {
	day := make([]int32, len(times))
	clock := make([]float64, len(times))
	for i, t := range times {
		midnight := t - ((t%nsPerDay)+nsPerDay)%nsPerDay
		at, found := slices.BinarySearch(c.days, midnight)
		if !found {
			c.days = slices.Insert(c.days, at, midnight)
		}
		clock[i] = float64(t-midnight)/1e9 + 1e-9 // midnight is a time like any other
	}
	for i, t := range times {
		at, found := slices.BinarySearch(c.days, t)
		if !found {
			at--
		}
		day[i] = int32(at)
	}
	b, err := bins.Published(clock, quantiles)
	if err != nil {
		return err
	}
	c.clock = b
	c.keep(day, len(c.days))
	c.add(b, clock)
	return nil
}

// decode makes a table of rows of codes, in order of time. starts are their times where the codes do not hold them; nil = they do.
func (c *coding) decode(name string, r *draw.Stream, rows [][]int32, starts []int64) (*flowlog.Table, error) {
	columns := make([]flowlog.Column, len(c.train.Columns))
	for i := range columns {
		from := &c.train.Columns[i]
		columns[i] = flowlog.Column{Name: from.Name, Kind: from.Kind, Words: from.Words}
	}
	for i, row := range rows {
		at := 0
		for k := range columns {
			to := &columns[k]
			switch to.Kind {
			case flowlog.Time:
				if starts != nil {
					to.Times = append(to.Times, starts[i])
				} else {
					to.Times = append(to.Times, c.start(r, row))
				}
				at++
			case flowlog.Categorical:
				to.Codes = append(to.Codes, c.back[at][row[at]])
			default:
				to.Numbers = append(to.Numbers, c.bins[k].Draw(r, c.back[at][row[at]]))
			}
			at++
		}
	}
	t, err := flowlog.NewTable(name, columns...)
	if err != nil {
		return nil, err
	}
	return named(sorted(t), name), nil
}

// start is a row's time, from its day and its time of day.
func (c *coding) start(r *draw.Stream, row []int32) int64 {
	day, clock := c.back[c.time][row[c.time]], c.back[c.time+1][row[c.time+1]]
	return c.days[day] + int64(c.clock.Draw(r, clock)*1e9)
}

// ranks are the places of values among themselves, ties in the middle of theirs, as shares in (0, 1).
func ranks(values []float64) []float64 {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(values[a], values[b]) })
	out := make([]float64, len(values))
	for i := 0; i < len(order); {
		from := i
		for i < len(order) && values[order[i]] == values[order[from]] {
			i++
		}
		for k := from; k < i; k++ {
			out[order[k]] = float64(from+i) / 2 / float64(len(values))
		}
	}
	return out
}
