package wire

import "encoding/binary"

// evilWord and evilBit are where an IPv4 header has RFC 3514's bit.
const (
	evilWord   = 6
	evilBit    = 0x8000
	headerSum  = 10
	negative0  = 0xffff
	ipv4Header = 20
)

// SetEvil sets or clears RFC 3514's bit in the IPv4 header at the offset and adjusts its checksum (RFC 1624, equation 3). A wrong
// checksum stays as wrong as it was. It tells whether the bit changed. Setting and clearing restores every byte: the checksum
// 0xffff, which no sender computes and which would come back as 0, is left alone.
func SetEvil(frame []byte, offset int, on bool) bool {
	ip := frame[offset : offset+ipv4Header]
	old := binary.BigEndian.Uint16(ip[evilWord:])
	if on == (old&evilBit != 0) {
		return false
	}
	binary.BigEndian.PutUint16(ip[evilWord:], old^evilBit)
	if sum := binary.BigEndian.Uint16(ip[headerSum:]); sum != negative0 {
		binary.BigEndian.PutUint16(ip[headerSum:], UpdateChecksum(sum, old, old^evilBit))
	}
	return true
}

// UpdateChecksum is the Internet checksum after one 16-bit word under it changed (RFC 1624, equation 3).
func UpdateChecksum(sum, old, word uint16) uint16 {
	return ^fold(uint64(^sum) + uint64(^old) + uint64(word))
}

// Checksum is the Internet checksum (RFC 1071) of b. Over bytes that hold their own checksum it is 0 where that is right.
func Checksum(b []byte) uint16 { return ^fold(add(0, b)) }

// TransportChecksum tells whether the checksum of a TCP, UDP, ICMP or ICMPv6 packet is right. It is not known for other protocols,
// fragments, UDP over IPv4 without one, what was captured in part, and behind an IPv6 routing header, which hides the address that
// the sum is over.
func TransportChecksum(f Frame, h *Headers) (right, known bool) {
	end := h.TransportOffset + h.TransportLength
	if !h.Transport || h.More || h.Routed || end > len(f.Data) {
		return false, false
	}
	segment := f.Data[h.TransportOffset:end]
	var pseudo uint64 // RFC 9293 section 3.1 and RFC 8200 section 8.1 come to the same words
	switch h.Proto {
	case protoICMP:
	case protoTCP, protoUDP, protoICMPv6:
		src, dst := h.Src.As16(), h.Dst.As16()
		from := len(src) - h.Src.BitLen()/8
		pseudo = add(add(uint64(len(segment))+uint64(h.Proto), src[from:]), dst[from:])
	default:
		return false, false
	}
	if h.Proto == protoUDP && h.IP == 4 && len(segment) >= 8 && segment[6] == 0 && segment[7] == 0 {
		return false, false
	}
	return fold(add(pseudo, segment)) == negative0, true
}

func add(acc uint64, b []byte) uint64 {
	for ; len(b) >= 2; b = b[2:] {
		acc += uint64(b[0])<<8 | uint64(b[1])
	}
	if len(b) == 1 {
		acc += uint64(b[0]) << 8
	}
	return acc
}

func fold(acc uint64) uint16 {
	for acc > 0xffff {
		acc = acc&0xffff + acc>>16
	}
	return uint16(acc)
}
