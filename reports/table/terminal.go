package table

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// Width is how many columns of a terminal a box may take.
const Width = 100

// narrowest is how far a column of text is cut to make its table fit.
const narrowest = 12

// Terminal writes the table as a box of Unicode lines. Texts are cut where the box would be wider than Width.
func (t *Table) Terminal(w io.Writer) error {
	if err := t.Check(); err != nil {
		return err
	}
	columns, header, rows, notes := t.cells()
	fit(columns, header, rows)
	if _, err := fmt.Fprintf(w, "%s\n", plain(t.Title)); err != nil {
		return err
	}
	if t.Note != "" {
		if err := wrap(w, "", plain(t.Note)); err != nil {
			return err
		}
	}
	if err := t.draw(w, renderer.NewBlueprint(), columns, header, rows); err != nil {
		return err
	}
	for i, n := range notes {
		if err := wrap(w, superscript(i+1)+" ", plain(n)); err != nil {
			return err
		}
	}
	return nil
}

// cells prints the columns that people see: header, rows, and the footnotes their marks refer to.
func (t *Table) cells() (columns []Column, header []string, rows [][]string, notes []string) {
	// The width of ± and of the lines themselves would follow the user's locale.
	twwidth.SetEastAsian(false)
	notes, number := t.footnotes(func(c Column) bool { return !c.Data })
	for _, c := range t.Columns {
		if !c.Data {
			columns, header = append(columns, c), append(header, c.Title)
		}
	}
	for _, row := range t.Rows {
		var cells []string
		for i := range row {
			if !t.Columns[i].Data {
				cells = append(cells, row[i].show()+row[i].mark+marks(&row[i], number))
			}
		}
		rows = append(rows, cells)
	}
	return columns, header, rows, notes
}

// draw hands finished cells to the library. It must neither rewrite nor wrap them.
func (t *Table) draw(w io.Writer, r tw.Renderer, columns []Column, header []string, rows [][]string) error {
	align := make([]tw.Align, len(columns))
	for i, c := range columns {
		if align[i] = tw.AlignRight; c.Kind == KindText {
			align[i] = tw.AlignLeft
		}
	}
	out := tablewriter.NewTable(w,
		tablewriter.WithRenderer(r),
		tablewriter.WithHeaderAutoFormat(tw.Off), tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoFormat(tw.Off), tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithHeaderAlignmentConfig(tw.CellAlignment{PerColumn: align}),
		tablewriter.WithRowAlignmentConfig(tw.CellAlignment{PerColumn: align}),
	)
	out.Header(header)
	if err := out.Bulk(rows); err != nil {
		return fmt.Errorf("table %s: %w", t.Name, err)
	}
	if err := out.Render(); err != nil {
		return fmt.Errorf("table %s: %w", t.Name, err)
	}
	return nil
}

// fit cuts the widest columns of text until the box is not wider than Width. Figures are never cut.
func fit(columns []Column, header []string, rows [][]string) {
	widths := make([]int, len(columns))
	total := 1
	for i := range columns {
		widths[i] = twwidth.Width(header[i])
		for _, row := range rows {
			widths[i] = max(widths[i], twwidth.Width(row[i]))
		}
		total += widths[i] + 3 // a space on either side and a line
	}
	for ; total > Width; total-- {
		widest := -1
		for i, c := range columns {
			if c.Kind == KindText && widths[i] > narrowest && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		widths[widest]--
	}
	for i, c := range columns {
		if c.Kind != KindText {
			continue
		}
		for _, row := range rows {
			row[i] = cut(row[i], widths[i])
		}
	}
}

// cut shortens a text in its middle, since names often share their beginnings, and keeps the footnote marks at its end.
func cut(s string, width int) string {
	if twwidth.Width(s) <= width {
		return s
	}
	text := strings.TrimRight(s, "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
	marks := s[len(text):]
	room := width - twwidth.Width(marks) - 1
	back := room / 3
	return front(text, room-back) + "…" + reverse(front(reverse(text), back)) + marks
}

// front is as much of the beginning of a text as fits.
func front(text string, width int) string {
	for i, r := range text {
		if width -= twwidth.Width(string(r)); width < 0 {
			return text[:i]
		}
	}
	return text
}

func reverse(s string) string {
	rs := []rune(s)
	slices.Reverse(rs)
	return string(rs)
}

// wrap writes a paragraph in lines of Width, the first one begun with a mark and the others indented by it.
func wrap(w io.Writer, mark, text string) error {
	indent := strings.Repeat(" ", twwidth.Width(mark))
	line := mark
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
			line += word
		case twwidth.Width(line)+1+twwidth.Width(word) > Width:
			if _, err := fmt.Fprintln(w, line); err != nil {
				return err
			}
			line = indent + word
		default:
			line += " " + word
		}
	}
	_, err := fmt.Fprintln(w, line)
	return err
}
