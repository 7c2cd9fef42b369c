package dialogue

import (
	"encoding/binary"
	"net/netip"

	"github.com/evilbench/evilbench/generator/packet"
)

// dhcpPort is a DHCP server's.
const dhcpPort = 67

// DHCP message types (RFC 2132, section 9.6).
const (
	dhcpRequest = 3
	dhcpAck     = 5
)

// lease writes a client's wish to keep its address, and the server's consent where there is one (RFC 2131): messages of the promised sizes,
// as far as those hold one.
func (s *script) lease() {
	transaction := uint32(s.r.Uint64())
	s.bootp(client, 0, transaction, dhcpRequest, s.q.OutBytes)
	if s.q.InBytes > 1 {
		s.bootp(server, serving(s.r), transaction, dhcpAck, s.q.InBytes)
	}
}

// bootp writes one message, filled with pad options (RFC 2132, section 3.1) to its size.
func (s *script) bootp(from packet.Side, wait int64, transaction uint32, kind byte, size int64) {
	mark := len(s.buf)
	operation := byte(1)
	if from == server {
		operation = 2
	}
	own := four(s.q.Client.Addr)
	s.buf = append(s.buf, operation, 1, 6, 0)
	s.buf = binary.BigEndian.AppendUint32(s.buf, transaction)
	s.buf = append(s.buf, 0, 0, 0, 0)
	s.buf = append(s.buf, own[:]...) // the client's own address, which it renews
	if from == server {
		s.buf = append(s.buf, own[:]...)
	} else {
		s.buf = append(s.buf, 0, 0, 0, 0)
	}
	s.buf = append(s.buf, 0, 0, 0, 0, 0, 0, 0, 0)
	s.buf = append(s.buf, s.q.Client.MAC[:]...)
	s.buf = append(s.buf, make([]byte, 10+64+128)...) // rest of the hardware address, server's name, file
	s.buf = append(s.buf, 99, 130, 83, 99)            // RFC 2132, section 2
	s.buf = append(s.buf, 53, 1, kind)
	if from == server {
		giver := four(s.q.Server.Addr)
		s.buf = append(append(s.buf, 54, 4), giver[:]...)
		s.buf = append(s.buf, 51, 4, 0, 1, 0x51, 0x80) // a day
	} else {
		s.buf = append(append(s.buf, 61, 7, 1), s.q.Client.MAC[:]...)
		s.buf = append(s.buf, 55, 4, 1, 3, 6, 15) // mask, router, resolver, domain
	}
	s.buf = append(s.buf, 255)
	for int64(len(s.buf)-mark) < min(size, mostDatagram) {
		s.buf = append(s.buf, 0)
	}
	s.say(from, wait, s.cut(mark))
}

// four is an IPv4 address, none where there is none.
func four(a netip.Addr) [4]byte {
	if a.Is4() {
		return a.As4()
	}
	return [4]byte{}
}
