// Package latex writes tables for papers: booktabs rules, intervals, the best of comparable figures in bold, and what the figures come
// from in small print. A paper that takes them in needs the packages booktabs, graphicx and longtable in its preamble.
package latex

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/evilbench/evilbench/reports/table"
)

const (
	mostRows = 40 // of a table that floats; a longer one breaks across pages
	wideText = 30 // characters from which a column of text is set as paragraphs
)

// fitting scales a table that is wider than the page, and no other.
const fitting = `\resizebox{\ifdim\width>\linewidth\linewidth\else\width\fi}{!}{%`

// Packages are the lines that a document needs in its preamble.
const Packages = `\usepackage{booktabs}` + "\n" + `\usepackage{graphicx}` + "\n" + `\usepackage{longtable}` + "\n"

// Write writes one table. The provenance is printed below it, a line for each entry.
func Write(w io.Writer, t *table.Table, provenance []string) error {
	if err := t.Check(); err != nil {
		return err
	}
	p := paper{table: t, number: map[string]int{}}
	for i, c := range t.Columns {
		if !c.Data {
			p.shown = append(p.shown, i)
		}
	}
	p.best = bestCells(t)
	rows := p.rows()
	var b strings.Builder
	fmt.Fprintf(&b, "%% evilbench: %s\n", t.Name)
	if len(rows) > mostRows {
		p.long(&b, rows)
		p.small(&b, "", provenance)
	} else {
		p.float(&b, rows, provenance)
	}
	b.WriteByte('\n')
	_, err := io.WriteString(w, b.String())
	return err
}

// paper is a table being set.
type paper struct {
	table  *table.Table
	shown  []int // columns that people see
	best   map[[2]int]bool
	notes  []string
	number map[string]int // of notes, from 1
}

// rows are the finished lines, and number the footnotes on their way.
func (p *paper) rows() []string {
	var out []string
	for i, row := range p.table.Rows {
		var cells []string
		for _, j := range p.shown {
			text := p.figure(&row[j], p.best[[2]int{i, j}])
			cells = append(cells, text+p.marks(row[j].Notes()))
		}
		out = append(out, strings.Join(cells, " & ")+` \\`)
	}
	return out
}

// figure sets a cell. An interval that lies evenly around an estimate is a small plus-minus, as papers have it.
func (p *paper) figure(c *table.Cell, best bool) string {
	text := escape(c.String())
	if half, ok := c.Spread(); ok {
		value, _, _ := strings.Cut(text, " {[}")
		switch {
		case best:
			value = `\textbf{` + value + `}`
		case c.Mark() == table.Worst:
			value = `\underline{` + value + `}`
		}
		return value + ` {\scriptsize$\pm$` + escape(table.Digits(half)) + `}`
	}
	if best {
		return bold(text)
	}
	return text
}

// bold sets a figure in bold, and its interval not.
func bold(text string) string {
	figure, interval, has := strings.Cut(text, " {[}")
	if !has {
		return `\textbf{` + text + `}`
	}
	return `\textbf{` + figure + `} {[}` + interval
}

func (p *paper) marks(notes []string) string {
	var numbers []string
	for _, n := range notes {
		if p.number[n] == 0 {
			p.notes = append(p.notes, n)
			p.number[n] = len(p.notes)
		}
		numbers = append(numbers, fmt.Sprint(p.number[n]))
	}
	if len(numbers) == 0 {
		return ""
	}
	return `\textsuperscript{` + strings.Join(numbers, ",") + `}`
}

func (p *paper) float(b *strings.Builder, rows, provenance []string) {
	fmt.Fprintf(b, "\\begin{table}[htbp]\n  \\centering\n  \\caption{%s}\n  \\label{tab:%s}\n  \\par\\smallskip\n  %s\n  \\begin{tabular}{%s}\n    \\toprule\n",
		p.caption(), p.label(), fitting, p.spec())
	fmt.Fprintf(b, "    %s\n    \\midrule\n", p.header())
	for _, r := range rows {
		fmt.Fprintf(b, "    %s\n", r)
	}
	b.WriteString("    \\bottomrule\n  \\end{tabular}}\n")
	p.small(b, "  ", provenance)
	b.WriteString("\\end{table}\n")
}

