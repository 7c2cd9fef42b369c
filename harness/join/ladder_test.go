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
			talk(a, "203.0.113.6", 5555, "10.0.0.9", 22, tcp)
		}, want{RungPacket, labels.VerdictTrue, 3, 2, "scan", []int64{2}, "originator"}},
		"packet from the responder": {func(a *labels.Alert) {
			a.Packet = 3
			talk(a, "10.0.0.9", 22, "203.0.113.6", 5555, tcp)
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
			talk(a, "192.168.7.1", 1, "192.168.7.2", 2, tcp)
		}, want{RungPacket, labels.VerdictFalse, 1, 1, "", []int64{1}, "tunnel"}},
		"stale packet number, engine's flow": {func(a *labels.Alert) {
			a.Packet, a.Time, a.PacketSource, a.FlowStart = 1, t0+1000*sec, "stream (flow timeout)", t0+10*sec
			talk(a, "203.0.113.6", 5555, "10.0.0.9", 22, tcp)
		}, want{RungFlow, labels.VerdictTrue, 0, 2, "scan", []int64{2}, "packet 1 is the number left on a packet that the engine made up; "}},
		"number of a packet with other ends": {func(a *labels.Alert) {
			a.Packet, a.FlowStart = 1, t0+10*sec
			talk(a, "203.0.113.6", 5555, "10.0.0.9", 22, tcp)
		}, want{RungFlow, labels.VerdictTrue, 0, 2, "scan", []int64{2}, "other addresses"}},
		"number beyond the capture": {func(a *labels.Alert) {
			a.Packet, a.Time = 99, t0+11*sec
			talk(a, "203.0.113.6", 5555, "10.0.0.9", 22, tcp)
		}, want{RungTuple, labels.VerdictTrue, 0, 2, "scan", []int64{2}, "packet 99 is not among the capture's 7; "}},
		"number of an ARP packet, alert with ports": {func(a *labels.Alert) {
			a.Packet, a.Time = 5, t0+11*sec
			talk(a, "203.0.113.6", 5555, "10.0.0.9", 22, tcp)
		}, want{RungTuple, labels.VerdictTrue, 0, 2, "scan", []int64{2}, "belongs to no flow"}},
		"engine's flow over a port used twice, packet made up": {func(a *labels.Alert) {
			a.Time, a.PacketSource, a.FlowStart = t0+45*sec, "stream (flow timeout)", t0
			talk(a, "10.0.0.5", 1025, "10.0.0.9", 80, tcp)
		}, want{RungFlow, labels.VerdictAmbiguous, 0, 0, "", []int64{1, 4}, "runs over several"}},
		"engine's flow over a port used twice, packet from the wire": {func(a *labels.Alert) {
			a.Time, a.PacketSource, a.FlowStart = t0+45*sec, captured, t0
			talk(a, "10.0.0.5", 1025, "10.0.0.9", 80, tcp)
		}, want{RungFlow, labels.VerdictTrue, 0, 4, "scan", []int64{4}, "and the alert's time"}},
		"engine's flow over a port used twice, no word on the packet": {func(a *labels.Alert) {
			a.Time, a.FlowStart = t0+45*sec, t0
			talk(a, "10.0.0.5", 1025, "10.0.0.9", 80, tcp)
		}, want{RungFlow, labels.VerdictAmbiguous, 0, 0, "", []int64{1, 4}, "runs over several"}},
		"tuple within the flow": {func(a *labels.Alert) {
			a.Time = t0 + 2*sec
			talk(a, "10.0.0.9", 80, "10.0.0.5", 1025, tcp)
		}, want{RungTuple, labels.VerdictAmbiguous, 0, 1, "", []int64{1}, "within"}},
		"tuple after two flows": {func(a *labels.Alert) {
			a.Time = t0 + 60*sec
			talk(a, "10.0.0.5", 1025, "10.0.0.9", 80, tcp)
		}, want{RungTuple, labels.VerdictAmbiguous, 0, 0, "", []int64{1, 4}, "after"}},
		"tuple between two flows": {func(a *labels.Alert) {
			a.Time = t0 + 20*sec
			talk(a, "10.0.0.5", 1025, "10.0.0.9", 80, tcp)
		}, want{RungTuple, labels.VerdictAmbiguous, 0, 1, "", []int64{1}, "after"}},
		"packet without number on a port used twice": {func(a *labels.Alert) {
			a.Time, a.PacketSource = t0+45*sec, captured
			talk(a, "10.0.0.5", 1025, "10.0.0.9", 80, tcp)
		}, want{RungTuple, labels.VerdictTrue, 0, 4, "scan", []int64{4}, "within"}},
		"late or not on a port used twice": {func(a *labels.Alert) {
			a.Time = t0 + 45*sec
			talk(a, "10.0.0.5", 1025, "10.0.0.9", 80, tcp)
		}, want{RungTuple, labels.VerdictAmbiguous, 0, 0, "", []int64{1, 4}, "within"}},
		"tuple without time": {func(a *labels.Alert) { talk(a, "203.0.113.6", 5555, "10.0.0.9", 23, tcp) },
			want{RungTuple, labels.VerdictTrue, 0, 3, "scan", []int64{3}, "no time"}},
		"VLAN named": {func(a *labels.Alert) {
			a.Time, a.VLAN = t0+70*sec, 7
			talk(a, "10.0.0.5", 4000, "10.0.0.9", 53, udp)
		}, want{RungTuple, labels.VerdictTrue, 0, 7, "dns", []int64{7}, ""}},
		"VLAN not named": {func(a *labels.Alert) {
			a.Time = t0 + 70*sec
			talk(a, "10.0.0.5", 4000, "10.0.0.9", 53, udp)
		}, want{RungTuple, labels.VerdictAmbiguous, 0, 0, "", []int64{6, 7}, "different campaigns"}},
		"ping": {func(a *labels.Alert) {
			a.Time, a.ICMPType, a.ICMPCode = t0+50*sec, 8, 0
			talk(a, "10.0.0.5", 0, "10.0.0.9", 0, protoICMP)
		}, want{RungICMP, labels.VerdictFalse, 0, 5, "", []int64{5}, "ICMP"}},
		"answer to a ping": {func(a *labels.Alert) {
			a.Time, a.ICMPType, a.ICMPCode = t0+50*sec, 0, 0
			talk(a, "10.0.0.9", 0, "10.0.0.5", 0, protoICMP)
		}, want{RungICMP, labels.VerdictFalse, 0, 5, "", []int64{5}, "ICMP"}},
		"two hosts, many flows of one campaign": {func(a *labels.Alert) {
			a.Time, a.Src, a.Dst = t0+30*sec, addr("203.0.113.6"), addr("10.0.0.9")
		}, want{RungHost, labels.VerdictTrue, 0, 0, "scan", []int64{2, 3}, "both hosts"}},
		"two hosts with benign and malicious flows": {func(a *labels.Alert) {
			a.Time, a.Src, a.Dst = t0+72*sec, addr("10.0.0.5"), addr("10.0.0.9")
		}, want{RungHost, labels.VerdictAmbiguous, 0, 0, "", []int64{1, 4, 5, 6, 7}, "both hosts"}},
		"two hosts, only benign flows so far": {func(a *labels.Alert) {
			a.Time, a.Src, a.Dst = t0+3*sec, addr("10.0.0.9"), addr("10.0.0.5")
		}, want{RungHost, labels.VerdictAmbiguous, 0, 1, "", []int64{1}, "both hosts"}},
		"source of a campaign alone": {func(a *labels.Alert) { a.Time, a.Src = t0+41*sec, addr("203.0.113.6") },
			want{RungHost, labels.VerdictTrue, 0, 0, "scan", []int64{2, 3}, "stands for 2 flows"}},
		"host alone, with a campaign's packet in a benign flow": {func(a *labels.Alert) { a.Time, a.Src = t0+41*sec, addr("10.0.0.5") },
			want{RungHost, labels.VerdictAmbiguous, 0, 1, "", []int64{1}, "host alone"}},
		"host that is not there": {func(a *labels.Alert) { a.Time, a.Src = t0+41*sec, addr("198.51.100.1") },
			want{RungNone, labels.VerdictUnmatchable, 0, 0, "", []int64{}, "not in the capture"}},
		"ends that are not there": {func(a *labels.Alert) {
			a.Time = t0
			talk(a, "198.51.100.1", 1, "198.51.100.2", 2, tcp)
		}, want{RungNone, labels.VerdictUnmatchable, 0, 0, "", []int64{}, "nothing went on"}},
		"benign host alone": {func(a *labels.Alert) { a.Time, a.Src = t0+202*sec, addr("10.0.0.7") },
			want{RungHost, labels.VerdictFalse, 0, 8, "", []int64{8}, "host alone"}},
		"benign destination alone": {func(a *labels.Alert) { a.Time, a.Dst = t0+202*sec, addr("10.0.0.8") },
			want{RungHost, labels.VerdictFalse, 0, 8, "", []int64{8}, "host alone"}},
		"number of a later fragment, without ports": {func(a *labels.Alert) {
			a.Packet, a.Time, a.PacketSource = 3, t0+10*sec, captured
			talk(a, "203.0.113.6", 0, "10.0.0.9", 0, tcp)
		}, want{RungPacket, labels.VerdictTrue, 3, 2, "scan", []int64{2}, "later fragment"}},
		"without ports, and nothing known of fragments": {func(a *labels.Alert) {
			a.Time = t0 + 20*sec
			talk(a, "203.0.113.6", 0, "10.0.0.9", 0, tcp)
		}, want{RungFragment, labels.VerdictTrue, 0, 0, "scan", []int64{2, 3}, "not looked at for fragments; stands for 2 flows"}},
		"tunnel without packet number": {func(a *labels.Alert) {
			a.Time, a.FlowStart = t0+20*sec, t0+20*sec
			talk(a, "192.168.7.1", 1, "192.168.7.2", 2, tcp)
			a.Outer = labels.Tuple{Src: addr("203.0.113.6"), Dst: addr("10.0.0.9"), Sport: 5555, Dport: 23, Proto: tcp}
		}, want{RungTuple, labels.VerdictTrue, 0, 3, "scan", []int64{3}, "of the tunnel"}},
		"inside a tunnel whose ends are those of another flow": {func(a *labels.Alert) {
			a.Time, a.PacketSource = t0+20*sec, "gre tunnel"
			talk(a, "10.0.0.5", 1025, "10.0.0.9", 80, tcp)
		}, want{RungTime, labels.VerdictTrue, 0, 3, "scan", []int64{3}, "inside a tunnel"}},
		"time alone, nothing but an attack": {func(a *labels.Alert) { a.Time = t0 + 9000*sec },
			want{RungTime, labels.VerdictTrue, 0, 9, "late", []int64{9}, "weak"}},
		"time alone, benign traffic too": {func(a *labels.Alert) { a.Time = t0 + 100*sec },
			want{RungTime, labels.VerdictAmbiguous, 0, 0, "", []int64{1, 2, 3, 4, 5, 6, 7}, "weak"}},
		"time alone, nothing then": {func(a *labels.Alert) { a.Time = t0 - 100*sec },
			want{RungNone, labels.VerdictUnmatchable, 0, 0, "", []int64{}, "nothing went on"}},
		"time of a packet alone": {func(a *labels.Alert) { a.Time, a.PacketSource = t0+200*sec, captured },
			want{RungTime, labels.VerdictFalse, 0, 8, "", []int64{8}, "weak"}},
		"ICMP error that gives the ports it quotes, and is not in the truth": {func(a *labels.Alert) {
			a.Time, a.ICMPType, a.ICMPCode = t0+200*sec, 3, 3
			talk(a, "10.0.0.8", 53, "10.0.0.7", 4001, protoICMP)
		}, want{RungICMP, labels.VerdictFalse, 0, 8, "", []int64{8}, "is about"}},
		"nothing at all": {func(a *labels.Alert) {}, want{RungNone, labels.VerdictUnmatchable, 0, 0, "", []int64{}, "names neither"}},
		"long after everything": {func(a *labels.Alert) {
			a.Time = t0 + 100_000*sec
			talk(a, "10.0.0.5", 1025, "10.0.0.9", 80, tcp)
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

func TestFitICMP(t *testing.T) {
	a, b := addr("2001:db8::1").As16(), addr("2001:db8::2").As16()
	for name, c := range map[string]struct {
		flow       flow
		src        [16]byte
		kind, code int16
		want       bool
	}{
		"request":                          {flow{tag: protoICMPv6, icmpType: 128}, a, 128, 0, true},
		"reply":                            {flow{tag: protoICMPv6, icmpType: 128}, b, 129, 0, true},
		"reply from the one that asked":    {flow{tag: protoICMPv6, icmpType: 128}, a, 129, 0, false},
		"request of the other host":        {flow{tag: protoICMPv6, icmpType: 128}, b, 128, 0, false},
		"request with an odd code":         {flow{tag: protoICMPv6, icmpType: 128}, a, 128, 9, true},
		"ICMP's reply to ICMPv6's request": {flow{tag: protoICMPv6, icmpType: 128}, b, 0, 0, false},
		"a reply that came first":          {flow{tag: protoICMP, icmpType: 0}, a, 0, 0, true},
		"unreachable":                      {flow{tag: protoICMP, icmpType: 3, icmpCode: 3}, a, 3, 3, true},
		"unreachable, another code":        {flow{tag: protoICMP, icmpType: 3, icmpCode: 1}, a, 3, 3, false},
		"unreachable, the other way":       {flow{tag: protoICMP, icmpType: 3, icmpCode: 3}, b, 3, 3, false},
		"no type":                          {flow{tag: protoICMP, icmpType: 3, icmpCode: 3}, b, -1, -1, true},
	} {
		c.flow.src, c.flow.dst = a, b
		e := ends{src: c.src, dst: a, kind: c.kind, code: c.code}
		if c.src == a {
			e.dst = b
		}
		if got := e.fitICMP(&c.flow); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestCandidatesAreBounded(t *testing.T) {
	a := alert(func(a *labels.Alert) { a.Time, a.Src, a.Dst = t0+72*sec, addr("10.0.0.5"), addr("10.0.0.9") })
	matches, _ := matchAll(t, office(), []labels.Alert{a}, Options{Candidates: 2})
	if got := matches[0].Candidates; !cmp.Equal(got, []int64{6, 7}) {
		t.Errorf("candidates %v, want the latest two", got)
	}
	if matches[0].Verdict != labels.VerdictAmbiguous {
		t.Errorf("verdict %s: it must rest on all candidates, not on those kept", matches[0].Verdict)
	}
}
