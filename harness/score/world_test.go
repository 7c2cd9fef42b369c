package score

import (
	"math"
	"net/netip"
	"slices"
	"testing"

	"github.com/evilbench/evilbench/labels"
)

func addr(n int) netip.Addr { return netip.AddrFrom4([4]byte{10, 0, byte(n >> 8), byte(n)}) }

// world builds a corpus and a run step by step.
type world struct {
	in      Input
	flows   []labels.Flow
	packets []labels.Packet
	alerts  []labels.Alert
	matches []labels.Match
}

func newWorld() *world {
	w := &world{}
	w.in.HomeNet = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")}
	w.in.Days, w.in.Bytes = 1, 1e9
	w.in.Kinds = func(a *labels.Alert) []string { return []string{a.Name} }
	return w
}

// campaign has flows of the stages, in order.
func (w *world) campaign(id, kind string, stages ...string) {
	w.in.Campaigns = append(w.in.Campaigns, labels.Campaign{Campaign: id, Attack: kind, Expects: []string{kind}, Start: sec, End: 11 * sec,
		Technique: "T-" + kind, Tactic: "tactic-" + kind})
	for _, s := range stages {
		f := w.flow(labels.Malicious, 1)
		f.Campaign, f.Stage = id, s
	}
}

func (w *world) flow(class labels.Class, host int) *labels.Flow {
	w.flows = append(w.flows, labels.Flow{Flow: int64(len(w.flows) + 1), Class: class, BwdPackets: 1, FwdBytes: 1000, Start: sec, End: sec,
		Tuple: labels.Tuple{Src: addr(host), Dst: netip.MustParseAddr("203.0.113.9")}})
	return &w.flows[len(w.flows)-1]
}

// alert is on flows, true for the campaign they are of.
func (w *world) alert(sid int64, kind string, at int64, flows ...int64) *labels.Alert {
	n := int64(len(w.alerts) + 1)
	f := &w.flows[flows[0]-1]
	m := labels.Match{Alert: n, Verdict: labels.VerdictFalse, Candidates: flows, Campaign: f.Campaign}
	if f.Campaign != "" {
		m.Verdict = labels.VerdictTrue
	}
	if len(flows) == 1 {
		m.Flow = flows[0]
	}
	w.matches = append(w.matches, m)
	w.alerts = append(w.alerts, labels.Alert{Alert: n, GID: 1, SID: sid, Name: kind, Category: kind, Severity: int32(sid), Time: at, Score: math.NaN(), Src: f.Src, Dst: f.Dst})
	return &w.alerts[n-1]
}

func (w *world) score(t testing.TB) *Score {
	t.Helper()
	in := w.in
	in.Flows, in.Packets, in.Alerts, in.Matches = list(w.flows...), list(w.packets...), list(w.alerts...), list(w.matches...)
	s, err := Compute(in)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *Score) in(t *testing.T, unit string) Unit {
	t.Helper()
	i := slices.IndexFunc(s.Units, func(u Unit) bool { return u.Unit == unit })
	if i < 0 {
		t.Fatalf("no unit %s", unit)
	}
	return s.Units[i]
}

func isRatio(t *testing.T, name string, r Ratio, k, n int64) {
	t.Helper()
	if r.Missing != "" || r.K != k || r.N != n {
		t.Errorf("%s = %d of %d %s, want %d of %d", name, r.K, r.N, r.Missing, k, n)
	}
}
