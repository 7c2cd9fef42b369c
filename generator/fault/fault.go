// Package fault says what is wrong in an input file, where, and what to do about it.
package fault

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Fault is one thing wrong with an input.
type Fault struct {
	Path    string // place in the document, e.g. network.hosts[2].address or /patterns/0/rate; "" = the document
	Line    int    // 1-based, 0 = unknown
	Column  int    // 1-based, in characters, 0 = unknown
	Message string // what is wrong
	Remedy  string // what to do, "" = the message says it
	Excerpt string // the line and a caret under the place, "" = no place
}

// Error is everything wrong with one input. It is never empty.
type Error struct {
	File   string
	Faults []Fault
}

// maxShown bounds the message; Faults holds the rest too.
const maxShown = 50

// New makes an error of the faults, sorted by place, with excerpts cut out of data. It returns nil when there are none.
func New(file string, data []byte, faults []Fault) error {
	if len(faults) == 0 {
		return nil
	}
	faults = slices.Clone(faults)
	slices.SortStableFunc(faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	for i := range faults {
		faults[i].Excerpt = excerpt(data, faults[i].Line, faults[i].Column)
	}
	return &Error{File: file, Faults: faults}
}

// Error lists the faults, each with its excerpt and remedy.
func (e *Error) Error() string {
	var b strings.Builder
	if len(e.Faults) > 1 {
		fmt.Fprintf(&b, "%s: %d faults\n", e.File, len(e.Faults))
	}
	for i, f := range e.Faults {
		if i == maxShown {
			fmt.Fprintf(&b, "\nand %d more", len(e.Faults)-i)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(e.File)
		if f.Line > 0 {
			fmt.Fprintf(&b, ":%d:%d", f.Line, f.Column)
		}
		b.WriteString(": ")
		if f.Path != "" {
			b.WriteString(f.Path + ": ")
		}
		b.WriteString(f.Message)
		if f.Excerpt != "" {
			b.WriteString("\n" + f.Excerpt)
		}
		if f.Remedy != "" {
			b.WriteString("\n    remedy: " + f.Remedy)
		}
	}
	return b.String()
}

// Excerpts show at most maxExcerpt characters of a line, contextBefore of them before the place; longer lines than maxLine bytes are
// cut before anything is looked for.
const (
	maxExcerpt    = 100
	contextBefore = 60
	maxLine       = 1 << 20
)

// excerpt is the line with a caret under the column.
func excerpt(data []byte, line, column int) string {
	if line < 1 || column < 1 {
		return ""
	}
	text := string(data)
	for range line - 1 {
		_, rest, found := strings.Cut(text, "\n")
		if !found {
			return ""
		}
		text = rest
	}
	text, _, _ = strings.Cut(text, "\n")
	text = text[:min(len(text), maxLine)]
	runes := []rune(strings.TrimSuffix(text, "\r"))
	at := min(column-1, len(runes))
	from := 0
	if at > contextBefore && len(runes) > maxExcerpt {
		from = at - contextBefore
	}
	shown := string(printable(runes[from:min(len(runes), from+maxExcerpt)]))
	return fmt.Sprintf("%6d | %s\n       | %s^", line, shown, strings.Repeat(" ", at-from))
}

// printable keeps the terminal safe: a space for everything that is no visible character.
func printable(rs []rune) []rune {
	for i, r := range rs {
		if !unicode.IsPrint(r) {
			rs[i] = ' '
		}
	}
	return rs
}
