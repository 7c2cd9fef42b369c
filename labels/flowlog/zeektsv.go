package flowlog

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// zeekTSV reads a conn.log in Zeek's own notation, which its header describes (Zeek manual, "Zeek log formats").
type zeekTSV struct {
	lines     *lines
	separator string
	unset     string
	empty     string
	slots     []int // the column of each cell, -1 = not read
	spaced    bool  // the last cell holds several, parted by spaces
	number    int64
}

func (z *zeekTSV) records(yield func(Record, error) bool) {
	z.separator, z.unset, z.empty = "\t", "-", "(empty)"
	for {
		line, more := z.lines.next()
		if !more {
			break
		}
		text := string(line)
		if text == "" {
			continue
		}
		if strings.HasPrefix(text, "#") {
			if err := z.header(text); err != nil {
				yield(Record{}, z.lines.fault(err))
				return
			}
			continue
		}
		r, err := z.record(text)
		if err != nil {
			yield(Record{}, z.lines.fault(err))
			return
		}
		if !yield(r, nil) {
			return
		}
	}
	err := z.lines.err()
	if err == nil && z.slots == nil {
		err = fmt.Errorf("%s: no #fields line; give a conn.log with its header", z.lines.name)
	}
	if err != nil {
		yield(Record{}, err)
	}
}

// header reads a line that begins with #. A log made of several has several headers.
func (z *zeekTSV) header(text string) error {
	if value, ok := strings.CutPrefix(text, "#separator "); ok {
		z.separator = unescape(value)
		if z.separator == "" {
			return errors.New("an empty #separator")
		}
		return nil
	}
	cells := strings.Split(text, z.separator)
	switch cells[0] {
	case "#unset_field":
		z.unset = strings.Join(cells[1:], z.separator)
	case "#empty_field":
		z.empty = strings.Join(cells[1:], z.separator)
	case "#path":
		if path := strings.Join(cells[1:], z.separator); path != "conn" {
			return fmt.Errorf("a log of %s; give the conn.log beside it", path)
		}
	case "#fields":
		return z.fields(cells[1:])
	}
	return nil
}

func (z *zeekTSV) fields(names []string) error {
	// The IoT-23 logs part tunnel_parents, label and detailed-label by three spaces.
	z.spaced = len(names) > 0 && strings.Contains(names[len(names)-1], "  ")
	names = z.part(names)
	z.slots = make([]int, len(names))
	seen := map[string]bool{}
	for i, name := range names {
		column, known := columnOf[name]
		if !known {
			column = -1
		}
		z.slots[i] = column
		seen[name] = true
	}
	for _, name := range required {
		if !seen[name] {
			return fmt.Errorf("no column %s; give a conn.log", name)
		}
	}
	return nil
}

// part splits the last cell where that one holds several.
func (z *zeekTSV) part(cells []string) []string {
	if !z.spaced || len(cells) == 0 {
		return cells
	}
	last := len(cells) - 1
	return append(cells[:last:last], strings.Fields(cells[last])...)
}

func (z *zeekTSV) record(text string) (Record, error) {
	if z.slots == nil {
		return Record{}, errors.New("a record before the #fields line; give a conn.log with its header")
	}
	cells := z.part(strings.Split(text, z.separator))
	if len(cells) != len(z.slots) {
		return Record{}, fmt.Errorf("%d columns where #fields lists %d; the line is torn, or its separator is not %q",
			len(cells), len(z.slots), z.separator)
	}
	var c conn
	for i, cell := range cells {
		if z.slots[i] < 0 || cell == z.unset || cell == z.empty {
			continue
		}
		c[z.slots[i]] = unescape(cell)
	}
	r, err := c.record()
	if err != nil {
		return r, err
	}
	z.number++
	r.Flow.Flow, r.Line = z.number, z.lines.n
	return r, nil
}

// unescape replaces \xHH by the byte it stands for.
func unescape(text string) string {
	if !strings.Contains(text, `\x`) {
		return text
	}
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if strings.HasPrefix(text[i:], `\x`) && i+4 <= len(text) {
			if b, err := hex.DecodeString(text[i+2 : i+4]); err == nil {
				out.WriteByte(b[0])
				i += 3
				continue
			}
		}
		out.WriteByte(text[i])
	}
	return out.String()
}
