package track

import "github.com/evilbench/evilbench/labels/wire"

// IANA protocol numbers.
const (
	protoICMP   = 1
	protoTCP    = 6
	protoUDP    = 17
	protoICMPv6 = 58
	protoSCTP   = 132
)

// pairs maps an ICMP type to the one that answers it, plus one; 0 = nothing does.
type pairs [256]uint16

func pairing(couples ...[2]uint8) (p pairs) {
	for _, c := range couples {
		p[c[0]], p[c[1]] = uint16(c[1])+1, uint16(c[0])+1
	}
	return p
}

// Types that ask and answer each other: RFC 792, RFC 950, RFC 1256; RFC 4443, RFC 2710, RFC 4861, RFC 4620, RFC 6275. These are the
// pairs of the Community ID specification and of Zeek.
var (
	icmpPairs  = pairing([2]uint8{8, 0}, [2]uint8{13, 14}, [2]uint8{15, 16}, [2]uint8{10, 9}, [2]uint8{17, 18})
	icmp6Pairs = pairing([2]uint8{128, 129}, [2]uint8{133, 134}, [2]uint8{135, 136}, [2]uint8{130, 131}, [2]uint8{139, 140}, [2]uint8{144, 145})
)

func isICMP(proto uint8) bool { return proto == protoICMP || proto == protoICMPv6 }

// pairICMP gives what takes the ports' place: a type and the one that answers it, or type and code of a message that nothing
// answers, which goes one way.
func pairICMP(proto, kind, code uint8) (sport, dport uint16, oneWay bool) {
	p := &icmpPairs
	if proto == protoICMPv6 {
		p = &icmp6Pairs
	}
	if answer := p[kind]; answer != 0 {
		return uint16(kind), answer - 1, false
	}
	return uint16(kind), uint16(code), true
}

// key is a tuple without direction; only a message that goes one way keeps its own. It has no gaps, so that it hashes in one go.
type key struct {
	low, high         [16]byte
	lowPort, highPort uint16
	vlan              uint32
	proto, ip         uint8
	_                 [2]uint8
}

// keyOf is the packet's key, and whether it was sent by the key's low end.
func keyOf(h *wire.Headers) (k key, low bool) {
	sport, dport, oneWay := h.Sport, h.Dport, false
	if isICMP(h.Proto) && h.Transport {
		sport, dport, oneWay = pairICMP(h.Proto, h.ICMPType, h.ICMPCode)
	}
	c := h.Src.Compare(h.Dst)
	k = key{vlan: h.VLAN, proto: h.Proto, ip: h.IP}
	if oneWay || c < 0 || c == 0 && sport <= dport {
		k.low, k.high, k.lowPort, k.highPort = h.Src.As16(), h.Dst.As16(), sport, dport
		return k, true
	}
	k.low, k.high, k.lowPort, k.highPort = h.Dst.As16(), h.Src.As16(), dport, sport
	return k, false
}
