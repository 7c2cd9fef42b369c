package score

import (
	"time"

	"github.com/evilbench/evilbench/harness/stats"
	"github.com/evilbench/evilbench/labels"
)

// Delay is the time to detect over all campaigns: the median of a Kaplan-Meier curve on which an undetected campaign counts as
// watched to its end and not seen. Never an average over the detected alone, which a detector improves by missing the hard ones.
type Delay struct {
	MedianSeconds Number     `json:"median_seconds"`
	MedianPackets Number     `json:"median_packets"` // of the campaign
	Detected      int        `json:"detected"`
	Censored      int        `json:"censored"` // undetected, or detected at a time that is not known
	Curves        []Survival `json:"curves,omitempty"`
}

// Survival is a Kaplan-Meier curve of what passed of campaigns before they were detected.
type Survival struct {
	Detection string          `json:"detection"` // lenient: by any true alert; strict: by one of a kind that the campaign expects
	Measure   string          `json:"measure"`   // seconds, packets, bytes, or share of the campaign's length
	Median    Number          `json:"median"`
	Detected  int             `json:"detected"`
	Censored  int             `json:"censored"`
	Points    []SurvivalPoint `json:"points"`
}

// SurvivalPoint is a step: the share of campaigns that are not yet detected after Value, with its pointwise interval.
type SurvivalPoint struct {
	Value     float64 `json:"value"`
	AtRisk    int     `json:"at_risk"`
	Events    int     `json:"events"`
	Surviving float64 `json:"surviving"`
	Low       float64 `json:"low"`
	High      float64 `json:"high"`
}

// sighting is the first of some alerts: by number where a packet raised it, by time where only a time is known.
type sighting struct {
	alerts      int64
	firstPacket int64 // 0 = no alert named a packet
	firstTime   int64 // ns since the epoch, 0 = no alert without a packet had a time

	// Filled by the packets.
	hitTime             int64 // time of firstPacket
	hitCount, hitBytes  int64 // of the campaign up to firstPacket, that one included
	countByTime, byTime int64 // packets and bytes of the campaign up to firstTime
}

func (s *sighting) see(a *labels.Alert, m *labels.Match) {
	s.alerts++
	switch {
	case m.Packet != 0:
		if s.firstPacket == 0 || m.Packet < s.firstPacket {
			s.firstPacket = m.Packet
		}
	case a.Time != 0:
		if s.firstTime == 0 || a.Time < s.firstTime {
			s.firstTime = a.Time
		}
	}
}

// pass counts a packet of the campaign.
func (c *campaignLedger) pass(p *labels.Packet) {
	c.packets++
	c.bytes += int64(p.Bytes)
	c.bytesAreUnknown = c.bytesAreUnknown || p.Bytes == 0
	if c.packets == 1 {
		c.start = p.Time
	}
	for _, s := range []*sighting{&c.lenient, &c.right} {
		if p.Index == s.firstPacket {
			s.hitTime, s.hitCount, s.hitBytes = p.Time, c.packets, c.bytes
		}
		if p.Time <= s.firstTime {
			s.countByTime, s.byTime = c.packets, c.bytes
		}
	}
}

// delays are what passed of a campaign, from its first packet to an alert.
type delays struct{ seconds, packets, bytes, share Number }

func (c *campaignLedger) delay(s *sighting) delays {
	none := func(why string) delays {
		n := Number{Missing: why}
		return delays{n, n, n, n}
	}
	byTime := s.firstTime != 0
	switch {
	case s.alerts == 0:
		if s == &c.right && c.alerts > 0 {
			return none("detected by alerts of other kinds alone")
		}
		return none("not detected")
	case c.packets == 0:
		return none("no packet of the campaign in the corpus")
	case s.hitCount > 0 && (!byTime || s.hitTime <= s.firstTime):
		return c.delayed(s.hitTime, s.hitCount, s.hitBytes)
	case byTime:
		// Engines round: an alert may seem to come a moment before the packet that raised it.
		return c.delayed(max(c.start, s.firstTime), max(1, s.countByTime), s.byTime)
	}
	return none("the alerts have no time")
}

