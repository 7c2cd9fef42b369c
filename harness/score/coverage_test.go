package score

import (
	"fmt"
	"slices"
	"testing"

	"github.com/evilbench/evilbench/labels"
)

func TestSweep(t *testing.T) {
	w := newWorld()
	w.campaign("a", "scan", "x", "x")
	w.campaign("b", "c2", "x")
	benign := w.flow(labels.Benign, 2).Flow
	w.alert(2, "scan", sec, 1) // the severity is the sid
	w.alert(1, "other", sec, 1)
	w.alert(3, "c2", sec, 3)
	w.alert(1, "other", sec, benign)
	w.alert(2, "scan", sec, benign)
	w.alert(3, "scan", sec, benign)
	w.alert(1, "other", sec, 2).Severity = 0
	var got []string
	for _, p := range w.score(t).Sweeps {
		got = append(got, fmt.Sprintf("%s %s: %d alerts, %d false, %d and %d of %d campaigns, %d of %d flows, %d of %d, precision %d of %d", p.Knob, p.Setting,
			p.Alerts, p.False, p.Campaigns.K, p.Strict.K, p.Strict.N, p.Recall.K, p.Recall.N, p.FPR.K, p.FPR.N, p.Precision.K, p.Precision.N))
	}
	want := []string{
		"severity 1: 2 alerts, 1 false, 1 and 0 of 2 campaigns, 1 of 3 flows, 1 of 1, precision 1 of 2",
		"severity 1 to 2: 4 alerts, 2 false, 1 and 1 of 2 campaigns, 1 of 3 flows, 1 of 1, precision 1 of 2",
		"severity 1 to 3: 6 alerts, 3 false, 2 and 2 of 2 campaigns, 2 of 3 flows, 1 of 1, precision 2 of 3",
		"category c2: 1 alerts, 0 false, 1 and 1 of 2 campaigns, 1 of 3 flows, 0 of 1, precision 1 of 1",
		"category other: 3 alerts, 1 false, 1 and 0 of 2 campaigns, 2 of 3 flows, 1 of 1, precision 2 of 3",
		"category scan: 3 alerts, 2 false, 1 and 1 of 2 campaigns, 1 of 3 flows, 1 of 1, precision 1 of 2",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if s := w.score(t); s.Curve != nil {
		t.Error("a rule engine has a curve")
	} else if len(s.IDOC) == 0 || s.IDOC[0].Setting != "all alerts" || s.IDOC[0].PPV == 0 {
		t.Errorf("IDOC %+v", s.IDOC)
	}
}

func TestCoverage(t *testing.T) {
	w := newWorld()
	w.campaign("a", "scan", "x")
	w.campaign("b", "c2", "x")
	w.campaign("c", "dos", "x")
	w.in.Rules = []Rule{
		{1, 1, "one", []string{"scan"}, false}, {1, 2, "two", []string{"scan", "c2"}, false}, {1, 2, "again", nil, false},
		{1, 3, "sets a bit", []string{"dos"}, true}, {3, 1, "of another generator", nil, false},
	}
	w.alert(1, "scan", sec, 1)
	s := w.score(t)
	c := s.Coverage
	isRatio(t, "rules", c.Rules, 1, 3)
	if c.Never != 2 || len(s.Never) != 2 || s.Never[0].Name != "two" || s.Never[1].GID != 3 {
		t.Errorf("%d never exercised: %v", c.Never, s.Never)
	}
	if c.NotApplicable != 1 || *s.Details[2].Applicable || !*s.Details[1].Applicable {
		t.Errorf("%d campaigns not applicable, want the one that no rule speaks of", c.NotApplicable)
	}
	isRatio(t, "applicable", c.Applicable, 1, 2)
	isRatio(t, "techniques", c.Techniques.Caught, 1, 3)
	if want := []string{"T-c2", "T-dos"}; !slices.Equal(c.Techniques.Missed, want) {
		t.Errorf("techniques missed: %v, want %v", c.Techniques.Missed, want)
	}
	isRatio(t, "tactics", c.Tactics.Strict, 1, 3)
	w.in.Campaigns[2].Expects = nil
	if d := w.score(t).Details[2]; !*d.Applicable {
		t.Error("a campaign that takes any alert is not applicable")
	}
	w.in.Rules = nil
	if s := w.score(t); s.Coverage.Rules.Missing == "" || s.Coverage.Applicable.Missing == "" || s.Details[0].Applicable != nil {
		t.Errorf("coverage by rules that are not known: %+v", s.Coverage)
	}
}

func TestRedundancy(t *testing.T) {
	w := newWorld()
	w.campaign("a", "scan", "x")
	w.campaign("b", "scan", "x")
	w.campaign("c", "scan", "x")
	for range 3 {
		w.alert(1, "scan", sec, 1)
		w.alert(2, "scan", sec, 1)
	}
	w.alert(1, "scan", sec, 2)
	r := w.score(t).Redundancy
	if r.Alerts.Value != 3.5 || r.Signatures.Value != 1.5 || r.Alerts.N != 2 || r.AlertsMedian.Value != 1 {
		t.Errorf("redundancy %+v", r)
	}
}

func TestCurvesOfTheDelay(t *testing.T) {
	d := compute(t, day()).Delay
	if len(d.Curves) != 8 {
		t.Fatalf("%d curves", len(d.Curves))
	}
	medians := map[string]Number{}
	for _, c := range d.Curves {
		medians[c.Detection+" "+c.Measure] = c.Median
		if c.Detected+c.Censored != 3 || len(c.Points) == 0 {
			t.Errorf("curve %+v", c)
		}
	}
	for name, want := range map[string]float64{"lenient seconds": 6, "lenient bytes": 200, "lenient share": .2} {
		near(t, name, medians[name].Value, want, 1e-12)
	}
	// One of three was detected for the right reason.
	if medians["strict seconds"].Missing == "" {
		t.Errorf("strict: %+v", medians["strict seconds"])
	}
	in := day()
	in.Packets = list(labels.Packet{Index: 1, Time: 10 * sec, Campaign: "a"})
	for _, c := range compute(t, in).Delay.Curves {
		if c.Measure == "bytes" && c.Median.Missing != noSizes {
			t.Errorf("bytes of packets without sizes: %+v", c.Median)
		}
	}
}
