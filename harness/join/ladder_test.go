package join

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evilbench/evilbench/labels"
)

func TestLadder(t *testing.T) {
	type want struct {
		rung     string
		verdict  labels.Verdict
		packet   int64
		flow     int64
		campaign string
		cands    []int64
		reason   string // part of it
	}
	for name, c := range map[string]struct {
		alert func(*labels.Alert)
		want  want
	}{
		"packet from the originator": {func(a *labels.Alert) {
			a.Packet, a.Time = 3, t0+10*sec
			ends(a, "203.0.113.6", 5555, "10.0.0.9", 22, tcp)
		}, want{RungPacket, labels.VerdictTrue, 3, 2, "scan", []int64{2}, "originator"}},
		"packet from the responder": {func(a *labels.Alert) {
			a.Packet = 3
			ends(a, "10.0.0.9", 22, "203.0.113.6", 5555, tcp)
		}, want{RungPacket, labels.VerdictTrue, 3, 2, "scan", []int64{2}, "responder"}},
		"decoder alert without addresses": {func(a *labels.Alert) { a.Packet = 1 },
			want{RungPacket, labels.VerdictFalse, 1, 1, "", []int64{1}, "no addresses"}},
		"packet of another campaign than its flow": {func(a *labels.Alert) { a.Packet = 2 },
			want{RungPacket, labels.VerdictTrue, 2, 1, "scan", []int64{1}, ""}},
		"ARP": {func(a *labels.Alert) { a.Packet = 5 },
			want{RungPacket, labels.VerdictFalse, 5, 0, "", []int64{}, "without a flow"}},
		"ARP of an attack": {func(a *labels.Alert) { a.Packet = 6 },
			want{RungPacket, labels.VerdictTrue, 6, 0, "scan", []int64{}, "without a flow"}},
		"inside a tunnel": {func(a *labels.Alert) {
			a.Packet, a.PacketSource = 1, "gre tunnel"
			ends(a, "192.168.7.1", 1, "192.168.7.2", 2, tcp)
		}, want{RungPacket, labels.VerdictFalse, 1, 1, "", []int64{1}, "tunnel"}},
		"stale packet number, engine's flow": {func(a *labels.Alert) {
			a.Packet, a.Time, a.PacketSource, a.FlowStart = 1, t0+1000*sec, "stream (flow timeout)", t0+10*sec
			ends(a, "203.0.113.6", 5555, "10.0.0.9", 22, tcp)
		}, want{RungFlow, labels.VerdictTrue, 0, 2, "scan", []int64{2}, "packet 1 is of a flow at another time; "}},
		"number of a packet with other ends": {func(a *labels.Alert) {
			a.Packet, a.FlowStart = 1, t0+10*sec
			ends(a, "203.0.113.6", 5555, "10.0.0.9", 22, tcp)
		}, want{RungFlow, labels.VerdictTrue, 0, 2, "scan", []int64{2}, "other addresses"}},
		"number beyond the capture": {func(a *labels.Alert) {
			a.Packet, a.Time = 99, t0+11*sec
			ends(a, "203.0.113.6", 5555, "10.0.0.9", 22, tcp)
		}, want{RungTuple, labels.VerdictTrue, 0, 2, "scan", []int64{2}, "packet 99 is not among the capture's 7; "}},
		"number of an ARP packet, alert with ports": {func(a *labels.Alert) {
			a.Packet, a.Time = 5, t0+11*sec
			ends(a, "203.0.113.6", 5555, "10.0.0.9", 22, tcp)
		}, want{RungTuple, labels.VerdictTrue, 0, 2, "scan", []int64{2}, "belongs to no flow"}},
		"engine's flow over a port used twice, packet made up": {func(a *labels.Alert) {
			a.Time, a.PacketSource, a.FlowStart = t0+45*sec, "stream (flow timeout)", t0
			ends(a, "10.0.0.5", 1025, "10.0.0.9", 80, tcp)
		}, want{RungFlow, labels.VerdictFalse, 0, 1, "", []int64{1}, ""}},
		"engine's flow over a port used twice, packet from the wire": {func(a *labels.Alert) {
			a.Time, a.PacketSource, a.FlowStart = t0+45*sec, wire, t0
			ends(a, "10.0.0.5", 1025, "10.0.0.9", 80, tcp)
		}, want{RungFlow, labels.VerdictTrue, 0, 4, "scan", []int64{4}, "and the alert's time"}},
		"engine's flow over a port used twice, no word on the packet": {func(a *labels.Alert) {
			a.Time, a.FlowStart = t0+45*sec, t0
			ends(a, "10.0.0.5", 1025, "10.0.0.9", 80, tcp)
		}, want{RungFlow, labels.VerdictAmbiguous, 0, 0, "", []int64{1, 4}, "runs over several"}},
		"tuple within the flow": {func(a *labels.Alert) {
			a.Time = t0 + 2*sec
			ends(a, "10.0.0.9", 80, "10.0.0.5", 1025, tcp)
		}, want{RungTuple, labels.VerdictFalse, 0, 1, "", []int64{1}, "within"}},
		"tuple after two flows": {func(a *labels.Alert) {
			a.Time = t0 + 60*sec
			ends(a, "10.0.0.5", 1025, "10.0.0.9", 80, tcp)
		}, want{RungTuple, labels.VerdictAmbiguous, 0, 0, "", []int64{1, 4}, "after"}},
		"tuple between two flows": {func(a *labels.Alert) {
			a.Time = t0 + 20*sec
			ends(a, "10.0.0.5", 1025, "10.0.0.9", 80, tcp)
		}, want{RungTuple, labels.VerdictFalse, 0, 1, "", []int64{1}, "after"}},
		"packet without number on a port used twice": {func(a *labels.Alert) {
			a.Time, a.PacketSource = t0+45*sec, wire
			ends(a, "10.0.0.5", 1025, "10.0.0.9", 80, tcp)
		}, want{RungTuple, labels.VerdictTrue, 0, 4, "scan", []int64{4}, "within"}},
		"late or not on a port used twice": {func(a *labels.Alert) {
			a.Time = t0 + 45*sec
			ends(a, "10.0.0.5", 1025, "10.0.0.9", 80, tcp)
		}, want{RungTuple, labels.VerdictAmbiguous, 0, 0, "", []int64{1, 4}, "within"}},
		"tuple without time": {func(a *labels.Alert) { ends(a, "203.0.113.6", 5555, "10.0.0.9", 23, tcp) },
			want{RungTuple, labels.VerdictTrue, 0, 3, "scan", []int64{3}, "no time"}},
		"VLAN named": {func(a *labels.Alert) {
			a.Time, a.VLAN = t0+70*sec, 7
			ends(a, "10.0.0.5", 4000, "10.0.0.9", 53, udp)
		}, want{RungTuple, labels.VerdictTrue, 0, 7, "dns", []int64{7}, ""}},
		"VLAN not named": {func(a *labels.Alert) {
			a.Time = t0 + 70*sec
			ends(a, "10.0.0.5", 4000, "10.0.0.9", 53, udp)
		}, want{RungTuple, labels.VerdictAmbiguous, 0, 0, "", []int64{6, 7}, "different campaigns"}},
		"ping": {func(a *labels.Alert) {
			a.Time, a.ICMPType, a.ICMPCode = t0+50*sec, 8, 0
			ends(a, "10.0.0.5", 0, "10.0.0.9", 0, protoICMP)
		}, want{RungICMP, labels.VerdictFalse, 0, 5, "", []int64{5}, "ICMP"}},
		"answer to a ping": {func(a *labels.Alert) {
			a.Time, a.ICMPType, a.ICMPCode = t0+50*sec, 0, 0
			ends(a, "10.0.0.9", 0, "10.0.0.5", 0, protoICMP)
		}, want{RungICMP, labels.VerdictFalse, 0, 5, "", []int64{5}, "ICMP"}},
		"two hosts, many flows of one campaign": {func(a *labels.Alert) {
			a.Time, a.Src, a.Dst = t0+30*sec, addr("203.0.113.6"), addr("10.0.0.9")
		}, want{RungHost, labels.VerdictTrue, 0, 0, "scan", []int64{2, 3}, "both hosts"}},
		"two hosts with benign and malicious flows": {func(a *labels.Alert) {
			a.Time, a.Src, a.Dst = t0+72*sec, addr("10.0.0.5"), addr("10.0.0.9")
		}, want{RungHost, labels.VerdictAmbiguous, 0, 0, "", []int64{1, 4, 5, 6, 7}, "both hosts"}},
		"two hosts, only benign flows so far": {func(a *labels.Alert) {
			a.Time, a.Src, a.Dst = t0+3*sec, addr("10.0.0.9"), addr("10.0.0.5")
		}, want{RungHost, labels.VerdictFalse, 0, 1, "", []int64{1}, "both hosts"}},
		"source of a campaign alone": {func(a *labels.Alert) { a.Time, a.Src = t0+41*sec, addr("203.0.113.6") },
			want{RungHost, labels.VerdictTrue, 0, 0, "scan", []int64{}, "host alone"}},
		"source alone before its campaign": {func(a *labels.Alert) { a.Time, a.Src = t0+41*sec, addr("10.0.0.5") },
			want{RungHost, labels.VerdictFalse, 0, 0, "", []int64{}, "no campaign"}},
		"host that is not there": {func(a *labels.Alert) { a.Time, a.Src = t0+41*sec, addr("198.51.100.1") },
			want{RungNone, labels.VerdictUnmatchable, 0, 0, "", []int64{}, "not in the capture"}},
		"ends that are not there": {func(a *labels.Alert) {
			a.Time = t0
			ends(a, "198.51.100.1", 1, "198.51.100.2", 2, tcp)
		}, want{RungNone, labels.VerdictUnmatchable, 0, 0, "", []int64{}, "nothing went on"}},
		"nothing at all": {func(a *labels.Alert) {}, want{RungNone, labels.VerdictUnmatchable, 0, 0, "", []int64{}, "names no address"}},
		"long after everything": {func(a *labels.Alert) {
			a.Time = t0 + 100_000*sec
			ends(a, "10.0.0.5", 1025, "10.0.0.9", 80, tcp)
		}, want{RungNone, labels.VerdictUnmatchable, 0, 0, "", []int64{}, "at that time"}},
	} {
		t.Run(name, func(t *testing.T) {
			matches, _ := matchAll(t, office(), []labels.Alert{alert(c.alert)}, Options{})
			m := matches[0]
			got := want{m.Rung, m.Verdict, m.Packet, m.Flow, m.Campaign, m.Candidates, c.want.reason}
			if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("want (-), got (+), reason %q:\n%s", m.Reason, diff)
			}
			if !strings.Contains(m.Reason, c.want.reason) {
				t.Errorf("reason %q, want one with %q", m.Reason, c.want.reason)
			}
		})
	}
}

func TestICMPv6Pairs(t *testing.T) {
	f := &flow{proto: protoICMPv6, icmpType: 128}
	a := alert(func(a *labels.Alert) { a.ICMPType, a.ICMPCode = 129, 0 })
	if !fitsICMP(&a, f) {
		t.Error("an echo reply does not fit its request")
	}
	if a.ICMPType = 0; fitsICMP(&a, f) {
		t.Error("ICMP's echo reply fits ICMPv6's request")
	}
}

func TestCandidatesAreBounded(t *testing.T) {
	a := alert(func(a *labels.Alert) { a.Time, a.Src, a.Dst = t0+72*sec, addr("10.0.0.5"), addr("10.0.0.9") })
	matches, _ := matchAll(t, office(), []labels.Alert{a}, Options{Candidates: 2})
	if got := matches[0].Candidates; !cmp.Equal(got, []int64{1, 4}) {
		t.Errorf("candidates %v, want the first two", got)
	}
	if matches[0].Verdict != labels.VerdictAmbiguous {
		t.Errorf("verdict %s: it must rest on all candidates, not on those kept", matches[0].Verdict)
	}
}
