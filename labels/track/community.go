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
// place, the way Zeek pairs requests with answers.
func CommunityID(t labels.Tuple, icmpType, icmpCode uint8, seed uint16) string {
	sport, dport, ports := t.Sport, t.Dport, false
	oneWay := false
	switch t.Proto {
	case 1, 58:
		sport, dport, oneWay = pairICMP(pairsOf(t.Proto), icmpType, icmpCode)
		ports = true
	case 6, 17, 132:
		ports = true
	}
	src, dst := t.Src, t.Dst
	if c := src.Compare(dst); !oneWay && (c > 0 || c == 0 && sport > dport) {
		src, dst, sport, dport = dst, src, dport, sport
	}
	var b [40]byte
	n := 2
	binary.BigEndian.PutUint16(b[:], seed)
	n += put(b[n:], src)
	n += put(b[n:], dst)
	b[n], b[n+1] = t.Proto, 0
	n += 2
	if ports {
		binary.BigEndian.PutUint16(b[n:], sport)
		binary.BigEndian.PutUint16(b[n+2:], dport)
		n += 4
	}
	sum := sha1.Sum(b[:n])
	return "1:" + base64.StdEncoding.EncodeToString(sum[:])
}

func put(b []byte, a netip.Addr) int {
	if a.Is4() {
		x := a.As4()
		return copy(b, x[:])
	}
	x := a.As16()
	return copy(b, x[:])
}

// Types that ask and answer each other (RFC 792, RFC 950; RFC 4443, RFC 2710, RFC 4861).
var (
	icmpPairs  = map[uint8]uint8{8: 0, 0: 8, 13: 14, 14: 13, 15: 16, 16: 15, 10: 9, 9: 10, 17: 18, 18: 17}
	icmp6Pairs = map[uint8]uint8{128: 129, 129: 128, 133: 134, 134: 133, 135: 136, 136: 135, 130: 131, 131: 130, 144: 145, 145: 144, 139: 140, 140: 139}
)

func pairICMP(pairs map[uint8]uint8, kind, code uint8) (sport, dport uint16, oneWay bool) {
	if answer, ok := pairs[kind]; ok {
		return uint16(kind), uint16(answer), false
	}
	return uint16(kind), uint16(code), true
}

func pairsOf(proto uint8) map[uint8]uint8 {
	if proto == 58 {
		return icmp6Pairs
	}
	return icmpPairs
}
