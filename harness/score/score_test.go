package score

import (
	"encoding/json"
	"errors"
	"iter"
	"math"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evilbench/evilbench/labels"
)

func list[T any](rows ...T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

const sec = int64(time.Second)

// day is a corpus with three campaigns (found and named, found by the wrong name, missed), a benign flow with a false alarm, one
// without, a lookalike with one, and a victim's reply.
func day() Input {
	flow := func(n int64, class labels.Class, campaign, src, dst string, back int64) labels.Flow {
		return labels.Flow{Flow: n, Class: class, Campaign: campaign, BwdPackets: back,
			Tuple: labels.Tuple{Src: netip.MustParseAddr(src), Dst: netip.MustParseAddr(dst)}}
	}
	match := func(n int64, v labels.Verdict, packet, flow int64, campaign string) labels.Match {
		return labels.Match{Alert: n, Verdict: v, Packet: packet, Flow: flow, Campaign: campaign}
	}
	packet := func(n, at int64, campaign string) labels.Packet {
		return labels.Packet{Index: n, Time: at * sec, Campaign: campaign, Bytes: 100}
	}
	return Input{
		Campaigns: []labels.Campaign{
			{Campaign: "a", Attack: "scan", Expects: []string{"scan"}, Start: 10 * sec, End: 40 * sec},
			{Campaign: "b", Attack: "beacon", Expects: []string{"c2"}, Start: 20 * sec, End: 50 * sec},
			{Campaign: "c", Attack: "tunnel", Start: 30 * sec, End: 90 * sec},
		},
		Flows: list(
			flow(1, labels.Malicious, "a", "203.0.113.1", "10.0.0.1", 1),
			flow(2, labels.Attempted, "b", "10.0.0.2", "203.0.113.9", 0),
			flow(3, labels.Malicious, "c", "10.0.0.2", "203.0.113.9", 1),
			flow(4, labels.Benign, "", "10.0.0.1", "10.0.0.3", 0), // 10.0.0.3 never answers: it may not exist
			flow(5, labels.Benign, "", "10.0.0.1", "192.0.2.1", 1),
			flow(6, labels.Lookalike, "", "10.0.0.1", "192.0.2.1", 1),
			flow(7, labels.VictimReply, "a", "10.0.0.1", "203.0.113.1", 0),
		),
		Packets: list(
			packet(1, 10, "a"), packet(2, 12, "a"), packet(3, 15, ""), packet(4, 16, "a"),
			packet(5, 20, "b"), packet(6, 25, "b"), packet(7, 30, "c"), packet(8, 90, "c"),
		),
		Alerts: list(
			labels.Alert{Alert: 1, SID: 7, Name: "late", Time: 16 * sec},
			labels.Alert{Alert: 2, SID: 8, Name: "scan", Time: 12 * sec},
			labels.Alert{Alert: 3, SID: 9, Name: "policy", Time: 26 * sec},
			labels.Alert{Alert: 4, SID: 1, GID: 1, Name: "noisy", Time: 15 * sec},
			labels.Alert{Alert: 5, SID: 1, GID: 1, Name: "noisy", Time: 15 * sec},
			labels.Alert{Alert: 6, SID: 2, GID: 1, Name: "rare", Time: 15 * sec},
			labels.Alert{Alert: 7, SID: 3}, labels.Alert{Alert: 8, SID: 3},
			labels.Alert{Alert: 9, SID: 8, Name: "scan"},
		),
		Matches: list(
			match(1, labels.VerdictTrue, 4, 1, "a"),
			match(2, labels.VerdictTrue, 2, 1, "a"),
			match(3, labels.VerdictTrue, 0, 2, "b"), // no packet: its time counts
			match(4, labels.VerdictFalse, 3, 5, ""),
			match(5, labels.VerdictFalse, 3, 5, ""),
			match(6, labels.VerdictFalse, 0, 6, ""),
			match(7, labels.VerdictAmbiguous, 0, 4, ""),
			match(8, labels.VerdictUnmatchable, 0, 0, ""),
			match(9, labels.VerdictTrue, 0, 7, "a"), // on the victim's reply
		),
		Kinds: func(a *labels.Alert) []string {
			return map[int64][]string{7: {"dos"}, 8: {"scan", "policy"}, 9: {"policy"}}[a.SID]
		},
		HomeNet: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")},
		Days:    0.5, Bytes: 2e9,
	}
}

func compute(t *testing.T, in Input) *Score {
	t.Helper()
	s, err := Compute(in)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestCampaigns(t *testing.T) {
	s := compute(t, day())
	if c := s.Campaigns; c.N != 3 || c.Detected != 2 || c.Strict != 1 || c.DetectedRate.K != 2 || c.StrictRate.K != 1 || c.StrictRate.N != 3 {
		t.Errorf("campaigns %+v", c)
	}
	want := []Campaign{
		{Campaign: "a", Attack: "scan", Expects: []string{"scan"}, Packets: 3, Alerts: 3, Strict: 2, Seconds: Number{Value: 2}, Until: Number{Value: 2},
			Signatures: 2, Bytes: &Number{Value: 200}, Share: &Number{Value: 2. / 30}, StrictSeconds: &Number{Value: 2}},
		{Campaign: "b", Attack: "beacon", Expects: []string{"c2"}, Packets: 2, Alerts: 1, Seconds: Number{Value: 6}, Until: Number{Value: 2},
			Signatures: 1, Bytes: &Number{Value: 200}, Share: &Number{Value: 6. / 30},
			StrictSeconds: &Number{Missing: "detected by alerts of other kinds alone"}},
		{Campaign: "c", Attack: "tunnel", Expects: []string{}, Packets: 2, Seconds: Number{Missing: "not detected"}, Until: Number{Missing: "not detected"},
			Bytes: &Number{Missing: "not detected"}, Share: &Number{Missing: "not detected"}, StrictSeconds: &Number{Missing: "not detected"}},
	}
	if diff := cmp.Diff(want, s.Details); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
}

func TestNoExpectationTakesAnyAlert(t *testing.T) {
	in := day()
	in.Campaigns[1].Expects = nil
	if got := compute(t, in).Campaigns.Strict; got != 2 {
		t.Errorf("strict = %d, want 2", got)
	}
}

func TestFlowConfusion(t *testing.T) {
	f := compute(t, day()).Flows
	if f.TP != 2 || f.FN != 1 || f.FP != 2 || f.TN != 1 || f.VictimReplies != 1 {
		t.Errorf("flows %+v", f)
	}
	for name, c := range map[string]struct {
		got  Ratio
		k, n int64
	}{"recall": {f.Recall, 2, 3}, "precision": {f.Precision, 2, 4}, "FPR": {f.FPR, 2, 3}, "lookalikes": {f.Lookalikes, 1, 1}} {
		if c.got.K != c.k || c.got.N != c.n || !(c.got.Low < c.got.Value() && c.got.Value() <= c.got.High) {
			t.Errorf("%s = %+v, want %d of %d inside its interval", name, c.got, c.k, c.n)
		}
	}
}

func TestAFalseAlarmOnAMaliciousFlowIsNoHit(t *testing.T) {
	in := day()
	in.Alerts = list(labels.Alert{Alert: 1})
	in.Matches = list(labels.Match{Alert: 1, Verdict: labels.VerdictFalse, Packet: 3, Flow: 3})
	if f := compute(t, in).Flows; f.TP != 0 || f.FN != 3 || f.FP != 0 {
		t.Errorf("flows %+v: a benign packet in flow 3 made it count", f)
	}
}

func TestLoad(t *testing.T) {
	s := compute(t, day())
	// 10.0.0.1 and 10.0.0.2 sent something; 3 false alarms in half a day and 2 GB.
	if l := s.Load; l.Hosts != 2 || l.PerHostDay.Value != 3 || l.PerGB.Value != 1.5 {
		t.Errorf("load %+v", l)
	}
	want := []Signature{{GID: 1, SID: 1, Name: "noisy", Alerts: 2}, {GID: 1, SID: 2, Name: "rare", Alerts: 1}}
	if diff := cmp.Diff(want, s.FalseAlarms); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
	if a := s.Alerts; a != (Alerts{Read: 9, True: 4, False: 3, Ambiguous: 1, Unmatchable: 1}) {
		t.Errorf("alerts %+v", a)
	}
}

func TestDelayCountsTheUndetected(t *testing.T) {
	d := compute(t, day()).Delay
	// Detected after 2 s and 6 s, and one watched for 60 s in vain: half of three is reached at 6 s, where the average of the
	// detected would be 4 s.
	if d.MedianSeconds.Value != 6 || d.MedianPackets.Value != 2 || d.Detected != 2 || d.Censored != 1 {
		t.Errorf("delay %+v", d)
	}
	in := day()
	in.Alerts, in.Matches = list[labels.Alert](), list[labels.Match]()
	if d := compute(t, in).Delay; d.MedianSeconds.Missing == "" || d.Censored != 3 {
		t.Errorf("nothing detected: delay %+v, want none", d)
	}
}

func TestEmptyCorpusHasNoFigures(t *testing.T) {
	s := compute(t, Input{
		Flows: list[labels.Flow](), Packets: list[labels.Packet](), Alerts: list[labels.Alert](), Matches: list[labels.Match](),
	})
	for name, missing := range map[string]string{
		"detected": s.Campaigns.DetectedRate.Missing, "recall": s.Flows.Recall.Missing, "precision": s.Flows.Precision.Missing,
		"FPR": s.Flows.FPR.Missing, "PPV": s.PPV[0].PPV.Missing, "per host-day": s.Load.PerHostDay.Missing,
		"per GB": s.Load.PerGB.Missing, "delay": s.Delay.MedianSeconds.Missing,
	} {
		if missing == "" {
			t.Errorf("%s has a value where nothing was counted", name)
		}
	}
}

func TestAtBaseRate(t *testing.T) {
	for _, c := range []struct{ base, tpr, fpr, want float64 }{
		{1e-5, .9, 1e-3, .00892}, {2e-5, .7, 1e-5, .583338}, {2e-5, 1, 1e-5, .666671}, {.1, .9, .01, .909091},
		{.5, .9, .01, .989}, {.001, .9, .01, .083},
	} {
		got, ok := AtBaseRate(c.base, c.tpr, c.fpr)
		if tolerance := math.Max(5e-7, c.want*6e-3); !ok || math.Abs(got-c.want) > tolerance {
			t.Errorf("PPV at %v of %v/%v = %v, want %v", c.base, c.tpr, c.fpr, got, c.want)
		}
	}
	if _, ok := AtBaseRate(.1, 0, 0); ok {
		t.Error("a detector that never alarms has a PPV")
	}
}

func TestPPVBoundsHoldTheValue(t *testing.T) {
	for _, p := range ppvs(Options{}.withDefaults(), NewRatio(90, 100, ""), NewRatio(0, 1000, "")) {
		if v := p.PPV; !(v.Low < v.Value && v.Value <= v.High) || v.Value != 1 || v.Low == 0 {
			t.Errorf("PPV at %v: %+v", p.BaseRate, v)
		}
	}
}

func TestTablesThatDoNotBelongTogether(t *testing.T) {
	broken := errors.New("torn")
	for name, c := range map[string]struct {
		change func(*Input)
		want   string
	}{
		"fewer matches":     {func(in *Input) { in.Matches = list[labels.Match]() }, "none for alert 1"},
		"more matches":      {func(in *Input) { in.Alerts = list[labels.Alert]() }, "more than alerts"},
		"other numbers":     {func(in *Input) { in.Matches = list(labels.Match{Alert: 5}) }, "alert 5 stands where alert 1"},
		"unknown verdict":   {func(in *Input) { in.Matches = list(labels.Match{Alert: 1, Verdict: "perhaps"}) }, `verdict "perhaps"`},
		"unknown campaign":  {func(in *Input) { in.Campaigns = in.Campaigns[1:] }, `campaign "a"`},
		"unknown flow":      {func(in *Input) { in.Matches = list(labels.Match{Alert: 1, Verdict: labels.VerdictFalse, Flow: 8}) }, "flow 8 of 7"},
		"unknown class":     {func(in *Input) { in.Flows = list(labels.Flow{Flow: 1, Class: "odd"}) }, `class "odd"`},
		"torn flows":        {func(in *Input) { in.Flows = torn[labels.Flow](broken) }, "torn"},
		"torn packets":      {func(in *Input) { in.Packets = torn[labels.Packet](broken) }, "torn"},
		"torn alerts":       {func(in *Input) { in.Alerts = torn[labels.Alert](broken) }, "torn"},
		"torn matches":      {func(in *Input) { in.Matches = torn[labels.Match](broken) }, "torn"},
		"packet's campaign": {func(in *Input) { in.Packets = list(labels.Packet{Index: 1, Campaign: "z"}) }, `campaign "z"`},
		"flow numbers jump": {func(in *Input) { in.Flows = list(labels.Flow{Flow: 3, Class: labels.Benign}) }, "number 3"},
	} {
		in := day()
		c.change(&in)
		if _, err := Compute(in); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error with %q", name, err, c.want)
		}
	}
}

func torn[T any](err error) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		yield(zero, err)
	}
}

