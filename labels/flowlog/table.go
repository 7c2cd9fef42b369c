package flowlog

import (
	"fmt"
	"slices"
)

// Kind is what a column of a flow table holds.
type Kind uint8

// The kinds. Times are in Times, categories in Codes and Words, all others in Numbers.
const (
	Time        Kind = iota // ns since the Unix epoch, UTC
	Categorical             // words
	Count                   // packets
	Bytes
	Duration // s
)

// The columns of a flow table, by the names under which data sets and generators were published (CIDDS-001; FlowChronicle,
// CoNEXT 2024). Out is what the originator sent, In what it got.
const (
	FirstSeen  = "Date first seen"
	Proto      = "Proto" // TCP, UDP, ICMP (also for ICMPv6), IGMP, ..., else the IANA number
	SrcIP      = "Src IP Addr"
	DstIP      = "Dst IP Addr"
	DstPort    = "Dst Pt" // a port as "53.0"; of ICMP type.code, as "3.3"
	InBytes    = "In Byte"
	InPackets  = "In Packet"
	OutBytes   = "Out Byte"
	OutPackets = "Out Packet"
	Flags      = "Flags"    // TCP flags of both directions, places UAPRSF, "." = not seen; "......" of other protocols
	Elapsed    = "Duration" // from the first packet to the last

	SrcPort = "Src Pt"  // as Dst Pt
	Service = "Service" // application protocol, "" = not known
	Class   = "Class"   // labels.Class as text, "" = not known
)

// kinds are the columns a table may have, in order: the eleven published ones, then those some logs have besides.
var kinds = []struct {
	name string
	kind Kind
}{
	{FirstSeen, Time}, {Proto, Categorical}, {SrcIP, Categorical}, {DstIP, Categorical}, {DstPort, Categorical},
	{InBytes, Bytes}, {InPackets, Count}, {OutBytes, Bytes}, {OutPackets, Count}, {Flags, Categorical}, {Elapsed, Duration},
	{SrcPort, Categorical}, {Service, Categorical}, {Class, Categorical},
}

// Published are the eleven columns that published flow generators have in common, in their order.
func Published() []string {
	names := make([]string, 11)
	for i := range names {
		names[i] = kinds[i].name
	}
	return names
}

// Column is one column of a flow table. One of Times, Codes and Numbers is set, by Kind, with one element a row.
type Column struct {
	Name    string
	Kind    Kind
	Times   []int64   // ns since the Unix epoch, UTC
	Codes   []int32   // index into Words
	Words   []string  // ascending, each in use or left over from a table this one was taken from
	Numbers []float64 // counts, bytes or s; NaN = the cell held no number, and is counted in Missing
	Missing int       // cells without a number
}

// Word is the category in a row of a categorical column.
func (c *Column) Word(row int) string { return c.Words[c.Codes[row]] }

// Len is the number of rows.
func (c *Column) Len() int { return max(len(c.Times), len(c.Codes), len(c.Numbers)) }

// Head is the column's first n rows, or all of fewer, which it shares. Missing is that of the whole.
func (c *Column) Head(n int) *Column {
	out := *c
	out.Times, out.Codes, out.Numbers = first(c.Times, n), first(c.Codes, n), first(c.Numbers, n)
	return &out
}

func first[V any](s []V, n int) []V { return s[:min(n, len(s))] }

// Table is a table of flows, column by column. What a log does not say has no column. Tables are not changed once read.
type Table struct {
	Name    string
	Columns []Column
	Read    int64    // rows that were there; more than Rows() where a sample was kept
	Notes   []string // what a reader of figures should know of the reading, as sentence fragments
	rows    int
}

// NewTable makes a table of columns, which it shares. They must be of one length, and hold what their kinds say.
func NewTable(name string, columns ...Column) (*Table, error) {
	t := &Table{Name: name, Columns: columns}
	for i := range columns {
		c := &columns[i]
		n := len(c.Numbers)
		switch c.Kind {
		case Time:
			n = len(c.Times)
		case Categorical:
			n = len(c.Codes)
		}
		if i > 0 && n != t.rows {
			return nil, fmt.Errorf("%s: %s has %d rows, %s has %d", name, c.Name, n, columns[0].Name, t.rows)
		}
		t.rows = n
		for _, code := range c.Codes {
			if code < 0 || int(code) >= len(c.Words) {
				return nil, fmt.Errorf("%s: %s has a code %d and %d words", name, c.Name, code, len(c.Words))
			}
		}
	}
	t.Read = int64(t.rows)
	return t, nil
}

// Rows is the number of rows.
func (t *Table) Rows() int { return t.rows }

// Column finds a column by its name.
func (t *Table) Column(name string) (*Column, bool) {
	i := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name })
	if i < 0 {
		return nil, false
	}
	return &t.Columns[i], true
}

// Take makes a table of these rows, in this order; a row may be named more than once. Words are shared with t.
func (t *Table) Take(rows []int) *Table {
	out := &Table{Name: t.Name, Read: int64(len(rows)), Notes: t.Notes, rows: len(rows), Columns: make([]Column, len(t.Columns))}
	for i := range t.Columns {
		from, to := &t.Columns[i], &out.Columns[i]
		*to = Column{Name: from.Name, Kind: from.Kind, Words: from.Words}
		to.Times, to.Codes, to.Numbers = take(from.Times, rows), take(from.Codes, rows), take(from.Numbers, rows)
		for _, v := range to.Numbers {
			if v != v {
				to.Missing++
			}
		}
	}
	return out
}

func take[V any](from []V, rows []int) []V {
	if from == nil {
		return nil
	}
	out := make([]V, len(rows))
	for i, row := range rows {
		out[i] = from[row]
	}
	return out
}

// Where makes a table of the rows for which keep holds, in their order.
func (t *Table) Where(keep func(row int) bool) *Table {
	var rows []int
	for row := range t.rows {
		if keep(row) {
			rows = append(rows, row)
		}
	}
	return t.Take(rows)
}
