package join

import (
	"strings"

	"github.com/evilbench/evilbench/labels"
)

// wire is Suricata's pkt_src of a packet that was in the capture.
const wire = "wire/pcap"

// IANA protocol numbers.
const (
	protoICMP   = 1
	protoICMPv6 = 58
)

func isICMP(proto uint8) bool { return proto == protoICMP || proto == protoICMPv6 }

// hasEnds tells whether the alert names both ends of a conversation.
func hasEnds(a *labels.Alert) bool { return a.Src.IsValid() && a.Dst.IsValid() && a.Proto != 0 }

// madeUp tells whether the engine says that it made the packet up, when a flow timed out or a stream was put together: its time
// is then the engine's own.
func madeUp(a *labels.Alert) bool {
	return a.PacketSource != "" && a.PacketSource != wire && !encapsulated(a.PacketSource)
}

// encapsulated tells whether the alert speaks of a packet inside another one.
func encapsulated(source string) bool {
	return strings.HasSuffix(source, "tunnel") || strings.HasSuffix(source, "encapsulation")
}

// counterparts are the ICMP types that answer each other (RFC 792, 950, 1256; Community ID specification v1).
var counterparts = map[int16]int16{0: 8, 8: 0, 9: 10, 10: 9, 13: 14, 14: 13, 15: 16, 16: 15, 17: 18, 18: 17}

// counterpartsV6 are those of ICMPv6 (RFC 4443, 2710, 4861, 4620, 6275).
var counterpartsV6 = map[int16]int16{
	128: 129, 129: 128, 130: 131, 131: 130, 133: 134, 134: 133, 135: 136, 136: 135, 139: 140, 140: 139, 144: 145, 145: 144,
}

// fitsICMP tells whether the alert's type is one of the flow's: the originator's, or the answer to it.
func fitsICMP(a *labels.Alert, f *flow) bool {
	if !isICMP(f.proto) || a.ICMPType < 0 {
		return true
	}
	if f.icmpType == a.ICMPType {
		return a.ICMPCode < 0 || f.icmpCode == a.ICMPCode
	}
	pairs := counterparts
	if f.proto == protoICMPv6 {
		pairs = counterpartsV6
	}
	answer, paired := pairs[a.ICMPType]
	return paired && answer == f.icmpType
}
