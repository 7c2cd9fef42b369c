package reports

import (
	"fmt"

	"github.com/evilbench/evilbench/reports/table"
)

// measures shows what else is made of the four cells of flows.
func (v *view) measures() *table.Table {
	t := v.deeper(table.Detail, "measures", "Measures in flows",
		"At this corpus's own share of malicious flows: not to be compared with those of another corpus. Intervals over campaigns and hosts.",
		table.Column{Name: "base_rate", Title: "Malicious", Kind: table.KindRate, Data: true},
		table.Column{Name: "specificity", Title: "Specificity", Kind: table.KindRate},
		table.Column{Name: "npv", Title: "NPV", Kind: table.KindRate},
		table.Column{Name: "balanced_accuracy", Title: "Balanced accuracy", Kind: table.KindEstimate},
		table.Column{Name: "f1", Title: "F1", Kind: table.KindEstimate},
		table.Column{Name: "f_beta", Title: "F_β", Kind: table.KindEstimate},
		table.Column{Name: "mcc", Title: "MCC", Kind: table.KindEstimate},
		table.Column{Name: "c_id", Title: "C_ID", Kind: table.KindEstimate},
	)
	for _, c := range v.scored() {
		if m := c.Measures; m != nil {
			t.Add(append(v.row(c), rate(m.BaseRate), rate(m.Specificity), rate(m.NPV), estimate(m.BalancedAccuracy), estimate(m.F1),
				estimate(m.FBeta).With(fmt.Sprintf("β = %v: how much more recall counts than precision", m.Beta)), estimate(m.MCC), estimate(m.CID))...)
		}
	}
	return t
}

// baseRates shows what an alarm, and its absence, would tell elsewhere.
func (v *view) baseRates() *table.Table {
	t := v.deeper(table.Detail, "base-rates", "What an alarm is worth, by the share of malicious flows",
		"Bounds from the ends of the intervals of recall and FPR. C_ID: share of the uncertainty about a flow that the detector removes.",
		table.Column{Name: "base_rate", Title: "Base rate", Kind: table.KindNumber},
		table.Column{Name: "ppv", Title: "PPV", Kind: table.KindShare},
		table.Column{Name: "npv", Title: "NPV", Kind: table.KindShare},
		table.Column{Name: "c_id", Title: "C_ID", Kind: table.KindEstimate},
		table.Column{Name: "fpr_ceiling", Title: "FPR allowed", Kind: table.KindEstimate},
	)
	for _, c := range v.scored() {
		for _, b := range c.AtBases {
			ceiling := estimate(b.FPRCeiling)
			if c.Settings != nil {
				ceiling = ceiling.With(fmt.Sprintf("for a PPV of at least %v", c.Settings.MinPPV))
			}
			t.Add(append(v.row(c), table.Number(b.BaseRate), share(b.PPV), share(b.NPV), estimate(b.CID), ceiling)...)
		}
	}
	return t
}

// costs shows when a detector pays.
func (v *view) costs() *table.Table {
	t := v.deeper(table.Detail, "costs", "Cost per flow, by the share of malicious flows",
		"To answer what was benign costs 1, to ignore an intrusion costs C. Expected: with the best response to an alarm and to its absence; "+
			"relative: every alarm is answered; value: over having no detector.",
		table.Column{Name: "base_rate", Title: "Base rate", Kind: table.KindNumber},
		table.Column{Name: "cost_ratio", Title: "C", Kind: table.KindNumber},
		table.Column{Name: "expected", Title: "Expected", Kind: table.KindEstimate},
		table.Column{Name: "relative", Title: "Relative", Kind: table.KindEstimate},
		table.Column{Name: "value", Title: "Value", Kind: table.KindEstimate},
	)
	for _, c := range v.scored() {
		for _, b := range c.AtBases {
			for _, k := range b.Costs {
				t.Add(append(v.row(c), table.Number(b.BaseRate), table.Number(k.Ratio), estimate(k.Expected), estimate(k.Relative), estimate(k.Value))...)
			}
		}
	}
	return t
}

// idoc shows the PPV that goes with a detection rate.
func (v *view) idoc() *table.Table {
	t := v.deeper(table.Data, "idoc", "Intrusion detector operating characteristic", "",
		table.Column{Name: "setting", Title: "Setting"},
		table.Column{Name: "base_rate", Title: "Base rate", Kind: table.KindNumber},
		table.Column{Name: "recall", Title: "Recall", Kind: table.KindNumber},
		table.Column{Name: "ppv", Title: "PPV", Kind: table.KindNumber},
	)
	for _, c := range v.scored() {
		for _, p := range c.IDOC {
			t.Add(append(v.row(c), table.Text(p.Setting), table.Number(p.BaseRate), table.Number(p.Recall), table.Number(p.PPV))...)
		}
	}
	return t
}
