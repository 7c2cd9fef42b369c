package reports

import (
	"github.com/evilbench/evilbench/harness/gate"
	"github.com/evilbench/evilbench/reports/table"
)

// Gate shows every check, those that failed first.
func Gate(v *gate.Verdict) *table.Table {
	t := &table.Table{
		Name: "gate", Title: "What the gate looked at",
		Note: "Intervals are 95% ones: a drop fails only where chance does not explain it.",
		Columns: []table.Column{
			{Name: "status", Title: "Status"},
			{Name: "check", Title: "Check"},
			{Name: "cell", Title: "Where"},
			{Name: "evidence", Title: "Evidence", Data: true},
		},
	}
	for _, s := range []gate.Status{gate.Failed, gate.Skipped, gate.Passed} {
		for _, c := range v.Checks {
			if c.Status == s {
				t.Add(table.Text(string(c.Status)), table.Text(c.Name).With(c.Evidence), table.Text(c.Cell), table.Text(c.Evidence))
			}
		}
	}
	return t
}
