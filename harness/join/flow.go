package join

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"

	"github.com/evilbench/evilbench/labels"
)

// flow is what the join keeps of a truth flow: 64 bytes. Flow n is at index n-1.
type flow struct {
	start, end         int64 // ns since the epoch
	src, dst           [16]byte
	campaign           int32  // index into index.campaigns, -1 = benign
	tag                uint32 // VLAN ids above the protocol number
	sport, dport       uint16
	icmpType, icmpCode int16
}

func newFlow(f *labels.Flow, campaign int32) flow {
	return flow{
		start: f.Start, end: f.End, src: f.Src.As16(), dst: f.Dst.As16(), campaign: campaign, tag: f.VLAN<<8 | uint32(f.Proto),
		sport: f.Sport, dport: f.Dport, icmpType: f.ICMPType, icmpCode: f.ICMPCode,
	}
}

func (f *flow) proto() uint8 { return uint8(f.tag) }
func (f *flow) vlan() uint32 { return f.tag >> 8 }

func (f *flow) span() span { return span{f.start, f.end} }

// alike tells whether whatever fits one flow fits the other, time aside, and both speak for the same campaign.
func (f *flow) alike(g *flow) bool {
	return f.campaign == g.campaign && f.tag == g.tag && f.sport == g.sport && f.dport == g.dport &&
		f.icmpType == g.icmpType && f.icmpCode == g.icmpCode && f.src == g.src && f.dst == g.dst
}

// joins tells whether a flow runs between two hosts.
func (f *flow) joins(a, b [16]byte) bool { return f.src == a && f.dst == b || f.src == b && f.dst == a }

// connects tells whether a flow has these two ends, and whether it runs the other way round. ICMP has no ports.
func (f *flow) connects(e *ends) (same, reversed bool) {
	portless := isICMP(f.proto())
	if f.src == e.src && f.dst == e.dst && (portless || f.sport == e.sport && f.dport == e.dport) {
		return true, false
	}
	same = f.src == e.dst && f.dst == e.src && (portless || f.sport == e.dport && f.dport == e.sport)
	return same, same
}

var seed = maphash.MakeSeed()

// tupleHash is the same for both directions. VLAN ids are left out: not every engine names them. So are the ports of ICMP.
func (f *flow) tupleHash() uint64 { return hashTuple(f.src, f.dst, f.sport, f.dport, f.proto()) }

func (f *flow) pairHash() uint64 { return hashPair(f.src, f.dst) }
func (f *flow) srcHash() uint64  { return maphash.Bytes(seed, f.src[:]) }
func (f *flow) dstHash() uint64  { return maphash.Bytes(seed, f.dst[:]) }

// noHash puts all flows side by side, by time alone.
func (f *flow) noHash() uint64 { return 0 }

func hashTuple(src, dst [16]byte, sport, dport uint16, proto uint8) uint64 {
	if isICMP(proto) {
		sport, dport = 0, 0
	}
	if order := bytes.Compare(src[:], dst[:]); order > 0 || order == 0 && sport > dport {
		src, dst, sport, dport = dst, src, dport, sport
	}
	var key [37]byte
	copy(key[:], src[:])
	copy(key[16:], dst[:])
	binary.BigEndian.PutUint16(key[32:], sport)
	binary.BigEndian.PutUint16(key[34:], dport)
	key[36] = proto
	return maphash.Bytes(seed, key[:])
}

func hashPair(a, b [16]byte) uint64 {
	if bytes.Compare(a[:], b[:]) > 0 {
		a, b = b, a
	}
	var key [32]byte
	copy(key[:], a[:])
	copy(key[16:], b[:])
	return maphash.Bytes(seed, key[:])
}
