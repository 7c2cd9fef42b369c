package learn

import (
	"cmp"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"time"

	"github.com/evilbench/evilbench/generator/bins"
	"github.com/evilbench/evilbench/generator/chronicle"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// quantiles is how many bins numbers are cut into, as published; the last one is cut further.
const quantiles = 40

// coding is a flow table in codes, with the way back.
type coding struct {
	name       string
	table      *chronicle.Table
	columns    []column  // as the table's
	start, end float64   // of watching, s since the epoch
	when       []float64 // flows start, ascending
	addresses  []string  // by who they are

	drawn  []drawn // as the columns
	pieces []int32 // of time, by row
}

// column is the way back from one column's codes.
type column struct {
	name    string
	words   []string // by code; nil = numbers
	who     []int32  // by code: of addresses, who it is
	bins    *bins.Bins
	numbers []float64 // by row
}

// wanted are the columns to learn from, in the order of the published format. A log may lack those that are optional.
var wanted = []struct {
	name     string
	optional bool
}{
	{flowlog.Proto, false}, {flowlog.SrcIP, false}, {flowlog.DstIP, false}, {flowlog.DstPort, false}, {flowlog.InBytes, false},
	{flowlog.InPackets, false}, {flowlog.OutBytes, false}, {flowlog.OutPackets, false}, {flowlog.Flags, true}, {flowlog.Elapsed, false},
}

// fewestRows is what a model can be learnt from.
const fewestRows = 2

// newCoding codes a table whose times are so far from those of the network's clocks.
func newCoding(t *flowlog.Table, offset time.Duration) (*coding, error) {
	times, ok := t.Column(flowlog.FirstSeen)
	if !ok {
		return nil, missing(t, flowlog.FirstSeen)
	}
	if t.Rows() < fewestRows {
		return nil, fmt.Errorf("%s: %d flows; a model is learnt from at least %d", t.Name, t.Rows(), fewestRows)
	}
	order := make([]int, t.Rows())
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(times.Times[a], times.Times[b]) })
	t = t.Take(order)
	times, _ = t.Column(flowlog.FirstSeen)
	first := times.Times[0]
	if first == times.Times[t.Rows()-1] {
		return nil, fmt.Errorf("%s: all %d flows start at the same time, so that nothing can be said of how often they come", t.Name, t.Rows())
	}
	c := &coding{name: t.Name, start: float64(first+int64(offset)) / 1e9, table: &chronicle.Table{Time: make([]int64, t.Rows())}}
	for i, at := range times.Times {
		c.table.Time[i] = (at - first) / 1e7
		c.when = append(c.when, c.start+float64(at-first)/1e9)
	}
	c.end = c.start + float64(c.table.Span())/100
	who := map[string]int32{}
	for _, w := range wanted {
		from, ok := t.Column(w.name)
		if !ok && w.optional {
			continue
		}
		if !ok {
			return nil, missing(t, w.name)
		}
		if err := c.add(from, who); err != nil {
			return nil, fmt.Errorf("%s, %s: %w", t.Name, w.name, err)
		}
	}
	if err := c.prepare(); err != nil {
		return nil, fmt.Errorf("%s: %w", t.Name, err)
	}
	return c, nil
}

func missing(t *flowlog.Table, name string) error {
	return fmt.Errorf("%s: no column %q; give a log that has it, or name the heading it has there (--column)", t.Name, name)
}

// add codes one more column.
func (c *coding) add(from *flowlog.Column, who map[string]int32) error {
	coded := chronicle.Column{Name: from.Name}
	back := column{name: from.Name}
	if from.Kind == flowlog.Categorical {
		now := make([]int32, len(from.Words))
		coded.Codes = make([]int32, len(from.Codes))
		for i, code := range from.Codes {
			if now[code] == 0 {
				back.words = append(back.words, from.Words[code])
				now[code] = int32(len(back.words))
			}
			coded.Codes[i] = now[code] - 1
		}
		coded.Card = len(back.words)
		if from.Name == flowlog.SrcIP || from.Name == flowlog.DstIP {
			back.who = c.people(back.words, who)
			coded.Who = make([]int32, len(coded.Codes))
			for i, code := range coded.Codes {
				coded.Who[i] = back.who[code]
			}
		}
	} else {
		back.numbers = make([]float64, len(from.Numbers))
		for i, v := range from.Numbers {
			back.numbers[i] = v
			if math.IsNaN(v) {
				back.numbers[i] = 0 // what a log leaves out of a flow that had none
			}
		}
		var err error
		if back.bins, err = bins.Fine(back.numbers, quantiles); err != nil {
			return err
		}
		coded.Card = back.bins.Codes()
		coded.Codes = make([]int32, len(back.numbers))
		for i, v := range back.numbers {
			coded.Codes[i] = back.bins.Code(v)
		}
	}
	c.table.Columns = append(c.table.Columns, coded)
	c.columns = append(c.columns, back)
	return nil
}

// people numbers the addresses, the same in all address columns.
func (c *coding) people(words []string, who map[string]int32) []int32 {
	known := make([]int32, len(words))
	for i, w := range words {
		n, ok := who[w]
		if !ok {
			n = int32(len(who))
			who[w] = n
			c.addresses = append(c.addresses, w)
		}
		known[i] = n
	}
	return known
}

// column finds a column by its name; -1 = the table has none.
func (c *coding) column(name string) int {
	return slices.IndexFunc(c.columns, func(x column) bool { return x.name == name })
}

// address reads what stands in an address column; the zero address where it is none.
func address(word string) netip.Addr {
	a, _ := netip.ParseAddr(word)
	return a.Unmap()
}
