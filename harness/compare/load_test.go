package compare

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evilbench/evilbench/harness/bench"
	"github.com/evilbench/evilbench/harness/score"
)

// withEvidence gives the cells tables by hand: for each host how often the signature 1:7 alarmed.
func withEvidence(s *Side, alarms ...int64) {
	e := &evidence{fired: map[string]map[sigID]*Signature{}, flows: map[string]share{}, false: map[netip.Addr]map[sigID]int64{}}
	var all int64
	for i, n := range alarms {
		host := netip.AddrFrom4([4]byte{10, 0, 0, byte(i + 1)})
		e.hosts = append(e.hosts, host)
		if n > 0 {
			e.false[host] = map[sigID]int64{{gid: 1, sid: 7}: n}
		}
		all += n
	}
	c := s.cells[0]
	c.evidence = e
	c.FalseAlarms, c.Alerts.False = []score.Signature{{GID: 1, SID: 7, Name: "noisy", Alerts: all}}, all
}

func TestAlarmLoad(t *testing.T) {
	publish(t, map[string][]bench.Cell{"out": {cellOf("7.0.10", "et", "one", "D"), cellOf("8.0.3", "et", "one", "D")}})
	for _, c := range []struct {
		name, verdict string
		a, b          []int64
		tested        bool
	}{
		{"all hosts alarm more", Worse, []int64{1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2}, []int64{5, 6, 7, 5, 6, 7, 5, 6, 7, 5, 6, 7}, true},
		{"all hosts alarm less", Better, []int64{5, 6, 7, 5, 6, 7, 5, 6, 7, 5, 6, 7}, []int64{1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2}, true},
		{"all hosts fall silent", Better, []int64{5, 6, 7, 5, 6, 7, 5, 6, 7, 5, 6, 7}, make([]int64, 12), true},
		{"all hosts begin to alarm", Worse, make([]int64, 12), []int64{5, 6, 7, 5, 6, 7, 5, 6, 7, 5, 6, 7}, true},
		{"no host alarms", Even, make([]int64, 12), make([]int64, 12), false},
		{"a burst on one host", Even, make([]int64, 12), []int64{900, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, false},
		{"the same", Even, []int64{1, 0, 3, 1, 0, 3, 1, 0, 3, 1, 0, 3}, []int64{1, 0, 3, 1, 0, 3, 1, 0, 3, 1, 0, 3}, false},
	} {
		sides := load(t, "out#1", "out#2")
		withEvidence(sides[0], c.a...)
		withEvidence(sides[1], c.b...)
		pairs, _, err := pairUp(sides[0], sides[1])
		if err != nil {
			t.Fatal(err)
		}
		m, err := alarmLoad(pairs, seedOf(1))
		if err != nil {
			t.Fatal(err)
		}
		m.judge()
		if m.Verdict != c.verdict || m.Basis != basisTables {
			t.Errorf("%s: %s (%s), from %s", c.name, m.Verdict, m.Why, m.Basis)
		}
		same := func(*Signature) string { return "same" }
		changes, unchanged := alarmChanges(pairs, fates{same, same})
		if len(changes)+unchanged != 1 {
			t.Fatalf("%s: %d changes, %d unchanged of one signature", c.name, len(changes), unchanged)
		}
		if len(changes) == 1 && (changes[0].Q.Missing == "") != c.tested {
			t.Errorf("%s: q is %+v", c.name, changes[0].Q)
		}
	}
}

// No alarm may fall between the hosts.
func TestAlarmsOfNobodyCount(t *testing.T) {
	publish(t, map[string][]bench.Cell{"out": {cellOf("7.0.10", "et", "one", "D"), cellOf("8.0.3", "et", "one", "D")}})
	sides := load(t, "out#1", "out#2")
	withEvidence(sides[0], 1, 2)
	withEvidence(sides[1], 1, 2)
	sides[1].cells[0].evidence.false[netip.Addr{}] = map[sigID]int64{{gid: 1, sid: 8}: 3}
	a, b, _, _ := loadCounts([]pair{{sides[0].cells[0], sides[1].cells[0]}})
	if x, y := rate(a).Value, rate(b).Value; x != 3 || y != 6 { // 2 hosts, half a day
		t.Errorf("%v and %v false alarms per host-day, want 3 and 6", x, y)
	}
}

func TestFlowRecallNeedsClusters(t *testing.T) {
	publish(t, map[string][]bench.Cell{"out": {cellOf("7.0.10", "et", "one", "DDD"), cellOf("8.0.3", "et", "one", "DDM")}})
	v := compareAll(t, Options{}, "out").Versus[0]
	if m := v.Measures[2]; m.Name != flowName || m.Verdict != Even || m.Difference.Bounded || !strings.Contains(m.Why, "there is one corpus only") {
		t.Errorf("one corpus without tables: %+v", m)
	}
	var cells []bench.Cell
	for i := range 12 {
		name := strings.Repeat("c", i+1)
		cells = append(cells, cellOf("7.0.10", "et", name, "DDD"), cellOf("8.0.3", "et", name, "DMM"), cellOf("8.0.3", "mine", name, "DDM"[:2]+string("DM"[i%2])))
	}
	publish(t, map[string][]bench.Cell{"many": cells})
	if m := compareAll(t, Options{}, "many#detector=suricata:7", "many#detector=suricata:8,rules=mine").Versus[0].Measures[2]; m.Verdict != Worse || !m.Difference.Bounded {
		t.Errorf("twelve corpora: %+v", m)
	}
}

func TestSignaturesThatCameAndWent(t *testing.T) {
	publish(t, map[string][]bench.Cell{"out": {cellOf("7.0.10", "et", "one", "DDD"), cellOf("8.0.3", "et", "one", "DMD")}})
	sides := load(t, "out#1", "out#2")
	withEvidence(sides[0], 0)
	withEvidence(sides[1], 0)
	fire := func(s *Side, campaign string, sids ...int64) {
		by := map[sigID]*Signature{}
		for _, sid := range sids {
			x := Signature{GID: 1, SID: sid, Name: "a name", Alerts: sid}
			by[x.id()] = &x
		}
		s.cells[0].evidence.fired[campaign] = by
	}
	fire(sides[0], "scan-1", 1, 2)
	fire(sides[0], "scan-2", 1)
	fire(sides[0], "scan-3", 4)
	fire(sides[1], "scan-1", 2, 3)
	fire(sides[1], "scan-3", 4)
	f := fates{inA: func(*Signature) string { return "in A" }, inB: func(*Signature) string { return "in B" }}
	pairs := []pair{{sides[0].cells[0], sides[1].cells[0]}}
	got, missing := signatureChanges(pairs, f)
	want := []SignatureChange{
		{GID: 1, SID: 1, Name: "a name", A: 2, AlertsA: 2, Alone: 1, Other: "in B"}, {GID: 1, SID: 3, Name: "a name", B: 1, AlertsB: 3, Other: "in A"},
	}
	if diff := cmp.Diff(want, got); diff != "" || missing != "" {
		t.Errorf("want (-), got (+), %s:\n%s", missing, diff)
	}
	sides[1].cells[0].evidence, sides[1].cells[0].without = nil, "it is gone"
	if got, missing := signatureChanges(pairs, f); got != nil || missing != "it is gone" {
		t.Errorf("without tables: %v, %q", got, missing)
	}
}

func TestTablesMustAgreeWithTheResult(t *testing.T) {
	cell := cellOf("7.0.10", "et", "one", "DM")
	r := &reader{evidence: &evidence{flows: map[string]share{"scan-1": {4, 10}, "scan-2": {0, 10}}}}
	c := &loaded{Cell: &cell, from: "out#1"}
	if err := r.agree(c); err != nil {
		t.Error(err)
	}
	r.wrong = 1
	if err := r.agree(c); err == nil || !strings.Contains(err.Error(), "out#1: the tables beside it have 4 of 20 malicious flows and 1 false alarms") {
		t.Errorf("one false alarm more in the tables: %v", err)
	}
	r.wrong, r.flows["scan-2"] = 0, share{1, 10}
	if err := r.agree(c); err == nil {
		t.Error("one alarmed flow more in the tables is taken for the same")
	}
}
