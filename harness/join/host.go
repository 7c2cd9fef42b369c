package join

import (
	"net/netip"
	"slices"

	"github.com/evilbench/evilbench/labels"
)

// byHost takes addresses alone: notices about a scan or guessed passwords name two hosts, or only one, and stand for many flows.
func (l *ladder) byHost(a *labels.Alert) bool {
	if a.Time == 0 {
		return false
	}
	switch {
	case a.Src.IsValid() && a.Dst.IsValid():
		return l.byPair(a)
	case a.Src.IsValid():
		return l.bySource(a, a.Src)
	case a.Dst.IsValid():
		return l.bySource(a, a.Dst)
	}
	return false
}

// byPair takes what went on between two hosts: flows then or shortly before, and campaigns that had one attack the other.
func (l *ladder) byPair(a *labels.Alert) bool {
	x := l.index
	from, to := a.Time-int64(l.options.Timeout), a.Time+int64(l.options.Slack)
	x.needHosts()
	all := x.hosts.between(x.flows, hashHosts(a.Src.As16(), a.Dst.As16()), from, to, l.found)
	l.found = slices.DeleteFunc(all, func(i int32) bool { return !x.flows[i].joins(a.Src, a.Dst) })
	l.hearCampaigns(from, to, func(c *campaign) bool {
		return c.runs(a.Src, a.Dst) || c.runs(a.Dst, a.Src)
	})
	if len(l.found)+len(l.voices) == 0 {
		l.note("nothing went on between these hosts at that time")
		return false
	}
	l.decide(RungHost, "both hosts, within the time of what went on between them")
	return true
}

// bySource takes campaigns that come from the one host named.
func (l *ladder) bySource(a *labels.Alert, host netip.Addr) bool {
	from, to := a.Time-int64(l.options.Timeout), a.Time+int64(l.options.Slack)
	l.hearCampaigns(from, to, func(c *campaign) bool { return slices.Contains(c.sources, host) })
	if len(l.voices) > 0 {
		l.decide(RungHost, "the host alone, within the time of a campaign that comes from it")
		return true
	}
	if !l.index.lives(host, from, to) {
		l.note("the host is not in the capture at that time")
		return false
	}
	l.voices = append(l.voices, benign)
	l.decide(RungHost, "the host alone, while no campaign came from it")
	return true
}

// hearCampaigns adds the campaigns that overlap [from, to] and that pick accepts.
func (l *ladder) hearCampaigns(from, to int64, pick func(*campaign) bool) {
	for i := range l.index.campaigns {
		if c := &l.index.campaigns[i]; c.overlaps(from, to) && pick(c) {
			l.voices = append(l.voices, int32(i))
		}
	}
}

func (c *campaign) runs(from, to netip.Addr) bool {
	return slices.Contains(c.sources, from) && slices.Contains(c.targets, to)
}
