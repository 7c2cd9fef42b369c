package dialogue

import (
	"encoding/binary"
	"slices"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

const (
	recordHeader = 5
	recordMost   = 16384 // RFC 8446 §5.1
	sealed       = 17    // what TLS 1.3 adds to a record: the inner type and the tag of an AEAD with 16 bytes
)

// TLS writes a web connection under TLS 1.2 or 1.3: handshake with q.Name as SNI and certificate subject, requests and responses
// as opaque records until both sizes are reached, an orderly end.
func TLS(r *draw.Stream, q Request, c *packet.Conversation) {
	s := begin(r, &q, c, "tls", 24, 6<<10)
	s.handshake(webHello(r, &q), true)
	out := target(r, q.OutBytes, 1700, 0.7, 400e3)
	in := target(r, q.InBytes, 14e3, 1.4, 30e6)
	n := 1 + r.Poisson(min(9, float64(max(in/9000, out/700))*0.3))
	s.talkSealed(out, in, n, func() int64 {
		if r.Chance(0.15) {
			return reading(r)
		}
		return int64(min(3e9, r.LogNormal(40e6, 1)))
	})
	s.closeNotify()
}

// IMAPS writes a mail client's check of its mailbox over TLS: many small commands, one of them with mail in the answer.
func IMAPS(r *draw.Stream, q Request, c *packet.Conversation) {
	s := begin(r, &q, c, "imaps", 40, 6<<10)
	s.handshake(mailHello(&q), false)
	out := target(r, q.OutBytes, 1100, 0.4, 9e3)
	in := target(r, q.InBytes, 6e3, 1.3, 20e6)
	s.record(server, serving(r), 96+r.Duration(0, 60)) // the greeting: the server speaks first
	s.talkSealed(out, in, r.Between(5, 11), func() int64 { return r.Duration(200*microsecond, 30*millisecond) })
	s.closeNotify()
}

// version13 tells whether the server of that name speaks TLS 1.3.
func version13(name string) bool {
	t := trait("tls", name)
	return t.Chance(0.75)
}

// handshake writes everything up to the point where application data may flow.
func (s *script) handshake(h *stackHello, alpn bool) {
	name := s.q.Name
	if name == "" {
		name = s.q.Server.Addr.String()
	}
	mark := len(s.buf)
	session := s.appendClientHello(h, name, alpn)
	s.say(client, s.r.Duration(0, 2*millisecond), s.cut(mark))
	if len(h.versions) > 0 && version13(name) {
		s.tls13 = true
		s.handshake13(h, name, session)
		return
	}
	s.handshake12(h, name, alpn)
}

// handshake13 is RFC 8446 §2: everything after the ServerHello is sealed.
func (s *script) handshake13(h *stackHello, name string, session []byte) {
	t := trait("tls13", name)
	cipher := draw.Pick(&t, []uint16{0x1301, 0x1302, 0x1302})
	group, share := uint16(groupX25519), 32
	if t.Chance(0.4) && slices.Contains(h.shares, groupHybrid) {
		group, share = groupHybrid, hybridServerShare
	}
	certificate := t.Duration(2300, 3900)
	finished := 4 + 32 + sealed
	if cipher == 0x1302 {
		finished += 16
	}
	start := len(s.buf)
	s.buf = append(s.buf, recordHandshake, 3, 3, 0, 0, 2, 0, 0, 0, 3, 3)
	s.random(32)
	s.buf = append(append(s.buf, byte(len(session))), session...)
	s.put16(cipher)
	s.buf = append(s.buf, 0)
	mark := s.open16()
	s.put16(extVersions, 2, 0x0304, extKeyShare, uint16(4+share), group, uint16(share))
	s.random(share)
	s.close16(mark)
	s.closeHandshake(start)
	s.buf = append(s.buf, 20, 3, 3, 0, 1, 1)
	s.appendSealed(t.Between(10, 40) + sealed) // EncryptedExtensions
	s.add(packet.Turn{From: server, Wait: s.r.Duration(300*microsecond, 4*millisecond), Data: s.cut(start), Fill: certificate + sealed, TLS: true})
	mark = len(s.buf)
	s.appendSealed(8 + modulusSize + sealed) // CertificateVerify
	s.appendSealed(finished)
	s.say(server, 0, s.cut(mark))

	mark = len(s.buf)
	s.buf = append(s.buf, 20, 3, 3, 0, 1, 1)
	s.appendSealed(finished)
	s.say(client, s.r.Duration(400*microsecond, 5*millisecond), s.cut(mark))
	mark = len(s.buf)
	for range t.IntN(3) {
		s.appendSealed(t.Between(180, 260) + sealed) // NewSessionTicket
	}
	s.say(server, s.r.Duration(100*microsecond, millisecond), s.cut(mark))
}

// handshake12 is RFC 5246 §7.3 with an ephemeral key exchange (RFC 8422) and an RSA certificate.
func (s *script) handshake12(h *stackHello, name string, alpn bool) {
	t := trait("tls12", name)
	start := len(s.buf)
	s.buf = append(s.buf, recordHandshake, 3, 3, 0, 0, 2, 0, 0, 0, 3, 3)
	s.random(32)
	s.buf = append(s.buf, 32)
	s.random(32)
	s.put16(draw.Pick(&t, []uint16{0xc02f, 0xc030}))
	s.buf = append(s.buf, 0)
	mark := s.open16()
	s.put16(extRenegotiation, 1)
	s.buf = append(s.buf, 0)
	s.put16(extPointFormats, 2, 0x0100)
	if alpn {
		s.put16(extALPN, 11, 9)
		s.buf = append(s.buf, alpnOld...)
	}
	s.put16(extExtendedMaster, 0)
	s.close16(mark)
	s.closeHandshake(start)
	s.appendChain(name)

	at := len(s.buf)
	s.buf = append(s.buf, recordHandshake, 3, 3, 0, 0, 12, 0, 0, 0, 3, 0, groupX25519, 32) // ServerKeyExchange
	s.random(32)
	s.put16(0x0401, modulusSize)
	s.random(modulusSize)
	s.closeHandshake(at)
	s.buf = append(s.buf, recordHandshake, 3, 3, 0, 4, 14, 0, 0, 0) // ServerHelloDone
	s.say(server, s.r.Duration(300*microsecond, 6*millisecond), s.cut(start))

	mark = len(s.buf)
	s.buf = append(s.buf, recordHandshake, 3, 3, 0, 37, 16, 0, 0, 33, 32) // ClientKeyExchange
	s.random(32)
	s.appendFinished12()
	s.say(client, s.r.Duration(500*microsecond, 6*millisecond), s.cut(mark))
	mark = len(s.buf)
	s.appendFinished12()
	s.say(server, s.r.Duration(200*microsecond, 3*millisecond), s.cut(mark))
}

// appendChain writes the Certificate message: the server's own and its issuer's.
func (s *script) appendChain(name string) {
	at := len(s.buf)
	s.buf = append(s.buf, recordHandshake, 3, 3, 0, 0, 11, 0, 0, 0, 0, 0, 0)
	list := len(s.buf)
	by := issuerOf(name, s.q.Domain)
	for i := range 2 {
		s.buf = append(s.buf, 0, 0, 0)
		mark := len(s.buf)
		if i == 0 {
			s.buf = appendCertificate(s.buf, name, by, s.q.Time)
		} else {
			s.buf = appendAuthority(s.buf, by)
		}
		put24(s.buf[mark-3:], len(s.buf)-mark)
	}
	put24(s.buf[list-3:], len(s.buf)-list)
	s.closeHandshake(at)
}

func put24(p []byte, n int) { p[0], p[1], p[2] = byte(n>>16), byte(n>>8), byte(n) }

// appendFinished12 writes ChangeCipherSpec and the sealed Finished: explicit nonce, 16 bytes, tag (RFC 5288 §3).
func (s *script) appendFinished12() {
	s.buf = append(s.buf, 20, 3, 3, 0, 1, 1, recordHandshake, 3, 3, 0, 40)
	s.random(40)
}

// appendSealed writes one application data record of n random bytes.
func (s *script) appendSealed(n int) {
	s.buf = append(s.buf, 23, 3, 3)
	s.buf = binary.BigEndian.AppendUint16(s.buf, uint16(n))
	s.random(n)
}

// records is how many records hold n opaque bytes.
func records(n int64) int64 { return (n + recordMost - 1) / recordMost }

// record adds application data that takes about wire bytes with its headers; below what one record needs, one record.
func (s *script) record(from packet.Side, wait, wire int64) {
	const stride = recordMost + recordHeader
	fill := wire - (wire+stride-1)/stride*recordHeader
	s.add(packet.Turn{From: from, Wait: wait, Fill: max(sealed+8, fill), TLS: true})
}

// talkSealed alternates requests and responses until the conversation has out and in payload bytes, the end's alerts included.
func (s *script) talkSealed(out, in int64, n int, pause func() int64) {
	const least = recordHeader + sealed + 20
	out = max(least, out-s.sent[client]-s.alertSize())
	in = max(least, in-s.sent[server]-s.alertSize())
	n = int(max(1, min(int64(n), out/least, in/least)))
	responses := split(s.r, in, n, least)
	for i, size := range split(s.r, out, n, least) {
		wait := s.r.Duration(50*microsecond, 3*millisecond)
		if i > 0 {
			wait = pause()
		}
		s.record(client, wait, size)
		s.record(server, serving(s.r), responses[i])
	}
}

// closeNotify ends the session by both sides' alerts (RFC 8446 §6.1), sealed as their version seals them.
func (s *script) closeNotify() {
	first, second := client, server
	s.c.Ending = packet.CloseByClient
	if s.r.Chance(0.25) {
		first, second = server, client
		s.c.Ending = packet.CloseByServer
	}
	s.alert(first, int64(min(20e9, s.r.LogNormal(300e6, 1.5))))
	s.alert(second, s.r.Duration(20*microsecond, 300*microsecond))
}

func (s *script) alertSize() int64 {
	if s.tls13 {
		return recordHeader + 2 + sealed
	}
	return recordHeader + 8 + 2 + 16
}

func (s *script) alert(from packet.Side, wait int64) {
	mark := len(s.buf)
	if s.tls13 {
		s.appendSealed(2 + sealed)
	} else {
		s.buf = append(s.buf, 21, 3, 3, 0, 26)
		s.random(26)
	}
	s.say(from, wait, s.cut(mark))
}
