package score

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// seedScore is a corpus on which the first campaigns of each attack are caught: caught["scan"] = 1 of two.
func seedScore(scan, beacon int64, recall Ratio, alarms int64, hosts int64) *Score {
	s := &Score{Flows: Flows{Recall: recall, FPR: NewRatio(alarms, 1000, "")}, Alerts: Alerts{False: alarms}, Load: Load{Hosts: hosts, Days: .5, Bytes: 2e9}}
	for i := range int64(2) {
		s.Details = append(s.Details, Campaign{Attack: "scan", Technique: "T1046", Alerts: max(0, scan-i), Strict: max(0, scan-i-1)})
	}
	s.Details = append(s.Details, Campaign{Attack: "beacon", Alerts: beacon})
	detected := min(scan, 2) + beacon
	s.Campaigns = Campaigns{DetectedRate: NewRatio(detected, 3, ""), StrictRate: NewRatio(0, 3, "")}
	return s
}

func TestPool(t *testing.T) {
	p, err := Pool([]*Score{
		seedScore(2, 1, NewRatio(30, 100, ""), 4, 10), seedScore(1, 0, NewRatio(10, 300, ""), 0, 20), seedScore(0, 1, NewRatio(0, 0, "none"), 8, 10),
		seedScore(2, 1, NewRatio(60, 100, ""), 2, 10),
	}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-12 {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	if r := p.Detected.Sum; r.K != 8 || r.N != 12 || r.Over != overSeeds || r.Clusters != 4 || !r.Unreliable() || r.Low >= 8./12 || r.High <= 8./12 {
		t.Errorf("detected %+v", r)
	}
	// Rates 1, 1/3, 1/3, 1: mean 2/3, deviations of 1/3 each.
	near("deviation", p.Detected.Spread.Value, math.Sqrt(4./9/3))
	// A corpus without malicious flows adds nothing to recall.
	if r := p.FlowRecall; r.Sum.K != 100 || r.Sum.N != 500 || r.Spread.N != 3 {
		t.Errorf("recall %+v", r)
	}
	near("deviation of recall", p.FlowRecall.Spread.Value, math.Sqrt((math.Pow(.3-14./45, 2)+math.Pow(1./30-14./45, 2)+math.Pow(.6-14./45, 2))/2))
	near("load", p.AlarmsByHostDay.Sum.Value, 14./25)
	near("load by volume", p.AlarmsByGB.Sum.Value, 14./8)
	if n := p.AlarmsByHostDay.Sum; !n.Bounded || n.N != 14 || n.Low < 0 || n.High < n.Value {
		t.Errorf("load %+v", n)
	}
	if r := p.Strict.Sum; r.Over != "" || r.Note == "" || r.N != 12 {
		t.Errorf("strict %+v: no spread, so Wilson's and why", r)
	}
	if len(p.Attacks) != 2 {
		t.Fatalf("attacks %+v", p.Attacks)
	}
	if a := p.Attacks[0]; a.Attack != "scan" || a.Corpora != 4 || a.All != 2 || a.Some != 3 || a.Detected.Sum.K != 5 || a.Detected.Sum.N != 8 || a.Strict.Sum.K != 2 ||
		a.Detected.Sum.Over != overSeeds {
		t.Errorf("%+v", a)
	}
	// One campaign in each corpus: independent, so that Wilson's interval is the right one and needs no excuse.
	if a := p.Attacks[1]; a.Detected.Sum.K != 3 || a.Detected.Sum.Over != "" || a.Detected.Sum.Note != "" || a.Technique != "" {
		t.Errorf("%+v", a)
	}
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var back Pooled
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, &back); diff != "" {
		t.Errorf("written (-), read (+):\n%s", diff)
	}
}

func TestPoolOfNothing(t *testing.T) {
	none := &Score{
		Campaigns: Campaigns{DetectedRate: NewRatio(0, 0, "no campaign"), StrictRate: NewRatio(0, 0, "no campaign")},
		Flows:     Flows{Recall: NewRatio(0, 0, "no flow"), FPR: NewRatio(0, 0, "no flow")},
	}
	p, err := Pool([]*Score{none, none}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, why := range map[string]string{
		"detected": p.Detected.Sum.Missing, "recall": p.FlowRecall.Sum.Missing, "FPR": p.FPR.Sum.Missing, "load": p.AlarmsByHostDay.Sum.Missing,
		"volume": p.AlarmsByGB.Sum.Missing, "deviation": p.Detected.Spread.Missing, "deviation of load": p.AlarmsByHostDay.Spread.Missing,
	} {
		if why == "" {
			t.Errorf("%s of nothing has a value", name)
		}
	}
	if _, err := Pool(nil, Options{Draws: 1}); err == nil {
		t.Error("one draw is enough")
	}
}
