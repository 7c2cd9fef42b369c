package attack

import (
	"cmp"
	"errors"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// HostSweep looks for machines: an echo request, a connection attempt or both to every address of the targets' subnets.
type HostSweep struct {
	Rate float64 `yaml:"rate" json:"rate"` // addresses a second
	Port uint16  `yaml:"port" json:"port"` // TCP port asked for; 0 = echo requests only
	Echo string  `yaml:"echo" json:"echo"` // empty: without payload, as scanners send it; system: as the source's own ping; none
}

func newHostSweep() Attack { return &HostSweep{Rate: 6, Port: 445, Echo: "empty"} }

// Validate checks the parameters.
func (a *HostSweep) Validate() error {
	if a.Echo == plain && a.Port == 0 {
		return errors.New("port: 0 leaves nothing to send where echo is none")
	}
	return cmp.Or(within("rate", a.Rate, slowest, 10_000), among("echo", a.Echo, []string{"empty", "system", plain}))
}

// Plan implements Attack.
func (a *HostSweep) Plan(length int64) Plan { return paced(length, a.Rate, 0.8) }

// Step asks one address: known hosts and empty places mixed, in the campaign's own order.
func (a *HostSweep) Step(k int, s *Site, r *draw.Stream) []packet.Conversation {
	at := s.nth("address", k, len(s.Targets)+len(s.Unused))
	var to *packet.Host
	if at < len(s.Targets) {
		to = s.Targets[at]
	} else {
		to = s.Ghost(s.Unused[at-len(s.Targets)])
	}
	out := make([]packet.Conversation, 0, 2)
	if a.Echo != plain {
		out = append(out, a.echo(s, to, r))
	}
	if a.Port != 0 {
		c := s.talk(stageScan, packet.TCP, to, a.Port)
		c.Start = r.Duration(1e6, 30e6)
		switch {
		case to.Absent:
			c.Ending = packet.Unanswered
		case open(to, packet.TCP, a.Port, nil):
			c.Ending = packet.HalfOpen
		default:
			c.Ending = packet.Refused
		}
		out = append(out, c)
	}
	return out
}

// echo is one request, and the reply where somebody is there.
func (a *HostSweep) echo(s *Site, to *packet.Host, r *draw.Stream) packet.Conversation {
	c := s.talk(stageScan, packet.ICMP, to, 0)
	q := s.request(&c, "")
	q.OutBytes = 1 // one request
	dialogue.Ping(r, q, &c)
	if a.Echo == "empty" {
		c.Turns = []packet.Turn{{}, {From: packet.Server}}
	}
	if to.Absent {
		c.Turns = c.Turns[:1]
	}
	return c
}
