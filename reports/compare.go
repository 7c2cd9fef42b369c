package reports

import (
	"fmt"
	"math"
	"strings"

	"github.com/evilbench/evilbench/harness/compare"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/reports/table"
)

// Comparison turns a comparison into tables: what differs, the verdicts, and what was lost and gained. A table that would have no row
// is left out, but for the verdicts.
func Comparison(c *compare.Comparison) []*table.Table {
	out := []*table.Table{differences(c)}
	if len(c.Differs) == 0 {
		out[0].Note = "What is different below is variance between runs. " + out[0].Note
	}
	if t := allSides(c); len(t.Rows) > 0 {
		out = append(out, t)
	}
	for i := range c.Versus {
		v := &c.Versus[i]
		titled := fmt.Sprintf("%s against A", v.B)
		all := []*table.Table{
			changes("lost", fmt.Sprintf("Lost: campaigns that A caught and %s did not", v.B), v, v.Lost),
			changes("gained", fmt.Sprintf("Gained: campaigns that %s caught and A did not", v.B), v, v.Gained),
			signatureChanges(v), alarmChanges(v), categories(v), costChanges(v),
		}
		out = append(out, verdicts(c, v))
		for _, t := range all {
			if len(t.Rows) > 0 {
				if len(c.Versus) > 1 && !strings.Contains(t.Title, v.B+" ") {
					t.Title += ", " + titled
				}
				out = append(out, t)
			}
		}
	}
	return out
}

// differences has a column for each side.
func differences(c *compare.Comparison) *table.Table {
	t := &table.Table{Name: "differences", Title: "What differs", Columns: []table.Column{{Name: "fact", Title: "Fact"}}}
	for _, s := range c.Sides {
		t.Columns = append(t.Columns, table.Column{Name: strings.ToLower(s.Letter), Title: s.Letter})
	}
	for _, f := range c.Differs {
		row := []table.Cell{table.Text(f.Name)}
		for _, v := range f.Values {
			row = append(row, table.Text(v))
		}
		t.Add(row...)
	}
	if len(c.Differs) == 0 {
		row := []table.Cell{table.Text("nothing that is recorded")}
		for range c.Sides {
			row = append(row, table.Text(""))
		}
		t.Add(row...)
	}
	var notes []string
	for _, s := range c.Sides {
		notes = append(notes, fmt.Sprintf("%s is %s.", s.Letter, s.Label))
	}
	if len(c.Same) > 0 {
		var same []string
		for _, f := range c.Same {
			same = append(same, f.Name+" "+f.Values[0])
		}
		notes = append(notes, "The same: "+strings.Join(same, "; ")+".")
	}
	for _, n := range c.Notes {
		notes = append(notes, sentence(n))
	}
	t.Note = strings.Join(notes, " ")
	return t
}

// verdicts is the answer: its note says it in sentences.
func verdicts(c *compare.Comparison, v *compare.Versus) *table.Table {
	b := c.Sides[0]
	for _, s := range c.Sides {
		if s.Letter == v.B {
			b = s
		}
	}
	t := &table.Table{
		Name: "comparison", Title: fmt.Sprintf("%s (%s) against A (%s)", v.B, b.Label, c.Sides[0].Label),
		Columns: []table.Column{
			{Name: "side", Title: "Side", Data: true}, {Name: "measure", Title: "Measure"}, {Name: "a", Title: "A"}, {Name: "b", Title: v.B},
			{Name: "change", Title: "Change [95%]"}, {Name: "p_shown", Title: "p"}, {Name: "verdict", Title: "Verdict"},
			{Name: "unit", Title: "Unit", Data: true}, {Name: "a_value", Title: "A", Kind: table.KindNumber, Data: true}, {Name: "b_value", Title: "B", Kind: table.KindNumber, Data: true},
			{Name: "difference", Title: "Difference", Kind: table.KindNumber, Data: true},
			{Name: "low", Title: "Low", Kind: table.KindNumber, Data: true}, {Name: "high", Title: "High", Kind: table.KindNumber, Data: true},
			{Name: "p", Title: "p", Kind: table.KindNumber, Data: true}, {Name: "mid_p", Title: "mid-p", Kind: table.KindNumber, Data: true},
			{Name: "p_holm", Title: "p (Holm)", Kind: table.KindNumber, Data: true},
			{Name: "only_a", Title: "Only A", Kind: table.KindCount, Data: true}, {Name: "only_b", Title: "Only B", Kind: table.KindCount, Data: true},
			{Name: "minimum_detectable", Title: "Detectable", Kind: table.KindNumber, Data: true},
			{Name: "test", Title: "Test", Data: true}, {Name: "basis", Title: "Counted from", Data: true}, {Name: "why", Title: "Why", Data: true},
		},
	}
	lines := append([]string{}, v.Headlines...)
	if v.Corpora > 1 {
		lines = append(lines, fmt.Sprintf("%d corpora, paired by their digests.", v.Corpora))
	}
	for _, n := range v.Notes {
		lines = append(lines, sentence(n))
	}
	t.Note = strings.Join(lines, " ")
	for i := range v.Measures {
		t.Add(verdict(v.B, &v.Measures[i])...)
	}
	return t
}

