package packet

import (
	"encoding/binary"
	"math/bits"
)

// sum adds p to a running Internet checksum in 64-bit words (RFC 1071 §2: byte order and word size do not matter until the fold).
func sum(acc uint64, p []byte) uint64 {
	var carry uint64
	for len(p) >= 32 {
		acc, carry = bits.Add64(acc, binary.BigEndian.Uint64(p), carry)
		acc, carry = bits.Add64(acc, binary.BigEndian.Uint64(p[8:]), carry)
		acc, carry = bits.Add64(acc, binary.BigEndian.Uint64(p[16:]), carry)
		acc, carry = bits.Add64(acc, binary.BigEndian.Uint64(p[24:]), carry)
		p = p[32:]
	}
	for len(p) >= 8 {
		acc, carry = bits.Add64(acc, binary.BigEndian.Uint64(p), carry)
		p = p[8:]
	}
	if len(p) > 0 {
		var tail [8]byte
		copy(tail[:], p)
		acc, carry = bits.Add64(acc, binary.BigEndian.Uint64(tail[:]), carry)
	}
	acc, carry = bits.Add64(acc, 0, carry)
	return acc + carry
}

// fold reduces a running sum to the checksum field's value.
func fold(acc uint64) uint16 {
	acc = acc>>32 + acc&0xffffffff
	acc = acc>>32 + acc&0xffffffff
	acc = acc>>16 + acc&0xffff
	acc = acc>>16 + acc&0xffff
	return ^uint16(acc>>16 + acc&0xffff)
}
