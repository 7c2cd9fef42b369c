package learn

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/evilbench/evilbench/generator/chronicle"
	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// delayKnots are the equal steps of probability at which delays are written down.
const delayKnots = 21

// writer turns a description into a model's patterns.
type writer struct {
	coding *coding
	cast   *cast
	model  *model.Model

	published bool
	whole     []float64 // profile of all flows
}

// patterns writes the entries, the most used first, and behind them the rows that no pattern explains.
func (w *writer) patterns(d *chronicle.Description) error {
	entries := slices.Clone(d.Entries)
	slices.SortStableFunc(entries, func(a, b *chronicle.Entry) int { return cmp.Compare(b.Count(), a.Count()) })
	names := map[string]int{}
	for _, e := range entries {
		if e.Count() == 0 {
			continue
		}
		name := w.title(e.Pattern)
		names[name]++
		if err := w.pattern(fmt.Sprintf("%s-%d", name, names[name]), e); err != nil {
			return err
		}
	}
	if len(d.Rows) == 0 {
		return nil
	}
	single := chronicle.Pattern{Rows: []chronicle.Row{{Cells: make([]chronicle.Cell, len(w.coding.columns))}}}
	return w.pattern("other", &chronicle.Entry{Pattern: single, Structure: d.Base, Windows: d.Rows})
}

// title is what a pattern's flows speak, as far as it is the same in all its windows.
func (w *writer) title(p chronicle.Pattern) string {
	proto, port := w.coding.column(flowlog.Proto), w.coding.column(flowlog.DstPort)
	var words []string
	for _, r := range p.Rows {
		word := "any"
		if r.Cells[port].Kind == chronicle.Fix {
			number, _ := kindOf(w.coding.columns[port].words[r.Cells[port].Value])
			word = "port-" + strconv.Itoa(number)
			for _, s := range model.Services {
				known := r.Cells[proto].Kind != chronicle.Fix || w.word(proto, r.Cells[proto].Value) == s.Proto
				if s.Port == number && s.Name != model.Opaque && s.Proto != "icmp" && known {
					word = s.Name
				}
			}
		} else if r.Cells[proto].Kind == chronicle.Fix {
			word = w.word(proto, r.Cells[proto].Value)
		}
		if len(words) == 0 || words[len(words)-1] != word {
			words = append(words, word)
		}
	}
	return strings.Join(words, "-then-")
}

// pattern writes one entry.
func (w *writer) pattern(name string, e *chronicle.Entry) error {
	t := w.coding.table
	length := len(e.Pattern.Rows)
	p := model.Pattern{Name: name, Per: "site", Profile: name}
	if name == "other" {
		p.Description = fmt.Sprintf("flows that no pattern explains (%d times)", e.Count())
	} else {
		p.Description = e.Pattern.Text(t, w.word) + fmt.Sprintf(" (%d times)", e.Count())
	}
	var starts []float64
	for i := 0; i < len(e.Windows); i += length {
		starts = append(starts, w.coding.start+float64(t.Time[e.Windows[i]])/100)
	}
	slices.Sort(starts)
	begin, end := w.coding.start, w.coding.end
	p.Rate = float64(len(starts)) / (end - begin) * day
	profile := model.Profile{Hours: profileOf(starts, begin, end, w.whole), Weekdays: weekdaysOf(starts, begin, end), Trend: trendOf(starts, begin, end)}

	w.model.Profiles[name] = profile
	if w.published {
		for _, s := range starts {
			p.Starts = append(p.Starts, s-math.Floor(begin))
		}
	}
	variables, err := w.variables(&p, e)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for i, r := range e.Pattern.Rows {
		row := model.Row{}
		if i > 0 {
			row.After = w.delay(e, i)
		}
		for c, cell := range r.Cells {
			w.cell(&row, c, cell, variables[spot{i, c}])
		}
		p.Rows = append(p.Rows, row)
	}
	lookups(&p)
	w.model.Patterns = append(w.model.Patterns, p)
	return nil
}

// variableName is the column's word and, where there are several rows, the row's number.
func (w *writer) variableName(e *chronicle.Entry, at spot) string {
	name := cellNames[w.coding.columns[at.column].name]
	if len(e.Pattern.Rows) > 1 {
		name += " " + strconv.Itoa(at.row+1)
	}
	return name
}

// cellNames are the model's words for the columns.
var cellNames = map[string]string{
	flowlog.Proto: "proto", flowlog.SrcIP: "src", flowlog.DstIP: "dst", flowlog.DstPort: "port", flowlog.InBytes: "in_bytes",
	flowlog.InPackets: "in_packets", flowlog.OutBytes: "out_bytes", flowlog.OutPackets: "out_packets", flowlog.Flags: "flags",
	flowlog.Elapsed: "duration",
}

// delay writes how long the i-th row comes after the one before.
func (w *writer) delay(e *chronicle.Entry, i int) *model.Delay {
	length := len(e.Pattern.Rows)
	var gaps []float64
	for k := 0; k < len(e.Windows); k += length {
		gaps = append(gaps, float64(w.coding.table.Time[e.Windows[k+i]]-w.coding.table.Time[e.Windows[k+i-1]])/100)
	}
	slices.Sort(gaps)
	d := &model.Delay{Law: "quantiles"}
	for k := range delayKnots {
		d.Knots = append(d.Knots, gaps[k*(len(gaps)-1)/(delayKnots-1)])
	}
	return d
}

// word writes a code for people.
func (w *writer) word(c int, code int32) string {
	column := &w.coding.columns[c]
	switch {
	case column.bins != nil && code == 0:
		return "0"
	case column.bins != nil:
		b := column.bins.Bins[code-1]
		return fmt.Sprintf("%.4g–%.4g", b.Low, b.High)
	case column.who != nil:
		return w.cast.sources[column.who[code]]
	case column.name == flowlog.DstPort:
		return strings.TrimSuffix(column.words[code], ".0")
	default:
		return strings.ToLower(column.words[code])
	}
}