func (c *campaignLedger) delayed(at, packets, bytes int64) delays {
	d := delays{seconds: since(c.start, at), packets: Number{Value: float64(packets)}, bytes: Number{Value: float64(bytes)}}
	if c.bytesAreUnknown {
		d.bytes = Number{Missing: noSizes}
	}
	length := c.truth.End - c.truth.Start
	d.share = Number{Value: float64(at-c.start) / float64(length)}
	if length <= 0 {
		d.share = Number{Missing: "the campaign has no length"}
	}
	return d
}

const noSizes = "the corpus's packets have no sizes: it was made before there were any"

func since(start, end int64) Number {
	return Number{Value: float64(end-start) / float64(time.Second)}
}

// whole is what passes of a campaign that is never detected.
func (c *campaignLedger) whole() [4]float64 {
	return [4]float64{float64(c.truth.End-c.truth.Start) / float64(time.Second), float64(c.packets), float64(c.bytes), 1}
}

var delayMeasures = [4]string{"seconds", "packets", "bytes", "share"}

func newDelay(campaigns []*campaignLedger) Delay {
	var d Delay
	for _, detection := range []string{"lenient", "strict"} {
		for i, measure := range delayMeasures {
			d.Curves = append(d.Curves, newSurvival(campaigns, detection, i, measure))
		}
	}
	seconds, packets := &d.Curves[0], &d.Curves[1]
	d.MedianSeconds, d.MedianPackets = seconds.Median, packets.Median
	d.Detected, d.Censored = seconds.Detected, seconds.Censored
	return d
}

func newSurvival(campaigns []*campaignLedger, detection string, i int, measure string) Survival {
	v := Survival{Detection: detection, Measure: measure, Points: []SurvivalPoint{}}
	var observations []stats.Observation
	for _, c := range campaigns {
		if measure == "bytes" && c.bytesAreUnknown {
			return Survival{Detection: detection, Measure: measure, Median: Number{Missing: noSizes}, Points: []SurvivalPoint{}}
		}
		s := &c.lenient
		if detection == "strict" {
			s = &c.right
		}
		d := c.delay(s)
		if n := [4]Number{d.seconds, d.packets, d.bytes, d.share}[i]; n.Missing == "" {
			v.Detected++
			observations = append(observations, stats.Observation{Value: n.Value, Event: true})
			continue
		}
		v.Censored++
		observations = append(observations, stats.Observation{Value: c.whole()[i]})
	}
	for _, p := range stats.KaplanMeier(observations) {
		v.Points = append(v.Points, SurvivalPoint{p.Value, p.AtRisk, p.Events, p.Surviving, p.Interval.Low, p.Interval.High})
	}
	v.Median = median(observations, v.Points)
	return v
}

// median has the bounds of R. Brookmeyer and J. Crowley, Biometrics 38, 1982: the values at which one half lies within the curve's
// interval. It has none where the upper end never falls to one half.
func median(observations []stats.Observation, points []SurvivalPoint) Number {
	if len(observations) == 0 {
		return Number{Missing: "no campaign in the corpus"}
	}
	m, ok := stats.KaplanMeierMedian(observations)
	if !ok {
		return Number{Missing: "too few campaigns were detected before they ended"}
	}
	n := Number{Value: m, Low: m, N: int64(len(observations)), Cluster: Cluster{Unit: unitCampaign}}
	for i := len(points) - 1; i >= 0; i-- {
		if points[i].Low <= 0.5 {
			n.Low = min(n.Low, points[i].Value)
		}
		if points[i].High <= 0.5 {
			n.High, n.Bounded = points[i].Value, true
		}
	}
	if !n.Bounded {
		n.Low, n.Note = 0, "the median has no upper bound: too few campaigns were detected for one"
	}
	return n
}
