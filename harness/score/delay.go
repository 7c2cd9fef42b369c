package score

import (
	"fmt"
	"iter"
	"time"

	"github.com/evilbench/evilbench/harness/stats"
	"github.com/evilbench/evilbench/labels"
)

// Delay is the time to detect over all campaigns: the median of a Kaplan-Meier curve on which an undetected campaign counts as
// watched to its end and not seen. Never an average over the detected alone, which a detector improves by missing the hard ones.
type Delay struct {
	MedianSeconds Number `json:"median_seconds"`
	MedianPackets Number `json:"median_packets"` // of the campaign
	Detected      int    `json:"detected"`
	Censored      int    `json:"censored"` // undetected, or detected at a time that is not known
}

// readPackets finds when each campaign began and how much of it had passed at its first true alert.
func (h *hearing) readPackets(packets iter.Seq2[labels.Packet, error]) error {
	for p, err := range packets {
		if err != nil {
			return err
		}
		if p.Campaign == "" {
			continue
		}
		c := h.by[p.Campaign]
		if c == nil {
			return fmt.Errorf("packets: packet %d names campaign %q, which is not in the corpus", p.Index, p.Campaign)
		}
		c.pass(&p)
	}
	return nil
}

func (c *campaignLedger) pass(p *labels.Packet) {
	c.packets++
	if c.packets == 1 {
		c.start = p.Time
	}
	if p.Index == c.firstPacket {
		c.hitTime, c.hitCount = p.Time, c.packets
	}
	if p.Time <= c.firstTime {
		c.countByTime = c.packets
	}
}

// delay is the time and the number of packets from the campaign's first packet to its first true alert.
func (c *campaignLedger) delay() (seconds, packets Number) {
	if c.alerts == 0 {
		const undetected = "not detected"
		return Number{Missing: undetected}, Number{Missing: undetected}
	}
	if c.packets == 0 {
		const none = "no packet of the campaign in the corpus"
		return Number{Missing: none}, Number{Missing: none}
	}
	byTime := c.firstTime != 0
	if c.hitCount > 0 && (!byTime || c.hitTime <= c.firstTime) {
		return since(c.start, c.hitTime), Number{Value: float64(c.hitCount)}
	}
	if byTime {
		// Engines round: an alert may seem to come a moment before the packet that raised it.
		return since(c.start, max(c.start, c.firstTime)), Number{Value: float64(max(1, c.countByTime))}
	}
	const timeless = "the alerts have no time"
	return Number{Missing: timeless}, Number{Missing: timeless}
}

func since(start, end int64) Number {
	return Number{Value: float64(end-start) / float64(time.Second)}
}

func newDelay(campaigns []*campaignLedger) Delay {
	var d Delay
	var seconds, packets []stats.Observation
	for _, c := range campaigns {
		s, p := c.delay()
		if s.Missing != "" {
			d.Censored++
			length := float64(c.truth.End-c.truth.Start) / float64(time.Second)
			seconds = append(seconds, stats.Observation{Value: length})
			packets = append(packets, stats.Observation{Value: float64(c.packets)})
			continue
		}
		d.Detected++
		seconds = append(seconds, stats.Observation{Value: s.Value, Event: true})
		packets = append(packets, stats.Observation{Value: p.Value, Event: true})
	}
	d.MedianSeconds, d.MedianPackets = median(seconds), median(packets)
	return d
}

func median(observations []stats.Observation) Number {
	if len(observations) == 0 {
		return Number{Missing: "no campaign in the corpus"}
	}
	m, ok := stats.KaplanMeierMedian(observations)
	if !ok {
		return Number{Missing: "too few campaigns were detected before they ended"}
	}
	return Number{Value: m}
}
