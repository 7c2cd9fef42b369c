package join

import (
	"cmp"
	"math/bits"
	"slices"
)

// lookup finds flows by a hash of something they have in common, and by time. Flows of one bucket lie side by side, by hash and
// start. It takes about 12 bytes a flow.
type lookup struct {
	flows *chunks[flow]
	hash  func(*flow) uint64
	shift int
	heads []uint32 // of bucket b: order[heads[b]:heads[b+1]]
	order []int32  // indices of flows
	runs  []int32  // first position of the stretch of alike flows that a position is in
	ends  tower    // of the flows in order
}

// kind says what a lookup is about.
type kind struct {
	hash  func(*flow) uint64
	alike func(f, g *flow) bool // whether g can be stepped over where f was seen
	whole bool                  // all flows have one hash
}

// newLookup sorts the flows into buckets by counting, which takes time linear in their number, and then every bucket.
func newLookup(flows *chunks[flow], k kind) *lookup {
	n := flows.n
	width := 0
	if !k.whole {
		width = max(0, bits.Len(uint(n))-1) // one or two flows a bucket
	}
	l := &lookup{
		flows: flows, hash: k.hash, shift: 64 - width,
		heads: make([]uint32, 1<<width+1), order: make([]int32, n), runs: make([]int32, n),
	}
	bucket := l.runs // both hold one number a flow, one after the other
	parallel(n, func(from, to int) {
		for i := from; i < to; i++ {
			bucket[i] = int32(k.hash(flows.at(int32(i))) >> l.shift)
		}
	})
	for _, b := range bucket {
		l.heads[b+1]++
	}
	for b := range l.heads[1:] {
		l.heads[b+1] += l.heads[b]
	}
	for i := n - 1; i >= 0; i-- { // backwards, so that heads end where they began and equals keep their order
		b := bucket[i] + 1
		l.heads[b]--
		l.order[l.heads[b]] = int32(i)
	}
	copy(l.heads, l.heads[1:])
	l.heads[len(l.heads)-1] = uint32(n)
	parallel(len(l.heads)-1, func(from, to int) { l.finish(from, to, k) })
	l.ends = newTower(n, func(p int) int64 { return flows.at(l.order[p]).end })
	return l
}

// ranked is a flow with what buckets are sorted by.
type ranked struct {
	hash  uint64
	start int64
	flow  int32
}

func (a ranked) compare(b ranked) int {
	return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.start, b.start), cmp.Compare(a.flow, b.flow))
}

// finish sorts buckets and finds their runs.
func (l *lookup) finish(from, to int, k kind) {
	var list []ranked
	for b := from; b < to; b++ {
		low, high := int(l.heads[b]), int(l.heads[b+1])
		if bucket := l.order[low:high]; len(bucket) > 1 && !l.sorted(bucket) {
			list = list[:0]
			for _, i := range bucket {
				list = append(list, l.rank(i))
			}
			slices.SortFunc(list, ranked.compare)
			for i := range list {
				bucket[i] = list[i].flow
			}
		}
		for p := low; p < high; p++ {
			l.runs[p] = int32(p)
			if p > low && k.alike(l.flows.at(l.order[p]), l.flows.at(l.order[p-1])) {
				l.runs[p] = l.runs[p-1]
			}
		}
	}
}

func (l *lookup) rank(i int32) ranked {
	f := l.flows.at(i)
	return ranked{l.hash(f), f.start, i}
}

// sorted spares buckets that are, as those of whole captures are.
func (l *lookup) sorted(bucket []int32) bool {
	before := l.rank(bucket[0])
	for _, i := range bucket[1:] {
		r := l.rank(i)
		if before.compare(r) > 0 {
			return false
		}
		before = r
	}
	return true
}

// step says how a walk goes on.
type step int

const (
	next step = iota // with the flow before
	over             // with the flow before those alike
	stop
)

// walk visits the flows with this hash that were under way then, latest start first. Flows of another key may share the hash: the
// visitor looks.
func (l *lookup) walk(hash uint64, then span, visit func(i int32) step) {
	b := hash >> l.shift
	low, high := int(l.heads[b]), int(l.heads[b+1])-1
	if high-low >= 1<<floorBits {
		low, high = l.seek(low, high+1, hash, then.to)
	}
	for p := high; p >= low; p-- {
		if p = l.ends.last(low, p, then.from); p < 0 {
			return
		}
		if l.flows.at(l.order[p]).start > then.to {
			continue
		}
		switch visit(l.order[p]) {
		case over:
			p = max(low, int(l.runs[p]))
		case stop:
			return
		}
	}
}

// seek narrows [low, high) to the flows with this hash that start at to or before.
func (l *lookup) seek(low, high int, hash uint64, to int64) (first, last int) {
	bucket := l.order[low:high]
	first, _ = slices.BinarySearchFunc(bucket, hash, func(i int32, h uint64) int { return cmp.Compare(l.hash(l.flows.at(i)), h) })
	behind, _ := slices.BinarySearchFunc(bucket, to, func(i int32, at int64) int {
		f := l.flows.at(i)
		if f.start > at {
			at = 1
		} else {
			at = -1
		}
		return cmp.Or(cmp.Compare(l.hash(f), hash), int(at))
	})
	return low + first, low + behind - 1
}
