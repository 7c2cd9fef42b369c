package join

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/evilbench/evilbench/labels"
)

// ladder takes one alert at a time. Its buffers are used again for the next one.
type ladder struct {
	index   *index
	options Options
	match   labels.Match
	found   []int32  // indices of the flows that may be meant
	voices  []int32  // campaigns that may be meant without a flow that shows it
	notes   []string // why rungs above did not hold
}

// climb tries the rungs in order; the first that finds something decides.
func (l *ladder) climb(a *labels.Alert) *labels.Match {
	l.match = labels.Match{Alert: a.Alert, Candidates: l.match.Candidates[:0]}
	l.found, l.voices, l.notes = l.found[:0], l.voices[:0], l.notes[:0]
	switch {
	case l.byPacket(a):
	case l.byFlow(a):
	case l.byTuple(a):
	case l.byHost(a):
	default:
		l.unmatchable(a)
	}
	return &l.match
}

func (l *ladder) note(format string, args ...any) {
	l.notes = append(l.notes, fmt.Sprintf(format, args...))
}

func (l *ladder) unmatchable(a *labels.Alert) {
	if !a.Src.IsValid() && !a.Dst.IsValid() {
		l.note("the alert names no address")
	} else {
		l.note("no flow and no campaign fits")
	}
	l.match.Rung, l.match.Reason, l.match.Verdict = RungNone, strings.Join(l.notes, "; "), labels.VerdictUnmatchable
}

// byPacket takes the packet's number, where the packet is one the alert can mean: engines keep the number of an earlier packet
// on packets they make up themselves.
func (l *ladder) byPacket(a *labels.Alert) bool {
	if a.Packet == 0 {
		return false
	}
	if a.Packet < 0 || a.Packet > int64(len(l.index.packets)) {
		l.note("packet %d is not among the capture's %d", a.Packet, len(l.index.packets))
		return false
	}
	number := l.index.packets[a.Packet-1]
	reason, fits := l.fitsPacket(a, number)
	if !fits {
		l.note("packet %d %s", a.Packet, reason)
		return false
	}
	l.match.Packet = a.Packet
	if number != 0 {
		l.found = append(l.found, number-1)
	}
	l.voices = append(l.voices, l.index.packetCampaign(a.Packet))
	l.decide(RungPacket, reason)
	return true
}

// fitsPacket compares the alert with the flow of the packet it names.
func (l *ladder) fitsPacket(a *labels.Alert, number int32) (reason string, fits bool) {
	if number == 0 {
		if a.Sport != 0 || a.Dport != 0 {
			return "belongs to no flow, and the alert has ports", false
		}
		return "number of a packet without a flow", true
	}
	f := &l.index.flows[number-1]
	if a.Time != 0 && !f.covers(a.Time, int64(l.options.Slack)) {
		return "is of a flow at another time", false
	}
	switch {
	case !a.Src.IsValid() || !a.Dst.IsValid():
		return "packet number; the alert names no addresses", true
	case encapsulated(a.PacketSource):
		return "packet number; the addresses are those inside the tunnel", true
	case isICMP(a.Proto) && !isICMP(f.proto):
		return "packet number; an ICMP error about the flow", true
	}
	same, reversed := f.connects(a.Src.As16(), a.Dst.As16(), a.Sport, a.Dport)
	switch {
	case !same, a.Proto != 0 && a.Proto != f.proto:
		return "has other addresses, ports or protocol than the alert", false
	case reversed:
		return "packet number, from the responder", true
	default:
		return "packet number, from the originator", true
	}
}

// byFlow takes the ends and the start of the engine's own flow. Engine and truth may cut one conversation into flows at other
// places, so that the engine's flow can begin inside one of ours or run over several.
func (l *ladder) byFlow(a *labels.Alert) bool {
	if a.FlowStart == 0 || !hasEnds(a) {
		return false
	}
	slack := int64(l.options.Slack)
	last := a.FlowStart
	if a.Time > last && !madeUp(a) {
		last = a.Time
	}
	l.findTuple(a, a.FlowStart-slack, last+slack)
	if len(l.found) == 0 {
		l.note("no flow with these ends lives at the start of the engine's flow")
		return false
	}
	reason := "ends and start of the engine's flow"
	if len(l.found) > 1 {
		reason = "ends of the engine's flow, which runs over several"
		if a.PacketSource == wire && l.narrow(a.Time) {
			reason = "ends of the engine's flow, and the alert's time"
		}
	}
	l.decide(RungFlow, reason)
	return true
}

// byTuple takes the ends and the time of the alert: a flow that lives then, or one that has ended not too long ago.
func (l *ladder) byTuple(a *labels.Alert) bool {
	if !hasEnds(a) {
		return false
	}
	rung, ends := RungTuple, "addresses, ports and protocol"
	if isICMP(a.Proto) {
		rung, ends = RungICMP, "addresses, ICMP type and code"
	}
	if a.Time == 0 {
		if l.findTuple(a, math.MinInt64, math.MaxInt64); len(l.found) == 0 {
			l.note("no flow has these ends")
			return false
		}
		l.decide(rung, ends+"; the alert has no time")
		return true
	}
	l.findTuple(a, a.Time-int64(l.options.Timeout), a.Time+int64(l.options.Slack))
	if len(l.found) == 0 {
		l.note("no flow has these ends at that time")
		return false
	}
	// A late alert can fall into the next flow with the same ends: only a packet's own time tells them apart.
	if a.PacketSource == wire {
		l.narrow(a.Time)
	}
	reason := ends + ", and a time after the flow"
	if slices.ContainsFunc(l.found, func(i int32) bool { return l.index.flows[i].covers(a.Time, int64(l.options.Slack)) }) {
		reason = ends + ", and a time within the flow"
	}
	l.decide(rung, reason)
	return true
}

// findTuple finds the flows with the alert's ends, in either direction, that overlap [from, to].
func (l *ladder) findTuple(a *labels.Alert, from, to int64) {
	src, dst := a.Src.As16(), a.Dst.As16()
	x := l.index
	hash := hashTuple(src, dst, a.Sport, a.Dport, a.Proto)
	all := x.tuples.between(x.flows, hash, from, to, l.found)
	l.found = all[:0]
	for _, i := range all {
		f := &x.flows[i]
		same, _ := f.connects(src, dst, a.Sport, a.Dport)
		if same && f.proto == a.Proto && (a.VLAN == 0 || a.VLAN == f.vlan) && fitsICMP(a, f) {
			l.found = append(l.found, i)
		}
	}
}

// narrow keeps the flows that live at a time, if there are any.
func (l *ladder) narrow(at int64) bool {
	living := 0
	for _, i := range l.found {
		if l.index.flows[i].covers(at, int64(l.options.Slack)) {
			l.found[living] = i
			living++
		}
	}
	if living > 0 {
		l.found = l.found[:living]
	}
	return living > 0
}

func (f *flow) covers(at, slack int64) bool { return f.start-slack <= at && at <= f.end+slack }
