package attack

import (
	"cmp"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// SYNScan probes TCP ports, one of each target in turn, the common ones first.
type SYNScan struct {
	Rate     float64  `yaml:"rate" json:"rate"`         // probes a second
	Open     []uint16 `yaml:"open" json:"open"`         // ports that answer; none = what the target's system usually listens on
	Filtered float64  `yaml:"filtered" json:"filtered"` // share of the other ports that say nothing
	Connect  bool     `yaml:"connect" json:"connect"`   // complete the handshake of open ports, as a scanner without raw sockets does
}

func newSYNScan() Attack { return &SYNScan{Rate: 15, Open: []uint16{}, Filtered: 0.3} }

// Validate checks the parameters.
func (a *SYNScan) Validate() error {
	return cmp.Or(within("rate", a.Rate, slowest, 10_000), within("filtered", a.Filtered, 0, 1))
}

// Plan implements Attack.
func (a *SYNScan) Plan(length int64) Plan { return paced(length, a.Rate, 0.9) }

// Step probes one port of one target.
func (a *SYNScan) Step(k int, s *Site, _ *draw.Stream) []packet.Conversation {
	c := s.talk(stageScan, packet.TCP, s.target(k), s.portOf(s.visit(k), commonTCP))
	switch {
	case open(c.Server, packet.TCP, c.Dport, a.Open):
		c.Ending = packet.HalfOpen
		if a.Connect {
			c.Ending = packet.ResetByClient
		}
	case c.Server.Absent || s.fate("filtered", c.Server, int(c.Dport), a.Filtered):
		c.Ending, c.SYNRetries = packet.Unanswered, 1
	default:
		c.Ending = packet.Refused
	}
	return []packet.Conversation{c}
}
