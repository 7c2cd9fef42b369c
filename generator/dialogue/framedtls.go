package dialogue

import (
	"encoding/binary"

	"github.com/evilbench/evilbench/generator/packet"
)

// Sizes of a session whose messages are told.
const (
	leastRecord = recordHeader + sealed + 1
	changed     = recordHeader + 1 // ChangeCipherSpec, which TLS 1.3 sends for the sake of middleboxes (RFC 8446, appendix D.4)
	alertPlain  = recordHeader + 2
	extPadding  = 21 // RFC 7685
)

// small is a library of little things, which says no more than TLS 1.3 asks for.
var small = stackHello{
	ciphers: []uint16{0x1301, 0x1303}, extensions: []uint16{extServerName, extGroups, extSignatures, extVersions, extKeyShare},
	groups: []uint16{groupX25519}, signatures: []uint16{0x0403, 0x0804, 0x0401}, versions: tls13[:1], shares: []uint16{groupX25519},
}

// framedTLS writes a session of TLS 1.3: a ClientHello of exactly the client's first message, a ServerHello at the head of the server's, and
// sealed records that end where messages do. Messages too small for a record are the ends of those before them.
func framedTLS(s *script, messages []Message) bool {
	if len(messages) == 0 || messages[0].From != client {
		return false
	}
	turns := make([]packet.Turn, len(messages))
	hello, session := s.framedHello(messages[0].Size)
	if hello == nil {
		return false
	}
	turns[0] = packet.Turn{From: client, Data: hello}
	var at places
	for i := range messages[1:] {
		at[messages[i+1].From] = append(at[messages[i+1].From], i+1)
	}
	s.tls13 = true
	if !s.sealedSide(turns, at[server], messages, s.serverHello(session)) {
		return false
	}
	// A client that gives up says why, in the open.
	if len(at[client]) == 1 && messages[at[client][0]].Size == alertPlain {
		turns[at[client][0]] = packet.Turn{From: client, Data: []byte{21, 3, 3, 0, 2, 2, 40}}
	} else if !s.sealedSide(turns, at[client], messages, []byte{20, 3, 3, 0, 1, 1}) {
		return false
	}
	s.c.Turns = turns
	return true
}

// framedHello is a ClientHello of n bytes and its session id; nil where no program's is as small.
func (s *script) framedHello(n int64) (hello, session []byte) {
	name := s.q.Name
	if name == "" {
		name = s.q.Server.Addr.String()
	}
	for _, h := range []*stackHello{webHello(s.r, s.q), &safari, &openssl, &small} {
		if len(h.versions) == 0 {
			continue
		}
		for _, alpn := range []bool{true, false} {
			mark := len(s.buf)
			session = s.appendClientHello(h, name, alpn && h.alpn != "")
			spare := n - int64(len(s.buf)-mark)
			if spare == 0 || spare >= 4 && spare < 1<<14 {
				s.padHello(mark, int(spare))
				return s.cut(mark), session
			}
			s.buf = s.buf[:mark]
		}
	}
	return nil, nil
}

// padHello adds so many bytes to the ClientHello behind the mark, as its last extension.
func (s *script) padHello(mark, spare int) {
	if spare == 0 {
		return
	}
	s.put16(extPadding, uint16(spare-4))
	s.buf = append(s.buf, make([]byte, spare-4)...)
	// Its extensions' length stands behind session id, ciphers and compression.
	at := mark + recordHeader + 4 + 2 + 32
	at += 1 + int(s.buf[at])
	at += 2 + int(binary.BigEndian.Uint16(s.buf[at:]))
	at += 1 + int(s.buf[at])
	s.close16(at + 2)
	s.closeHandshake(mark)
}

// serverHello agrees on TLS 1.3 (RFC 8446, section 4.1.3).
func (s *script) serverHello(session []byte) []byte {
	start := len(s.buf)
	s.buf = append(s.buf, recordHandshake, 3, 3, 0, 0, 2, 0, 0, 0, 3, 3)
	s.random(32)
	s.buf = append(append(s.buf, byte(len(session))), session...)
	s.put16(0x1301)
	s.buf = append(s.buf, 0)
	mark := s.open16()
	s.put16(extVersions, 2, 0x0304, extKeyShare, 36, groupX25519, 32)
	s.random(32)
	s.close16(mark)
	s.closeHandshake(start)
	s.buf = append(s.buf, 20, 3, 3, 0, 1, 1)
	return s.cut(start)
}

// sealedSide fills a side's messages: a beginning in the open, then sealed records. It is false where they do not fit.
func (s *script) sealedSide(turns []packet.Turn, at []int, messages []Message, open []byte) bool {
	for k := 0; k < len(at); {
		// A record goes on through messages that are too small for one of their own.
		end, n := k+1, messages[at[k]].Size
		for end < len(at) && (messages[at[end]].Size < leastRecord || n < int64(len(open)+leastRecord)) {
			n += messages[at[end]].Size
			end++
		}
		if k > 0 {
			open = nil
		}
		if n == int64(len(open)) {
			lay(turns, at[k:end], messages, open)
			k = end
			continue
		}
		n -= int64(len(open))
		if n < leastRecord {
			return false
		}
		if end == k+1 && n > recordMost {
			turns[at[k]] = s.manyRecords(messages[at[k]].From, open, n)
		} else if n-recordHeader > recordMost+256 {
			return false
		} else {
			head := append(append([]byte{}, open...), 23, 3, 3)
			lay(turns, at[k:end], messages, binary.BigEndian.AppendUint16(head, uint16(n-recordHeader)))
		}
		k = end
	}
	return true
}

// manyRecords is a message of n bytes behind its beginning: a record, and full ones with what is left.
func (s *script) manyRecords(from packet.Side, open []byte, n int64) packet.Turn {
	const stride = recordMost + recordHeader
	mark := len(s.buf)
	s.buf = append(s.buf, open...)
	if r := n % stride; r > 0 && r < leastRecord { // the last would be too small
		s.appendSealed(64)
		n -= 64 + recordHeader
	}
	return packet.Turn{From: from, Data: s.cut(mark), Fill: n - (n+stride-1)/stride*recordHeader, TLS: true}
}
