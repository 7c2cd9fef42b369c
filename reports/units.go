package reports

import (
	"fmt"
	"strings"

	"github.com/evilbench/evilbench/reports/table"
)

// deeper begins a table that a terminal does not show.
func (v *view) deeper(depth table.Depth, name, title, note string, columns ...table.Column) *table.Table {
	t := v.table(name, title, columns...)
	t.Depth = depth
	t.Note = strings.TrimSpace(t.Note + " " + note)
	return t
}

// units shows detection and false alarms in every unit.
func (v *view) units() *table.Table {
	t := v.deeper(table.Detail, "units", "Detection by unit",
		"Campaign is the headline. Figures of different units are different figures. Strict: by an alert that names what the campaign is.",
		table.Column{Name: "unit", Title: "Unit"},
		table.Column{Name: "positives", Title: "Malicious", Kind: table.KindCount},
		table.Column{Name: "negatives", Title: "Benign", Kind: table.KindCount},
		table.Column{Name: "recall", Title: "Detected", Kind: table.KindRate},
		table.Column{Name: "recall_strict", Title: "Strict", Kind: table.KindRate},
		table.Column{Name: "fpr", Title: "FPR", Kind: table.KindRate},
		table.Column{Name: "precision", Title: "Precision", Kind: table.KindRate},
	)
	for _, c := range v.scored() {
		for _, u := range c.Units {
			t.Add(append(v.row(c), table.Text(u.Unit).With(u.Unit+": "+u.Rule), table.Count(u.Positives), table.Count(u.Negatives),
				rate(u.Recall), rate(u.Strict), rate(u.FPR), rate(u.Precision))...)
		}
	}
	return t
}

// stages shows which steps of attacks are seen.
func (v *view) stages() *table.Table {
	t := v.deeper(table.Detail, "stages", "Detection by stage", "Of the campaigns that have the stage.",
		table.Column{Name: "stage", Title: "Stage"},
		table.Column{Name: "detected", Title: "Detected", Kind: table.KindCases},
		table.Column{Name: "strict", Title: "Right kind", Kind: table.KindCases},
	)
	for _, c := range v.scored() {
		for _, s := range c.Stages {
			t.Add(append(v.row(c), table.Text(s.Stage), cases(s.Detected), cases(s.Strict))...)
		}
	}
	return t
}

// redundancy shows how much is said about what was detected.
func (v *view) redundancy() *table.Table {
	t := v.deeper(table.Detail, "redundancy", "Alerts and signatures per detected campaign", "Intervals over campaigns.",
		table.Column{Name: "alerts_mean", Title: "Alerts, mean", Kind: table.KindEstimate},
		table.Column{Name: "alerts_median", Title: "Median", Kind: table.KindNumber},
		table.Column{Name: "signatures_mean", Title: "Signatures, mean", Kind: table.KindEstimate},
		table.Column{Name: "signatures_median", Title: "Median", Kind: table.KindNumber},
	)
	for _, c := range v.scored() {
		if r := c.Redundancy; r != nil {
			t.Add(append(v.row(c), estimate(r.Alerts), number(r.AlertsMedian), estimate(r.Signatures), number(r.SignaturesMedian))...)
		}
	}
	return t
}

// alertLoad shows false alarms by all they can be divided by.
func (v *view) alertLoad() *table.Table {
	t := v.deeper(table.Detail, "load", "Load of false alarms", "Intervals over hosts.",
		table.Column{Name: "counted", Title: "Counted"},
		table.Column{Name: "n", Title: "False", Kind: table.KindCount},
		table.Column{Name: "per_host_day", Title: "/host-day", Kind: table.KindEstimate},
		table.Column{Name: "per_gb", Title: "/GB", Kind: table.KindEstimate},
		table.Column{Name: "per_million_flows", Title: "/million flows", Kind: table.KindEstimate},
	)
	for _, c := range v.scored() {
		l := c.Load
		if l.More == nil {
			continue
		}
		groups := table.Text("groups")
		if c.Settings != nil {
			groups = groups.With("group: " + c.Settings.Grouping)
		}
		t.Add(append(v.row(c), table.Text("alerts"), table.Count(c.Alerts.False), estimate(l.PerHostDay), estimate(l.PerGB), estimate(l.More.PerMillionFlows))...)
		t.Add(append(v.row(c), groups, table.Count(l.More.Groups), estimate(l.More.GroupsPerHostDay), estimate(l.More.GroupsPerGB),
			estimate(l.More.GroupsPerMillion))...)
	}
	return t
}

