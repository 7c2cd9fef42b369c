package dialogue

import (
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// Opaque writes what nothing is known of but its sizes: bytes without meaning, in a few exchanges. Transport, ports and the type of an ICMP
// message are the caller's.
func Opaque(r *draw.Stream, q Request, c *packet.Conversation) {
	s := begin(r, &q, c, "", 2, 0)
	switch c.Proto {
	case packet.ICMP, packet.ICMPv6:
		s.message()
	case packet.UDP:
		s.add(packet.Turn{From: client, Fill: min(max(1, q.OutBytes), mostDatagram)})
		s.add(packet.Turn{From: server, Wait: serving(r), Fill: min(q.InBytes, mostDatagram)})
	default:
		s.exchanges()
	}
}

// mostDatagram fits an Ethernet frame over IPv6.
const mostDatagram = 1432

// exchanges spreads the promised bytes over a few questions and answers.
func (s *script) exchanges() {
	n := s.r.Between(1, 4)
	out, in := split(s.r, s.q.OutBytes, n, 40), split(s.r, s.q.InBytes, n, 40)
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
