package reports

import (
	"slices"
	"strings"
	"testing"

	"github.com/evilbench/evilbench/harness/bench"
	"github.com/evilbench/evilbench/harness/score"
)

// over is a figure whose interval is over clusters.
func over(r score.Ratio, unit, clusters string, n int64) score.Ratio {
	r.Cluster = score.Cluster{Unit: unit, Over: clusters, Clusters: n}
	r.Low, r.High = r.Value()/2, (1+r.Value())/2
	return r
}

func bounded(x, low, high float64) score.Number {
	return score.Number{Value: x, Low: low, High: high, Bounded: true, N: 14}
}

// deepen gives a cell the figures that a terminal does not show.
func deepen(c *bench.Cell) {
	yes, no := true, false
	s := c.Score
	s.Flows.Recall, s.Flows.FPR = over(s.Flows.Recall, "flow", "campaigns", 3), over(s.Flows.FPR, "flow", "hosts", 14)
	s.Settings = &score.Settings{Grouping: "same gid:sid, source and target", GapSeconds: 300, MinPPV: .5, Beta: 2, Draws: 2000}
	none := score.Ratio{Missing: "benign traffic has no campaigns"}
	s.Units = []score.Unit{
		{Unit: "campaign", Rule: "an attack instance", Positives: 3, Recall: s.Campaigns.DetectedRate, Strict: s.Campaigns.StrictRate, FPR: none, Precision: none},
		{Unit: "flow", Rule: "a biflow", Positives: 1000, Negatives: 5000, Recall: s.Flows.Recall, Strict: none, FPR: s.Flows.FPR, Precision: s.Flows.Precision},
	}
	s.Stages = []score.Stage{{Stage: "scan", Detected: score.NewRatio(2, 3, ""), Strict: score.NewRatio(1, 3, "")}}
	s.Redundancy = &score.Redundancy{
		Alerts: bounded(5, 2, 9), AlertsMedian: score.Number{Value: 4},
		Signatures: score.Number{Value: 1, Cluster: score.Cluster{Note: "no interval over campaigns: all alike"}}, SignaturesMedian: score.Number{Value: 1},
	}
	s.Load.More = &score.LoadByUnit{Groups: 2, GroupsPerHostDay: bounded(7.1, 0, 20), GroupsPerGB: bounded(20.4, 0, 61),
		PerMillionFlows: bounded(1167, 300, 2500), GroupsPerMillion: bounded(333, 0, 900)}
	s.Delay.Curves = []score.Survival{{Detection: "lenient", Measure: "seconds", Median: bounded(1.5, .5, 9), Detected: 2, Censored: 1,
		Points: []score.SurvivalPoint{{Value: 1.5, AtRisk: 3, Events: 2, Surviving: 1. / 3, Low: .01, High: .77}}}}
	s.Measures = &score.Measures{BaseRate: score.NewRatio(1000, 6000, ""), Specificity: score.NewRatio(4997, 5000, ""), NPV: score.NewRatio(4997, 5097, ""),
		BalancedAccuracy: bounded(.949, .9, .98), F1: bounded(.946, .9, .98), Beta: 2, FBeta: bounded(.918, .85, .96),
		MCC: score.Number{Missing: "undefined: a row or a column of the table of flows is empty"}, CID: bounded(.8, .7, .9)}
	s.AtBases = []score.AtBase{{BaseRate: 1e-3, PPV: bounded(.6, .4, .8), NPV: bounded(.9999, .999, 1), FPRCeiling: bounded(9e-4, 8e-4, 1e-3), CID: bounded(.5, .4, .6),
		Costs: []score.Cost{{Ratio: 100, Expected: bounded(.01999, .01, .03), Relative: bounded(.01999, .01, .03), Value: bounded(.08, .07, .09)}}}}
	s.Coverage = &score.Coverage{Rules: score.NewRatio(9, 80, ""), Never: 71, NotApplicable: 1, Applicable: score.NewRatio(2, 2, ""), ApplicableStrict: score.NewRatio(1, 2, ""),
		Techniques: score.Attack{Caught: score.NewRatio(1, 2, ""), Strict: score.NewRatio(0, 2, ""), Missed: []string{"T1046"}}, Tactics: score.Attack{Caught: score.NewRatio(1, 1, ""), Strict: score.NewRatio(0, 1, "")}}
	s.Sweeps = []score.SweepPoint{{Knob: "severity", Setting: "1 to 2", Alerts: 900, False: 3, Campaigns: score.NewRatio(2, 3, ""),
		Strict: score.NewRatio(1, 3, ""), Recall: score.NewRatio(800, 1000, ""), FPR: score.NewRatio(1, 5000, ""), Precision: score.NewRatio(800, 801, "")}}
	s.Curve = &score.Curve{Positives: 1000, Negatives: 5000, Scored: 950, Unscored: 3, AUC: bounded(.97, .9, .99), AP: bounded(.95, .9, .98), Chance: 1. / 6,
		Points: []score.CurvePoint{{Score: .5, Recall: .9, FPR: 6e-4, Precision: .997}}, Of: 40}
	s.IDOC = []score.IDOC{{Setting: "all alerts", BaseRate: 1e-3, Recall: .9, PPV: .6}}
	for i := range s.Details {
		s.Details[i].Applicable = &yes
	}
	s.Details[2].Applicable = &no
}

func TestNotCoveredIsNotMissed(t *testing.T) {
	no := false
	for want, c := range map[string]score.Campaign{
		"missed": {}, "not covered": {Applicable: &no}, "wrong kind": {Alerts: 1, Applicable: &no}, "detected": {Alerts: 1, Strict: 1},
	} {
		if got := outcome(&c); got != want {
			t.Errorf("%+v: %s, want %s", c, got, want)
		}
	}
}

func TestATerminalGetsTheHeadlines(t *testing.T) {
	all := Tables(result())
	names := func(format string) (out []string) {
		for _, tab := range For(format, all) {
			out = append(out, tab.Name)
		}
		return out
	}
	terminal, page, data := names("table"), names("markdown"), names("csv")
	if len(terminal) >= len(page) || len(page) >= len(data) || len(data) != len(all) || terminal[0] != "summary" {
		t.Errorf("terminal %v\nMarkdown %v\nCSV %v", terminal, page, data)
	}
	if slices.Contains(page, "curve-points") || !slices.Contains(page, "sweeps") || slices.Contains(terminal, "sweeps") {
		t.Errorf("terminal %v\nMarkdown %v", terminal, page)
	}
}

func TestAnUnreliableIntervalIsMarked(t *testing.T) {
	text := render(t, Terminal, result())
	if !strings.Contains(strings.Join(strings.Fields(text), " "), "an interval over 3 campaigns is unreliable: at least 10 are wanted") {
		t.Errorf("few campaigns are not told:\n%s", text)
	}
}

// A result from before these figures existed has none of their tables, rather than tables of zeros.
func TestEarlierResultsLackTheDeeperTables(t *testing.T) {
	r := result()
	for i := range r.Cells {
		if s := r.Cells[i].Score; s != nil {
			*s = score.Score{Campaigns: s.Campaigns, Flows: s.Flows, Alerts: s.Alerts, Load: s.Load, PPV: s.PPV, FalseAlarms: s.FalseAlarms, Details: s.Details}
			s.Load.More = nil
		}
	}
	for _, tab := range Tables(r) {
		if tab.Depth > 0 {
			t.Errorf("there is a table %s", tab.Name)
		}
	}
}
