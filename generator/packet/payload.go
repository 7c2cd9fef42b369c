package packet

import "encoding/binary"

// recordLimit is the largest TLS record that opaque bytes are framed in (RFC 8446 §5.1).
const recordLimit = 16384

// recordHeader is type 23 (application data), version 3.3; the length follows.
const recordHeader = 5

// size is what the turn puts on the wire above the transport header.
func (t *Turn) size() int64 {
	n := int64(len(t.Data)) + t.Fill
	if t.TLS && t.Fill > 0 {
		n += (t.Fill + recordLimit - 1) / recordLimit * recordHeader
	}
	return n
}

// appendBody writes the payload of a packet.
func (s *Stream) appendBody(dst []byte, g *segment) []byte {
	if g.again {
		return append(dst, s.told.bytes[g.from]...)
	}
	at := len(dst)
	dst = s.appendPayload(dst, &s.c.Turns[g.turn], g.off, int(g.n))
	if s.told.repeats {
		s.told.bytes[g.from] = append(s.told.bytes[g.from][:0], dst[at:]...)
	}
	return dst
}

// appendPayload writes bytes [off, off+n) of a turn. Opaque bytes come from the stream's own draws, in the order of the
// packets, so a turn must be rendered from front to back.
func (s *Stream) appendPayload(dst []byte, t *Turn, off int64, n int) []byte {
	if off < int64(len(t.Data)) {
		literal := t.Data[off:]
		if len(literal) >= n {
			return append(dst, literal[:n]...)
		}
		dst = append(dst, literal...)
		off += int64(len(literal))
		n -= len(literal)
	}
	if n == 0 {
		return dst
	}
	from := len(dst)
	dst = grow(dst, n)
	s.rng.Fill(dst[from:])
	if t.TLS {
		frame(dst[from:], off-int64(len(t.Data)), t.Fill)
	}
	return dst
}

// frame overwrites what falls on record headers; p starts at byte off of the framed opaque part.
func frame(p []byte, off, fill int64) {
	const stride = recordLimit + recordHeader
	for record := off / stride; ; record++ {
		at := record*stride - off
		if at >= int64(len(p)) {
			return
		}
		var h [recordHeader]byte
		h[0], h[1], h[2] = 23, 3, 3
		binary.BigEndian.PutUint16(h[3:], uint16(min(recordLimit, fill-record*recordLimit)))
		for i, b := range h {
			if k := at + int64(i); k >= 0 && k < int64(len(p)) {
				p[k] = b
			}
		}
	}
}

// grow extends dst by n bytes without clearing them where the capacity allows.
func grow(dst []byte, n int) []byte {
	if cap(dst)-len(dst) >= n {
		return dst[:len(dst)+n]
	}
	return append(dst, make([]byte, n)...)
}
