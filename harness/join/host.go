package join

import (
	"slices"

	"github.com/evilbench/evilbench/labels"
)

// byHost takes addresses alone: notices about a scan or guessed passwords name two hosts, or only one, and stand for many flows.
func (l *ladder) byHost(a *labels.Alert) bool {
	e := &l.ends
	switch {
	case a.Time == 0 || !e.from && !e.to:
		return false
	case e.from && e.to:
		return l.byPair(a)
	case e.from:
		return l.byOne(a, e.src)
	}
	return l.byOne(a, e.dst)
}

// byPair takes what went on between two hosts: flows then or shortly before, and campaigns that had one attack the other.
func (l *ladder) byPair(a *labels.Alert) bool {
	e, x, then := &l.ends, l.index, l.before(a)
	pairs := x.lookup(&x.pairs, byPair)
	l.gather(pairs, hashPair(e.src, e.dst), then, func(f *flow) bool { return f.joins(e.src, e.dst) })
	l.hearCampaigns(e.src, e.dst, then)
	l.hearCampaigns(e.dst, e.src, then)
	if len(l.voices) == 0 {
		l.note("nothing went on between these hosts at that time")
		return false
	}
	l.decide(RungHost, "both hosts, within the time of what went on between them")
	return true
}

// hearCampaigns hears those under way then in which one host attacks the other.
func (l *ladder) hearCampaigns(from, to [16]byte, then span) {
	c := &l.index.campaigns
	for _, n := range c.sources[from] {
		if c.list[n].overlaps(then) && slices.Contains(c.targets[to], n) {
			l.hear(n)
		}
	}
}

// byOne takes what a host had to do with: campaigns that come from it, and flows.
func (l *ladder) byOne(a *labels.Alert, host [16]byte) bool {
	x, then := l.index, l.before(a)
	c := &x.campaigns
	for _, n := range c.sources[host] {
		if c.list[n].overlaps(then) {
			l.hear(n)
		}
	}
	probe := flow{src: host, dst: host}
	sources, sinks := x.lookup(&x.sources, bySource), x.lookup(&x.sinks, bySink)
	l.gather(sources, probe.srcHash(), then, func(f *flow) bool { return f.src == host })
	l.gather(sinks, probe.dstHash(), then, func(f *flow) bool { return f.dst == host })
	if len(l.voices) == 0 {
		l.note("the host is not in the capture at that time")
		return false
	}
	l.decide(RungHost, "the host alone, within the time of what it had to do with")
	return true
}

// byTime takes the time alone, where the alert names no address. It says little, and is counted apart.
func (l *ladder) byTime(a *labels.Alert) bool {
	if a.Time == 0 || l.ends.from || l.ends.to {
		return false
	}
	then := l.before(a)
	if timely(a.PacketSource) {
		then = l.at(a)
	}
	x := l.index
	l.gather(x.lookup(&x.whole, byTime), 0, then, func(*flow) bool { return true })
	x.campaigns.during(then, func(n int32) bool {
		l.hear(n)
		return len(l.voices) < 2
	})
	if x.strays.overlap(then) {
		l.hear(benign)
	}
	if len(l.voices) == 0 {
		l.note("nothing went on at that time")
		return false
	}
	reason := "weak: the time alone, the alert names no address"
	if l.ends.inside {
		reason = "weak: the time alone, the addresses are those inside a tunnel"
	}
	l.decide(RungTime, reason)
	return true
}
