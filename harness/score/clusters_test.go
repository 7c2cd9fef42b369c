package score

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"github.com/evilbench/evilbench/harness/stats"
	"github.com/evilbench/evilbench/labels"
)

func TestIntervalsAreOverClusters(t *testing.T) {
	w := newWorld()
	for c := range 20 {
		stages := []string{"x"}
		if c < 10 {
			stages = slices.Repeat(stages, 50)
		}
		first := int64(len(w.flows) + 1)
		w.campaign(fmt.Sprint(c), "scan", stages...)
		if c%2 == 0 {
			for i := range stages {
				w.alert(1, "scan", sec, first+int64(i))
			}
		}
	}
	for h := range 30 {
		for range 100 {
			f := w.flow(labels.Benign, 10+h).Flow
			if h < 2 {
				w.alert(2, "noise", sec, f)
			}
		}
	}
	s := w.score(t)
	for name, c := range map[string]struct {
		r        Ratio
		over     string
		clusters int64
	}{
		"recall": {s.Flows.Recall, overCampaigns, 20}, "FPR": {s.Flows.FPR, overHosts, 30}, "precision": {s.Flows.Precision, overBoth, 50},
		"specificity": {s.Measures.Specificity, overHosts, 30}, "NPV": {s.Measures.NPV, overBoth, 50},
	} {
		wilson := stats.Wilson(c.r.K, c.r.N)
		if c.r.Over != c.over || c.r.Clusters != c.clusters || c.r.Unreliable() || c.r.Unit != "flow" {
			t.Errorf("%s: %+v, want an interval over %d %s", name, c.r, c.clusters, c.over)
		}
		if c.r.High-c.r.Low < 3*(wilson.High-wilson.Low) || !(c.r.Low < c.r.Value() && c.r.Value() < c.r.High) {
			t.Errorf("%s: %v [%v, %v] is hardly wider than Wilson's [%v, %v], which believes in %d independent flows",
				name, c.r.Value(), c.r.Low, c.r.High, wilson.Low, wilson.High, c.r.N)
		}
	}
	for name, n := range map[string]Number{
		"per host-day": s.Load.PerHostDay, "per GB": s.Load.PerGB, "per million flows": s.Load.More.PerMillionFlows,
		"groups per host-day": s.Load.More.GroupsPerHostDay,
		"balanced accuracy":   s.Measures.BalancedAccuracy, "F1": s.Measures.F1, "F2": s.Measures.FBeta, "MCC": s.Measures.MCC, "C_ID": s.Measures.CID,
	} {
		if !n.Bounded || n.Clusters < 30 || n.Unit == "" || n.N == 0 || !(n.Low <= n.Value && n.Value <= n.High) {
			t.Errorf("%s: %+v", name, n)
		}
	}
	// 200 false alarms in one day of 31 hosts and 1 GB; the flows are 510 + 3000.
	near(t, "per host-day", s.Load.PerHostDay.Value, 200./31, 1e-9)
	near(t, "per GB", s.Load.PerGB.Value, 200, 1e-9)
	near(t, "per million flows", s.Load.More.PerMillionFlows.Value, 200/(3510./1e6), 1e-6)
	if n := s.Load.PerGB; n.High > 2000 {
		t.Errorf("per GB %+v: the bounds are of something else", n)
	}
	if again := w.score(t); again.Flows.Recall != s.Flows.Recall {
		t.Errorf("the interval is %+v, and then %+v", s.Flows.Recall, again.Flows.Recall)
	}
}

func TestFewOrEqualClusters(t *testing.T) {
	w := newWorld()
	for c := range 4 {
		w.campaign(fmt.Sprint(c), "scan", "x", "x")
	}
	w.alert(1, "scan", sec, 1)
	for h := range 3 {
		w.flow(labels.Benign, 10+h)
	}
	s := w.score(t)
	if r := s.Flows.Recall; !r.Unreliable() || r.Clusters != 4 {
		t.Errorf("recall %+v, want an unreliable interval over 4 campaigns", r)
	}
	wilson := stats.Wilson(0, 3)
	if r := s.Flows.FPR; r.Over != "" || r.Note == "" || r.Low != wilson.Low || r.High != wilson.High {
		t.Errorf("FPR %+v, want Wilson's interval and why", r)
	}
	if n := s.Load.PerHostDay; n.Bounded || n.Note == "" {
		t.Errorf("load %+v, want no bounds and why", n)
	}
}

func BenchmarkCompute(b *testing.B) {
	w := newWorld()
	for c := range 50 {
		w.campaign(fmt.Sprint(c), "scan", slices.Repeat([]string{"x"}, 200)...)
	}
	for i := range 200_000 {
		w.flow(labels.Benign, i%500)
	}
	for i := range 100_000 {
		w.alert(int64(1+i%40), fmt.Sprint("category ", i%12), int64(i)*sec, int64(1+i*7%len(w.flows)))
	}
	for b.Loop() {
		w.score(b)
	}
	b.ReportMetric(float64(len(w.flows)+len(w.alerts))*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// A false alarm between hosts outside is load all the same, and nobody's.
func TestAlarmsOfNoHost(t *testing.T) {
	w := newWorld()
	for h := range 12 {
		w.flow(labels.Benign, 10+h)
	}
	w.alert(1, "x", sec, 1)
	away := w.alert(1, "x", sec, 2)
	away.Src, away.Dst = away.Dst, netip.MustParseAddr("198.51.100.1")
	l := w.score(t).Load
	if l.More.Unattributed != 1 || l.More.UnattributedGroups != 1 || l.PerHostDay.Value != 2./12 || l.PerHostDay.Clusters != 13 {
		t.Errorf("load %+v, %+v", l, l.More)
	}
}
