package track

import (
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"net/netip"

	"github.com/evilbench/evilbench/labels"
)

// CommunityID is version 1 of the Community ID flow hash (github.com/corelight/community-id-spec): "1:" and the Base64 of the SHA-1
// over seed, the ordered addresses, the protocol, a zero byte and the ordered ports. For ICMP, type and code take the ports'
// place, the way Zeek pairs requests with answers. VLANs and time are no part of it.
func CommunityID(t labels.Tuple, icmpType, icmpCode uint8, seed uint16) string {
	sport, dport, oneWay := t.Sport, t.Dport, false
	if isICMP(t.Proto) {
		sport, dport, oneWay = pairICMP(t.Proto, icmpType, icmpCode)
	}
	src, dst := t.Src, t.Dst
	if c := src.Compare(dst); !oneWay && (c > 0 || c == 0 && sport > dport) {
		src, dst, sport, dport = dst, src, dport, sport
	}
	var space [40]byte
	b := binary.BigEndian.AppendUint16(space[:0], seed)
	b = appendAddr(b, src)
	b = appendAddr(b, dst)
	b = append(b, t.Proto, 0)
	switch t.Proto {
	case protoICMP, protoICMPv6, protoTCP, protoUDP, protoSCTP:
		b = binary.BigEndian.AppendUint16(b, sport)
		b = binary.BigEndian.AppendUint16(b, dport)
	}
	sum := sha1.Sum(b)
	return "1:" + base64.StdEncoding.EncodeToString(sum[:])
}

func appendAddr(b []byte, a netip.Addr) []byte {
	if a.Is4() {
		x := a.As4()
		return append(b, x[:]...)
	}
	x := a.As16()
	return append(b, x[:]...)
}
