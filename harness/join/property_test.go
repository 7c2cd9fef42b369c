package join

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/evilbench/evilbench/labels"
)

// world is a random truth. Flows with the same ends and VLAN follow each other without overlap, as they do on a wire.
type world struct {
	truth   Truth
	flows   []labels.Flow
	packets []labels.Packet
}

func drawWorld(t *rapid.T) *world {
	w := &world{}
	campaigns := rapid.IntRange(1, 3).Draw(t, "campaigns")
	for i := range campaigns {
		w.truth.Campaigns = append(w.truth.Campaigns, labels.Campaign{
			Campaign: fmt.Sprintf("c%d", i), Start: t0, End: t0 + 10_000*sec, Sources: []string{fmt.Sprintf("10.0.0.%d", i+1)},
		})
	}
	clock := map[labels.Tuple]int64{} // by canonical tuple: when its last flow ended
	for range rapid.IntRange(1, 30).Draw(t, "flows") {
		f := labels.Flow{ICMPType: -1, ICMPCode: -1, Class: labels.Benign}
		host := rapid.IntRange(1, 4)
		f.Src, f.Dst = addr(fmt.Sprintf("10.0.0.%d", host.Draw(t, "src"))), addr(fmt.Sprintf("10.0.1.%d", host.Draw(t, "dst")))
		f.Proto = rapid.SampledFrom([]uint8{tcp, udp, protoICMP}).Draw(t, "proto")
		if f.Proto == protoICMP {
			f.ICMPType, f.ICMPCode = rapid.SampledFrom([]int16{8, 13}).Draw(t, "type"), 0
		} else {
			f.Sport, f.Dport = rapid.Uint16Range(1, 2).Draw(t, "sport"), rapid.Uint16Range(80, 81).Draw(t, "dport")
		}
		f.VLAN = rapid.SampledFrom([]uint32{0, 0, 5}).Draw(t, "vlan")
		if rapid.Bool().Draw(t, "swap") {
			f.Src, f.Dst, f.Sport, f.Dport = f.Dst, f.Src, f.Dport, f.Sport
		}
		if c := rapid.IntRange(-1, campaigns-1).Draw(t, "campaign"); c >= 0 {
			f.Class, f.Campaign = labels.Malicious, fmt.Sprintf("c%d", c)
		}
		k := canonical(&f)
		f.Start = max(t0, clock[k]) + rapid.Int64Range(1, 50).Draw(t, "gap")*sec
		f.End = f.Start + rapid.Int64Range(0, 50).Draw(t, "length")*sec
		clock[k] = f.End
		w.flows = append(w.flows, f)
	}
	slices.SortStableFunc(w.flows, func(a, b labels.Flow) int { return int((a.Start - b.Start) / sec) })
	for i := range w.flows {
		f := &w.flows[i]
		f.Flow = int64(i) + 1
		w.packets = append(w.packets,
			labels.Packet{Flow: f.Flow, Time: f.Start, Campaign: f.Campaign, Forward: true},
			labels.Packet{Flow: f.Flow, Time: f.End, Campaign: f.Campaign})
	}
	slices.SortStableFunc(w.packets, func(a, b labels.Packet) int { return int((a.Time - b.Time) / sec) })
	for i := range w.packets {
		w.packets[i].Index = int64(i) + 1
	}
	w.truth.Flows, w.truth.Packets = list(w.flows), list(w.packets)
	return w
}

// canonical is the same for both directions. ICMP requests of different types are different flows.
func canonical(f *labels.Flow) labels.Tuple {
	k := f.Tuple
	if k.Src.Compare(k.Dst) > 0 {
		k.Src, k.Dst, k.Sport, k.Dport = k.Dst, k.Src, k.Dport, k.Sport
	}
	if f.ICMPType >= 0 {
		k.Sport = uint16(f.ICMPType)
	}
	return k
}

// speak makes an alert that knows everything about one packet.
func (w *world) speak(p *labels.Packet) labels.Alert {
	f := &w.flows[p.Flow-1]
	return alert(func(a *labels.Alert) {
		a.Src, a.Dst, a.Sport, a.Dport, a.Proto, a.VLAN = f.Src, f.Dst, f.Sport, f.Dport, f.Proto, f.VLAN
		a.ICMPType, a.ICMPCode = f.ICMPType, f.ICMPCode
		if !p.Forward {
			a.Src, a.Dst, a.Sport, a.Dport = a.Dst, a.Src, a.Dport, a.Sport
			a.ICMPType = map[int16]int16{-1: -1, 8: 0, 13: 14}[a.ICMPType]
		}
		a.Packet, a.PacketSource = p.Index, wire
		a.Time, a.FlowStart, a.FlowForward = p.Time/1000*1000, f.Start/1000*1000, p.Forward
	})
}

