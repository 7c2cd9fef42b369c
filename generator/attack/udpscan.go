package attack

import (
	"encoding/binary"
	"errors"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
	"github.com/evilbench/evilbench/labels"
)

// UDPScan probes UDP ports; closed ones answer with ICMP port unreachable, at the rate at which hosts limit it.
type UDPScan struct {
	Rate   float64 `yaml:"rate" json:"rate"`     // probes a second
	Closed float64 `yaml:"closed" json:"closed"` // share of ports that answer with ICMP
}

func newUDPScan() Attack { return &UDPScan{Rate: 8, Closed: 0.6} }

// Validate checks the parameters.
func (a *UDPScan) Validate() error {
	if a.Rate <= 0 || a.Rate > 10_000 {
		return errors.New("rate: between 0 and 10000 probes a second")
	}
	if a.Closed < 0 || a.Closed > 1 {
		return errors.New("closed: a share between 0 and 1")
	}
	return nil
}

// Plan implements Attack.
func (a *UDPScan) Plan(length int64) Plan { return paced(length, a.Rate, 0.9) }

// Step probes one port.
func (a *UDPScan) Step(k int, s *Site, r *draw.Stream) []packet.Conversation {
	to := s.target(k)
	c := packet.Conversation{
		Proto: packet.UDP, Client: s.Source, Server: to, Sport: uint16(r.Between(int(s.Source.Stack.PortLow), int(s.Source.Stack.PortHigh))),
		Dport: udpPort(s, k), Class: labels.Malicious, Turns: []packet.Turn{{Data: make([]byte, 8+r.IntN(24))}},
	}
	r.Fill(c.Turns[0].Data)
	out := []packet.Conversation{c}
	if r.Chance(a.Closed) {
		out = append(out, unreachable(&c, r))
	}
	return out
}

// udpPort walks through the well-known range, without the services that would answer.
func udpPort(s *Site, k int) uint16 {
	p := uint16(1 + (k*37+int(s.Seed[0]%1000))%1024)
	switch p {
	case 53, 67, 68, 88, 123, 137, 138, 161, 389, 464, 500:
		return p + 1024
	}
	return p
}

// unreachable is the victim's ICMP answer to a datagram: type 3, code 3, four unused bytes and the head of what it answers (RFC 792).
func unreachable(c *packet.Conversation, r *draw.Stream) packet.Conversation {
	body := make([]byte, 4+20+8)
	ip := body[4:]
	ip[0] = 0x45
	n := len(c.Turns[0].Data)
	binary.BigEndian.PutUint16(ip[2:], uint16(28+n))
	binary.BigEndian.PutUint16(ip[4:], uint16(r.Uint64()))
	ip[6], ip[8], ip[9] = 0x40, c.Client.Stack.TTL-c.Client.Hops, packet.UDP
	src, dst := c.Client.Addr.As4(), c.Server.Addr.As4()
	copy(ip[12:], src[:])
	copy(ip[16:], dst[:])
	var sum uint32
	for i := 0; i < 20; i += 2 {
		sum += uint32(binary.BigEndian.Uint16(ip[i:]))
	}
	sum = sum&0xffff + sum>>16
	sum = sum&0xffff + sum>>16
	binary.BigEndian.PutUint16(ip[10:], ^uint16(sum))
	binary.BigEndian.PutUint16(ip[20:], c.Sport)
	binary.BigEndian.PutUint16(ip[22:], c.Dport)
	binary.BigEndian.PutUint16(ip[24:], uint16(8+n))
	return packet.Conversation{
		Start: 2*c.Server.Delay + 400_000 + r.Duration(0, 400_000), Proto: packet.ICMP, Client: c.Server, Server: c.Client,
		ICMPType: 3, ICMPCode: 3, Class: labels.VictimReply, Turns: []packet.Turn{{Data: body}},
	}
}
