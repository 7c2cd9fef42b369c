package dialogue

import (
	"encoding/binary"
	"net/netip"

	"github.com/evilbench/evilbench/generator/draw"
)

// Extension types (IANA), in the ClientHello of at least one stack.
const (
	extServerName          = 0
	extStatusRequest       = 5
	extGroups              = 10
	extPointFormats        = 11
	extSignatures          = 13
	extALPN                = 16
	extSCT                 = 18
	extExtendedMaster      = 23
	extCompress            = 27
	extRecordLimit         = 28
	extTicket              = 35
	extVersions            = 43
	extPSKModes            = 45
	extKeyShare            = 51
	extApplication         = 17613
	extRenegotiation       = 0xff01
	extGreaseFirst         = 0xfffe // stand for two reserved values (RFC 8701), drawn each time
	extGreaseLast          = 0xffff
	groupX25519            = 29
	groupHybrid            = 4588 // X25519MLKEM768
	hybridClientShare      = 1184 + 32
	hybridServerShare      = 1088 + 32
	recordHandshake   byte = 22
)

// appendClientHello writes the record with the ClientHello (RFC 8446 §4.1.2, RFC 5246 §7.4.1.2). An empty or numeric name goes
// without SNI (RFC 6066 §3); alpn tells whether protocols are offered. It returns where the session id stands.
func (s *script) appendClientHello(h *stackHello, name string, alpn bool) (session []byte) {
	start := len(s.buf)
	s.buf = append(s.buf, recordHandshake, 3, 1, 0, 0, 1, 0, 0, 0, 3, 3)
	s.random(32)
	n := 0
	if h.legacySession {
		n = 32
	}
	s.buf = append(s.buf, byte(n))
	s.random(n)
	session = s.buf[len(s.buf)-n:]

	grease := greaseValues(s.r)
	mark := s.open16()
	if h.grease {
		s.put16(grease[0])
	}
	s.put16(h.ciphers...)
	s.close16(mark)
	s.buf = append(s.buf, 1, 0)

	mark = s.open16()
	var order [24]uint16
	list := order[:copy(order[:], h.extensions)]
	if h.shuffle {
		for i := len(list) - 2; i > 1; i-- { // the reserved ones keep their places
			j := s.r.Between(1, i)
			list[i], list[j] = list[j], list[i]
		}
	}
	for _, e := range list {
		if e == extServerName && !named(name) || e == extALPN && !alpn || e == extApplication && !alpn {
			continue
		}
		s.appendExtension(h, e, name, &grease)
	}
	s.close16(mark)
	s.closeHandshake(start)
	return session
}

// greaseValues draws reserved values (RFC 8701 §2) for cipher, group, version and two extensions; the extensions differ.
func greaseValues(r *draw.Stream) (g [5]uint16) {
	for i := range g {
		g[i] = 0x0a0a + 0x1010*uint16(r.IntN(16))
	}
	if g[4] == g[3] {
		g[4] ^= 0x1010
	}
	return g
}

func named(name string) bool {
	_, err := netip.ParseAddr(name)
	return name != "" && err != nil
}

func (s *script) appendExtension(h *stackHello, e uint16, name string, grease *[5]uint16) {
	switch e {
	case extGreaseFirst:
		s.put16(grease[3], 0)
		return
	case extGreaseLast:
		s.put16(grease[4], 1)
		s.buf = append(s.buf, 0)
		return
	}
	s.put16(e)
	mark := s.open16()
	switch e {
	case extServerName:
		s.put16(uint16(len(name) + 3))
		s.buf = append(s.buf, 0)
		s.put16(uint16(len(name)))
		s.buf = append(s.buf, name...)
	case extStatusRequest:
		s.buf = append(s.buf, 1, 0, 0, 0, 0)
	case extGroups, extSignatures:
		inner := s.open16()
		if e == extSignatures {
			s.put16(h.signatures...)
		} else {
			if h.grease {
				s.put16(grease[1])
			}
			s.put16(h.groups...)
		}
		s.close16(inner)
	case extPointFormats:
		s.buf = append(s.buf, 1, 0)
	case extALPN:
		s.put16(uint16(len(h.alpn)))
		s.buf = append(s.buf, h.alpn...)
	case extCompress:
		s.buf = append(s.buf, 2, 0, 2)
	case extRecordLimit:
		s.buf = append(s.buf, 0x40, 0x01)
	case extVersions:
		n := len(h.versions)
		if h.grease {
			s.buf = append(s.buf, byte(2*n+2))
			s.put16(grease[2])
		} else {
			s.buf = append(s.buf, byte(2*n))
		}
		s.put16(h.versions...)
	case extPSKModes:
		s.buf = append(s.buf, 1, 1)
	case extApplication:
		s.buf = append(s.buf, 0, 3, 2, 'h', '2')
	case extRenegotiation:
		s.buf = append(s.buf, 0)
	case extKeyShare:
		s.appendShares(h, grease)
	}
	s.close16(mark)
}

func (s *script) appendShares(h *stackHello, grease *[5]uint16) {
	inner := s.open16()
	if h.grease {
		s.put16(grease[1], 1)
		s.buf = append(s.buf, 0)
	}
	for _, group := range h.shares {
		switch group {
		case groupHybrid:
			s.put16(group, hybridClientShare)
			s.random(hybridClientShare)
		case groupX25519:
			s.put16(group, 32)
			s.random(32)
		default: // an uncompressed point on P-256
			s.put16(group, 65)
			s.buf = append(s.buf, 4)
			s.random(64)
		}
	}
	s.close16(inner)
}

// open16 leaves room for a 16-bit length; close16 fills it in.
func (s *script) open16() int {
	s.buf = append(s.buf, 0, 0)
	return len(s.buf)
}

func (s *script) close16(mark int) {
	binary.BigEndian.PutUint16(s.buf[mark-2:], uint16(len(s.buf)-mark))
}

func (s *script) put16(values ...uint16) {
	for _, v := range values {
		s.buf = binary.BigEndian.AppendUint16(s.buf, v)
	}
}

// closeHandshake fills in the lengths of a record that holds one handshake message.
func (s *script) closeHandshake(start int) {
	n := len(s.buf) - start - 5
	binary.BigEndian.PutUint16(s.buf[start+3:], uint16(n))
	n -= 4
	s.buf[start+6], s.buf[start+7], s.buf[start+8] = byte(n>>16), byte(n>>8), byte(n)
}
