package attack

import (
	"cmp"
	"encoding/binary"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// ICMPTunnel carries data in echo requests and replies, in bursts, each under an identifier of its own.
type ICMPTunnel struct {
	Rate  float64 `yaml:"rate" json:"rate"`   // echo requests a second
	Bytes int     `yaml:"bytes" json:"bytes"` // most data in a message
}

func newICMPTunnel() Attack { return &ICMPTunnel{Rate: 10, Bytes: 900} }

const (
	burst      = 20 // requests in a step
	leastInner = 12 // the tunnel's own header
)

// Validate checks the parameters.
func (a *ICMPTunnel) Validate() error {
	return cmp.Or(within("rate", a.Rate, slowest, 10_000), within("bytes", a.Bytes, leastInner, 1400))
}

// Plan implements Attack.
func (a *ICMPTunnel) Plan(length int64) Plan { return paced(length, a.Rate/burst, 0.3) }

// Step is one burst. Requests and replies differ, unlike a ping's, and begin with the session and a number.
func (a *ICMPTunnel) Step(k int, s *Site, r *draw.Stream) []packet.Conversation {
	c := s.talk(stageTunnel, packet.ICMP, s.C2, 0)
	c.ICMPType, c.ICMPID = 8, uint16(s.Seed[0])+uint16(k)
	c.Turns = make([]packet.Turn, 0, 2*burst)
	inner := make([]byte, 0, 2*burst*leastInner)
	for i := range 2 * burst {
		at := len(inner)
		inner = binary.BigEndian.AppendUint32(inner, uint32(s.Seed[1]))
		inner = binary.BigEndian.AppendUint64(inner, uint64(k*2*burst+i))
		t := packet.Turn{From: packet.Side(i % 2), Data: inner[at:len(inner):len(inner)]}
		t.Fill = int64(r.Between(max(leastInner, a.Bytes/3), a.Bytes)) - leastInner
		if t.From == packet.Client {
			t.Wait = r.Duration(0, int64(1.6e9/a.Rate))
		}
		c.Turns = append(c.Turns, t)
	}
	return []packet.Conversation{c}
}
