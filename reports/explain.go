package reports

import (
	"fmt"
	"strings"

	"github.com/evilbench/evilbench/harness/explain"
	"github.com/evilbench/evilbench/reports/table"
)

// Explanation turns an explanation into tables, the answer first. Sentences are footnotes, so that no terminal cuts them.
func Explanation(e *explain.Explanation) []*table.Table {
	var all []*table.Table
	switch {
	case e.Campaign != nil:
		c := e.Campaign
		all = []*table.Table{causes(c), facts("campaign", "Campaign "+c.Campaign, c.Facts), fired(c), nearest(c), experiments(c)}
	case e.Alert != nil:
		a := e.Alert
		all = []*table.Table{facts("alert", fmt.Sprintf("Alert %d", a.Alert), a.Facts), candidates(a), verbatim(a.Rule, a.Raw)}
	case e.Signature != nil:
		g := e.Signature
		all = []*table.Table{
			facts("signature", fmt.Sprintf("Signature %d:%d", g.GID, g.SID), g.Facts), firedOn(g), silentOn(g), verbatim(g.Rule, ""),
		}
	}
	var out []*table.Table
	for _, t := range all {
		if len(t.Rows) > 0 {
			out = append(out, t)
		}
	}
	return out
}

func facts(name, title string, list []explain.Fact) *table.Table {
	t := &table.Table{Name: name, Title: title, Columns: []table.Column{{Name: "fact", Title: "Fact"}, {Name: "value", Title: "Value"}}}
	for _, f := range list {
		t.Add(table.Text(f.Name), table.Text(f.Value))
	}
	return t
}

// causes is the ladder. Its title is the answer.
func causes(c *explain.Campaign) *table.Table {
	t := &table.Table{Name: "causes", Title: fmt.Sprintf("Why %s was missed: no cause is certain", c.Campaign), Columns: []table.Column{
		{Name: "cause", Title: "Cause"}, {Name: "verdict", Title: "Verdict"}, {Name: "proved", Title: "By"},
		{Name: "evidence", Title: "Evidence", Data: true}, {Name: "fix", Title: "What to do", Data: true},
	}}
	if first, ok := c.Named(); ok {
		t.Title = fmt.Sprintf("Why %s was missed: %s", c.Campaign, first.Cause)
		t.Note = sentence(first.Evidence) + " What to do: " + sentence(first.Fix)
	}
	if c.Outcome == explain.WrongKind {
		t.Title = strings.Replace(t.Title, "was missed", "raised no alert of the expected kind", 1)
	}
	for _, f := range c.Findings {
		t.Add(table.Text(string(f.Cause)), table.Text(string(f.Verdict)).With(f.Evidence), table.Text(basis(&f)), table.Text(f.Evidence), table.Text(f.Fix))
	}
	return t
}

// basis says on what a verdict rests.
func basis(f *explain.Finding) string {
	switch {
	case f.Proved || strings.Contains(f.Evidence, "experiment: "):
		return "experiment"
	case f.Verdict == explain.Unknown:
		return ""
	default:
		return "evidence"
	}
}

// sentence begins with a capital and ends with a full stop.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

func fired(c *explain.Campaign) *table.Table {
	t := &table.Table{Name: "fired", Title: "Rules that fired on " + c.Campaign, Columns: []table.Column{
		{Name: "signature", Title: "Signature"}, {Name: "name", Title: "Name"}, {Name: "kind", Title: "Kind"},
		{Name: "alerts", Title: "Alerts", Kind: table.KindCount},
	}}
	for _, h := range c.Fired {
		t.Add(signature(h.GID, h.SID), table.Text(h.Name), kind(h.Expected), table.Count(h.Alerts))
	}
	return t
}

func nearest(c *explain.Campaign) *table.Table {
	t := &table.Table{Name: "nearest", Title: "Rules of the kind that fired on its like", Columns: []table.Column{
		{Name: "campaign", Title: "Campaign"}, {Name: "relation", Title: "Relation"}, {Name: "intensity", Title: "Intensity"},
		{Name: "signature", Title: "Signature"}, {Name: "name", Title: "Name"}, {Name: "alerts", Title: "Alerts", Kind: table.KindCount},
	}}
	for _, n := range c.Nearest {
		t.Add(table.Text(n.Campaign), table.Text(n.Relation), table.Text(n.Intensity), signature(n.GID, n.SID), table.Text(n.Name), table.Count(n.Alerts))
	}
	return t
}

