package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/evilbench/evilbench/harness/fidelity/compliance"
	"github.com/evilbench/evilbench/harness/fidelity/conformance"
	"github.com/evilbench/evilbench/harness/leakage"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/reports/table"
)

// Leaks shows what single fields give away of the truth.
func Leaks(corpus string, a *leakage.Audit) *table.Table {
	t := &table.Table{
		Name: "leaks", Title: "What one field alone gives away",
		Note: fmt.Sprintf("Corpus: %s. Area under the ROC curve of a detector that had learnt that field and nothing else, on flows it has not seen: 0.5 tells "+
			"nothing, 1 tells all; above %g is a leak. Every campaign weighs the same. 95%% intervals over campaigns and hosts.", corpus, leakage.Limit),
		Columns: []table.Column{
			{Name: "field", Title: "Field"},
			{Name: "auc", Title: "AUC", Kind: table.KindNumber},
			{Name: "low", Title: "From", Kind: table.KindNumber},
			{Name: "high", Title: "To", Kind: table.KindNumber},
			{Name: "benign_flows", Title: "Benign", Kind: table.KindCount},
			{Name: "malicious_flows", Title: "Malicious", Kind: table.KindCount},
			{Name: "verdict", Title: "Verdict"},
			{Name: "examples", Title: "Telling values"},
		},
	}
	for i := range a.Fields {
		f := &a.Fields[i]
		verdict := ""
		if f.Leaks() {
			verdict = "leaks"
		}
		low, high := bounds(f.AUC)
		t.Add(table.Text(f.Name), number(f.AUC), low, high, table.Count(f.Benign), table.Count(f.Malicious), table.Text(verdict),
			table.Text(strings.Join(f.Examples, ", ")))
	}
	return t
}

// quality is the short form of a corpus's page, under the tables that stand on it.
func (v *view) quality() *table.Table {
	t := &table.Table{
		Name: "quality", Title: "What the figures stand on",
		Note: fmt.Sprintf("Leak: the field that alone tells malicious flows from benign ones best, AUC with its 95%% interval; above %g it is a shortcut. "+
			"Broken: benign flows that break a generic rule of protocols. evilbench quality shows all of it.", leakage.Limit),
		Columns: []table.Column{
			{Name: "corpus", Title: "Corpus"},
			{Name: "field", Title: "Leak"},
			{Name: "auc", Title: "AUC", Kind: table.KindEstimate},
			{Name: "broken", Title: "Broken", Kind: table.KindRate},
		},
	}
	var seen []string
	for _, c := range v.scored() {
		if c.Quality == nil || slices.Contains(seen, c.Corpus.Digest) {
			continue
		}
		seen = append(seen, c.Corpus.Digest)
		field, auc := table.Missing("no campaign in the corpus"), table.Missing("no campaign in the corpus")
		if l := c.Quality.Leaks; l != nil && len(l.Fields) > 0 {
			field, auc = table.Text(l.Fields[0].Name), estimate(l.Fields[0].AUC)
		}
		t.Add(table.Text(corpusName(c)), field, auc, rate(c.Quality.Broken))
	}
	return t
}

// Conformance shows what an engine's own events say of a corpus.
func Conformance(corpus string, r *conformance.Report) []*table.Table {
	layers := &table.Table{
		Name: "conformance", Title: "What an engine's events say",
		Note: fmt.Sprintf("Corpus: %s. %s. Flows with at least one event in 10,000; recognised: flows with payload whose protocol the engine knew. 95%% intervals.",
			corpus, engineOf(r)),
		Columns: []table.Column{
			{Name: "layer", Title: "Layer"},
			{Name: "events", Title: "Events", Kind: table.KindCount},
			{Name: "flows_per_10000", Title: "Flows in 10,000", Kind: table.KindEstimate},
			{Name: "recognised", Title: "Recognised", Kind: table.KindRate},
		},
	}
	if r.Missing != "" {
		no := table.Missing(r.Missing)
		layers.Add(table.Text("all"), no, no, no)
		return []*table.Table{layers}
	}
	for i := range r.Layers {
		l := &r.Layers[i]
		recognised := table.Missing("of the application layer only")
		if l.Name == conformance.Application {
			recognised = rate(r.Recognised)
		}
		layers.Add(table.Text(l.Name), table.Count(l.Events), estimate(l.Per10000()), recognised)
	}
	events := &table.Table{
		Name: "events", Title: "Events by rule",
		Columns: []table.Column{{Name: "sid", Title: "Rule"}, {Name: "name", Title: "Name"}, {Name: "layer", Title: "Layer"}, {Name: "events", Title: "Events", Kind: table.KindCount}},
	}
	for _, e := range r.Events {
		events.Add(table.Text(fmt.Sprint(e.SID)), table.Text(e.Name), table.Text(e.Layer), table.Count(e.Count))
	}
	if len(events.Rows) == 0 {
		return []*table.Table{layers}
	}
	return []*table.Table{layers, events}
}