// delays shows what passes before campaigns are detected.
func (v *view) delays() *table.Table {
	t := v.deeper(table.Detail, "time-to-detect", "Time to detect",
		"Medians of Kaplan-Meier curves: an undetected campaign counts as watched to its end. The curves are in time-to-detect-curves.csv.",
		table.Column{Name: "detection", Title: "Detection"},
		table.Column{Name: "measure", Title: "In"},
		table.Column{Name: "median", Title: "Median", Kind: table.KindEstimate},
		table.Column{Name: "detected", Title: "Detected", Kind: table.KindCount},
		table.Column{Name: "censored", Title: "Not", Kind: table.KindCount},
	)
	for _, c := range v.scored() {
		for _, s := range c.Delay.Curves {
			t.Add(append(v.row(c), table.Text(s.Detection), table.Text(s.Measure), estimate(s.Median), table.Count(int64(s.Detected)),
				table.Count(int64(s.Censored)))...)
		}
	}
	return t
}

func (v *view) delayPoints() *table.Table {
	t := v.deeper(table.Data, "time-to-detect-curves", "Share of campaigns not yet detected", "",
		table.Column{Name: "detection", Title: "Detection"},
		table.Column{Name: "measure", Title: "In"},
		table.Column{Name: "value", Title: "Value", Kind: table.KindNumber},
		table.Column{Name: "at_risk", Title: "At risk", Kind: table.KindCount},
		table.Column{Name: "events", Title: "Events", Kind: table.KindCount},
		table.Column{Name: "surviving", Title: "Not yet", Kind: table.KindShare},
	)
	for _, c := range v.scored() {
		for _, s := range c.Delay.Curves {
			for _, p := range s.Points {
				t.Add(append(v.row(c), table.Text(s.Detection), table.Text(s.Measure), table.Number(p.Value), table.Count(int64(p.AtRisk)),
					table.Count(int64(p.Events)), table.Share(p.Surviving, p.Low, p.High))...)
			}
		}
	}
	return t
}

// coverage shows what of the rules and of ATT&CK the corpus has to do with.
func (v *view) coverage() *table.Table {
	t := v.deeper(table.Detail, "coverage", "Coverage",
		"Not covered: campaigns of whose kind no enabled rule speaks, which is something else than missed. The rules that this corpus never "+
			"exercised are in never-exercised.txt beside the cell's matches.",
		table.Column{Name: "rules_exercised", Title: "Rules exercised", Kind: table.KindRate},
		table.Column{Name: "campaigns_not_applicable", Title: "Not covered", Kind: table.KindCount},
		table.Column{Name: "applicable_detected", Title: "Detected of covered", Kind: table.KindCases},
		table.Column{Name: "techniques", Title: "Techniques", Kind: table.KindCases},
		table.Column{Name: "tactics", Title: "Tactics", Kind: table.KindCases},
		table.Column{Name: "rules_never_exercised", Title: "Never", Kind: table.KindCount, Data: true},
		table.Column{Name: "techniques_missed", Title: "Missed techniques"},
		table.Column{Name: "tactics_missed", Title: "Missed tactics", Data: true},
	)
	for _, c := range v.scored() {
		k := c.Coverage
		if k == nil {
			continue
		}
		inapplicable, never := table.Count(k.NotApplicable), table.Count(k.Never)
		if k.Rules.Missing != "" {
			inapplicable, never = table.Missing(k.Rules.Missing), table.Missing(k.Rules.Missing)
		}
		t.Add(append(v.row(c), rate(k.Rules), inapplicable, cases(k.Applicable), cases(k.Techniques.Caught), cases(k.Tactics.Caught), never,
			table.Text(strings.Join(k.Techniques.Missed, " ")), table.Text(strings.Join(k.Tactics.Missed, " ")))...)
	}
	return t
}

