package flow

import (
	"slices"

	"github.com/evilbench/evilbench/generator/model"
)

// Lengths of IPv4 headers with those above them, and the most that a packet can hold beside its link layer.
const (
	tcpHeaders   = 40
	otherHeaders = 28
	mostOfPacket = 65_535
)

// possible tells whether a flow's counts, bytes, flags, time and ends can belong together on any network. Columns that are drawn one by
// one may contradict each other.
func (v *Record) possible() bool {
	tcp := v.Proto == model.Protos["tcp"]
	headers := int64(otherHeaders)
	if tcp {
		headers = tcpHeaders
	}
	group := v.Dst.Host.Group
	switch {
	case v.OutPackets+v.InPackets == 0, v.Src.Host.Group:
		return false
	case v.OutBytes < headers*v.OutPackets, v.OutBytes > mostOfPacket*v.OutPackets:
		return false
	case v.InBytes < headers*v.InPackets, v.InBytes > mostOfPacket*v.InPackets:
		return false
	case (v.OutPackets+v.InPackets == 1) != (v.Duration == 0):
		return false
	case tcp == (v.Flags == noFlags) && v.Flags != "":
		return false
	case v.Proto == model.Protos["icmp"] && !v.IPv6 && slices.Contains(errorTypes, v.Port) && v.InPackets > 0:
		return false
	default:
		return !group || !tcp && v.InPackets == 0
	}
}

// errorTypes are the types of ICMP messages that nothing answers (RFC 1122, section 3.2.2).
var errorTypes = []uint16{3, 4, 5, 11, 12}

// noFlags is what flows of other transports have.
const noFlags = "......"
