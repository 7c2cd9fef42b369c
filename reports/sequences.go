package reports

import (
	"github.com/evilbench/evilbench/harness/anomaly"
	"github.com/evilbench/evilbench/harness/fidelity/sequences"
	"github.com/evilbench/evilbench/reports/table"
)

// Sequences sets timed words of packet headers beside real ones.
func Sequences(real string, names []string, list []*sequences.Comparison) *table.Table {
	t := &table.Table{Name: "headers", Title: "Packet headers beside those of " + real, Columns: []table.Column{
		{Name: "words", Title: "Words"}, {Name: "count", Title: "Number", Kind: table.KindCount},
		{Name: "jsd", Title: "Symbols, JSD", Kind: table.KindEstimate}, {Name: "gap_ks", Title: "Times, KS", Kind: table.KindEstimate},
		{Name: "size_ks", Title: "Sizes, KS", Kind: table.KindEstimate}, {Name: "c2st_auc", Title: "C2ST AUC", Kind: table.KindEstimate},
	}, Note: "JSD: Jensen-Shannon distance of words cut at 8 symbols, in bits. KS: Kolmogorov-Smirnov distance. C2ST AUC: how well boosted trees " +
		"tell them from the real ones; 0.5 is a coin's. 95% intervals over words."}
	for i, c := range list {
		t.Add(table.Text(names[i]), table.Count(int64(c.Other)), withBounds(c.JSD), withBounds(c.Gap), withBounds(c.Size), withBounds(c.C2ST))
	}
	return t
}

func withBounds(f anomaly.Figure) table.Cell { return table.Estimate(f.Value, f.Low, f.High) }
