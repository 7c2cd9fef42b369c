package fidelity

import (
	"cmp"
	"math/bits"
	"slices"
)

// cloud holds the rows of one table, those of equal categories together, and within them a tree of boxes (J. Bentley, 1975).
type cloud struct {
	dims   int
	width  int        // categories a row has
	keys   [][]uint64 // by word, then group
	groups []group    // ascending by key
	points []float64  // dims to a row, in the order of the groups and within them of the tree
	rows   []int32    // which row each point is
	nodes  []node
	boxes  []float64 // 2·dims to a node: its least and its greatest coordinates
	mismatch
}

// group is the rows that share all categories.
type group struct{ root, from, to int32 }

// node is a box with the points from to to; leaves have no children.
type node struct{ from, to, left, right int32 }

// leafSize is how many points are looked at one by one.
const leafSize = 12

// mismatch counts the unequal categories of two keys: where two fields differ, their exclusive or plus all ones carries into the
// guard bit.
type mismatch struct{ guards, below []uint64 }

func newCloud(in *space, m mismatch, codes [][]int32, numbers [][]float64, n int) *cloud {
	c := &cloud{dims: in.dims, width: len(in.fields), mismatch: m, rows: make([]int32, n)}
	keys := make([]uint64, n*in.words)
	for row := range n {
		c.rows[row] = int32(row)
		for i, f := range in.fields {
			keys[row*in.words+f.word] |= uint64(codes[i][row]) << f.shift
		}
	}
	key := func(row int32) []uint64 { return keys[int(row)*in.words : (int(row)+1)*in.words] }
	slices.SortFunc(c.rows, func(a, b int32) int { return cmp.Or(slices.Compare(key(a), key(b)), cmp.Compare(a, b)) })
	c.keys = make([][]uint64, in.words)
	for from := 0; from < n; {
		to := from + 1
		for to < n && slices.Equal(key(c.rows[to]), key(c.rows[from])) {
			to++
		}
		for w, k := range key(c.rows[from]) {
			c.keys[w] = append(c.keys[w], k)
		}
		c.groups = append(c.groups, group{c.build(numbers, from, to), int32(from), int32(to)})
		from = to
	}
	c.points = make([]float64, 0, n*in.dims)
	for _, row := range c.rows {
		for _, column := range numbers {
			c.points = append(c.points, column[row])
		}
	}
	return c
}

// build makes the tree of rows from to to, which it sorts, and returns its root.
func (c *cloud) build(numbers [][]float64, from, to int) int32 {
	at := int32(len(c.nodes))
	c.nodes = append(c.nodes, node{from: int32(from), to: int32(to), left: -1, right: -1})
	widest, most := 0, 0.0
	for d, column := range numbers {
		lo, hi := column[c.rows[from]], column[c.rows[from]]
		for _, row := range c.rows[from+1 : to] {
			lo, hi = min(lo, column[row]), max(hi, column[row])
		}
		c.boxes = append(c.boxes, lo, hi)
		if hi-lo > most {
			widest, most = d, hi-lo
		}
	}
	if to-from <= leafSize || most == 0 {
		return at
	}
	column := numbers[widest]
	slices.SortFunc(c.rows[from:to], func(a, b int32) int { return cmp.Or(cmp.Compare(column[a], column[b]), cmp.Compare(a, b)) })
	middle := (from + to) / 2
	left := c.build(numbers, from, middle)
	right := c.build(numbers, middle, to)
	c.nodes[at].left, c.nodes[at].right = left, right
	return at
}

func (c *cloud) point(i int32) []float64 {
	return c.points[int(i)*c.dims : (int(i)+1)*c.dims]
}

// box is the least and the greatest coordinates of a node, in turns.
func (c *cloud) box(n int32) []float64 {
	return c.boxes[int(n)*2*c.dims : (int(n)+1)*2*c.dims]
}

// bounds are the least and the greatest squared distance of p to a point of the box, base added. The sums run like those of
// distances, and rounding keeps order, so that no point's distance lies outside of them.
func bounds(p, box []float64, base float64) (least, most float64) {
	least, most = base, base
	for d, x := range p {
		lo, hi := x-box[2*d], box[2*d+1]-x
		if lo < 0 {
			least += lo * lo
		} else if hi < 0 {
			least += hi * hi
		}
		far := max(lo, hi)
		most += far * far
	}
	return least, most
}

// squared is the squared distance of two points, base added.
func squared(p, q []float64, base float64) float64 {
	for d, x := range p {
		x -= q[d]
		base += x * x
	}
	return base
}

// order sorts the groups of c by the number of categories that differ from key: those with h of them are groups[starts[h]:starts[h+1]].
func (c *cloud) order(key func(word int) uint64, o *ordering) {
	n := len(c.groups)
	o.counts, o.groups = resized(o.counts, n), resized(o.groups, n)
	clear(o.counts)
	for w, keys := range c.keys {
		mine, guards, below := key(w), c.guards[w], c.below[w]
		for g, k := range keys {
			o.counts[g] += uint8(bits.OnesCount64(((k ^ mine) + below) & guards))
		}
	}
	o.starts = resized(o.starts, c.width+2)
	clear(o.starts)
	for _, h := range o.counts {
		o.starts[h+1]++
	}
	for h := range c.width + 1 {
		o.starts[h+1] += o.starts[h]
	}
	o.next = append(o.next[:0], o.starts...)
	for g, h := range o.counts {
		o.groups[o.next[h]] = int32(g)
		o.next[h]++
	}
}

// ordering is what order fills, kept for use again.
type ordering struct {
	counts       []uint8
	groups       []int32
	starts, next []int32
}

func resized[V any](s []V, n int) []V {
	if cap(s) < n {
		return make([]V, n)
	}
	return s[:n]
}
