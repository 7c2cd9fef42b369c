package flowlog

import (
	"fmt"
	"net/netip"
	"strconv"
)

// The columns of a conn.log that are read.
const (
	ts = iota
	uid
	origHost
	origPort
	respHost
	respPort
	proto
	ipProto
	service
	duration
	origBytes
	respBytes
	connState
	history
	origPackets
	origIPBytes
	respPackets
	respIPBytes
	vlan
	innerVLAN
	communityID
	label
	detail
	columns
)

var columnOf = map[string]int{
	"ts": ts, "uid": uid, "id.orig_h": origHost, "id.orig_p": origPort, "id.resp_h": respHost, "id.resp_p": respPort,
	"proto": proto, "ip_proto": ipProto, "service": service, "duration": duration, "orig_bytes": origBytes,
	"resp_bytes": respBytes, "conn_state": connState, "history": history, "orig_pkts": origPackets,
	"orig_ip_bytes": origIPBytes, "resp_pkts": respPackets, "resp_ip_bytes": respIPBytes, "vlan": vlan,
	"inner_vlan": innerVLAN, "community_id": communityID, "label": label, "detailedlabel": detail, "detailed-label": detail,
}

var required = []string{"ts", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto"}

// conn is one line of a conn.log, as text; "" = unset.
type conn [columns]string

// record gives the text its types. What is not there is unknown, what is there and wrong is an error.
func (c *conn) record() (Record, error) {
	r := Record{UID: c[uid], History: c[history], Label: c[label], Detail: c[detail], Accuracy: 1000}
	p := parser{}
	r.Start = p.time(c[ts])
	r.Timed = c[duration] != ""
	r.End = r.Start + p.seconds(c[duration])
	r.Src, r.Dst = p.addr("id.orig_h", c[origHost]), p.addr("id.resp_h", c[respHost])
	r.Proto = p.proto(c[proto], c[ipProto], r.Src)
	sport, dport := p.number("id.orig_p", c[origPort], 16), p.number("id.resp_p", c[respPort], 16)
	r.ICMPType, r.ICMPCode = -1, -1
	if r.Proto == protoICMP || r.Proto == protoICMPv6 {
		r.ICMPType, r.ICMPCode = icmp(r.Proto, sport, dport)
	} else {
		r.Sport, r.Dport = uint16(sport), uint16(dport)
	}
	r.VLAN = uint32(p.number("vlan", c[vlan], 12))
	if c[innerVLAN] != "" {
		r.VLAN = r.VLAN<<12 | uint32(p.number("inner_vlan", c[innerVLAN], 12))
	}
	r.CommunityID, r.Service, r.State = c[communityID], c[service], c[connState]
	r.FwdPackets, r.BwdPackets = p.number("orig_pkts", c[origPackets], 63), p.number("resp_pkts", c[respPackets], 63)
	r.FwdBytes, r.BwdBytes = p.number("orig_ip_bytes", c[origIPBytes], 63), p.number("resp_ip_bytes", c[respIPBytes], 63)
	r.Payload = [2]int64{p.number("orig_bytes", c[origBytes], 63), p.number("resp_bytes", c[respBytes], 63)}
	r.Class = classOf(r.Label)
	return r, p.err
}

// parser keeps the first error.
type parser struct{ err error }

func (p *parser) fail(column string, err error) {
	if err != nil && p.err == nil {
		p.err = fmt.Errorf("%s: %w", column, err)
	}
}

// number reads an unsigned number of that many bits; "" is 0.
func (p *parser) number(column, text string, bits int) int64 {
	if text == "" {
		return 0
	}
	n, err := strconv.ParseUint(text, 10, bits)
	if err != nil {
		p.fail(column, fmt.Errorf("%q is not a number below 2^%d", text, bits))
	}
	return int64(n)
}

func (p *parser) addr(column, text string) netip.Addr {
	addr, err := netip.ParseAddr(text)
	if err != nil {
		p.fail(column, fmt.Errorf("%q is not an address", text))
	}
	return addr.Unmap().WithZone("")
}

const (
	protoICMP   = 1
	protoTCP    = 6
	protoUDP    = 17
	protoICMPv6 = 58
)

// proto is the protocol's number. Zeek calls both ICMPs icmp, and knows no other names than these.
func (p *parser) proto(name, number string, src netip.Addr) uint8 {
	if number != "" {
		return uint8(p.number("ip_proto", number, 8))
	}
	switch name {
	case "tcp":
		return protoTCP
	case "udp":
		return protoUDP
	case "icmp":
		if src.Is4() {
			return protoICMP
		}
		return protoICMPv6
	case "unknown_transport":
		return 0
	}
	p.fail("proto", fmt.Errorf("%q is none of tcp, udp, icmp", name))
	return 0
}

// icmp reads the ports of an ICMP flow in Zeek's manner: the type, then the type of the answer where there is one, else
// the code (Zeek, src/packet_analysis/protocol/icmp: the same pairs as Community ID version 1). Types that have an
// answer use code 0.
func icmp(proto uint8, first, second int64) (typ, code int16) {
	answer := map[uint8]map[int64]int64{
		protoICMP:   {0: 8, 8: 0, 9: 10, 10: 9, 13: 14, 14: 13, 15: 16, 16: 15, 17: 18, 18: 17},
		protoICMPv6: {128: 129, 129: 128, 130: 131, 131: 130, 133: 134, 134: 133, 135: 136, 136: 135, 139: 140, 140: 139, 144: 145, 145: 144},
	}[proto]
	if want, paired := answer[first]; paired && want == second {
		return int16(first), 0
	}
	return int16(first), int16(second)
}

// seconds reads a duration; "" is 0.
func (p *parser) seconds(text string) int64 {
	if text == "" {
		return 0
	}
	ns, err := nanoseconds(text)
	p.fail("duration", err)
	return ns
}
