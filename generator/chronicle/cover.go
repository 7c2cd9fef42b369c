package chronicle

import (
	"cmp"
	"container/heap"
	"slices"
)

// cover says which windows explain the rows: of all windows of all patterns, taken in order of rank, each whose rows are all still
// free. When patterns come and go only what they touch is decided again.
type cover struct {
	table   *Table
	windows []window
	rows    []int32   // of all windows, one behind the other
	at      [][]int32 // windows that hold a row, by row
	pending queue
}

// window is one occurrence of a pattern.
type window struct {
	pattern  int32 // -1 = gone
	from     int32 // in rows
	length   int32
	rank     float64 // explained cells less a hundredth for every row skipped
	selected bool
	queued   bool
}

func newCover(t *Table) *cover { return &cover{table: t, at: make([][]int32, t.Rows())} }

// of are a window's rows.
func (c *cover) of(w int32) []int32 {
	x := &c.windows[w]
	return c.rows[x.from : x.from+x.length]
}

// before orders windows: the higher rank first, then the earlier first row, then the pattern that came first.
func (c *cover) before(a, b int32) bool {
	x, y := &c.windows[a], &c.windows[b]
	if d := cmp.Compare(y.rank, x.rank); d != 0 {
		return d < 0
	}
	return cmp.Or(cmp.Compare(c.rows[x.from], c.rows[y.from]), cmp.Compare(x.pattern, y.pattern), cmp.Compare(a, b)) < 0
}

// add brings in a pattern's windows and decides what they touch.
func (c *cover) add(pattern int32, p Pattern, found []int32) {
	length := len(p.Rows)
	covered := float64(p.covered())
	for i := 0; i < len(found); i += length {
		rows := found[i : i+length]
		skipped := int(rows[length-1]-rows[0]) + 1 - length
		w := int32(len(c.windows))
		c.windows = append(c.windows, window{
			pattern: pattern, from: int32(len(c.rows)), length: int32(length), rank: covered - 0.01*float64(skipped),
		})
		c.rows = append(c.rows, rows...)
		for _, r := range rows {
			c.at[r] = append(c.at[r], w)
		}
		c.push(w)
	}
	c.settle()
}

// remove takes a pattern's windows out and decides what they held.
func (c *cover) remove(pattern int32) {
	for w := range c.windows {
		x := &c.windows[w]
		if x.pattern != pattern {
			continue
		}
		x.pattern = -1
		if x.selected {
			c.push(int32(w))
		}
	}
	c.settle()
	for w := range c.windows {
		if x := &c.windows[w]; x.pattern == -1 && x.length > 0 {
			for _, r := range c.of(int32(w)) {
				c.at[r] = slices.DeleteFunc(c.at[r], func(o int32) bool { return o == int32(w) })
			}
			x.length = 0
		}
	}
	// A pattern that was tried last leaves nothing behind.
	for n := len(c.windows); n > 0 && c.windows[n-1].pattern == -1; n = len(c.windows) {
		c.rows = c.rows[:c.windows[n-1].from]
		c.windows = c.windows[:n-1]
	}
}

func (c *cover) push(w int32) {
	if !c.windows[w].queued {
		c.windows[w].queued = true
		c.pending.windows = append(c.pending.windows, w)
	}
}

// settle decides the pending windows in order of rank. A decision that changes makes those below it pending that share a row.
func (c *cover) settle() {
	c.pending.cover = c
	heap.Init(&c.pending)
	for c.pending.Len() > 0 {
		w := heap.Pop(&c.pending).(int32)
		x := &c.windows[w]
		x.queued = false
		chosen := x.pattern >= 0 && !c.blocked(w)
		if chosen == x.selected {
			continue
		}
		x.selected = chosen
		for _, r := range c.of(w) {
			for _, o := range c.at[r] {
				if y := &c.windows[o]; o != w && !y.queued && y.pattern >= 0 && c.before(w, o) {
					y.queued = true
					heap.Push(&c.pending, o)
				}
			}
		}
	}
}

// blocked tells whether a window above it holds one of its rows.
func (c *cover) blocked(w int32) bool {
	for _, r := range c.of(w) {
		for _, o := range c.at[r] {
			if o != w && c.windows[o].selected && c.before(o, w) {
				return true
			}
		}
	}
	return false
}

// queue is a heap of windows, the highest rank on top.
type queue struct {
	cover   *cover
	windows []int32
}

func (q *queue) Len() int           { return len(q.windows) }
func (q *queue) Less(i, j int) bool { return q.cover.before(q.windows[i], q.windows[j]) }
func (q *queue) Swap(i, j int)      { q.windows[i], q.windows[j] = q.windows[j], q.windows[i] }
func (q *queue) Push(x any)         { q.windows = append(q.windows, x.(int32)) }
func (q *queue) Pop() any {
	last := len(q.windows) - 1
	x := q.windows[last]
	q.windows = q.windows[:last]
	return x
}
