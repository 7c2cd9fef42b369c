package join

import (
	"fmt"
	"math"
	"strings"

	"github.com/evilbench/evilbench/labels"
)

// ladder takes one alert at a time. Its buffers are used again for the next one.
type ladder struct {
	index   *index
	truth   *Truth
	details *details // read when the first alert needs them
	options Options
	slack   int64
	timeout int64

	match  labels.Match
	ends   ends
	found  []int32  // indices of the flows that may be meant
	more   bool     // there are more than found holds
	voices []int32  // campaigns that may be meant
	notes  []string // why rungs above did not hold
	err    error    // of reading details
}

func newLadder(x *index, t *Truth, o Options) *ladder {
	return &ladder{index: x, truth: t, options: o, slack: int64(o.Slack), timeout: int64(o.Timeout)}
}

// climb tries the rungs in order; the first that finds something decides.
func (l *ladder) climb(a *labels.Alert) (*labels.Match, error) {
	l.match = labels.Match{Alert: a.Alert, Candidates: l.match.Candidates[:0]}
	l.found, l.voices, l.notes, l.more = l.found[:0], l.voices[:0], l.notes[:0], false
	l.ends = endsOf(a)
	switch {
	case l.byPacket(a):
	case l.byFragment(a):
	case l.byFlow(a):
	case l.byTuple(a):
	case l.byQuote(a):
	case l.byHost(a):
	case l.byTime(a):
	default:
		l.unmatchable()
	}
	return &l.match, l.err
}

func (l *ladder) note(format string, args ...any) {
	l.notes = append(l.notes, fmt.Sprintf(format, args...))
}

func (l *ladder) unmatchable() {
	if len(l.notes) == 0 {
		l.note("the alert names neither packet nor address nor time")
	}
	l.match.Rung, l.match.Reason, l.match.Verdict = RungNone, strings.Join(l.notes, "; "), labels.VerdictUnmatchable
}

// at is the moment of the alert, as far as clocks tell.
func (l *ladder) at(a *labels.Alert) span { return around(a.Time, l.slack, l.slack) }

// before is the time in which went on what the alert speaks of, which may come late. Without a time it is all time.
func (l *ladder) before(a *labels.Alert) span {
	if a.Time == 0 {
		return span{math.MinInt64, math.MaxInt64}
	}
	return around(a.Time, l.timeout, l.slack)
}

// byFlow takes the ends and the start of the engine's own flow. The engine's number of it is no key: numbers collide. Engine and
// truth may cut one conversation into flows at other places, so that the engine's flow can begin inside one of ours or run over
// several, and a packet that it made up can be about any of those.
func (l *ladder) byFlow(a *labels.Alert) bool {
	if a.FlowStart == 0 || !l.ends.whole() || l.ends.inside {
		return false
	}
	then := around(a.FlowStart, l.slack, l.slack)
	if a.Time >= minus(a.FlowStart, l.slack) {
		then.to = max(then.to, plus(a.Time, l.slack))
	} else { // the alert's time is none: the flow may have gone on
		then.to = plus(a.FlowStart, l.timeout)
	}
	reason := "ends and start of the engine's flow"
	if timely(a.PacketSource) {
		if l.findTuple(l.at(a)); len(l.found) > 0 {
			l.decide(RungFlow, reason+", and the alert's time")
			return true
		}
	}
	if l.findTuple(then); len(l.found) == 0 {
		l.note("no flow with these ends lives between the start of the engine's flow and the alert")
		return false
	}
	if len(l.found) > 1 {
		reason = "ends of the engine's flow, which runs over several"
	}
	l.decide(RungFlow, reason)
	return true
}

// byTuple takes the ends and the time of the alert: a flow that lives then, or one that has ended not too long ago.
func (l *ladder) byTuple(a *labels.Alert) bool {
	if !l.ends.whole() {
		return false
	}
	rung, reason := RungTuple, "addresses, ports and protocol"
	switch {
	case l.ends.quotes() && l.byQuoted(a):
		return true
	case isICMP(l.ends.proto):
		rung, reason = RungICMP, "addresses, ICMP type and code"
	case l.ends.inside:
		reason = "addresses, ports and protocol of the tunnel"
	}
	// A late alert can fall into the next flow with the same ends: only a packet's own time tells them apart.
	if timely(a.PacketSource) && a.Time != 0 {
		if l.findTuple(l.at(a)); len(l.found) > 0 {
			l.decide(rung, reason+", and the packet's time within the flow")
			return true
		}
	}
	if l.findTuple(l.before(a)); len(l.found) == 0 {
		l.note("no flow has these ends at that time")
		return false
	}
	switch {
	case a.Time == 0:
		reason += "; the alert has no time"
	case l.anyAt(a):
		reason += ", and a time within the flow"
	default:
		reason += ", and a time after the flow"
	}
	l.decide(rung, reason)
	return true
}

// findTuple finds the flows with the alert's ends, in either direction, that were under way then.
func (l *ladder) findTuple(then span) {
	e := &l.ends
	l.gather(l.index.tuples, hashTuple(e.src, e.dst, e.sport, e.dport, e.proto), then, e.fit)
}

// anyAt tells whether one of the candidates lives at the alert's time.
func (l *ladder) anyAt(a *labels.Alert) bool {
	for _, i := range l.found {
		if l.index.flows.at(i).span().overlaps(l.at(a)) {
			return true
		}
	}
	return false
}
