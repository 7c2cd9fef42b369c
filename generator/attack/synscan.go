package attack

import (
	"errors"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// commonPorts are services that scanners ask for first.
var commonPorts = []uint16{
	80, 23, 443, 21, 22, 25, 3389, 110, 445, 139, 143, 53, 135, 3306, 8080, 1723, 111, 995, 993, 5900, 1025, 587, 8888, 199, 1720,
	465, 548, 113, 81, 6001, 10000, 514, 5060, 179, 1026, 2000, 8443, 8000, 32768, 554, 26, 1433, 49152, 2001, 515, 8008, 49154, 1027,
	5666, 646, 5000, 5631, 631, 49153, 8081, 2049, 88, 79, 5800, 106, 2121, 1110, 49155, 6000, 513, 990, 5357, 427, 49156, 543, 544, 5101,
	144, 7, 389, 8009, 3128, 444, 9999, 5009, 7070, 5190, 3000, 5432, 1900, 3986, 13, 1029, 9, 5051, 6646, 49157, 1028, 873, 1755, 2717, 4899,
	9100, 119, 37,
}

// portOf is the k-th port of a scan that walks through ports in the campaign's own order: the common ones shuffled, then all others.
func portOf(s *Site, k int) uint16 {
	if k >= len(commonPorts) {
		return uint16(1 + (k*7919+int(s.Seed[0]%65535))%65535)
	}
	order := s.Seed.Word("ports").Stream()
	ports := append([]uint16(nil), commonPorts...)
	for i := len(ports) - 1; i > 0; i-- {
		j := order.IntN(i + 1)
		ports[i], ports[j] = ports[j], ports[i]
	}
	return ports[k]
}

// SYNScan probes TCP ports with half-open connections.
type SYNScan struct {
	Rate     float64  `yaml:"rate" json:"rate"`         // probes a second
	Open     []uint16 `yaml:"open" json:"open"`         // ports that answer
	Filtered float64  `yaml:"filtered" json:"filtered"` // share of closed ports that say nothing
}

func newSYNScan() Attack {
	return &SYNScan{Rate: 15, Open: []uint16{22, 80, 443}, Filtered: 0.3}
}

// Validate checks the parameters.
func (a *SYNScan) Validate() error {
	if a.Rate <= 0 || a.Rate > 10_000 {
		return errors.New("rate: between 0 and 10000 probes a second")
	}
	if a.Filtered < 0 || a.Filtered > 1 {
		return errors.New("filtered: a share between 0 and 1")
	}
	return nil
}

// Plan implements Attack.
func (a *SYNScan) Plan(length int64) Plan { return paced(length, a.Rate, 0.9) }

// Step probes one port of one target.
func (a *SYNScan) Step(k int, s *Site, r *draw.Stream) []packet.Conversation {
	c := s.tcp(s.target(k), portOf(s, k/len(s.Targets)))
	c.Ending = packet.Refused
	for _, p := range a.Open {
		if p == c.Dport {
			c.Ending = packet.HalfOpen
			return []packet.Conversation{c}
		}
	}
	if r.Chance(a.Filtered) {
		c.Ending, c.SYNRetries = packet.Unanswered, 1
	}
	return []packet.Conversation{c}
}
