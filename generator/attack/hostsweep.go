package attack

import (
	"errors"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
	"github.com/evilbench/evilbench/labels"
)

// HostSweep looks for machines: an echo request and a connection attempt to every address of the targets' subnets.
type HostSweep struct {
	Rate float64 `yaml:"rate" json:"rate"` // addresses a second
	Port uint16  `yaml:"port" json:"port"` // TCP port asked for, 0 = echo requests only
}

func newHostSweep() Attack { return &HostSweep{Rate: 6, Port: 445} }

// Validate checks the parameters.
func (a *HostSweep) Validate() error {
	if a.Rate <= 0 || a.Rate > 10_000 {
		return errors.New("rate: between 0 and 10000 addresses a second")
	}
	return nil
}

// Plan implements Attack.
func (a *HostSweep) Plan(length int64) Plan { return paced(length, a.Rate, 0.8) }

// Step asks one address: known hosts and empty places in the campaign's own order.
func (a *HostSweep) Step(k int, s *Site, r *draw.Stream) []packet.Conversation {
	n := len(s.Targets) + len(s.Unused)
	at := (k*101 + int(s.Seed[1]%997)) % n
	var to *packet.Host
	if at < len(s.Targets) {
		to = s.Targets[at]
	} else {
		to = s.Ghost(s.Unused[at-len(s.Targets)])
	}
	echo := packet.Conversation{
		Proto: packet.ICMP, Client: s.Source, Server: to, ICMPType: 8, ICMPID: uint16(s.Seed[0]), Class: labels.Malicious, Service: "ping",
		Turns: []packet.Turn{{Data: make([]byte, 32)}},
	}
	out := []packet.Conversation{echo}
	if !to.Absent {
		out[0].Turns = append(out[0].Turns, packet.Turn{From: packet.Server, Data: echo.Turns[0].Data})
	}
	if a.Port != 0 {
		c := s.tcp(to, a.Port)
		c.Start, c.Ending = r.Duration(1e6, 30e6), packet.Refused
		if to.Absent {
			c.Ending = packet.Unanswered
		}
		out = append(out, c)
	}
	return out
}
