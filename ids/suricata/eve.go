package suricata

import (
	"math"
	"net/netip"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/evilbench/evilbench/labels"
)

// event is what this package reads of an EVE line; the rest is skipped. Absent numbers that have a meaning at zero are pointers.
type event struct {
	Timestamp string     `json:"timestamp"`
	EventType string     `json:"event_type"`
	FlowID    int64      `json:"flow_id"` // 51 bits, made of the start time and a hash seeded anew at each start
	PcapCnt   int64      `json:"pcap_cnt"`
	PktSrc    string     `json:"pkt_src"` // from version 7 on
	SrcIP     netip.Addr `json:"src_ip"`
	DestIP    netip.Addr `json:"dest_ip"`
	SrcPort   uint16     `json:"src_port"`
	DestPort  uint16     `json:"dest_port"`
	Proto     string     `json:"proto"`
	ICMPType  *int16     `json:"icmp_type"`
	ICMPCode  *int16     `json:"icmp_code"`
	VLAN      []uint32   `json:"vlan"` // outer first
	Community string     `json:"community_id"`
	Direction string     `json:"direction"` // from version 7 on
	Tunnel    struct {
		PcapCnt  int64      `json:"pcap_cnt"` // from version 7 on
		PktSrc   string     `json:"pkt_src"`
		SrcIP    netip.Addr `json:"src_ip"`
		DestIP   netip.Addr `json:"dest_ip"`
		SrcPort  uint16     `json:"src_port"`
		DestPort uint16     `json:"dest_port"`
		Proto    string     `json:"proto"`
		Depth    int        `json:"depth"` // 0 where the packet was put together from fragments
	} `json:"tunnel"`
	Flow struct {
		Start   string     `json:"start"`
		SrcIP   netip.Addr `json:"src_ip"` // in alerts, from version 7 on
		SrcPort uint16     `json:"src_port"`
	} `json:"flow"`
	Alert struct {
		GID       int64  `json:"gid"`
		SID       int64  `json:"signature_id"`
		Rev       int64  `json:"rev"`
		Signature string `json:"signature"`
		Category  string `json:"category"`
		Severity  int32  `json:"severity"`
	} `json:"alert"`
}

// tolerant accepts what engines have been seen to write: a name twice in an object, and bytes of the wire in a string.
var tolerant = json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

// decodeAlert reads one line. ok is false where the line is sound and no alert.
func decodeAlert(line []byte) (a labels.Alert, ok bool, err error) {
	var e event
	if err := json.Unmarshal(line, &e, tolerant); err != nil {
		return a, false, err
	}
	if e.EventType != "alert" {
		return a, false, nil
	}
	a = labels.Alert{
		Time: timestamp(e.Timestamp), Engine: "suricata", Kind: "alert",
		GID: e.Alert.GID, SID: e.Alert.SID, Rev: e.Alert.Rev, Name: e.Alert.Signature, Category: e.Alert.Category,
		Severity: e.Alert.Severity, Score: math.NaN(),
		Src: e.SrcIP.Unmap(), Dst: e.DestIP.Unmap(), Sport: e.SrcPort, Dport: e.DestPort, Proto: protocol(e.Proto),
		Direction: e.Direction, Packet: e.packet(), PacketSource: e.PktSrc,
		FlowStart: timestamp(e.Flow.Start), FlowForward: e.flowForward(), CommunityID: e.Community,
		ICMPType: orMinusOne(e.ICMPType), ICMPCode: orMinusOne(e.ICMPCode), VLAN: vlan(e.VLAN), Outer: e.outer(), Raw: string(line),
	}
	if e.FlowID != 0 {
		a.EngineFlow = strconv.FormatInt(e.FlowID, 10)
	}
	return a, true, nil
}

// packet is the number of the packet that raised the alert; of the one that carried it where it came out of a tunnel, and of the
// last fragment where it was put together. It is 0 where the engine made the packet up to flush a stream, and in version 6, which
// has no pkt_src and no pcap_cnt on packets that were not in the capture as they are, for tunnels and fragments too.
func (e *event) packet() int64 {
	if e.PktSrc == "wire/pcap" || e.PktSrc == "" && e.PcapCnt > 0 {
		return max(0, e.PcapCnt)
	}
	if e.Tunnel.PktSrc == "wire/pcap" {
		return max(0, e.Tunnel.PcapCnt)
	}
	return 0
}

// outer are the ends of the packet in the capture where the alert speaks of one inside it, at whatever depth.
func (e *event) outer() labels.Tuple {
	t := &e.Tunnel
	if t.Depth == 0 || !t.SrcIP.IsValid() || !t.DestIP.IsValid() {
		return labels.Tuple{}
	}
	return labels.Tuple{Src: t.SrcIP.Unmap(), Dst: t.DestIP.Unmap(), Sport: t.SrcPort, Dport: t.DestPort, Proto: protocol(t.Proto)}
}

// flowForward is false where the line does not say which way the flow runs, as in version 6.
func (e *event) flowForward() bool {
	if e.Direction != "" {
		return e.Direction == "to_server"
	}
	return e.Flow.SrcIP.IsValid() && e.Flow.SrcIP == e.SrcIP && e.Flow.SrcPort == e.SrcPort
}

func orMinusOne(n *int16) int16 {
	if n == nil || *n < 0 {
		return -1
	}
	return *n
}

// vlan packs the two innermost tags as labels.Tuple does.
func vlan(tags []uint32) uint32 {
	switch n := len(tags); n {
	case 0:
		return 0
	case 1:
		return tags[0] & 0xfff
	default:
		return tags[n-2]&0xfff<<12 | tags[n-1]&0xfff
	}
}

// protocol reads a protocol's name, or its number where the engine found no name for it; 0 = neither.
func protocol(s string) uint8 {
	if n, ok := protocols[strings.ToLower(s)]; ok {
		return n
	}
	n, err := strconv.ParseUint(s, 10, 8)
	if err != nil {
		return 0
	}
	return uint8(n)
}

// protocols are the names Suricata writes, lower case (IANA, Assigned Internet Protocol Numbers).
var protocols = map[string]uint8{
	"icmp": 1, "igmp": 2, "ipv4": 4, "ip-in-ip": 4, "ipip": 4, "tcp": 6, "egp": 8, "igp": 9, "udp": 17, "dccp": 33, "ipv6": 41,
	"ipv6-route": 43, "ipv6-frag": 44, "rsvp": 46, "gre": 47, "esp": 50, "ah": 51, "ipv6-icmp": 58, "icmpv6": 58, "ipv6-nonxt": 59,
	"ipv6-opts": 60, "eigrp": 88, "ospf": 89, "ospfigp": 89, "pim": 103, "ipcomp": 108, "vrrp": 112, "l2tp": 115, "sctp": 132,
	"mpls-in-ip": 137,
}