func engineOf(r *conformance.Report) string {
	if r.Missing != "" {
		return "No engine looked at it"
	}
	return fmt.Sprintf("%s, %d event rules, %d packets, %d flows", r.Engine, r.Rules, r.Packets, r.Flows)
}

// most are the rules that are broken most, as a footnote: names are long.
func most(rules []string) table.Cell {
	if len(rules) == 0 {
		return table.Text("none")
	}
	return table.Text("").With(strings.Join(rules, ", "))
}

// bounds are the ends of a number's interval.
func bounds(n score.Number) (low, high table.Cell) {
	switch {
	case n.Missing != "":
		return table.Missing(n.Missing), table.Missing(n.Missing)
	case !n.Bounded:
		return table.Missing("all draws of the bootstrap agree, which says nothing of how sure the figure is"),
			table.Missing("all draws of the bootstrap agree, which says nothing of how sure the figure is")
	}
	return table.Number(n.Low), table.Number(n.High)
}

// Compliance shows which rules flows break.
func Compliance(of string, r *compliance.Report) *table.Table {
	t := &table.Table{
		Name: "compliance", Title: "What flows break",
		Note: fmt.Sprintf("%s. Rules: %s. Share of the flows that a rule is about; rules that nothing breaks are left out for people. 95%% intervals.", of, r.Set),
		Columns: []table.Column{
			{Name: "rule", Title: "Rule"},
			{Name: "broken", Title: "Broken", Kind: table.KindRate},
			{Name: "reason", Title: "Reason"},
			{Name: "source", Title: "Source", Data: true},
			{Name: "example", Title: "Example"},
			{Name: "examples", Title: "Further examples", Data: true},
		},
	}
	for _, f := range r.Findings {
		if f.Broken.Missing != "" || f.Broken.K == 0 {
			continue
		}
		t.Add(table.Text(f.Rule), rate(f.Broken), table.Text(f.Reason), table.Text(f.Source), table.Text(f.Examples[0].Flow),
			table.Text(further(f.Examples)))
	}
	t.Add(table.Text("any of them"), rate(r.Any), table.Text(""), table.Text(""), table.Text(""), table.Text(""))
	return t
}

// further are the examples after the first, with their rows.
func further(examples []compliance.Example) string {
	var all []string
	for _, e := range examples[1:] {
		all = append(all, fmt.Sprintf("row %d: %s", e.Row, e.Flow))
	}
	return strings.Join(all, "; ")
}

// worstRules is how many broken rules a summary names.
const worstRules = 3

// Breaches sums up, for each generator, how many of its flows break rules, and which rules most.
func Breaches(names []string, of []*compliance.Report) *table.Table {
	t := &table.Table{
		Name: "breaches", Title: "Flows that cannot be",
		Note: "Share of all flows that break at least one rule, and the rules that most flows break. 95% intervals.",
		Columns: []table.Column{
			{Name: "generator", Title: "Generator"},
			{Name: "rules", Title: "Rules"},
			{Name: "any", Title: "Break a rule", Kind: table.KindRate},
			{Name: "worst", Title: "Most often"},
		},
	}
	for i, r := range of {
		broken := slices.DeleteFunc(slices.Clone(r.Findings), func(f compliance.Finding) bool { return f.Broken.Missing != "" || f.Broken.K == 0 })
		slices.SortStableFunc(broken, func(a, b compliance.Finding) int { return cmp.Compare(b.Broken.K, a.Broken.K) })
		var worst []string
		for _, f := range broken[:min(len(broken), worstRules)] {
			worst = append(worst, f.Rule)
		}
		t.Add(table.Text(names[i]), table.Text(r.Set), rate(r.Any), most(worst))
	}
	return t
}
