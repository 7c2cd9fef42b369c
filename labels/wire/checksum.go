package wire

import "encoding/binary"

// SetEvil sets or clears RFC 3514's bit in the IPv4 header at the offset and adjusts its checksum (RFC 1624, equation 3). A wrong
// checksum stays as wrong as it was. It tells whether the bit changed.
func SetEvil(frame []byte, offset int, on bool) bool {
	ip := frame[offset:]
	if on == (ip[6]&0x80 != 0) {
		return false
	}
	old := binary.BigEndian.Uint16(ip[6:])
	changed := old ^ 0x8000
	binary.BigEndian.PutUint16(ip[6:], changed)
	sum := uint32(^binary.BigEndian.Uint16(ip[10:])) + uint32(^old) + uint32(changed)
	sum = sum&0xffff + sum>>16
	sum = sum&0xffff + sum>>16
	binary.BigEndian.PutUint16(ip[10:], ^uint16(sum))
	return true
}
