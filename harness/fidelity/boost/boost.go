package boost

import (
	"cmp"
	"math"
	"slices"
)

// Options of the training. Zero fields mean the defaults.
type Options struct {
	Trees  int     // default 60
	Depth  int     // of a tree; default 4
	Rate   float64 // of a tree's say; default 0.2
	Leaf   int     // fewest rows of a leaf; default 10
	Lambda float64 // pull of a leaf towards no say; default 1
}

func (o Options) withDefaults() Options {
	if o.Trees == 0 {
		o.Trees = 60
	}
	if o.Depth == 0 {
		o.Depth = 4
	}
	if o.Rate == 0 {
		o.Rate = 0.2
	}
	if o.Leaf == 0 {
		o.Leaf = 10
	}
	if o.Lambda == 0 {
		o.Lambda = 1
	}
	return o
}

// Model is a sum of trees.
type Model struct {
	base  float64
	trees []tree
}

// tree is its nodes, the root first.
type tree []node

// node splits by a column's bins, or is a leaf.
type node struct {
	column      int // -1 = leaf
	left        [mostBins / 64]uint64
	yes, no     int // nodes
	contributes float64
}

func (n *node) goesLeft(bin uint8) bool { return n.left[bin/64]>>(bin%64)&1 == 1 }

// Train learns from the rows named to tell those of the first kind from those of the second.
func Train(f *Features, first []bool, rows []int, o Options) *Model {
	o = o.withDefaults()
	positive := 0
	for _, r := range rows {
		if first[r] {
			positive++
		}
	}
	m := &Model{}
	if positive == 0 || positive == len(rows) {
		return m
	}
	m.base = math.Log(float64(positive) / float64(len(rows)-positive))
	g := &grower{features: f, options: o, gradient: make([]float64, len(first)), curvature: make([]float64, len(first))}
	say := make([]float64, len(first))
	for _, r := range rows {
		say[r] = m.base
	}
	for range o.Trees {
		for _, r := range rows {
			p := 1 / (1 + math.Exp(-say[r]))
			g.gradient[r], g.curvature[r] = p, p*(1-p)
			if first[r] {
				g.gradient[r]--
			}
		}
		g.tree = nil
		g.grow(slices.Clone(rows), o.Depth)
		m.trees = append(m.trees, g.tree)
		for _, r := range rows {
			say[r] += g.tree.score(f, r)
		}
	}
	return m
}

// Score is the log-odds that the row is of the first kind.
func (m *Model) Score(f *Features, row int) float64 {
	s := m.base
	for _, t := range m.trees {
		s += t.score(f, row)
	}
	return s
}

func (t tree) score(f *Features, row int) float64 {
	n := &t[0]
	for n.column >= 0 {
		if n.goesLeft(f.columns[n.column].bins[row]) {
			n = &t[n.yes]
		} else {
			n = &t[n.no]
		}
	}
	return n.contributes
}

// grower grows one tree after the other.
type grower struct {
	features            *Features
	options             Options
	gradient, curvature []float64 // of the loss, by row
	tree                tree
}

// grow adds the subtree for the rows, which it reorders, and returns its root's place.
func (g *grower) grow(rows []int, depth int) int {
	at := len(g.tree)
	g.tree = append(g.tree, node{column: -1})
	var sum cell
	for _, r := range rows {
		sum.add(g.gradient[r], g.curvature[r])
	}
	best := node{column: -1}
	if depth > 0 {
		best = g.split(rows, sum)
	}
	if best.column < 0 {
		g.tree[at].contributes = -g.options.Rate * sum.gradient / (sum.curvature + g.options.Lambda)
		return at
	}
	bins := g.features.columns[best.column].bins
	border := 0
	for i, r := range rows {
		if best.goesLeft(bins[r]) {
			rows[border], rows[i] = rows[i], rows[border]
			border++
		}
	}
	best.yes = g.grow(rows[:border], depth-1)
	best.no = g.grow(rows[border:], depth-1)
	g.tree[at] = best
	return at
}

// cell is what the rows of a bin sum to.
type cell struct {
	rows                int
	gradient, curvature float64
}

func (c *cell) add(gradient, curvature float64) {
	c.rows++
	c.gradient += gradient
	c.curvature += curvature
}

// split finds the best split of the rows: a leaf where none gains.
func (g *grower) split(rows []int, sum cell) node {
	best, top := node{column: -1}, 1e-6
	value := func(c cell) float64 { return c.gradient * c.gradient / (c.curvature + g.options.Lambda) }
	for i := range g.features.columns {
		c := &g.features.columns[i]
		var cells [mostBins]cell
		for _, r := range rows {
			cells[c.bins[r]].add(g.gradient[r], g.curvature[r])
		}
		order := c.order(&cells, g.options.Lambda)
		var left cell
		for k, bin := range order[:max(0, len(order)-1)] {
			left.rows += cells[bin].rows
			left.gradient += cells[bin].gradient
			left.curvature += cells[bin].curvature
			if left.rows < g.options.Leaf || sum.rows-left.rows < g.options.Leaf {
				continue
			}
			right := cell{sum.rows - left.rows, sum.gradient - left.gradient, sum.curvature - left.curvature}
			if gain := value(left) + value(right) - value(sum); gain > top {
				top = gain
				best = node{column: i}
				for _, b := range order[:k+1] {
					best.left[b/64] |= 1 << (b % 64)
				}
			}
		}
	}
	return best
}

// order is the bins that have rows, as a split may part them: of categories by what they lean to, which holds the best of all
// partitions (W. Fisher, JASA 53, 1958).
func (c *column) order(cells *[mostBins]cell, lambda float64) []uint8 {
	var order []uint8
	for b := range c.count {
		if cells[b].rows > 0 {
			order = append(order, uint8(b))
		}
	}
	if c.categorical {
		lean := func(b uint8) float64 { return cells[b].gradient / (cells[b].curvature + lambda) }
		slices.SortStableFunc(order, func(a, b uint8) int { return cmp.Compare(lean(a), lean(b)) })
	}
	return order
}
