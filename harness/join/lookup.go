package join

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"hash/maphash"
	"net/netip"
	"slices"
)

// lookup finds flows by a hash and a time. Flows with one hash lie side by side, by start; reach tells how far into the future
// the flows up to here last, so that a walk back in time knows when to stop.
type lookup struct {
	entries []entry
}

type entry struct {
	hash  uint64
	reach int64 // latest end among the entries with this hash up to this one
	flow  int32 // index of the flow
}

func newLookup(flows []flow, hash func(*flow) uint64) lookup {
	entries := make([]entry, len(flows))
	for i := range flows {
		entries[i] = entry{hash: hash(&flows[i]), flow: int32(i)}
	}
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(flows[a.flow].start, flows[b.flow].start), cmp.Compare(a.flow, b.flow))
	})
	for i := range entries {
		e := &entries[i]
		e.reach = flows[e.flow].end
		if i > 0 && entries[i-1].hash == e.hash {
			e.reach = max(e.reach, entries[i-1].reach)
		}
	}
	return lookup{entries}
}

// between appends to found the indices of the flows with this hash that overlap [from, to], latest start first. Flows of another
// key may share the hash: the caller looks.
func (l *lookup) between(flows []flow, hash uint64, from, to int64, found []int32) []int32 {
	// The first entry behind the flows that may be meant.
	i, _ := slices.BinarySearchFunc(l.entries, hash, func(e entry, h uint64) int {
		if e.hash == h && flows[e.flow].start > to {
			return 1
		}
		return cmp.Or(cmp.Compare(e.hash, h), -1)
	})
	for i--; i >= 0 && l.entries[i].hash == hash && l.entries[i].reach >= from; i-- {
		if f := l.entries[i].flow; flows[f].end >= from {
			found = append(found, f)
		}
	}
	return found
}

var seed = maphash.MakeSeed()

// tupleHash is the same for both directions. VLAN ids are left out: not every engine names them. So are the ports of ICMP, which
// has none.
func (f *flow) tupleHash() uint64 { return hashTuple(f.src, f.dst, f.sport, f.dport, f.proto) }

func (f *flow) hostHash() uint64 { return hashHosts(f.src, f.dst) }

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

func hashHosts(a, b [16]byte) uint64 {
	if bytes.Compare(a[:], b[:]) > 0 {
		a, b = b, a
	}
	var key [32]byte
	copy(key[:], a[:])
	copy(key[16:], b[:])
	return maphash.Bytes(seed, key[:])
}

// joins tells whether a flow runs between two hosts.
func (f *flow) joins(a, b netip.Addr) bool {
	x, y := a.As16(), b.As16()
	return f.src == x && f.dst == y || f.src == y && f.dst == x
}

// connects tells whether a flow has these two ends, and whether it runs the other way round.
func (f *flow) connects(src, dst [16]byte, sport, dport uint16) (same, reversed bool) {
	portless := isICMP(f.proto)
	if f.src == src && f.dst == dst && (portless || f.sport == sport && f.dport == dport) {
		return true, false
	}
	same = f.src == dst && f.dst == src && (portless || f.sport == dport && f.dport == sport)
	return same, same
}