// sweeps shows rule engines that read some of their alerts alone.
func (v *view) sweeps() *table.Table {
	t := v.deeper(table.Detail, "sweeps", "If only some alerts were read",
		"By severity, 1 being the highest, and by category. Every row is a detector of its own: the rows are points that must not be joined, "+
			"and there is no area under them.",
		table.Column{Name: "knob", Title: "By"},
		table.Column{Name: "setting", Title: "Read"},
		table.Column{Name: "alerts", Title: "Alerts", Kind: table.KindCount},
		table.Column{Name: "false_alarms", Title: "False", Kind: table.KindCount},
		table.Column{Name: "campaigns", Title: "Campaigns", Kind: table.KindCases},
		table.Column{Name: "campaigns_strict", Title: "Right kind", Kind: table.KindCases, Data: true},
		table.Column{Name: "flow_recall", Title: "Flow recall", Kind: table.KindRate},
		table.Column{Name: "flow_fpr", Title: "Flow FPR", Kind: table.KindRate},
		table.Column{Name: "flow_precision", Title: "Flow precision", Kind: table.KindRate, Data: true},
	)
	for _, c := range v.scored() {
		for i := range c.Sweeps {
			p := &c.Sweeps[i]
			t.Add(append(v.row(c), table.Text(p.Knob), table.Text(p.Setting), table.Count(p.Alerts), table.Count(p.False), cases(p.Campaigns),
				cases(p.Strict), rate(p.Recall), rate(p.FPR), rate(p.Precision))...)
		}
	}
	return t
}

// curves shows the areas of detectors with scores.
func (v *view) curves() *table.Table {
	t := v.deeper(table.Detail, "curves", "Detectors with scores",
		"In flows. AUC: area under the ROC, flows without a score tied below all others; AP: average precision. The points are in "+
			"curve-points.csv.",
		table.Column{Name: "auc", Title: "AUC", Kind: table.KindEstimate},
		table.Column{Name: "average_precision", Title: "AP", Kind: table.KindEstimate},
		table.Column{Name: "chance_precision", Title: "By chance", Kind: table.KindNumber},
		table.Column{Name: "flows_scored", Title: "Scored", Kind: table.KindCount},
		table.Column{Name: "thresholds", Title: "Thresholds", Kind: table.KindCount},
	)
	for _, c := range v.scored() {
		if k := c.Curve; k != nil {
			scored := table.Count(k.Scored)
			if k.Unscored > 0 {
				scored = scored.With(fmt.Sprintf("%d alerts have no score and are no part of the curve", k.Unscored))
			}
			t.Add(append(v.row(c), estimate(k.AUC), estimate(k.AP), table.Number(k.Chance), scored, table.Count(int64(k.Of)))...)
		}
	}
	return t
}

func (v *view) curvePoints() *table.Table {
	t := v.deeper(table.Data, "curve-points", "Points of ROC and PR curve", "",
		table.Column{Name: "score", Title: "Score", Kind: table.KindNumber},
		table.Column{Name: "fpr", Title: "FPR", Kind: table.KindNumber},
		table.Column{Name: "recall", Title: "Recall", Kind: table.KindNumber},
		table.Column{Name: "precision", Title: "Precision", Kind: table.KindNumber},
	)
	for _, c := range v.scored() {
		if c.Curve == nil {
			continue
		}
		for _, p := range c.Curve.Points {
			t.Add(append(v.row(c), table.Number(p.Score), table.Number(p.FPR), table.Number(p.Recall), table.Number(p.Precision))...)
		}
	}
	return t
}
