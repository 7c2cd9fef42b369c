package learn

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/evilbench/evilbench/generator/bayes"
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
	p.Burst = burstOf(starts, begin, end, profile.Hours)
	w.model.Profiles[name] = profile
	if w.published {
		for _, s := range starts {
			p.Starts = append(p.Starts, s-math.Floor(begin))
		}
	}
	variables := w.variables(&p, e)
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

// spot is a cell of a pattern.
type spot struct{ row, column int }

// variables writes a variable for each cell that is drawn, and one of a single value for each number that is always in the same bin. It
// returns their names.
func (w *writer) variables(p *model.Pattern, e *chronicle.Entry) map[spot]string {
	names := map[spot]string{}
	var open []spot
	for i, r := range e.Pattern.Rows {
		for c, cell := range r.Cells {
			if cell.Kind == chronicle.Use || cell.Kind == chronicle.Fix && w.coding.columns[c].bins == nil {
				continue
			}
			at := spot{i, c}
			names[at] = w.variableName(e, at)
			if cell.Kind != chronicle.Fix {
				open = append(open, at)
				continue
			}
			v := model.Variable{Name: names[at], Table: [][]float64{{1}}}
			w.values(&v, e, at, []int32{cell.Value})
			p.Variables = append(p.Variables, v)
		}
	}
	length := len(e.Pattern.Rows)
	n := e.Count()
	codes := make([][]int32, len(open)) // by variable and window: positions in the variable's values
	list := make([]model.Variable, len(open))
	for k, at := range open {
		column := &w.coding.table.Columns[at.column]
		now := make([]int32, column.Card)
		var used []int32
		for i := range n {
			now[column.Codes[e.Windows[i*length+at.row]]] = 1
		}
		for code, there := range now {
			if there != 0 {
				now[code] = int32(len(used))
				used = append(used, int32(code))
			}
		}
		codes[k] = make([]int32, n)
		for i := range n {
			codes[k][i] = now[column.Codes[e.Windows[i*length+at.row]]]
		}
		list[k].Name = names[at]
		w.values(&list[k], e, at, used)
	}
	for k := range open {
		for _, parent := range e.Structure[k] {
			list[k].Parents = append(list[k].Parents, list[parent].Name)
		}
		list[k].Seen = sightings(codes, e.Structure, k, n)
		list[k].Mass = massOf(&list[k])
	}
	p.Variables = append(p.Variables, list...)
	return names
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

// sightings counts a variable's values by those of its parents, in the order of the parents' values.
func sightings(codes [][]int32, s bayes.Structure, k, n int) []model.Seen {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	parents := s[k]
	slices.SortStableFunc(order, func(a, b int) int {
		for _, p := range parents {
			if d := cmp.Compare(codes[p][a], codes[p][b]); d != 0 {
				return d
			}
		}
		return cmp.Compare(codes[k][a], codes[k][b])
	})
	var out []model.Seen
	for _, i := range order {
		var when []int
		for _, p := range parents {
			when = append(when, int(codes[p][i]))
		}
		if len(out) == 0 || !slices.Equal(out[len(out)-1].When, when) {
			out = append(out, model.Seen{When: when})
		}
		last := &out[len(out)-1]
		if m := len(last.Count); m > 0 && last.Count[m-1][0] == int(codes[k][i]) {
			last.Count[m-1][1]++
			continue
		}
		last.Count = append(last.Count, [2]int{int(codes[k][i]), 1})
	}
	return out
}

// values writes what the codes stand for in the entry's windows.
func (w *writer) values(v *model.Variable, e *chronicle.Entry, at spot, codes []int32) {
	column := &w.coding.columns[at.column]
	if column.bins == nil {
		for _, code := range codes {
			v.Values = append(v.Values, w.value(at.column, code))
		}
		return
	}
	here := map[int32][]float64{}
	for i := at.row; i < len(e.Windows); i += len(e.Pattern.Rows) {
		row := e.Windows[i]
		code := w.coding.table.Columns[at.column].Codes[row]
		here[code] = append(here[code], column.numbers[row])
	}
	for _, code := range codes {
		v.Bins = append(v.Bins, column.bin(code, here[code]))
	}
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
