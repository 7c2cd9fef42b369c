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
		Note:    fmt.Sprintf("%s. %s Means with 95%% intervals over repetitions; + marks the best and − the worst generator.", rows, directions(r.Metrics)),
		Columns: []table.Column{{Name: "generator", Title: "Generator"}, {Name: "average_rank", Title: "Rank", Kind: table.KindEstimate}},
	}
	for _, m := range r.Metrics {
		t.Columns = append(t.Columns, table.Column{Name: strings.ToLower(m.Name), Title: m.Name, Kind: table.KindEstimate})
	}
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
				c = c.Marked("+")
			case worst[k] == generator:
				c = c.Marked("−")
			}
			if n := l.Figures[k].Undefined; n > 0 && l.Figures[k].Mean.Missing == "" {
				c = c.With(fmt.Sprintf("without %d repetitions: %s", n, l.Figures[k].Reason))
			}
			row = append(row, c)
		}
		t.Add(row...)
	}
	if r.Reference != nil {
		add(r.Reference, -1)
	}
	for _, i := range byRank(r.Generators) {
		add(&r.Generators[i], i)
	}
	for _, n := range r.Notes {
		t.Note += " " + n + "."
	}
	return t
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