// distortion takes from an alert what engines leave out or get wrong. exact says that what is left still names the flow.
type distortion struct {
	name  string
	apply func(*rapid.T, *world, *labels.Alert)
	exact func(*labels.Flow) bool
}

func always(*labels.Flow) bool             { return true }
func untagged(f *labels.Flow) bool         { return f.VLAN != 0 } // an alert without a tag may mean any tag
func never(*labels.Flow) bool              { return false }
func keep(*rapid.T, *world, *labels.Alert) {}

var distortions = []distortion{
	{"none", keep, always},
	{"no addresses", func(_ *rapid.T, _ *world, a *labels.Alert) {
		*a = alert(func(b *labels.Alert) { b.Packet, b.Time = a.Packet, a.Time })
	}, always},
	{"no tag, packet number", func(_ *rapid.T, _ *world, a *labels.Alert) { a.VLAN = 0 }, always},
	{"made-up packet at the flow's end", func(t *rapid.T, _ *world, a *labels.Alert) {
		a.Packet, a.PacketSource = 0, "stream (flow timeout)"
		a.Time += rapid.Int64Range(1, 600).Draw(t, "late") * sec
	}, untagged},
	{"made-up packet with the number of another", func(t *rapid.T, w *world, a *labels.Alert) {
		a.Packet, a.PacketSource = rapid.Int64Range(1, int64(len(w.packets))).Draw(t, "stale"), "stream (flow timeout)"
		a.Time += rapid.Int64Range(1000, 2000).Draw(t, "late") * sec // behind every flow
	}, untagged},
	{"packet without number or flow", func(_ *rapid.T, _ *world, a *labels.Alert) { a.Packet, a.FlowStart = 0, 0 }, untagged},
	{"no flow", func(_ *rapid.T, _ *world, a *labels.Alert) { a.Packet, a.PacketSource, a.FlowStart = 0, "", 0 }, never},
	{"no flow, late", func(t *rapid.T, _ *world, a *labels.Alert) {
		a.Packet, a.PacketSource, a.FlowStart = 0, "", 0
		a.Time += rapid.Int64Range(1, 600).Draw(t, "late") * sec
	}, never},
	{"no time", func(_ *rapid.T, _ *world, a *labels.Alert) { a.Packet, a.FlowStart, a.Time = 0, 0, 0 }, never},
	{"hosts alone", func(_ *rapid.T, _ *world, a *labels.Alert) {
		*a = alert(func(b *labels.Alert) { b.Src, b.Dst, b.Time = a.Src, a.Dst, a.Time })
	}, never},
}

// TestNeverWrong: whatever is left out of an alert, a verdict that is given is the right one, the right flow is among the
// candidates, and where the information is there the flow is found.
func TestNeverWrong(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		p := rapid.SampledFrom(w.packets).Draw(t, "packet")
		d := rapid.SampledFrom(distortions).Draw(t, "distortion")
		a := w.speak(&p)
		d.apply(t, w, &a)
		var m labels.Match
		counts, err := Run(w.truth, list([]labels.Alert{a}), func(x *labels.Match) error { m = *x; return nil }, Options{})
		if err != nil {
			t.Fatal(err)
		}
		f := &w.flows[p.Flow-1]
		right := labels.VerdictFalse
		if f.Campaign != "" {
			right = labels.VerdictTrue
		}
		t.Logf("%s: flow %d (%q): %+v", d.name, f.Flow, f.Campaign, m)
		switch {
		case counts.Read != 1:
			t.Fatalf("counts %+v", counts)
		case m.Verdict == labels.VerdictAmbiguous:
			if d.exact(f) {
				t.Fatal("ambiguous, though the alert names the flow")
			}
		case m.Verdict != right || m.Campaign != f.Campaign:
			t.Fatalf("verdict %s, campaign %q", m.Verdict, m.Campaign)
		case d.exact(f) && m.Flow != f.Flow:
			t.Fatalf("flow %d", m.Flow)
		}
		if !slices.Contains(m.Candidates, f.Flow) {
			t.Fatalf("candidates %v", m.Candidates)
		}
	})
}

// TestStrangersAreUnmatchable: hosts that are not in the truth never match.
func TestStrangersAreUnmatchable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		a := w.speak(&w.packets[0])
		a.Packet, a.PacketSource = 0, ""
		a.Src = addr("192.0.2.1")
		var m labels.Match
		if _, err := Run(w.truth, list([]labels.Alert{a}), func(x *labels.Match) error { m = *x; return nil }, Options{}); err != nil {
			t.Fatal(err)
		}
		if m.Verdict != labels.VerdictUnmatchable || len(m.Candidates) > 0 {
			t.Fatalf("%+v", m)
		}
	})
}
