package join

import (
	"net/netip"
	"strings"

	"github.com/evilbench/evilbench/labels"
)

// IANA protocol numbers.
const (
	protoICMP     = 1
	protoTCP      = 6
	protoUDP      = 17
	protoFragment = 44
	protoICMPv6   = 58
	protoSCTP     = 132
)

func isICMP(proto uint8) bool { return proto == protoICMP || proto == protoICMPv6 }

// hasPorts tells whether packets of the protocol name ports, all but the later fragments.
func hasPorts(proto uint8) bool { return proto == protoTCP || proto == protoUDP || proto == protoSCTP }

// onWire tells whether the engine says that the packet was in the capture: Suricata's and Snort's word for it.
func onWire(source string) bool { return source == "wire/pcap" || source == "raw" }

// encapsulated tells whether the alert speaks of a packet inside another one.
func encapsulated(source string) bool {
	return strings.HasSuffix(source, "tunnel") || strings.HasSuffix(source, "encapsulation")
}

// timely tells whether the alert's time is that of a packet of the capture. Packets that come out of tunnels and fragments have
// the time of the one that carried them.
func timely(source string) bool { return onWire(source) || encapsulated(source) || source == "defrag" }

// flushed tells whether the engine made the packet up, when a flow timed out or the engine ended: its time is the engine's own, and
// its number, if it has one, is left from a packet before.
func flushed(source string) bool {
	return strings.HasPrefix(source, "stream (") || strings.HasSuffix(source, "flush")
}

// ends are what an alert says of the two ends of the packet that was in the capture.
type ends struct {
	src, dst     [16]byte
	sport, dport uint16
	proto        uint8
	vlan         uint32
	kind, code   int16 // of ICMP, -1 = not said
	from, to     bool  // whether src and dst are given
	inside       bool  // the alert speaks of a packet inside that one
}

func endsOf(a *labels.Alert) ends {
	e := ends{kind: -1, code: -1}
	switch {
	case a.Outer.Src.IsValid() && a.Outer.Dst.IsValid():
		e.inside = true
		e.hosts(a.Outer.Src, a.Outer.Dst)
		e.sport, e.dport, e.proto = a.Outer.Sport, a.Outer.Dport, a.Outer.Proto
	case encapsulated(a.PacketSource):
		e.inside = true
	default:
		e.hosts(a.Src, a.Dst)
		e.sport, e.dport, e.proto, e.vlan, e.kind, e.code = a.Sport, a.Dport, a.Proto, a.VLAN, a.ICMPType, a.ICMPCode
	}
	return e
}

func (e *ends) hosts(src, dst netip.Addr) {
	e.from, e.to = src.IsValid(), dst.IsValid()
	e.src, e.dst = src.As16(), dst.As16()
}

// whole tells whether both ends and the protocol are known.
func (e *ends) whole() bool { return e.from && e.to && e.proto != 0 }

// portless tells whether ports are missing where there should be some, or the type where there should be one: so it is with later
// fragments.
func (e *ends) portless() bool {
	return e.proto == protoFragment || hasPorts(e.proto) && e.sport == 0 && e.dport == 0 || isICMP(e.proto) && e.kind < 0 && !e.inside
}

// quotes tells whether the alert gives the ports of the conversation that an ICMP error is about.
func (e *ends) quotes() bool { return isICMP(e.proto) && (e.sport != 0 || e.dport != 0) }

// fit tells whether a flow has these ends.
func (e *ends) fit(f *flow) bool {
	same, _ := f.connects(e)
	return same && f.proto() == e.proto && e.fitVLAN(f.vlan()) && e.fitICMP(f)
}

// fitVLAN lets an alert without a tag mean any, and one with a single tag either of two: not every engine names both.
func (e *ends) fitVLAN(vlan uint32) bool {
	return e.vlan == 0 || e.vlan == vlan || e.vlan < 1<<12 && vlan >= 1<<12 && (e.vlan == vlan&0xfff || e.vlan == vlan>>12)
}

// counterparts are the ICMP types that answer each other (RFC 792, 950, 1256; Community ID specification v1).
var counterparts = map[int16]int16{0: 8, 8: 0, 9: 10, 10: 9, 13: 14, 14: 13, 15: 16, 16: 15, 17: 18, 18: 17}

// counterpartsV6 are those of ICMPv6 (RFC 4443, 2710, 4861, 4620, 6275).
var counterpartsV6 = map[int16]int16{
	128: 129, 129: 128, 130: 131, 131: 130, 133: 134, 134: 133, 135: 136, 136: 135, 139: 140, 140: 139, 144: 145, 145: 144,
}

// fitICMP tells whether the type is one of the flow's: the originator's, sent by the originator, or the answer to it, sent by the
// responder. Types that nothing answers are told apart by their codes too.
func (e *ends) fitICMP(f *flow) bool {
	if !isICMP(f.proto()) || e.kind < 0 || f.icmpType < 0 {
		return true
	}
	pairs := counterparts
	if f.proto() == protoICMPv6 {
		pairs = counterpartsV6
	}
	answer, paired := pairs[e.kind]
	switch {
	case f.icmpType == e.kind && f.src == e.src:
		return paired || e.code < 0 || f.icmpCode < 0 || f.icmpCode == e.code
	case paired && f.icmpType == answer:
		return f.src == e.dst
	}
	return false
}