func TestFiguresInJSON(t *testing.T) {
	for name, c := range map[string]struct {
		in   any
		want string
	}{
		"ratio":     {Ratio{K: 0, N: 4, High: .5}, `{"k":0,"n":4,"value":0,"low":0,"high":0.5,"rule_of_three":0.75}`},
		"no ratio":  {NewRatio(0, 0, "nothing there"), `{"missing":"nothing there"}`},
		"zero":      {Number{}, `{"value":0}`},
		"no number": {Number{Missing: "not measured"}, `{"missing":"not measured"}`},
		"over clusters": {
			Ratio{K: 2, N: 4, Low: .01, High: .99, Cluster: Cluster{Unit: "flow", Over: "hosts", Clusters: 12}},
			`{"k":2,"n":4,"value":0.5,"low":0.01,"high":0.99,"unit":"flow","over":"hosts","clusters":12,"wilson_low":0.15003898915214955,"wilson_high":0.8499610108478505}`,
		},
		"no clusters":   {Number{Value: 2, N: 3, Cluster: Cluster{Note: "all alike"}}, `{"n":3,"value":2,"interval_note":"all alike"}`},
		"number within": {Number{Value: .5, Low: 0, High: 1, Bounded: true}, `{"value":0.5,"low":0,"high":1}`},
	} {
		text, err := json.Marshal(c.in)
		if err != nil || string(text) != c.want {
			t.Errorf("%s: %s, %v, want %s", name, text, err, c.want)
		}
		var back any
		switch c.in.(type) {
		case Ratio:
			var r Ratio
			err, back = json.Unmarshal(text, &r), any(&r)
			back = *back.(*Ratio)
		default:
			var n Number
			err, back = json.Unmarshal(text, &n), any(&n)
			back = *back.(*Number)
		}
		if diff := cmp.Diff(c.in, back); err != nil || diff != "" {
			t.Errorf("%s: comes back as %+v, %v", name, back, err)
		}
	}
	for _, text := range []string{`{}`, `{"k":1}`, `{"k":3,"n":2,"low":0,"high":1}`, `{"k":0,"n":0,"low":0,"high":1}`, `[]`} {
		if err := json.Unmarshal([]byte(text), new(Ratio)); err == nil {
			t.Errorf("ratio %s was taken", text)
		}
	}
	if err := json.Unmarshal([]byte(`{}`), new(Number)); err == nil {
		t.Error("number {} was taken")
	}
}

func TestWarnings(t *testing.T) {
	all := strings.Join(compute(t, day()).Warnings, "\n")
	for _, want := range []string{"1 of 9 alerts could mean", "1 of 9 alerts match nothing", "few campaigns (3)", "few alarmed flows (4)"} {
		if !strings.Contains(all, want) {
			t.Errorf("no warning with %q in:\n%s", want, all)
		}
	}
	if strings.Contains(all, "host-day") {
		t.Errorf("one host-day is enough, but is warned about:\n%s", all)
	}
}
