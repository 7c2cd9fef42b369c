package dialogue

import "strings"

const (
	oidSPNEGO = "\x06\x06\x2b\x06\x01\x05\x05\x02"
	oidNTLM   = "\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"
)

const ntlmFlags = 0xe2898215 // Unicode, NTLM, extended session security, target info, version, 128 and 56 bits, key exchange

// ntlmNegotiate is the first message of NTLM as Windows 10 sends it (MS-NLMP §2.2.1.1).
var ntlmNegotiate = [40]byte{
	'N', 'T', 'L', 'M', 'S', 'S', 'P', 0, 1, 0, 0, 0, 0x97, 0x82, 0x08, 0xe2,
	32: 10, 0, 0x61, 0x4a, 0, 0, 0, 15,
}

// spnegoInit appends a NegTokenInit (RFC 4178 §4.2.1) at the mark, which is the end: it offers NTLM, with a first token unless nil.
func spnegoInit(b []byte, mark int, token []byte) []byte {
	b = append(b, oidSPNEGO...)
	init := len(b)
	b = append(b, oidNTLM...)
	b = wrap(wrap(b, init, derSequence), init, 0xa0)
	if token != nil {
		at := len(b)
		b = wrap(element(b, derOctetString, token), at, 0xa2)
	}
	b = wrap(wrap(b, init, derSequence), init, 0xa0)
	return wrap(b, mark, 0x60)
}

// spnegoReply wraps the NTLM message behind the mark, if any, into a NegTokenResp (RFC 4178 §4.2.2). A negative state is left out.
func spnegoReply(b []byte, mark, state int, mechanism bool) []byte {
	if len(b) > mark {
		b = wrap(wrap(b, mark, derOctetString), mark, 0xa2)
	}
	var front [24]byte
	f := front[:0]
	if state >= 0 {
		f = append(f, 0xa0, 3, 0x0a, 1, byte(state))
	}
	if mechanism {
		f = append(append(f, 0xa1, byte(len(oidNTLM))), oidNTLM...)
	}
	n := len(b) - mark
	b = append(b, f...)
	copy(b[mark+len(f):], b[mark:mark+n])
	copy(b[mark:], f)
	return wrap(wrap(b, mark, derSequence), mark, 0xa1)
}

// challenge appends the server's message (MS-NLMP §2.2.1.2).
func (m *smb) challenge(domain, host string) {
	at := len(m.buf)
	m.buf = append(m.buf, "NTLMSSP\x00\x02\x00\x00\x00"...)
	m.field(2*len(domain), 56)
	m.put32le(ntlmFlags)
	m.put64le(m.r.Uint64(), 0)
	m.field(0, 0)
	m.buf = append(m.buf, 10, 0, 0x7c, 0x4f, 0, 0, 0, 15)
	m.buf = appendUTF16(m.buf, domain)
	info := len(m.buf)
	m.targetInfo(domain, host)
	n := len(m.buf)
	le.PutUint16(m.buf[at+40:], uint16(n-info))
	le.PutUint16(m.buf[at+42:], uint16(n-info))
	le.PutUint32(m.buf[at+44:], uint32(info-at))
}

// targetInfo is the list of attribute pairs that both messages carry (MS-NLMP §2.2.2.1).
func (m *smb) targetInfo(domain, host string) {
	dns := strings.ToLower(host) + "." + m.q.Domain
	for _, pair := range [...]struct {
		id    uint16
		value string
	}{{2, domain}, {1, host}, {4, m.q.Domain}, {3, dns}} {
		m.put16le(pair.id, uint16(2*len(pair.value)))
		m.buf = appendUTF16(m.buf, pair.value)
	}
	m.put16le(7, 8)
	m.put64le(fileTime(m.time))
	m.put32le(0)
}

// authenticate appends the client's answer (MS-NLMP §2.2.1.3, NTLMv2 response §2.2.2.8); proofs and keys are opaque.
func (m *smb) authenticate(domain, user, workstation, host string) {
	const fixed = 88
	at := len(m.buf)
	m.buf = append(m.buf, "NTLMSSP\x00\x03\x00\x00\x00"...)
	m.buf = append(m.buf, make([]byte, fixed-12)...)
	put := func(field, start int) {
		n := uint16(len(m.buf) - start)
		le.PutUint16(m.buf[at+field:], n)
		le.PutUint16(m.buf[at+field+2:], n)
		le.PutUint32(m.buf[at+field+4:], uint32(start-at))
	}
	for i, text := range [...]string{domain, user, workstation} {
		start := len(m.buf)
		m.buf = appendUTF16(m.buf, text)
		put(28+8*i, start)
	}
	start := len(m.buf)
	m.buf = append(m.buf, make([]byte, 24)...)
	put(12, start)
	start = len(m.buf)
	m.random(16)
	m.put32le(0x0101, 0)
	m.put64le(fileTime(m.time), m.r.Uint64())
	m.put32le(0)
	m.targetInfo(domain, host)
	m.put32le(0)
	put(20, start)
	start = len(m.buf)
	m.random(16)
	put(52, start)
	le.PutUint32(m.buf[at+60:], ntlmFlags)
	copy(m.buf[at+64:], ntlmNegotiate[32:])
	m.r.Fill(m.buf[at+72 : at+fixed])
}

// field is a length, the same again, and an offset.
func (m *smb) field(n, offset int) {
	m.put16le(uint16(n), uint16(n))
	m.put32le(uint32(offset))
}
