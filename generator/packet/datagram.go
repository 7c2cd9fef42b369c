package packet

import "encoding/binary"

// planDatagram plans the next message of a UDP or ICMP conversation.
func (s *Stream) planDatagram() {
	if s.turn == len(s.c.Turns) {
		s.done = true
		return
	}
	t := &s.c.Turns[s.turn]
	at := s.c.Start
	if s.turn > 0 {
		at = s.after(t.From, t.Wait)
	}
	s.add(at, segment{from: t.From, turn: int32(s.turn), n: uint16(t.size())})
	s.turn++
	s.done = s.turn == len(s.c.Turns)
}

// appendDatagram renders a UDP datagram or an ICMP message.
func (s *Stream) appendDatagram(dst []byte, g *segment) []byte {
	if s.c.Proto == UDP {
		return s.appendUDP(dst, g)
	}
	return s.appendICMP(dst, g)
}

func (s *Stream) appendUDP(dst []byte, g *segment) []byte {
	h := &s.head[g.from]
	dst = h.appendIP(dst, 8+int(g.n), &s.rng)
	at := len(dst)
	dst = binary.BigEndian.AppendUint16(dst, h.sport)
	dst = binary.BigEndian.AppendUint16(dst, h.dport)
	dst = binary.BigEndian.AppendUint16(dst, 8+uint16(g.n))
	dst = append(dst, 0, 0)
	dst = s.appendBody(dst, g)
	c := fold(sum(h.pseudo+uint64(8+g.n), dst[at:]))
	if c == 0 {
		c = 0xffff // RFC 768: zero means none
	}
	binary.BigEndian.PutUint16(dst[at+6:], c)
	return dst
}

// appendICMP renders an echo message (identifier and sequence number kept here) or any other message, whose turn holds
// everything after the checksum.
func (s *Stream) appendICMP(dst []byte, g *segment) []byte {
	h, c := &s.head[g.from], s.c
	echo := c.ICMPType == 8 && c.Proto == ICMP || c.ICMPType == 128 && c.Proto == ICMPv6
	n := 4 + int(g.n)
	if echo {
		n += 4
	}
	dst = h.appendIP(dst, n, &s.rng)
	at := len(dst)
	kind := c.ICMPType
	if echo && g.from == Server {
		kind = echoReply(c.Proto)
	}
	dst = append(dst, kind, c.ICMPCode, 0, 0)
	if echo {
		if g.from == Client {
			s.echo++
		}
		dst = binary.BigEndian.AppendUint16(dst, c.ICMPID)
		dst = binary.BigEndian.AppendUint16(dst, s.echo)
	}
	dst = s.appendPayload(dst, &c.Turns[g.turn], g.off, int(g.n))
	acc := uint64(0)
	if c.Proto == ICMPv6 {
		acc = h.pseudo + uint64(n) // RFC 4443 §2.3; ICMP over IPv4 has no pseudo header
	}
	binary.BigEndian.PutUint16(dst[at+2:], fold(sum(acc, dst[at:])))
	return dst
}

func echoReply(proto uint8) uint8 {
	if proto == ICMPv6 {
		return 129
	}
	return 0
}
