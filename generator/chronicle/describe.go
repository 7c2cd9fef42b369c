package chronicle

import (
	"github.com/evilbench/evilbench/generator/bayes"
)

// Description is patterns with the windows they explain, and what it costs to write all of it down.
type Description struct {
	Base     bayes.Structure // of the rows that no pattern explains
	Entries  []*Entry
	Rows     []int32 // that no pattern explains
	BaseBits float64 // of those rows
	Bits     float64 // in all
}

// Entry is a pattern in use.
type Entry struct {
	Pattern   Pattern
	Structure bayes.Structure // over the cells that are not known, row by row
	Windows   []int32         // rows of its windows, one window behind the other
	Model     float64         // bits of the pattern and its structure
	Data      float64         // bits of its windows

	number  int32       // in the cover
	refined []candidate // its refinements, nil = not looked for since its windows changed
}

// Count is the number of windows.
func (e *Entry) Count() int { return len(e.Windows) / len(e.Pattern.Rows) }

// open lists the cells that a network speaks of.
func (p Pattern) open() []role {
	var out []role
	for i, r := range p.Rows {
		for c, cell := range r.Cells {
			if cell.Kind == Free || cell.Kind == Set {
				out = append(out, role{i, c})
			}
		}
	}
	return out
}

// Data is the table that the pattern's network is learnt from: a column for each open cell, a row for each window. Codes are
// those that occur, as the published code counts them; names are ROW.COLUMN.
func (p Pattern) data(t *Table, found []int32) (*bayes.Data, [][]int32) {
	length := len(p.Rows)
	n := len(found) / length
	d := &bayes.Data{}
	var codes [][]int32 // the table's code of each code
	for _, at := range p.open() {
		column := &t.Columns[at.column]
		now := make([]int32, column.Card)
		out := make([]int32, n)
		var back []int32
		for i := range n {
			code := column.Codes[found[i*length+at.row]]
			if now[code] == 0 {
				back = append(back, code)
				now[code] = int32(len(back))
			}
			out[i] = now[code] - 1
		}
		d.Names = append(d.Names, column.Name)
		d.Cards = append(d.Cards, len(back))
		d.Columns = append(d.Columns, out)
		codes = append(codes, back)
	}
	return d, codes
}

// cards are the cardinalities of the pattern's open cells in the whole table.
func (p Pattern) cards(t *Table) []int {
	var out []int
	for _, at := range p.open() {
		out = append(out, t.Columns[at.column].Card)
	}
	return out
}

// windowBits is what a pattern's windows cost beside their cells: how many, when each starts, and the gaps within.
func (c Code) windowBits(t *Table, p Pattern, found []int32) float64 {
	length := len(p.Rows)
	n := len(found) / length
	if n == 0 {
		return 0
	}
	return integerBits(float64(n)) + c.starts(t, n) + c.gapsOf(p, p.between(t, c, found, every))
}

// weigh fills in what the entry costs with the structure it has.
func (e *Entry) weigh(t *Table, code Code) {
	d, _ := e.Pattern.data(t, e.Windows)
	e.Model = patternBits(t, e.Pattern) + e.Structure.StructureBits(maxParents)
	e.Data = code.windowBits(t, e.Pattern, e.Windows) + code.alphabets(e.Pattern.cards(t), d) + bayes.DataBits(d, e.Structure)
}

// mostLearnt is how many windows a structure is learnt from; it is weighed on all.
const mostLearnt = 10_000

// learn finds the entry's structure anew and keeps the old one where that is the cheaper.
func (e *Entry) learn(t *Table, code Code, jobs int) error {
	sample, _ := thin(e.Windows, len(e.Pattern.Rows), mostLearnt)
	d, _ := e.Pattern.data(t, sample)
	s, err := bayes.Learn(d, bayes.LearnOptions{MaxParents: maxParents, Jobs: jobs})
	if err != nil {
		return err
	}
	old := *e
	e.Structure = s
	e.weigh(t, code)
	if old.Structure != nil {
		if old.weigh(t, code); old.Model+old.Data < e.Model+e.Data {
			*e = old
		}
	}
	return nil
}

// weighBase is what the rows without a pattern cost.
func (d *Description) weighBase(t *Table, code Code) {
	p := single(len(t.Columns))
	base, _ := p.data(t, d.Rows)
	d.BaseBits = bayes.DataBits(base, d.Base) + code.alphabets(p.cards(t), base) + code.starts(t, len(d.Rows))
}

// sum adds up.
func (d *Description) sum() {
	d.Bits = integerBits(float64(len(d.Entries)+1)) + d.Base.StructureBits(maxParents) + d.BaseBits
	for _, e := range d.Entries {
		d.Bits += e.Model + e.Data
	}
}

// Describe takes patterns with their structures and counts their bits from nothing: it covers the table and weighs everything.
// Structures that are nil are learnt.
func Describe(t *Table, code Code, base bayes.Structure, patterns []Pattern, structures []bayes.Structure) (*Description, error) {
	if err := t.check(); err != nil {
		return nil, err
	}
	c := newCover(t)
	d := &Description{Base: base}
	for i, p := range patterns {
		c.add(int32(i), p, windows(t, p))
		d.Entries = append(d.Entries, &Entry{Pattern: p, number: int32(i)})
	}
	c.fill(d)
	for i, e := range d.Entries {
		if structures != nil && structures[i] != nil {
			e.Structure = structures[i]
			e.weigh(t, code)
			continue
		}
		if err := e.learn(t, code, 0); err != nil {
			return nil, err
		}
	}
	d.weighBase(t, code)
	d.sum()
	return d, nil
}

// fill writes down which windows are selected, and which rows are left.
func (c *cover) fill(d *Description) {
	by := map[int32]*Entry{}
	for _, e := range d.Entries {
		by[e.number] = e
		e.Windows = e.Windows[:0]
	}
	taken := make([]bool, c.table.Rows())
	for w := range c.windows {
		if x := &c.windows[w]; x.selected {
			rows := c.of(int32(w))
			by[x.pattern].Windows = append(by[x.pattern].Windows, rows...)
			for _, r := range rows {
				taken[r] = true
			}
		}
	}
	d.Rows = d.Rows[:0]
	for r, t := range taken {
		if !t {
			d.Rows = append(d.Rows, int32(r))
		}
	}
}
