package table

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"strings"
)

// CSV writes the table with full precision (RFC 4180). A figure with an interval takes columns of its own for its parts: name,
// name_k, name_n, name_low, name_high. A missing figure is n/a in all of them. A text that a spreadsheet would take for a formula
// gets an apostrophe in front.
func (t *Table) CSV(w io.Writer) error {
	if err := t.Check(); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	var header []string
	for _, c := range t.Columns {
		for _, part := range parts(c.Kind) {
			header = append(header, c.Name+part)
		}
	}
	if err := out.Write(header); err != nil {
		return err
	}
	for _, row := range t.Rows {
		var cells []string
		for i := range row {
			cells = append(cells, row[i].csv(t.Columns[i].Kind)...)
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// parts are the endings of a column's names in CSV.
func parts(k Kind) []string {
	switch k {
	case KindCases, KindRate:
		return []string{"", "_k", "_n", "_low", "_high"}
	case KindShare, KindEstimate:
		return []string{"", "_low", "_high"}
	default:
		return []string{""}
	}
}

func (c *Cell) csv(column Kind) []string {
	if c.missing != "" {
		out := make([]string, len(parts(column)))
		for i := range out {
			out[i] = "n/a"
		}
		return out
	}
	float := func(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
	count := func(n int64) string { return strconv.FormatInt(n, 10) }
	switch c.kind {
	case KindCount:
		return []string{count(c.n)}
	case KindCases, KindRate:
		return []string{float(c.value), count(c.k), count(c.n), float(c.low), float(c.high)}
	case KindShare, KindEstimate:
		if !c.bounded {
			return []string{float(c.value), "n/a", "n/a"}
		}
		return []string{float(c.value), float(c.low), float(c.high)}
	case KindNumber, KindDuration:
		return []string{float(c.value)}
	default:
		text := plain(c.text)
		if text != "" && strings.ContainsRune("=+-@", rune(text[0])) {
			text = "'" + text
		}
		return []string{text}
	}
}

// document is the table in JSON.
type document struct {
	Name    string           `json:"name"`
	Title   string           `json:"title"`
	Note    string           `json:"note,omitempty"`
	Columns []heading        `json:"columns"`
	Rows    []map[string]any `json:"rows"` // by column name
	Notes   []string         `json:"footnotes,omitempty"`
}

type heading struct {
	Name  string `json:"name"`
	Title string `json:"title"`
}

// value is a figure in JSON: only the parts it has.
type value struct {
	K       *int64   `json:"k,omitempty"`
	N       *int64   `json:"n,omitempty"`
	Value   *float64 `json:"value,omitempty"`
	Low     *float64 `json:"low,omitempty"`
	High    *float64 `json:"high,omitempty"`
	Missing string   `json:"missing,omitempty"`
}

// JSON writes the table with full precision: texts and counts as they are, figures as {value, …}, missing ones as {missing}.
func (t *Table) JSON(w io.Writer) error {
	if err := t.Check(); err != nil {
		return err
	}
	d := document{Name: t.Name, Title: t.Title, Note: t.Note, Columns: []heading{}, Rows: []map[string]any{}}
	for _, c := range t.Columns {
		d.Columns = append(d.Columns, heading{c.Name, c.Title})
	}
	for _, row := range t.Rows {
		r := map[string]any{}
		for i := range row {
			r[t.Columns[i].Name] = row[i].json()
		}
		d.Rows = append(d.Rows, r)
	}
	d.Notes, _ = t.footnotes(func(Column) bool { return true })
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(d)
}

func (c *Cell) json() any {
	if c.missing != "" {
		return value{Missing: c.missing}
	}
	switch c.kind {
	case KindText:
		return c.text
	case KindCount:
		return c.n
	}
	v := value{Value: &c.value}
	if c.bounded {
		v.Low, v.High = &c.low, &c.high
	}
	if c.kind == KindCases || c.kind == KindRate {
		v.K, v.N = &c.k, &c.n
	}
	return v
}
