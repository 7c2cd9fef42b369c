package attack

import (
	"cmp"
	"net/netip"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// SYNFlood asks for connections that it never completes. From the Internet it invents source addresses; a source on the site uses
// its own, because nothing else leaves a network that filters (RFC 2827).
type SYNFlood struct {
	Rate     float64 `yaml:"rate" json:"rate"` // requests a second
	Port     uint16  `yaml:"port" json:"port"`
	Spoofed  bool    `yaml:"spoofed" json:"spoofed"`   // invent source addresses
	Answered float64 `yaml:"answered" json:"answered"` // share of the requests that the target still answers
}

func newSYNFlood() Attack { return &SYNFlood{Rate: 300, Port: 80, Spoofed: true, Answered: 1} }

// Validate checks the parameters.
func (a *SYNFlood) Validate() error {
	return cmp.Or(within("rate", a.Rate, slowest, 100_000), within("port", a.Port, 1, 65535), within("answered", a.Answered, 0, 1))
}

// Plan implements Attack.
func (a *SYNFlood) Plan(length int64) Plan { return paced(length, a.Rate, 0.9) }

// Step is one request. An invented host looks like the source in everything but its address, and never hears the answer; a real one
// resets it. Ports go up one by one, as flooding tools count.
func (a *SYNFlood) Step(k int, s *Site, r *draw.Stream) []packet.Conversation {
	c := s.talk(stageFlood, packet.TCP, s.target(k), a.Port)
	low, high := int(s.Source.Stack.PortLow), int(s.Source.Stack.PortHigh)
	c.Sport = uint16(low + (int(s.Seed[0]>>40)+k)%(high-low+1))
	c.Ending = packet.HalfOpen
	if a.Spoofed && !s.Source.Local {
		from := *s.Source
		from.Name, from.Addr = "", public(r)
		c.Client, c.Ending = &from, packet.NeverAcknowledged
	}
	if c.Server.Absent || !r.Chance(a.Answered) {
		c.Ending = packet.Unanswered
	}
	return []packet.Conversation{c}
}

// public draws an address from the first octets in which nothing special lies (RFC 6890).
func public(r *draw.Stream) netip.Addr {
	for {
		x := r.Uint64()
		a := [4]byte{byte(x >> 24), byte(x >> 16), byte(x >> 8), byte(x)}
		switch a[0] {
		case 0, 10, 100, 127, 169, 172, 192, 198, 203:
			continue
		}
		if a[0] < 224 {
			return netip.AddrFrom4(a)
		}
	}
}
