package packet

import (
	"encoding/binary"
	"net/netip"
)

// resolution is the pseudo protocol number of a conversation that asks for a neighbour's link address: ARP (RFC 826), or
// neighbour discovery (RFC 4861) over IPv6. 254 is reserved for experiments (RFC 3692) and never on the wire here.
const resolution = 254

// Resolve makes the conversation in which asker learns target's link address. An absent target is asked for three times.
func Resolve(asker, target *Host, v6 bool, start int64) Conversation {
	return Conversation{Start: start, Proto: resolution, Client: asker, Server: target, IPv6: v6}
}

// Resolution tells whether the conversation is an address resolution, and so belongs to no flow when it is ARP.
func (c *Conversation) Resolution() bool { return c.Proto == resolution }

func (s *Stream) planResolution() {
	s.done = true
	s.add(s.c.Start, segment{from: Client})
	if !s.c.Server.Absent {
		s.add(s.after(Server, 0), segment{from: Server})
		return
	}
	for range 2 {
		s.add(s.now+1e9, segment{from: Client})
	}
}

func (s *Stream) appendResolution(dst []byte, g *segment) []byte {
	if s.c.IPv6 {
		return s.appendNeighbour(dst, g)
	}
	asker, target := s.c.Client, s.c.Server
	op, me, peer, link := uint16(1), asker, target, [6]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
	known := [6]byte{}
	if g.from == Server {
		op, me, peer, link = 2, target, asker, asker.MAC
		known = asker.MAC
	}
	dst = append(dst, link[:]...)
	dst = append(dst, me.MAC[:]...)
	dst = append(dst, 0x08, 0x06, 0, 1, 8, 0, 6, 4)
	dst = binary.BigEndian.AppendUint16(dst, op)
	dst = append(dst, me.MAC[:]...)
	a := me.Addr.As4()
	dst = append(dst, a[:]...)
	dst = append(dst, known[:]...)
	a = peer.Addr.As4()
	dst = append(dst, a[:]...)
	return append(dst, make([]byte, 60-42)...) // Ethernet's smallest frame, without its check sequence
}

// appendNeighbour writes a neighbour solicitation to the solicited-node group, or the advertisement that answers it.
func (s *Stream) appendNeighbour(dst []byte, g *segment) []byte {
	asker, target := s.c.Client, s.c.Server
	t16 := target.Addr6.As16()
	var msg [32]byte
	copy(msg[8:], t16[:])
	from, to, src, link := asker, netip.Addr{}, asker.Addr6, [6]byte{0x33, 0x33, 0xff, t16[13], t16[14], t16[15]}
	if g.from == Client {
		to = netip.AddrFrom16([16]byte{0xff, 2, 11: 1, 0xff, t16[13], t16[14], t16[15]})
		msg[0], msg[24] = 135, 1
	} else {
		from, src, to, link = target, target.Addr6, asker.Addr6, asker.MAC
		msg[0], msg[24] = 136, 2
		msg[4] = 0x60 // solicited, override
	}
	msg[25] = 1
	copy(msg[26:], from.MAC[:])
	dst = append(dst, link[:]...)
	dst = append(dst, from.MAC[:]...)
	dst = append(dst, 0x86, 0xdd, 0x60, 0, 0, 0, 0, 32, ICMPv6, 255)
	a, b := src.As16(), to.As16()
	acc := sum(sum(uint64(ICMPv6+32), a[:]), b[:])
	binary.BigEndian.PutUint16(msg[2:], fold(sum(acc, msg[:])))
	dst = append(dst, a[:]...)
	dst = append(dst, b[:]...)
	return append(dst, msg[:]...)
}