const notPaired = "the measure has no such figure"

func verdict(side string, m *compare.Measure) []table.Cell {
	notes := []string{fmt.Sprintf("%s; from %s.", upper(m.Test), m.Basis)}
	if m.Verdict == compare.Even {
		notes = append(notes, upper(strings.TrimSuffix(m.Why, "."))+".")
	}
	a, b, x, y := figures(m)
	low, high := table.Missing(m.Difference.Missing), table.Missing(m.Difference.Missing)
	switch {
	case m.Difference.Bounded:
		low, high = table.Number(m.Difference.Low), table.Number(m.Difference.High)
	case m.Difference.Missing == "":
		low, high = table.Missing("no interval that can be relied on"), table.Missing("no interval that can be relied on")
	}
	onlyA, onlyB := table.Missing(notPaired), table.Missing(notPaired)
	if m.Paired != nil {
		onlyA, onlyB = table.Count(m.Paired.OnlyA), table.Count(m.Paired.OnlyB)
	}
	return []table.Cell{
		table.Text(side), table.Text(m.Name).With(notes[0]), table.Text(a), table.Text(b), table.Text(change(m)), table.Text(probability(m)),
		table.Text(m.Verdict).With(notes[1:]...),
		table.Text(m.Unit), x, y, number(m.Difference), low, high, number(m.P), optional(m.MidP), optional(m.Adjusted), onlyA, onlyB,
		optional(m.Detectable), table.Text(m.Test), table.Text(m.Basis), table.Text(m.Why),
	}
}

func optional(n *score.Number) table.Cell {
	if n == nil {
		return table.Missing(notPaired)
	}
	return number(*n)
}

// figures are both sides' as shown, and as values.
func figures(m *compare.Measure) (a, b string, x, y table.Cell) {
	if !m.Share {
		shown := func(n *score.Number) string {
			if n.Missing != "" {
				return "n/a"
			}
			return fmt.Sprintf("%.3g", n.Value)
		}
		return shown(m.NumberA), shown(m.NumberB), number(*m.NumberA), number(*m.NumberB)
	}
	shown := func(r *score.Ratio) (string, table.Cell) {
		if r.Missing != "" {
			return "n/a", table.Missing(r.Missing)
		}
		return fmt.Sprintf("%d/%d", r.K, r.N), table.Number(r.Value())
	}
	a, x = shown(m.A)
	b, y = shown(m.B)
	return a, b, x, y
}

// change is in points for shares and a factor for rates.
func change(m *compare.Measure) string {
	d := m.Difference
	switch {
	case d.Missing != "":
		return "n/a"
	case !m.Share && d.Bounded:
		return fmt.Sprintf("×%.3g [%.2g to %.2g]", d.Value, d.Low, d.High)
	case !m.Share:
		return fmt.Sprintf("×%.3g", d.Value)
	case d.Bounded:
		return fmt.Sprintf("%+.1f pt [%s to %s]", 100*d.Value, points(d.Low), points(d.High))
	default:
		return fmt.Sprintf("%+.1f pt", 100*d.Value)
	}
}

// points writes a bound with as many digits as it deserves.
func points(share float64) string {
	if math.Abs(share) < 0.1 {
		return fmt.Sprintf("%+.1f", 100*share)
	}
	return fmt.Sprintf("%+.0f", 100*share)
}

// probability is the one that the verdict rests on.
func probability(m *compare.Measure) string {
	switch {
	case m.Adjusted != nil:
		return compare.Probability(m.Adjusted.Value)
	case m.P.Missing == "":
		return compare.Probability(m.P.Value)
	default:
		return ""
	}
}

func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
