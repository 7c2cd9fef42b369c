package table

import (
	"fmt"
	"io"
	"strings"

	"github.com/olekukonko/tablewriter/renderer"
)

// markdown escapes what Markdown or HTML would take for more than text.
var markdown = strings.NewReplacer(
	`\`, `\\`, "|", `\|`, "<", "&lt;", ">", "&gt;", "&", "&amp;", "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`,
	"~", `\~`, "#", `\#`, "!", `\!`, "$", `\$`, "@", "&#64;", "://", "&#58;//",
)

// Markdown writes the table as a section of GitHub's Markdown. Nothing in a cell can become markup, a link or a mention.
func (t *Table) Markdown(w io.Writer) error {
	if err := t.Check(); err != nil {
		return err
	}
	columns, header, rows, notes := t.cells()
	for i := range header {
		header[i] = markdown.Replace(header[i])
	}
	for _, row := range rows {
		for i := range row {
			row[i] = markdown.Replace(row[i])
		}
	}
	if _, err := fmt.Fprintf(w, "## %s\n\n", markdown.Replace(plain(t.Title))); err != nil {
		return err
	}
	if t.Note != "" {
		if _, err := fmt.Fprintf(w, "%s\n\n", markdown.Replace(plain(t.Note))); err != nil {
			return err
		}
	}
	if err := t.draw(w, renderer.NewMarkdown(), columns, header, rows); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(w); err != nil {
		return err
	}
	for i, n := range notes {
		if _, err := fmt.Fprintf(w, "%s %s  \n", superscript(i+1), markdown.Replace(plain(n))); err != nil {
			return err
		}
	}
	if len(notes) == 0 {
		return nil
	}
	_, err := fmt.Fprintln(w)
	return err
}
