package reports

import (
	"fmt"

	"github.com/evilbench/evilbench/harness/bench"
	"github.com/evilbench/evilbench/reports/table"
)

// summary answers the first question: what was caught. A cell's warnings are its footnotes.
func (v *view) summary() *table.Table {
	t := v.table("summary", "What was detected",
		table.Column{Name: "campaigns_detected", Title: "Campaigns", Kind: table.KindCases},
		table.Column{Name: "campaigns_strict", Title: "Right kind", Kind: table.KindCases},
		table.Column{Name: "flow_recall", Title: "Flow recall", Kind: table.KindRate},
		table.Column{Name: "median_seconds_to_detect", Title: "Delay", Kind: table.KindDuration},
	)
	for _, c := range v.cells {
		row := v.row(c)
		last := &row[len(row)-1]
		*last = last.With(c.Warnings...)
		if c.Score == nil {
			failed := table.Missing("failed: " + firstLine(c.Error))
			t.Add(append(row, failed, failed, failed, failed)...)
			continue
		}
		t.Add(append(row, cases(c.Campaigns.DetectedRate), cases(c.Campaigns.StrictRate), rate(c.Flows.Recall), duration(c.Delay.MedianSeconds))...)
	}
	t.Note += " Campaigns: at least one true alert; right kind: one that names what the campaign is; delay: median time to detect, the undetected counted. 95% intervals, those of flows over whole campaigns and hosts."
	return t
}

// load answers the second: what was cried wolf about.
func (v *view) load() *table.Table {
	t := v.table("false-alarms", "False alarms",
		table.Column{Name: "flow_precision", Title: "Flow precision", Kind: table.KindRate},
		table.Column{Name: "flow_fpr", Title: "Flow FPR", Kind: table.KindRate},
		table.Column{Name: "false_alarms", Title: "Alerts", Kind: table.KindCount},
		table.Column{Name: "false_alarms_per_host_day", Title: "/host-day", Kind: table.KindNumber},
		table.Column{Name: "false_alarms_per_gb", Title: "/GB", Kind: table.KindNumber},
	)
	t.Note += " Precision holds at this corpus's own share of malicious flows only."
	for _, c := range v.scored() {
		t.Add(append(v.row(c), rate(c.Flows.Precision), rate(c.Flows.FPR), table.Count(c.Alerts.False),
			number(c.Load.PerHostDay), number(c.Load.PerGB))...)
	}
	return t
}

// ppv shows what an alarm would be worth elsewhere.
func (v *view) ppv() *table.Table {
	t := v.table("ppv", "How likely an alarmed flow is malicious (PPV), by the share of malicious flows",
		table.Column{Name: "base_rate", Title: "Base rate", Kind: table.KindNumber},
		table.Column{Name: "ppv", Title: "PPV", Kind: table.KindShare},
	)
	t.Note += " Bounds from the ends of the intervals of recall and FPR."
	for _, c := range v.scored() {
		for _, p := range c.PPV {
			t.Add(append(v.row(c), table.Number(p.BaseRate), share(p.PPV))...)
		}
	}
	return t
}

// verdicts shows where all alerts went.
func (v *view) verdicts() *table.Table {
	t := v.table("verdicts", "Alerts by verdict",
		table.Column{Name: "read", Title: "Read", Kind: table.KindCount},
		table.Column{Name: "true", Title: "True", Kind: table.KindCount},
		table.Column{Name: "false", Title: "False", Kind: table.KindCount},
		table.Column{Name: "ambiguous", Title: "Ambiguous", Kind: table.KindCount},
		table.Column{Name: "unmatchable", Title: "Unmatchable", Kind: table.KindCount},
		table.Column{Name: "by_packet", Title: "By packet", Kind: table.KindCount},
	)
	for _, c := range v.scored() {
		a := c.Alerts
		t.Add(append(v.row(c), table.Count(a.Read), table.Count(a.True), table.Count(a.False), table.Count(a.Ambiguous),
			table.Count(a.Unmatchable), table.Count(byPacket(c)))...)
	}
	return t
}

// byPacket is how many alerts named the very packet: the surest rung of the join.
func byPacket(c *bench.Cell) int64 {
	for _, r := range c.Rungs {
		if r.Rung == "packet" {
			return r.Alerts
		}
	}
	return 0
}

// worst is how many signatures a cell's share of the false alarm table has.
const worst = 10

// falseAlarms names the signatures that raised most of them.
func (v *view) falseAlarms() *table.Table {
	t := v.table("false-alarm-signatures", fmt.Sprintf("Signatures with most false alarms (at most %d each)", worst),
		table.Column{Name: "sid", Title: "Signature", Kind: table.KindText},
		table.Column{Name: "name", Title: "Name", Kind: table.KindText},
		table.Column{Name: "alerts", Title: "Alerts", Kind: table.KindCount},
	)
	for _, c := range v.scored() {
		for _, s := range c.FalseAlarms[:min(worst, len(c.FalseAlarms))] {
			t.Add(append(v.row(c), table.Text(fmt.Sprintf("%d:%d", s.GID, s.SID)), table.Text(s.Name), table.Count(s.Alerts))...)
		}
	}
	return t
}

// quiet shows what was said about captures in which nothing is malicious.
func (v *view) quiet() *table.Table {
	t := v.table("benign-captures", "False alarms on captures without a campaign",
		table.Column{Name: "flows", Title: "Flows", Kind: table.KindCount},
		table.Column{Name: "flows_alarmed", Title: "Alarmed", Kind: table.KindRate},
		table.Column{Name: "false_alarms", Title: "Alerts", Kind: table.KindCount},
		table.Column{Name: "signatures", Title: "Signatures", Kind: table.KindCount},
		table.Column{Name: "false_alarms_per_gb", Title: "/GB", Kind: table.KindNumber},
	)
	for _, c := range v.scored() {
		if c.Corpus.Campaigns > 0 {
			continue
		}
		t.Add(append(v.row(c), table.Count(c.Corpus.Flows), rate(c.Flows.FPR), table.Count(c.Alerts.False),
			table.Count(int64(len(c.FalseAlarms))), number(c.Load.PerGB))...)
	}
	return t
}
