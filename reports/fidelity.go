package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/evilbench/evilbench/harness/fidelity"
	"github.com/evilbench/evilbench/reports/table"
)

// Fidelity shows how good generated flows are: a row for each generator, the best average rank first, the reference on top.
func Fidelity(r *fidelity.Report) *table.Table {
	rows := fmt.Sprintf("%d rows drawn from each table, %d repetitions", r.Rows, r.Repeat)
	if r.Rows == 0 {
		rows = "tables as they are"
	}
	t := &table.Table{
		Name: "fidelity-" + string(r.Mode), Title: fmt.Sprintf("How good generated flows are (%s mode)", r.Mode),
		Note:    fmt.Sprintf("%s. %s Means with 95%% intervals over repetitions; + or bold marks the best, − or a line below the worst generator.", rows, directions(r.Metrics)),
		Columns: []table.Column{{Name: "generator", Title: "Generator"}, {Name: "average_rank", Title: "Rank", Kind: table.KindEstimate, Better: table.Lower}},
	}
	better := map[fidelity.Direction]table.Direction{fidelity.Most: table.Higher, fidelity.Least: table.Lower}
	for _, m := range r.Metrics {
		t.Columns = append(t.Columns, table.Column{Name: strings.ToLower(m.Name), Title: m.Name, Kind: table.KindEstimate, Better: better[m.Best]})
	}
	// The reference is no rival, and neither is a copy of the training table.
	t.Columns = append(t.Columns, table.Column{Name: "kind", Title: "Kind", Data: true, Within: true})
	best, worst := extremes(r)
	add := func(l *fidelity.Line, generator int) {
		name := table.Text(l.Name)
		if l.Copies {
			name = name.With("most of its rows are copies of its training table, so that it ranks behind all that do not copy")
		}
		row := []table.Cell{name, estimate(l.Average)}
		for k := range l.Figures {
			c := estimate(l.Figures[k].Mean)
			switch {
			case generator < 0:
			case best[k] == generator:
				c = c.Marked(table.Best)
			case worst[k] == generator:
				c = c.Marked(table.Worst)
			}
			if n := l.Figures[k].Undefined; n > 0 && l.Figures[k].Mean.Missing == "" {
				c = c.With(fmt.Sprintf("without %d repetitions: %s", n, l.Figures[k].Reason))
			}
			row = append(row, c)
		}
		kind := "generated"
		switch {
		case generator < 0:
			kind = "reference"
		case l.Copies:
			kind = "copy"
		}
		t.Add(append(row, table.Text(kind))...)
	}
	if r.Reference != nil {
		add(r.Reference, -1)
	}
	for _, i := range byRank(r.Generators) {
		add(&r.Generators[i], i)
	}
	if pairs := level(r.Generators); len(pairs) > 0 {
		t.Note += " Ranks whose intervals overlap, so that neither is ahead: " + strings.Join(pairs, "; ") + "."
	}
	for _, n := range r.Notes {
		t.Note += " " + n + "."
	}
	return t
}

// level names neighbours by rank whose intervals overlap.
func level(lines []fidelity.Line) []string {
	var out []string
	order := byRank(lines)
	for i := 1; i < len(order); i++ {
		a, b := &lines[order[i-1]], &lines[order[i]]
		x, y := a.Average, b.Average
		if x.Missing != "" || y.Missing != "" || a.Copies != b.Copies {
			continue
		}
		high, low := x.Value, y.Value
		if x.Bounded {
			high = x.High
		}
		if y.Bounded {
			low = y.Low
		}
		if high >= low {
			out = append(out, a.Name+" and "+b.Name)
		}
	}
	return out
}

// directions says which values are good.
func directions(metrics []fidelity.Metric) string {
	by := map[fidelity.Direction][]string{}
	for _, m := range metrics {
		by[m.Best] = append(by[m.Best], m.Name)
	}
	var parts []string
	for _, d := range []struct {
		of  fidelity.Direction
		say string
	}{{fidelity.Most, "more is better of"}, {fidelity.Least, "less of"}, {fidelity.Reference, "as the reference of"}} {
		if names := by[d.of]; len(names) > 0 {
			parts = append(parts, d.say+" "+strings.Join(names, ", "))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	text := strings.Join(parts, "; ") + "."
	return strings.ToUpper(text[:1]) + text[1:]
}

// extremes are the generators that a metric ranks first and last; -1 where several do.
func extremes(r *fidelity.Report) (best, worst []int) {
	for k := range r.Metrics {
		first, last := -1, -1
		low, high := 0, 0
		for i := range r.Generators {
			g := &r.Generators[i]
			if k >= len(g.Ranks) || g.Ranks[k] == 0 || g.Figures[k].Mean.Missing != "" {
				continue
			}
			rank := g.Ranks[k]
			switch {
			case low == 0 || rank < low:
				first, low = i, rank
			case rank == low:
				first = -1
			}
			switch {
			case rank > high:
				last, high = i, rank
			case rank == high:
				last = -1
			}
		}
		if low == high {
			first, last = -1, -1
		}
		best, worst = append(best, first), append(worst, last)
	}
	return best, worst
}

// byRank orders generators by their average rank; those without one come last, in the order given.
func byRank(lines []fidelity.Line) []int {
	order := make([]int, len(lines))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := lines[a].Average, lines[b].Average
		if (x.Missing == "") != (y.Missing == "") {
			return cmp.Compare(len(x.Missing), len(y.Missing))
		}
		return cmp.Compare(x.Value, y.Value)
	})
	return order
}

// Aspects shows what the published metrics do not: order in time, what a classifier tells, copying, variety, hosts. A row for each
// figure, a column for each table. Figures of single columns are a table of their own, which terminals have no space for.
func Aspects(lines []fidelity.AspectLine) []*table.Table {
	whole := aspectTable("aspects", "What the metrics do not see", lines, func(name string) bool { return !ofColumn(name) })
	columns := aspectTable("aspects-by-column", "What the metrics do not see, column by column", lines, ofColumn)
	columns.Depth = table.Detail
	return []*table.Table{whole, columns}
}

// ofColumn tells figures of one column from those of a table.
func ofColumn(name string) bool {
	return strings.HasPrefix(name, "ACF gap ") || strings.HasPrefix(name, "C2ST AUC of ")
}

func aspectTable(name, title string, lines []fidelity.AspectLine, show func(name string) bool) *table.Table {
	t := &table.Table{
		Name: name, Title: title, Note: "Best says which value is the one of real traffic. 95% intervals.",
		Columns: []table.Column{{Name: "group", Title: "Group", Data: true}, {Name: "aspect", Title: "Figure"}, {Name: "best", Title: "Best"}},
	}
	for _, l := range lines {
		t.Columns = append(t.Columns, table.Column{Name: l.Name, Title: l.Name, Kind: table.KindEstimate})
	}
	if len(lines) == 0 {
		return t
	}
	most := slices.MaxFunc(lines, func(a, b fidelity.AspectLine) int { return cmp.Compare(len(a.Aspects), len(b.Aspects)) })
	for _, a := range most.Aspects {
		if !show(a.Name) {
			continue
		}
		row := []table.Cell{table.Text(a.Group), table.Text(a.Name), table.Text(a.Best)}
		for _, l := range lines {
			i := slices.IndexFunc(l.Aspects, func(o fidelity.Aspect) bool { return o.Group == a.Group && o.Name == a.Name })
			if i < 0 {
				row = append(row, table.Missing("not computed: no capture was given"))
				continue
			}
			row = append(row, estimate(l.Aspects[i].Figure))
		}
		t.Add(row...)
	}
	return t
}