// experiments lists the trials, or says why there are none.
func experiments(c *explain.Campaign) *table.Table {
	t := &table.Table{
		Name: "experiments", Title: "Experiments", Note: "The engine again, on the campaign's packets alone.",
		Columns: []table.Column{
			{Name: "changed", Title: "Changed"}, {Name: "rules", Title: "Rules", Kind: table.KindCount}, {Name: "alerts", Title: "Alerts", Kind: table.KindCount},
			{Name: "expected", Title: "Expected", Kind: table.KindCount}, {Name: "first", Title: "First rule"},
		},
	}
	for _, r := range c.Trials {
		first := ""
		if len(r.Fired) > 0 {
			first = fmt.Sprintf("%d:%d %s", r.Fired[0].GID, r.Fired[0].SID, r.Fired[0].Name)
		}
		t.Add(table.Text(r.Changed), table.Count(int64(r.Rules)), table.Count(r.Alerts), table.Count(r.Expected), table.Text(first))
	}
	if c.NoTrials != "" {
		t.Note = ""
		none := table.Missing(c.NoTrials)
		t.Add(table.Text("none"), none, none, none, table.Text(""))
	}
	return t
}

func candidates(a *explain.Alert) *table.Table {
	t := &table.Table{Name: "candidates", Title: "Flows that it could mean", Columns: []table.Column{
		{Name: "flow", Title: "Flow", Kind: table.KindCount}, {Name: "protocol", Title: "Protocol", Data: true},
		{Name: "from", Title: "From"}, {Name: "to", Title: "To"}, {Name: "service", Title: "Service", Data: true},
		{Name: "class", Title: "Class"}, {Name: "campaign", Title: "Campaign"}, {Name: "start", Title: "Start", Data: true},
		{Name: "packets", Title: "Packets", Kind: table.KindCount, Data: true}, {Name: "first", Title: "First", Kind: table.KindCount},
		{Name: "last", Title: "Last", Kind: table.KindCount},
	}}
	for _, f := range a.Candidates {
		t.Add(table.Count(f.Flow), table.Text(f.Protocol), table.Text(f.From), table.Text(f.To), table.Text(f.Service), table.Text(f.Class), table.Text(f.Campaign), table.Text(f.Start),
			table.Count(f.Packets), table.Count(f.First), table.Count(f.Last))
	}
	return t
}

func firedOn(g *explain.Signature) *table.Table {
	t := &table.Table{Name: "fired", Title: "Where it fired", Columns: []table.Column{
		{Name: "verdict", Title: "Verdict"}, {Name: "on", Title: "On"}, {Name: "alerts", Title: "Alerts", Kind: table.KindCount},
	}}
	for _, w := range g.Fired {
		t.Add(table.Text(w.Verdict), table.Text(w.On), table.Count(w.Alerts))
	}
	return t
}

func silentOn(g *explain.Signature) *table.Table {
	t := &table.Table{Name: "silent", Title: "Campaigns of its kind on which it did not fire", Columns: []table.Column{
		{Name: "campaign", Title: "Campaign"}, {Name: "attack", Title: "Attack"}, {Name: "outcome", Title: "With all rules"}, {Name: "why", Title: "Why", Data: true},
	}}
	for _, s := range g.Silent {
		t.Add(table.Text(s.Campaign), table.Text(s.Attack), table.Text(s.Outcome).With(s.Why), table.Text(s.Why))
	}
	return t
}

// verbatim shows texts that no table has room for.
func verbatim(rule, raw string) *table.Table {
	t := &table.Table{Name: "verbatim", Title: "Word for word", Columns: []table.Column{
		{Name: "what", Title: "What"}, {Name: "text", Title: "Text", Data: true},
	}}
	for _, f := range []explain.Fact{{Name: "rule", Value: rule}, {Name: "the engine's line", Value: raw}} {
		if f.Value != "" {
			t.Add(table.Text(f.Name).With(f.Value), table.Text(f.Value))
		}
	}
	return t
}

func signature(gid, sid int64) table.Cell { return table.Text(fmt.Sprintf("%d:%d", gid, sid)) }

func kind(expected bool) table.Cell {
	if expected {
		return table.Text("expected")
	}
	return table.Text("other")
}
