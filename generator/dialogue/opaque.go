package dialogue

import (
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// Opaque writes what no service is known for: bytes without meaning in a few exchanges, but for ICMP and DHCP, whose ends read what they get.
// Transport, ports and the type of an ICMP message are the caller's.
func Opaque(r *draw.Stream, q Request, c *packet.Conversation) {
	s := begin(r, &q, c, "", 2, 0)
	switch {
	case c.Proto == packet.ICMP || c.Proto == packet.ICMPv6:
		s.message()
	case c.Proto == packet.UDP && c.Dport == dhcpPort && !q.IPv6:
		s.lease()
	case c.Proto == packet.UDP:
		s.add(packet.Turn{From: client, Fill: min(max(1, q.OutBytes), mostDatagram)})
		s.add(packet.Turn{From: server, Wait: serving(r), Fill: min(q.InBytes, mostDatagram)})
	default:
		s.exchanges()
	}
}

// mostDatagram fits an Ethernet frame over IPv6.
const mostDatagram = 1432

// shares divides so many bytes into at most n messages.
func (s *script) shares(total int64, n int) []int64 {
	if total <= leastMessage {
		return []int64{total}
	}
	return split(s.r, total, n, leastMessage)
}

// leastMessage is the shortest message of several.
const leastMessage = 40

// exchanges spreads the promised bytes over a few questions and answers.
func (s *script) exchanges() {
	n := s.r.Between(1, 4)
	out, in := s.shares(max(1, s.q.OutBytes), n), []int64(nil)
	if s.q.InBytes > 1 { // a single byte stands for none
		in = s.shares(s.q.InBytes, n)
	}
	for i := range max(len(out), len(in)) {
		wait := int64(0)
		if i > 0 {
			wait = reading(s.r)
		}
		if i < len(out) {
			s.add(packet.Turn{From: client, Wait: wait, Fill: out[i]})
		}
		if i < len(in) {
			s.add(packet.Turn{From: server, Wait: serving(s.r), Fill: in[i]})
		}
	}
}
