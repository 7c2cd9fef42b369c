package score

import (
	"slices"

	"github.com/evilbench/evilbench/labels"
)

// campaignLedger collects what is known of one campaign.
type campaignLedger struct {
	truth          *labels.Campaign
	alerts, strict int64

	// The first true alert: by number where a packet raised it, by time where only a time is known.
	firstPacket int64 // 0 = no alert named a packet
	firstTime   int64 // ns since the epoch, 0 = no alert without a packet had a time

	// Filled by the packets.
	packets     int64
	start       int64 // time of the first packet
	hitTime     int64 // time of firstPacket
	hitCount    int64 // packets of the campaign up to firstPacket, that one included
	countByTime int64 // packets of the campaign up to firstTime
}

func (c *campaignLedger) hear(a *labels.Alert, m *labels.Match, kinds func(*labels.Alert) []string) {
	c.alerts++
	if c.expects(kinds(a)) {
		c.strict++
	}
	switch {
	case m.Packet != 0:
		if c.firstPacket == 0 || m.Packet < c.firstPacket {
			c.firstPacket = m.Packet
		}
	case a.Time != 0:
		if c.firstTime == 0 || a.Time < c.firstTime {
			c.firstTime = a.Time
		}
	}
}

// expects tells whether one of the words is right. A campaign that expects nothing takes any alert (FORMAT.md, "Vocabulary").
func (c *campaignLedger) expects(words []string) bool {
	if len(c.truth.Expects) == 0 {
		return true
	}
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(c.truth.Expects, w) })
}

func (h *hearing) campaignCounts() Campaigns {
	c := Campaigns{N: int64(len(h.campaigns))}
	for _, l := range h.campaigns {
		if l.alerts > 0 {
			c.Detected++
		}
		if l.strict > 0 {
			c.Strict++
		}
	}
	const none = "no campaign in the corpus"
	c.DetectedRate = NewRatio(c.Detected, c.N, none)
	c.StrictRate = NewRatio(c.Strict, c.N, none)
	return c
}

func (h *hearing) details() []Campaign {
	out := make([]Campaign, 0, len(h.campaigns))
	for _, c := range h.campaigns {
		t := c.truth
		seconds, until := c.delay()
		out = append(out, Campaign{
			Campaign: t.Campaign, Attack: t.Attack, Technique: t.Technique, Tactic: t.Tactic, Expects: append([]string{}, t.Expects...),
			Packets: c.packets, Alerts: c.alerts, Strict: c.strict, Seconds: seconds, Until: until,
		})
	}
	return out
}
