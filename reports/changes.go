package reports

import (
	"fmt"
	"slices"

	"github.com/evilbench/evilbench/harness/compare"
	"github.com/evilbench/evilbench/reports/table"
)

// changes lists campaigns with a row for each signature that fired on the side that caught them.
func changes(name, title string, v *compare.Versus, list []compare.CampaignChange) *table.Table {
	other := "Rule in " + v.B
	if name == "gained" {
		other = "Rule in A"
	}
	t := &table.Table{Name: name, Title: title, Columns: []table.Column{
		{Name: "side", Title: "Side", Data: true}, {Name: "corpus", Title: "Corpus", Data: !ambiguous(list)}, {Name: "campaign", Title: "Campaign"},
		{Name: "attack", Title: "Attack", Data: true}, {Name: "technique", Title: "ATT&CK"},
		{Name: "a", Title: "A", Data: true}, {Name: "b", Title: v.B, Data: true}, {Name: "outcome", Title: "A → " + v.B},
		{Name: "gid", Title: "gid", Kind: table.KindCount, Data: true}, {Name: "sid", Title: "sid", Kind: table.KindCount, Data: true},
		{Name: "signature", Title: "Fired"}, {Name: "name", Title: "Name", Data: true}, {Name: "alerts", Title: "Alerts", Kind: table.KindCount},
		{Name: "other_rule", Title: other, Data: !fatesKnown(list)},
	}}
	for _, c := range list {
		head := []table.Cell{table.Text(v.B), table.Text(c.Corpus), table.Text(c.Campaign), table.Text(c.Attack), table.Text(c.Technique),
			table.Text(c.A), table.Text(c.B), table.Text(c.A + " → " + c.B)}
		if c.Missing != "" {
			none := table.Missing(c.Missing)
			t.Add(append(head, none, none, none, none, none, table.Text(""))...)
			continue
		}
		for _, f := range c.Fired {
			t.Add(append(slices.Clip(head), table.Count(f.GID), table.Count(f.SID), signature(f.GID, f.SID).With(f.Name), table.Text(f.Name),
				table.Count(f.Alerts), table.Text(f.Other))...)
		}
	}
	return t
}

// ambiguous tells whether a campaign's name needs its corpus.
func ambiguous(list []compare.CampaignChange) bool {
	corpus := map[string]string{}
	for _, c := range list {
		if known, there := corpus[c.Campaign]; there && known != c.Corpus {
			return true
		}
		corpus[c.Campaign] = c.Corpus
	}
	return false
}

func fatesKnown(list []compare.CampaignChange) bool {
	return slices.ContainsFunc(list, func(c compare.CampaignChange) bool {
		return slices.ContainsFunc(c.Fired, func(f compare.Fired) bool { return f.Other != "" })
	})
}

func signatureChanges(v *compare.Versus) *table.Table {
	t := &table.Table{
		Name: "signature-changes", Title: "Signatures that fire on more or fewer campaigns",
		Note: "Campaigns on which each one fired; alone: those of them on which the other side has no alert at all.",
		Columns: []table.Column{
			{Name: "side", Title: "Side", Data: true}, {Name: "gid", Title: "gid", Kind: table.KindCount, Data: true}, {Name: "sid", Title: "sid", Kind: table.KindCount, Data: true},
			{Name: "signature", Title: "Signature"}, {Name: "name", Title: "Name"},
			{Name: "a", Title: "A", Kind: table.KindCount}, {Name: "b", Title: v.B, Kind: table.KindCount},
			{Name: "alerts_a", Title: "Alerts A", Kind: table.KindCount, Data: true}, {Name: "alerts_b", Title: "Alerts B", Kind: table.KindCount, Data: true},
			{Name: "alone", Title: "Alone", Kind: table.KindCount}, {Name: "other_rule", Title: "Other rule"},
		},
	}
	for i := range v.Signatures {
		c := &v.Signatures[i]
		t.Add(table.Text(v.B), table.Count(c.GID), table.Count(c.SID), signature(c.GID, c.SID), table.Text(c.Name), table.Count(int64(c.A)), table.Count(int64(c.B)),
			table.Count(c.AlertsA), table.Count(c.AlertsB), table.Count(int64(c.Alone)), table.Text(c.Other))
	}
	return t
}

