package dialogue

// ASN.1 tags (X.690 §8).
const (
	derInteger     = 0x02
	derBitString   = 0x03
	derOctetString = 0x04
	derUTF8        = 0x0c
	derUTCTime     = 0x17
	derSequence    = 0x30
	derSet         = 0x31
)

// wrap turns everything behind the mark into the content of one DER element, with the shortest length form (X.690 §10.1).
func wrap(buf []byte, mark int, tag byte) []byte {
	n := len(buf) - mark
	var head [4]byte
	h := head[:0]
	switch {
	case n < 0x80:
		h = append(h, tag, byte(n))
	case n < 0x100:
		h = append(h, tag, 0x81, byte(n))
	default:
		h = append(h, tag, 0x82, byte(n>>8), byte(n))
	}
	buf = append(buf, h...)
	copy(buf[mark+len(h):], buf[mark:mark+n])
	copy(buf[mark:], h)
	return buf
}

// element appends one DER element.
func element[T string | []byte](buf []byte, tag byte, content T) []byte {
	mark := len(buf)
	return wrap(append(buf, content...), mark, tag)
}
