package attack

import (
	"errors"
	"net/netip"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// SYNFlood asks for connections that it never completes, from invented source addresses.
type SYNFlood struct {
	Rate float64 `yaml:"rate" json:"rate"` // requests a second
	Port uint16  `yaml:"port" json:"port"`
}

func newSYNFlood() Attack { return &SYNFlood{Rate: 300, Port: 80} }

// Validate checks the parameters.
func (a *SYNFlood) Validate() error {
	if a.Rate <= 0 || a.Rate > 100_000 {
		return errors.New("rate: between 0 and 100000 requests a second")
	}
	if a.Port == 0 {
		return errors.New("port: 1 to 65535")
	}
	return nil
}

// Plan implements Attack.
func (a *SYNFlood) Plan(length int64) Plan { return paced(length, a.Rate, 0.9) }

// Step is one request. The invented host looks like the source in everything but its address.
func (a *SYNFlood) Step(k int, s *Site, r *draw.Stream) []packet.Conversation {
	to := s.target(k)
	from := *s.Source
	from.Addr = netip.AddrFrom4([4]byte{byte(r.Between(23, 99)), byte(r.IntN(256)), byte(r.IntN(256)), byte(r.Between(1, 254))})
	from.Name = from.Addr.String()
	c := s.tcp(to, a.Port)
	c.Client, c.Ending = &from, packet.NeverAcknowledged
	c.Sport = uint16(r.Between(int(from.Stack.PortLow), int(from.Stack.PortHigh)))
	return []packet.Conversation{c}
}
