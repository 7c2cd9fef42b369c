package reports

import (
	"fmt"
	"strings"

	"github.com/evilbench/evilbench/harness/fidelity/compliance"
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
		},
	}
	for _, f := range r.Findings {
		if f.Broken.Missing != "" || f.Broken.K == 0 {
			continue
		}
		t.Add(table.Text(f.Rule), rate(f.Broken), table.Text(f.Reason), table.Text(f.Source), table.Text(f.Examples[0].Flow))
	}
	t.Add(table.Text("any of them"), rate(r.Any), table.Text(""), table.Text(""), table.Text(""))
	return t
}
