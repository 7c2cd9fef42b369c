package dialogue

import (
	"encoding/binary"
	"net/netip"

	"github.com/evilbench/evilbench/generator/packet"
)

// message writes what follows the checksum of an ICMP message other than an echo (RFC 792, RFC 4443, RFC 4861, RFC 3810).
func (s *script) message() {
	mark := len(s.buf)
	if s.c.Proto == packet.ICMP {
		s.buf = append(s.buf, 0, 0, 0, 0)
		switch s.c.ICMPType {
		case 3, 4, 5, 11, 12: // errors hold the beginning of what they are about
			s.offending4()
		}
	} else {
		s.body6()
	}
	s.say(client, 0, s.cut(mark))
}

// offending4 is the IPv4 header and 8 more bytes of a datagram that the other end has sent.
func (s *script) offending4() {
	from, to := s.q.Server.Addr.As4(), s.q.Client.Addr.As4()
	at := len(s.buf)
	s.buf = append(s.buf, 0x45, 0, 0, 60, 0, 0, 0x40, 0, 64, byte(packet.UDP), 0, 0)
	s.buf = append(append(s.buf, from[:]...), to[:]...)
	sum := uint32(0)
	for i := at; i < len(s.buf); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(s.buf[i:]))
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	binary.BigEndian.PutUint16(s.buf[at+10:], ^uint16(sum))
	s.udp()
}

// udp is a UDP header without its data, from an ephemeral port to one that nobody listens at.
func (s *script) udp() {
	s.buf = binary.BigEndian.AppendUint16(s.buf, uint16(s.r.Between(49152, 65535)))
	s.buf = binary.BigEndian.AppendUint16(s.buf, uint16(s.r.Between(33434, 33534)))
	s.buf = append(s.buf, 0, 40, 0, 0)
}

// body6 is what follows the checksum of an ICMPv6 message.
func (s *script) body6() {
	peer := s.q.Server.Addr6.As16()
	switch s.c.ICMPType {
	case 1, 2, 3, 4: // errors
		s.buf = append(s.buf, 0, 0, 0, 0)
		own := s.q.Client.Addr6.As16()
		s.buf = append(s.buf, 0x60, 0, 0, 0, 0, 40, byte(packet.UDP), 64)
		s.buf = append(append(s.buf, peer[:]...), own[:]...)
		s.udp()
	case 134: // router advertisement: hop limit 64, half an hour
		s.buf = append(s.buf, 64, 0, 0x07, 0x08, 0, 0, 0, 0, 0, 0, 0, 0)
	case 135, 136: // neighbour solicitation and advertisement
		about := peer
		if s.c.ICMPType == 136 {
			about = s.q.Client.Addr6.As16()
		} else if s.q.Server.Addr6.IsMulticast() {
			about = solicited(s.q.Client.Addr6, peer)
		}
		flags := byte(0)
		if s.c.ICMPType == 136 {
			flags = 0x60
		}
		s.buf = append(append(s.buf, flags, 0, 0, 0), about[:]...)
		s.buf = append(append(s.buf, s.c.ICMPType-134, 1), s.q.Client.MAC[:]...)
	case 130, 131, 132: // multicast listeners
		s.buf = append(append(s.buf, 0, 0, 0, 0), peer[:]...)
	case 143: // listener report, version 2, of one group joined
		s.buf = append(append(s.buf, 0, 0, 0, 1, 4, 0, 0, 0), peer[:]...)
	default:
		s.buf = append(s.buf, 0, 0, 0, 0)
	}
}

// solicited is an address that a solicited-node group may stand for: the asker's network with the group's last three bytes.
func solicited(own netip.Addr, group [16]byte) [16]byte {
	out := own.As16()
	copy(out[13:], group[13:])
	return out
}
