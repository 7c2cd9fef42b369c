package flowlog

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

// heading tells tables in CSV apart by their first line.
type heading uint8

const (
	otherHeading heading = iota
	tableHeading
	ciddsHeading
)

func headingOf(line string, columns map[string]string) heading {
	names := strings.Split(strings.TrimRight(line, "\r"), ",")
	at := columnsOf(names, columns)
	plainly := func(name string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return plain(n) == name })
	}
	switch {
	case at[atInBytes] < 0 && plainly("bytes") && plainly("packets") && plainly("srcipaddr") && plainly("datefirstseen"):
		return ciddsHeading
	case len(columns) > 0 || at[atFirstSeen] >= 0 || at[atInBytes] >= 0 || at[atOutBytes] >= 0:
		return tableHeading
	}
	return otherHeading
}

// columnsOf finds each column of a table among headings: the mapped ones first, then by name without case, spaces and marks; -1 =
// absent.
func columnsOf(names []string, columns map[string]string) (at [columnCount]int) {
	for i := range at {
		at[i] = -1
	}
	for j, name := range names {
		name = strings.Trim(strings.TrimSpace(name), `"`)
		wanted, mapped := columns[name]
		for i, known := range kinds {
			if at[i] >= 0 && !mapped {
				continue
			}
			if mapped && known.name == wanted || !mapped && plain(known.name) == plain(name) {
				at[i] = j
			}
		}
	}
	return at
}

// csvTable reads a CSV whose headings are a table's columns, or are mapped to them. Others are left aside and noted.
func csvTable(ctx context.Context, r io.Reader, name string, o TableOptions) (*Table, error) {
	rows := newRows(r, name)
	names, err := rows.heading()
	if err != nil {
		return nil, err
	}
	at := columnsOf(names, o.Columns)
	for from, to := range o.Columns {
		if !slices.Contains(names, from) {
			return nil, fmt.Errorf("%s:1: no column %q, which is mapped to %q", name, from, to)
		}
		if !slices.ContainsFunc(kinds, func(k struct {
			name string
			kind Kind
		}) bool {
			return k.name == to
		}) {
			return nil, fmt.Errorf("%s:1: %q is mapped to %q, which is no column of a flow table; those are %s", name, from, to, strings.Join(Published(), ", "))
		}
	}
	var have []int
	for i, j := range at {
		if j >= 0 {
			have = append(have, i)
		}
	}
	if o.Benign && at[atVerdict] < 0 {
		return nil, fmt.Errorf("%s: no column %s to tell benign flows by", name, Class)
	}
	f, clock := newFiller(o, have...), clock{zone: o.Location}
	var c cells
	for {
		row, err := rows.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		c.place++
		c.line = rows.line
		if err := canceled(ctx, c.place); err != nil {
			return nil, err
		}
		for _, i := range have {
			if err := c.set(i, row[at[i]], &clock); err != nil {
				return nil, fmt.Errorf("%s:%d: %s: %w", name, rows.line, kinds[i].name, err)
			}
		}
		if !o.Benign || benign(classOf(c.words[atVerdict])) {
			f.add(&c)
		}
	}
	t := f.table(name)
	if aside := ignored(names, at); len(aside) > 0 {
		t.Notes = append(t.Notes, "columns not read: "+strings.Join(aside, ", "))
	}
	return t, nil
}

func ignored(names []string, at [columnCount]int) (aside []string) {
	for j, name := range names {
		if !slices.Contains(at[:], j) {
			aside = append(aside, name)
		}
	}
	return aside
}

// set reads the text of one cell.
func (c *cells) set(column int, text string, clock *clock) error {
	switch kinds[column].kind {
	case Time:
		at, err := moments(text, clock)
		c.time = at
		return err
	case Categorical:
		if column == atDstPort || column == atSrcPort {
			text = port(text)
		}
		c.words[column] = text
		return nil
	}
	v, err := number(text)
	c.numbers[column] = v
	return err
}

// moments reads a time in words, or in seconds since the epoch.
func moments(text string, clock *clock) (int64, error) {
	if at, err := clock.read(text); err == nil {
		return at.ns, nil
	}
	at, err := nanoseconds(text)
	if err != nil {
		return 0, fmt.Errorf("%q is neither a time, as in 2009-11-18 08:00:03.914398, nor seconds since the epoch", text)
	}
	return at, nil
}

// number reads a number; NaN where the cell is empty, or says that it holds none.
func number(text string) (float64, error) {
	text = strings.TrimSpace(text)
	if text == "" || text == "-" {
		return math.NaN(), nil
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, fmt.Errorf("%q is not a number", text)
	}
	return v, nil
}

// port writes a port, or type.code, as published tables do, which hold both in a column of floats: 53 is 53.0. Words that are no
// number stay.
func port(text string) string {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(v, 0) || v != v {
		return text
	}
	text = strconv.FormatFloat(v, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

// csvRows reads a CSV, one row a call, all of one width.
type csvRows struct {
	csv   *csv.Reader
	leash *leash
	name  string
	line  int
	width int
}

func newRows(r io.Reader, name string) *csvRows {
	bounded := &leash{r: r}
	c := &csvRows{csv: csv.NewReader(bounded), leash: bounded, name: name}
	c.csv.FieldsPerRecord = -1
	c.csv.LazyQuotes = true
	c.csv.ReuseRecord = true
	return c
}

// heading is the first row.
func (c *csvRows) heading() ([]string, error) {
	row, err := c.read()
	if err != nil {
		return nil, fmt.Errorf("%s:1: %w; give a CSV with a heading", c.name, err)
	}
	names := make([]string, len(row))
	for i, cell := range row {
		names[i] = strings.TrimSpace(cell)
	}
	c.width = len(names)
	return names, nil
}

// next is the next row, or io.EOF. The slice is valid until the next call.
func (c *csvRows) next() ([]string, error) {
	row, err := c.read()
	if errors.Is(err, io.EOF) {
		return nil, io.EOF
	}
	var syntax *csv.ParseError
	if errors.As(err, &syntax) {
		return nil, fmt.Errorf("%s:%d: %w", c.name, syntax.Line, syntax.Err)
	}
	if err != nil {
		return nil, fmt.Errorf("%s:%d: %w", c.name, c.line+1, err)
	}
	c.line, _ = c.csv.FieldPos(0)
	if len(row) != c.width {
		return nil, fmt.Errorf("%s:%d: %d columns where the heading has %d; the line is torn", c.name, c.line, len(row), c.width)
	}
	return row, nil
}

func (c *csvRows) read() ([]string, error) {
	c.leash.read = 0
	return c.csv.Read()
}
