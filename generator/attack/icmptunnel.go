package attack

import (
	"errors"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
	"github.com/evilbench/evilbench/labels"
)

// ICMPTunnel carries data in echo requests and replies. Each step is a burst on one identifier.
type ICMPTunnel struct {
	Rate  float64 `yaml:"rate" json:"rate"`   // echo requests a second
	Bytes int     `yaml:"bytes" json:"bytes"` // most data in a message
}

const burst = 20

func newICMPTunnel() Attack { return &ICMPTunnel{Rate: 10, Bytes: 900} }

// Validate checks the parameters.
func (a *ICMPTunnel) Validate() error {
	if a.Rate <= 0 || a.Rate > 10_000 {
		return errors.New("rate: between 0 and 10000 requests a second")
	}
	if a.Bytes < 1 || a.Bytes > 1400 {
		return errors.New("bytes: 1 to 1400, which a packet can hold")
	}
	return nil
}

// Plan implements Attack.
func (a *ICMPTunnel) Plan(length int64) Plan { return paced(length, a.Rate/burst, 0.3) }

// Step is one burst.
func (a *ICMPTunnel) Step(k int, s *Site, r *draw.Stream) []packet.Conversation {
	c := packet.Conversation{
		Proto: packet.ICMP, Client: s.Source, Server: s.C2, ICMPType: 8, ICMPID: uint16(s.Seed[0]) + uint16(k), Class: labels.Malicious,
	}
	for range burst {
		c.Turns = append(c.Turns,
			packet.Turn{Wait: r.Duration(1e6, int64(1e9/a.Rate)), Fill: int64(r.Between(a.Bytes/3+1, a.Bytes))},
			packet.Turn{From: packet.Server, Fill: int64(r.Between(a.Bytes/3+1, a.Bytes))})
	}
	return []packet.Conversation{c}
}