func (p *paper) long(b *strings.Builder, rows []string) {
	b.WriteString("{\\footnotesize\\setlength{\\tabcolsep}{3pt}\n") // it cannot be scaled: a very wide one wants a page in landscape
	fmt.Fprintf(b, "\\begin{longtable}{%s}\n  \\caption{%s}\\label{tab:%s}\\\\\n", p.spec(), p.caption(), p.label())
	head := fmt.Sprintf("  \\toprule\n  %s\n  \\midrule\n", p.header())
	fmt.Fprintf(b, "%s  \\endfirsthead\n%s  \\endhead\n  \\bottomrule\n  \\endfoot\n", head, head)
	for _, r := range rows {
		fmt.Fprintf(b, "  %s\n", r)
	}
	b.WriteString("\\end{longtable}}\n")
}

// small is the small print: footnotes, what bold means, provenance.
func (p *paper) small(b *strings.Builder, indent string, provenance []string) {
	var lines []string
	for i, n := range p.notes {
		lines = append(lines, fmt.Sprintf(`\textsuperscript{%d} %s`, i+1, escape(n)))
	}
	if len(p.best) > 0 {
		lines = append(lines, "Bold: the best figure of those that can be compared; it does not say that the difference is more than chance.")
	}
	for _, line := range provenance {
		lines = append(lines, escape(line))
	}
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(b, "%s\\par\\smallskip\\noindent\n%s\\begin{minipage}{\\linewidth}\n%s  \\footnotesize\\raggedright\n", indent, indent, indent)
	for _, l := range lines {
		fmt.Fprintf(b, "%s  %s\\par\n", indent, l)
	}
	fmt.Fprintf(b, "%s\\end{minipage}\n", indent)
}

// spec aligns columns: text left, or in paragraphs where it is long, figures right.
func (p *paper) spec() string {
	wide := 0
	for _, j := range p.shown {
		if p.wide(j) {
			wide++
		}
	}
	var b strings.Builder
	for _, j := range p.shown {
		switch {
		case p.wide(j):
			fmt.Fprintf(&b, `p{%.2f\linewidth}`, .5/float64(max(wide, 2)))
		case p.table.Columns[j].Kind == table.KindText:
			b.WriteByte('l')
		default:
			b.WriteByte('r')
		}
	}
	return b.String()
}

func (p *paper) wide(j int) bool {
	return p.table.Columns[j].Kind == table.KindText && slices.ContainsFunc(p.table.Rows, func(row []table.Cell) bool {
		return utf8.RuneCountInString(row[j].String()) > wideText
	})
}

func (p *paper) header() string {
	var cells []string
	for _, j := range p.shown {
		cells = append(cells, escape(p.table.Columns[j].Title))
	}
	return strings.Join(cells, " & ") + ` \\`
}

func (p *paper) label() string {
	return "evilbench-" + strings.Map(func(r rune) rune {
		if r == '-' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, p.table.Name)
}

// caption is title, note, and what rates are rates of.
func (p *paper) caption() string {
	parts := []string{strings.TrimSuffix(p.table.Title, ".") + "."}
	if note := strings.TrimSpace(p.table.Note); note != "" {
		parts = append(parts, note)
	}
	for _, j := range p.shown {
		c := p.table.Columns[j]
		low, high := p.sizes(j)
		switch {
		case c.Unit == "":
		case high == 0:
			parts = append(parts, fmt.Sprintf("%s: %s.", c.Title, c.Unit))
		case low == high:
			parts = append(parts, fmt.Sprintf("%s: n = %d %s.", c.Title, low, c.Unit))
		default:
			parts = append(parts, fmt.Sprintf("%s: n = %d to %d %s.", c.Title, low, high, c.Unit))
		}
	}
	return escape(strings.Join(parts, " "))
}

// sizes are the least and the largest n of a column's rates; 0 = it has none.
func (p *paper) sizes(j int) (low, high int64) {
	for _, row := range p.table.Rows {
		n := row[j].Of()
		if n == 0 {
			continue
		}
		if low == 0 {
			low = n
		}
		low, high = min(low, n), max(high, n)
	}
	return low, high
}