func alarmChanges(v *compare.Versus) *table.Table {
	t := &table.Table{
		Name: "false-alarm-changes", Title: "False alarms that changed",
		Note: fmt.Sprintf("%d signatures raise as many on both sides. q is p after Benjamini and Hochberg over the signatures that fired differently on enough hosts to be tested.", v.Unchanged),
		Columns: []table.Column{
			{Name: "side", Title: "Side", Data: true}, {Name: "gid", Title: "gid", Kind: table.KindCount, Data: true}, {Name: "sid", Title: "sid", Kind: table.KindCount, Data: true},
			{Name: "signature", Title: "Signature"}, {Name: "name", Title: "Name"},
			{Name: "a", Title: "A", Kind: table.KindCount}, {Name: "b", Title: v.B, Kind: table.KindCount},
			{Name: "units_more", Title: "Hosts more", Kind: table.KindCount}, {Name: "units_fewer", Title: "fewer", Kind: table.KindCount},
			{Name: "p", Title: "p", Kind: table.KindNumber, Data: true}, {Name: "q", Title: "q", Kind: table.KindNumber},
			{Name: "other_rule", Title: "Other rule"},
		},
	}
	for i := range v.FalseAlarms {
		c := &v.FalseAlarms[i]
		t.Add(table.Text(v.B), table.Count(c.GID), table.Count(c.SID), signature(c.GID, c.SID), table.Text(c.Name()), table.Count(c.A), table.Count(c.B),
			table.Count(c.More), table.Count(c.Fewer), number(c.P), number(c.Q), table.Text(c.Other))
	}
	return t
}

func categories(v *compare.Versus) *table.Table {
	t := &table.Table{
		Name: "rule-categories", Title: "Rules enabled, by category",
		Note: "Only: enabled on that side, and no enabled rule of the same gid and sid on the other. Changed: on both, and more than its message, metadata, " +
			"references, class and revision differ. Categories that are the same are left out.",
		Columns: []table.Column{
			{Name: "side", Title: "Side", Data: true}, {Name: "category", Title: "Category"}, {Name: "a", Title: "A", Kind: table.KindCount}, {Name: "b", Title: v.B, Kind: table.KindCount},
			{Name: "only_a", Title: "Only A", Kind: table.KindCount}, {Name: "only_b", Title: "Only " + v.B, Kind: table.KindCount},
			{Name: "changed", Title: "Changed", Kind: table.KindCount},
		},
	}
	if v.Rules == nil {
		return t
	}
	if v.Rules.Missing != "" {
		none := table.Missing(v.Rules.Missing)
		t.Add(table.Text(v.B), table.Text("all"), none, none, none, none, none)
		return t
	}
	for _, c := range v.Rules.Categories {
		t.Add(table.Text(v.B), table.Text(c.Name), table.Count(c.A), table.Count(c.B), table.Count(c.OnlyA), table.Count(c.OnlyB), table.Count(c.Changed))
	}
	return t
}

func costChanges(v *compare.Versus) *table.Table {
	t := &table.Table{
		Name: "cost-changes", Title: "What it cost",
		Note: fmt.Sprintf("Times are sums over the corpora (%d), memory is the largest. Each run was measured once, so that there is no verdict.", v.Corpora),
		Columns: []table.Column{
			{Name: "side", Title: "Side", Data: true}, {Name: "cost", Title: "Cost"}, {Name: "a", Title: "A", Kind: table.KindNumber},
			{Name: "b", Title: v.B, Kind: table.KindNumber}, {Name: "ratio", Title: v.B + "/A", Kind: table.KindNumber},
		},
	}
	titles := map[string]string{"wall": "wall clock, s", "cpu": "CPU, s", "peak": "peak memory, MiB"}
	for _, c := range v.Cost {
		a, b := c.A, c.B
		if c.Name == "peak" {
			a.Value, b.Value = a.Value/(1<<20), b.Value/(1<<20)
		}
		t.Add(table.Text(v.B), table.Text(titles[c.Name]), number(a), number(b), number(c.Ratio))
	}
	return t
}

// allSides is Cochran's Q and the pairs after Holm, of three or more.
func allSides(c *compare.Comparison) *table.Table {
	t := &table.Table{Name: "all-sides", Title: "All sides at once", Columns: []table.Column{
		{Name: "measure", Title: "Measure"}, {Name: "pair", Title: "Pair"},
		{Name: "only_first", Title: "Only the first", Kind: table.KindCount}, {Name: "only_second", Title: "Only the second", Kind: table.KindCount},
		{Name: "p", Title: "p", Kind: table.KindNumber}, {Name: "p_holm", Title: "p (Holm)", Kind: table.KindNumber},
	}}
	for _, o := range c.Overall {
		said := fmt.Sprintf("%s, %d campaigns: ", o.Name, o.Campaigns)
		if o.Q.Missing != "" {
			said += "Cochran's Q is n/a: " + o.Q.Missing + "."
		} else {
			said += fmt.Sprintf("Cochran's Q %.3g with %d degrees of freedom, p = %s.", o.Q.Value, o.Freedom, compare.Probability(o.P.Value))
		}
		if t.Note != "" {
			t.Note += " "
		}
		t.Note += upper(said)
		for _, p := range o.Pairs {
			t.Add(table.Text(o.Name), table.Text(p.A+", "+p.B), table.Count(p.OnlyA), table.Count(p.OnlyB), table.Number(p.P), table.Number(p.Holm))
		}
	}
	return t
}
