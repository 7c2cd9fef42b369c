package score

import (
	"fmt"
	"slices"
	"testing"

	"github.com/evilbench/evilbench/labels"
)

func TestStages(t *testing.T) {
	w := newWorld()
	w.campaign("a", "scan", "scan", "scan", "login")
	w.campaign("b", "c2", "login", "exfil", "")
	w.campaign("c", "dos", "flood")
	w.alert(1, "scan", sec, 1)    // names the stage
	w.alert(1, "other", sec, 3)   // for the wrong reason
	w.alert(1, "c2", sec, 4, 5)   // could be about either
	w.alert(1, "c2", sec, 5)      // exfil
	w.alert(1, "dos", sec, 7)     // the only stage there is
	w.matches[4].Candidates = nil // even where it names no flow
	w.matches[4].Flow = 0
	w.alert(1, "other", sec, 1) // does not take back that it was heard rightly
	s := w.score(t)
	u := s.in(t, "stage")
	isRatio(t, "stages", u.Recall, 4, 5)
	isRatio(t, "stages, strict", u.Strict, 3, 5)
	var got []string
	for _, g := range s.Stages {
		got = append(got, fmt.Sprintf("%s %d %d/%d", g.Stage, g.Detected.K, g.Strict.K, g.Detected.N))
	}
	if want := []string{"exfil 1 1/1", "flood 1 1/1", "login 1 0/2", "scan 1 1/1"}; !slices.Equal(got, want) {
		t.Errorf("stages %v, want %v", got, want)
	}
	for i := range w.flows {
		w.flows[i].Stage = ""
	}
	if u := w.score(t).in(t, "stage"); u.Recall.Missing == "" {
		t.Errorf("stages of a corpus that names none: %+v", u.Recall)
	}
}

func TestGroups(t *testing.T) {
	w := newWorld()
	w.campaign("a", "scan", "scan")
	benign := w.flow(labels.Benign, 2).Flow
	other := w.flow(labels.Benign, 3).Flow
	minute := 60 * sec
	w.alert(5, "x", 20*minute, benign)
	w.alert(5, "x", 10*minute, benign) // bridges the two gaps, in whatever order they come
	w.alert(5, "x", 15*minute, benign)
	w.alert(5, "renamed", 9*minute, benign)
	w.alert(5, "x", 25*minute+1, benign) // one nanosecond too late
	w.alert(5, "x", 10*minute, other)
	w.alert(6, "x", 10*minute, benign)
	w.alert(6, "x", 10*minute, 1)
	back := w.alert(6, "x", 11*minute, 1) // the answer of the same flow
	back.Src, back.Dst, back.FlowStart = back.Dst, back.Src, sec
	s := w.score(t)
	if want := (Groups{N: 5, True: 1, False: 4}); *s.Groups != want {
		t.Errorf("groups %+v, want %+v", *s.Groups, want)
	}
	isRatio(t, "precision of groups", s.in(t, "group").Precision, 1, 5)
	if s.Load.More.Groups != 4 || s.Load.More.GroupsPerHostDay.Value != 4./3 {
		t.Errorf("load %+v of %d hosts", s.Load.More, s.Load.Hosts)
	}
	mixed := w.alert(6, "x", 12*minute, benign)
	mixed.Src, mixed.Dst = w.flows[0].Src, w.flows[0].Dst
	if got := *w.score(t).Groups; got.Mixed != 1 || got.True != 1 {
		t.Errorf("groups %+v, want a true one with a false alert", got)
	}
}

func TestFoldingInBetweenChangesNothing(t *testing.T) {
	count := func(limit int) int {
		l := newGroupLedger(10)
		for i := range 2000 {
			l.rows.add(group{key: int32(i * 7919 % 13), first: int64(i * 104729 % 5000), last: int64(i * 104729 % 5000)})
			if limit > 0 && i%limit == 0 {
				l.rows.fold()
			}
		}
		return len(l.rows.fold())
	}
	if a, b := count(0), count(3); a != b || a < 13 {
		t.Errorf("%d groups, and %d when folded on the way", a, b)
	}
}

func TestHostDays(t *testing.T) {
	w := newWorld()
	w.in.Days = 3
	const d = 24 * 60 * 60 * int64(1e9)
	w.campaign("a", "scan", "scan") // host 1, day 0
	f := w.flow(labels.Benign, 2)
	f.Start, f.End = sec, sec+2*d // days 0, 1 and 2
	f.Dst = addr(3)
	w.alert(1, "scan", sec, 1)
	w.alert(1, "scan", 2*sec, 1)
	w.alert(2, "x", sec+d, 2)   // hosts 2 and 3, day 1
	w.alert(2, "x", sec+d+1, 2) // again
	w.alert(2, "x", sec, 1).Src = addr(2)
	w.matches[4] = labels.Match{Alert: 5, Verdict: labels.VerdictFalse, Flow: 2} // host 2, day 0
	s := w.score(t)
	u := s.in(t, "host-day")
	isRatio(t, "host-days with an attack", u.Recall, 1, 1)
	isRatio(t, "host-days with a false alarm", u.FPR, 3, 6)
	isRatio(t, "precision of host-days", u.Precision, 1, 4)
	w.in.HomeNet = nil
	if u := w.score(t).in(t, "host-day"); u.Recall.Missing == "" || u.FPR.Missing == "" {
		t.Errorf("host-days without a home network: %+v", u)
	}
}

func TestPackets(t *testing.T) {
	w := newWorld()
	w.campaign("a", "scan", "scan")
	benign := w.flow(labels.Benign, 2).Flow
	for i := range int64(6) {
		w.packets = append(w.packets, labels.Packet{Index: i + 1, Time: (i + 1) * sec, Campaign: []string{"a", ""}[i%2], Bytes: 60})
	}
	for i, packet := range []int64{3, 3, 2, 1} {
		w.alert(1, "x", sec, []int64{1, 1, benign, 1}[i])
		w.matches[i].Packet = packet
	}
	u := w.score(t).in(t, "packet")
	isRatio(t, "precision of packets", u.Precision, 2, 3)
	isRatio(t, "FPR of packets", u.FPR, 1, 3)
	if u.Recall.Missing == "" {
		t.Error("the recall of packets is told, and means nothing")
	}
	w.packets[3].Index = 2
	in := w.in
	in.Flows, in.Packets, in.Alerts, in.Matches = list(w.flows...), list(w.packets...), list(w.alerts...), list(w.matches...)
	if _, err := Compute(in); err == nil {
		t.Error("packets out of order were taken")
	}
}
