package chronicle

import (
	"fmt"
	"slices"
	"strings"
)

// Pattern is flows that follow each other.
type Pattern struct {
	Rows []Row
}

// Row is one flow of a pattern.
type Row struct {
	Cells  []Cell // one for each column of the table
	Within int64  // the row comes at most so long after the one before, in hundredths of a second; 0 = at any time
}

// Cell says what a pattern knows of one value of a row.
type Cell struct {
	Kind  CellKind
	Value int32 // Fix: the code; Set and Use: the placeholder
}

// CellKind is what a cell is.
type CellKind uint8

// The kinds of cells.
const (
	Free CellKind = iota // drawn from the pattern's network
	Fix                  // always the same
	Set                  // drawn, and remembered under a placeholder
	Use                  // what a placeholder remembers
)

// single is a pattern of one row with nothing known.
func single(columns int) Pattern { return Pattern{Rows: []Row{{Cells: make([]Cell, columns)}}} }

// clone copies the pattern to its last cell.
func (p Pattern) clone() Pattern {
	out := Pattern{Rows: slices.Clone(p.Rows)}
	for i := range out.Rows {
		out.Rows[i].Cells = slices.Clone(out.Rows[i].Cells)
	}
	return out
}

// covered counts the cells that a window of the pattern explains.
func (p Pattern) covered() int {
	n := 0
	for _, r := range p.Rows {
		for _, c := range r.Cells {
			if c.Kind == Fix || c.Kind == Use {
				n++
			}
		}
	}
	return n
}

// placeholders is one more than the highest placeholder.
func (p Pattern) placeholders() int32 {
	n := int32(0)
	for _, r := range p.Rows {
		for _, c := range r.Cells {
			if c.Kind == Set {
				n = max(n, c.Value+1)
			}
		}
	}
	return n
}

// with is the pattern with one more cell fixed.
func (p Pattern) with(row, column int, value int32) Pattern {
	out := p.clone()
	out.Rows[row].Cells[column] = Cell{Fix, value}
	return out
}

// role is a place for an address in a pattern.
type role struct{ row, column int }

// link ties an address of a first pattern to one of a second.
type link struct{ from, to role }

// then is the pattern followed by another, with addresses tied. It is false where a cell that is to be tied is tied already.
func (p Pattern) then(next Pattern, links []link, within int64) (Pattern, bool) {
	out := p.clone()
	second := next.clone()
	shift := p.placeholders()
	for i := range second.Rows {
		for c := range second.Rows[i].Cells {
			if cell := &second.Rows[i].Cells[c]; cell.Kind == Set || cell.Kind == Use {
				cell.Value += shift
			}
		}
	}
	for _, l := range links {
		from := &out.Rows[l.from.row].Cells[l.from.column]
		to := &second.Rows[l.to.row].Cells[l.to.column]
		if from.Kind == Fix || to.Kind == Fix || to.Kind == Use {
			return Pattern{}, false
		}
		if from.Kind == Free {
			*from = Cell{Set, max(out.placeholders(), second.placeholders(), shift)}
		}
		if to.Kind == Set { // the second pattern's own placeholder becomes the first's
			second.rename(to.Value, from.Value)
		}
		*to = Cell{Use, from.Value}
	}
	second.Rows[0].Within = within
	out.Rows = append(out.Rows, second.Rows...)
	return out, true
}

// rename turns one placeholder into another wherever it is used.
func (p Pattern) rename(old, now int32) {
	for i := range p.Rows {
		for c := range p.Rows[i].Cells {
			if cell := &p.Rows[i].Cells[c]; cell.Kind == Use && cell.Value == old {
				cell.Value = now
			}
		}
	}
}

// key tells patterns apart.
func (p Pattern) key() string { return fmt.Sprint(p.Rows) }

// Text writes the pattern as a sentence: value names a column's code.
func (p Pattern) Text(t *Table, value func(column int, code int32) string) string {
	var b strings.Builder
	for i, r := range p.Rows {
		if i > 0 {
			b.WriteString(", then ")
			if r.Within > 0 {
				fmt.Fprintf(&b, "within %g s ", float64(r.Within)/100)
			}
		}
		var ends, rest []string
		for c, cell := range r.Cells {
			column := &t.Columns[c]
			text := ""
			switch cell.Kind {
			case Fix:
				text = value(c, cell.Value)
			case Set, Use:
				text = string(rune('A' + cell.Value%26))
			}
			switch {
			case column.Who != nil && text == "":
				ends = append(ends, "*")
			case column.Who != nil:
				ends = append(ends, text)
			case text != "":
				rest = append(rest, column.Name+"="+text)
			}
		}
		b.WriteString(strings.Join(ends, " → "))
		if len(rest) > 0 {
			b.WriteString(" (" + strings.Join(rest, ", ") + ")")
		}
	}
	return b.String()
}
