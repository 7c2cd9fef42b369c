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
	titles    map[string]int
}

// patterns writes the entries, the most used first, and behind them the rows that no pattern explains.
func (w *writer) patterns(d *chronicle.Description) error {
	entries := slices.Clone(d.Entries)
	slices.SortStableFunc(entries, func(a, b *chronicle.Entry) int { return cmp.Compare(b.Count(), a.Count()) })
	entries = slices.DeleteFunc(entries, func(e *chronicle.Entry) bool { return e.Count() == 0 })
	names := make([]string, len(entries))
	if len(d.Rows) > 0 {
		single := chronicle.Pattern{Rows: []chronicle.Row{{Cells: make([]chronicle.Cell, len(w.coding.columns))}}}
		entries = append(entries, &chronicle.Entry{Pattern: single, Structure: d.Base, Windows: d.Rows})
		names = append(names, "other")
	}
	starts := make([][]float64, len(entries))
	for i, e := range entries {
		starts[i] = w.starts(e)
	}
	crowding := crowdingOf(starts)
	w.model.Cascade = crowding.cascade()
	for i, e := range entries {
		crowded := crowding.variance()
		if crowding.steady[i] {
			crowded = 0
		}
		if err := w.pattern(e, names[i], starts[i], crowded); err != nil {
			return err
		}
		w.model.Patterns[i].Steady = w.model.Cascade != nil && crowding.steady[i]
	}
	return nil
}

// starts are when an entry's windows begin, ascending.
func (w *writer) starts(e *chronicle.Entry) []float64 {
	var out []float64
	for i := 0; i < len(e.Windows); i += len(e.Pattern.Rows) {
		out = append(out, w.coding.when[e.Windows[i]])
	}
	slices.Sort(out)
	return out
}

// title is what a pattern's flows speak, as far as it is the same in all of them.
func title(p *model.Pattern) string {
	var words []string
	for i := range p.Rows {
		if word := p.Speaks(i); len(words) == 0 || words[len(words)-1] != word {
			words = append(words, word)
		}
	}
	return strings.Join(words, "-then-")
}

// pattern writes one entry under a name, or under one that says what its flows speak. Starts are when it begins, crowded the relative variance of
// a minute's that it shares with other patterns.
func (w *writer) pattern(e *chronicle.Entry, name string, starts []float64, crowded float64) error {
	t := w.coding.table
	p := model.Pattern{Per: "site", Description: fmt.Sprintf("flows that no pattern explains (%d times)", e.Count())}
	if name == "" {
		p.Description = e.Pattern.Text(t, w.word) + fmt.Sprintf(" (%d times)", e.Count())
	}
	begin, end := w.coding.start, w.coding.end
	p.Rate = float64(len(starts)) / (end - begin) * day
	profile := model.Profile{Hours: profileOf(starts, begin, end, w.whole), Weekdays: weekdaysOf(starts, begin, end), Trend: trendOf(starts, begin, end)}
	p.Burst = burstOf(starts, begin, end, profile.Hours, crowded)
	if w.published {
		for _, s := range starts {
			p.Starts = append(p.Starts, s-math.Floor(begin))
		}
	}
	variables, err := w.variables(&p, e)
	if err != nil {
		return fmt.Errorf("%s: %w", p.Description, err)
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
	if p.Name = name; name == "" {
		spoken := title(&p)
		w.titles[spoken]++
		p.Name = fmt.Sprintf("%s-%d", spoken, w.titles[spoken])
	}
	p.Profile = p.Name
	w.model.Profiles[p.Profile] = profile
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
		gaps = append(gaps, max(0, w.coding.when[e.Windows[k+i]]-w.coding.when[e.Windows[k+i-1]]))
	}
	slices.Sort(gaps)
	d := &model.Delay{Law: "quantiles"}
	for k := range delayKnots {
		d.Knots = append(d.Knots, round(gaps[k*(len(gaps)-1)/(delayKnots-1)]))
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
