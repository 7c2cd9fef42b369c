// Package table writes one table of typed cells as box, Markdown, CSV or JSON.
package table

import (
	"fmt"
	"math"
)

// Kind says how a column's cells are compared, aligned and printed.
type Kind int

// The kinds of columns. Any column can hold missing cells.
const (
	KindText     Kind = iota // left, all others right
	KindCount                // 12,345
	KindCases                // k of n with its interval: 14/15 [70–99%]
	KindRate                 // the same where n is large: 93.3% [92–94]
	KindNumber               // 12.3
	KindShare                // a number from 0 to 1 with bounds, in percent
	KindDuration             // seconds: 3.2 s
	KindEstimate             // a number with bounds, where it has any: 8.01 [2.2–14]
)

// Column is a column's heading. Name is the word in CSV and JSON; Title is for people.
type Column struct {
	Name  string
	Title string
	Kind  Kind
	Data  bool // only in CSV and JSON: people can do without it

	// What a table for print needs to know of its columns.
	Better Direction // which figures are the better ones
	Within bool      // figures of rows that differ here are not compared
	Unit   string    // what is counted: of a rate its n, in the plural, as in flows
}

// Direction says which of two figures is better.
type Direction int

// The directions. Most columns have none.
const (
	Neither Direction = iota
	Higher
	Lower
)

// Cell is one value. Make it with the functions below; the zero value is an empty text.
type Cell struct {
	kind      Kind
	text      string
	k, n      int64
	value     float64
	low, high float64
	bounded   bool
	missing   string
	notes     []string
	mark      string // a sign behind the value, for people
}

// Text is a word or a name.
func Text(s string) Cell { return Cell{kind: KindText, text: s} }

// Count is a number of things.
func Count(n int64) Cell { return Cell{kind: KindCount, n: n} }

// Cases is k of a few n with the interval [low, high] of the rate, from 0 to 1.
func Cases(k, n int64, low, high float64) Cell {
	return Cell{kind: KindCases, k: k, n: n, value: float64(k) / float64(n), low: low, high: high, bounded: true}
}

// Rate is k of many n with the interval [low, high] of the rate, from 0 to 1.
func Rate(k, n int64, low, high float64) Cell {
	c := Cases(k, n, low, high)
	c.kind = KindRate
	return c
}

// Number is any figure.
func Number(x float64) Cell { return Cell{kind: KindNumber, value: x} }

// Share is a figure from 0 to 1 with bounds.
func Share(x, low, high float64) Cell {
	return Cell{kind: KindShare, value: x, low: low, high: high, bounded: true}
}

// Duration is a length of time in seconds.
func Duration(seconds float64) Cell { return Cell{kind: KindDuration, value: seconds} }

// Missing is a figure that does not exist, and why. It never looks like 0; the reason becomes a footnote.
func Missing(reason string) Cell { return Cell{missing: reason, notes: []string{reason}} }

// With adds footnotes to a cell.
func (c Cell) With(notes ...string) Cell {
	c.notes = append(c.notes[:len(c.notes):len(c.notes)], notes...)
	return c
}

// Signs of the best and the worst figure of a column.
const (
	Best  = "+"
	Worst = "−"
)

// Marked puts a sign behind a cell's value, for people: the best of a column, or the worst.
func (c Cell) Marked(sign string) Cell {
	c.mark = sign
	return c
}

// Estimate is any figure with bounds.
func Estimate(x, low, high float64) Cell {
	return Cell{kind: KindEstimate, value: x, low: low, high: high, bounded: true}
}

// Unbounded is a figure that could have bounds and has none.
func Unbounded(x float64) Cell { return Cell{kind: KindEstimate, value: x} }

// Depth says how closely a reader must look to want a table.
type Depth int

// The depths of tables.
const (
	Headline Depth = iota // for all
	Detail                // not on a terminal
	Data                  // only in CSV and JSON
)

// String is what people see of the cell, without its footnotes.
func (c *Cell) String() string { return c.show() }

// Value is the figure, and whether there is one.
func (c *Cell) Value() (x float64, ok bool) {
	if c.missing != "" || c.kind == KindText {
		return 0, false
	}
	if c.kind == KindCount {
		return float64(c.n), true
	}
	return c.value, true
}

// Mark is the sign behind the value, "" = none.
func (c *Cell) Mark() string { return c.mark }

// Spread is half the width of an estimate's interval, where the interval lies evenly around it.
func (c *Cell) Spread() (half float64, ok bool) {
	if c.kind != KindEstimate || !c.bounded || c.missing != "" {
		return 0, false
	}
	up, down := c.high-c.value, c.value-c.low
	return up, math.Abs(up-down) <= 1e-9*math.Max(math.Abs(up), math.Abs(down))
}

// Of is the n of a rate; 0 = it has none.
func (c *Cell) Of() int64 {
	if c.missing != "" || c.kind != KindCases && c.kind != KindRate {
		return 0
	}
	return c.n
}

// Notes are the footnotes.
func (c *Cell) Notes() []string { return c.notes }

// Table is a table of rows under a title.
type Table struct {
	Name    string // a word: file name and JSON key
	Depth   Depth
	Title   string
	Note    string // what holds for all rows, below the title
	Columns []Column
	Rows    [][]Cell
}

// Add appends a row.
func (t *Table) Add(cells ...Cell) { t.Rows = append(t.Rows, cells) }

// Check refuses rows that do not fit the columns: they would shift values under the wrong heading.
func (t *Table) Check() error {
	for i, row := range t.Rows {
		if len(row) != len(t.Columns) {
			return fmt.Errorf("table %s: row %d has %d cells for %d columns", t.Name, i+1, len(row), len(t.Columns))
		}
		for j, c := range row {
			if c.missing == "" && c.kind != t.Columns[j].Kind {
				return fmt.Errorf("table %s: row %d has another kind of value than column %s", t.Name, i+1, t.Columns[j].Name)
			}
		}
	}
	return nil
}

// footnotes numbers the notes of the cells in the columns that show accepts, row by row; a note that is said twice has one
// number.
func (t *Table) footnotes(show func(Column) bool) (notes []string, number map[string]int) {
	number = map[string]int{}
	for _, row := range t.Rows {
		for i, c := range row {
			if !show(t.Columns[i]) {
				continue
			}
			for _, n := range c.notes {
				if number[n] == 0 {
					notes = append(notes, n)
					number[n] = len(notes)
				}
			}
		}
	}
	return notes, number
}
