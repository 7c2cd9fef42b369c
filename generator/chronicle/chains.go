package chronicle

import (
	"cmp"
	"math"
	"slices"
)

const (
	lookBack   = 6 // units of one address that a unit is tried behind
	mostLength = 6 // rows of a pattern
)

// unit is a window, or a row without one, as a link of a chain.
type unit struct {
	entry       int // in the description; -1 = a row that no pattern explains
	rows        []int32
	first, last int64 // times
}

// join is two patterns and the addresses that tie them.
type join struct {
	first, second int
	links         uint64 // packed
}

// mostLinks bounds the addresses that tie two patterns, so that they can be packed into a word.
const mostLinks = 4

// pack writes links into a word: mostLength rows fit three bits, and a table has at most 31 columns.
func pack(links []link) (word uint64) {
	for _, l := range links {
		word = word<<16 | uint64(l.from.row+1)<<13 | uint64(l.from.column)<<8 | uint64(l.to.row)<<5 | uint64(l.to.column)
	}
	return word
}

// tally is what joining them would have brought so far.
type tally struct {
	links   []link
	saved   [gapBuckets]float64 // bits without those of the gap itself, by the gap
	integer [gapBuckets]float64 // bits of the gaps as integers, by the gap
	times   [gapBuckets]int     // by the gap
	count   int
}

// chains are pairs of patterns whose windows follow each other with an address in common: the second need not say when it starts, only
// how long after the first, and need not say who is in the common places.
func chains(t *Table, code Code, d *Description) []candidate {
	units := unitsOf(t, d)
	surprise := surprises(t, d, units)
	start := map[int]float64{-1: code.start(t, len(d.Rows))}
	for i, e := range d.Entries {
		start[i] = code.start(t, e.Count())
	}
	recent := map[int32][]int32{} // address to the units it was last seen in
	tallies := map[join]*tally{}
	var order []join
	for u := range units {
		v := &units[u]
		tried := map[join]bool{}
		seen := map[int32]bool{}
		for _, who := range addresses(t, v) {
			for i := len(recent[who]) - 1; i >= 0; i-- {
				o := recent[who][i]
				if seen[o] {
					continue
				}
				seen[o] = true
				w := &units[o]
				if w.rows[len(w.rows)-1] >= v.rows[0] || len(w.rows)+len(v.rows) > mostLength {
					continue
				}
				gap := t.Time[v.rows[0]] - t.Time[w.rows[len(w.rows)-1]]
				for _, links := range ties(t, d, w, v) {
					k := join{w.entry, v.entry, pack(links)}
					if tried[k] {
						continue // only the latest of a kind can be the one before
					}
					tried[k] = true
					x := tallies[k]
					if x == nil {
						x = &tally{links: links}
						tallies[k] = x
						order = append(order, k)
					}
					saved := start[v.entry]
					for _, l := range links {
						saved += surprise.of(t, v, l.to)
					}
					b := bucket(gap)
					x.saved[b] += saved
					if code == Published {
						x.integer[b] += integerBits(float64(gap) + 1)
					}
					x.times[b]++
					x.count++
				}
			}
		}
		for _, who := range addresses(t, v) {
			list := append(recent[who], int32(u))
			recent[who] = list[max(0, len(list)-lookBack):]
		}
	}
	var out []candidate
	for _, k := range order {
		if x := tallies[k]; x.count >= fewest {
			out = append(out, x.candidates(t, code, d, k)...)
		}
	}
	return out
}

// candidates joins the two patterns with the limit on the gap up to which joining pays.
func (x *tally) candidates(t *Table, code Code, d *Description, k join) []candidate {
	best, saved, at := 0.0, 0.0, -1
	var gaps gapCounts
	for b := range x.saved {
		saved += x.saved[b]
		gaps.times[b] = x.times[b]
		gaps.integer += x.integer[b]
		if gain := saved - code.gaps(bucketEnd(b), &gaps); gain > best {
			best, at = gain, b
		}
	}
	if at < 0 {
		return nil
	}
	first, second := patternOf(t, d, k.first), patternOf(t, d, k.second)
	p, ok := first.then(second, x.links, bucketEnd(at))
	if !ok {
		return nil
	}
	return []candidate{{pattern: p, gain: best - patternBits(t, p)}}
}

func patternOf(t *Table, d *Description, entry int) Pattern {
	if entry < 0 {
		return single(len(t.Columns))
	}
	return d.Entries[entry].Pattern
}

// unitsOf lists windows and single rows in the order of their first rows.
func unitsOf(t *Table, d *Description) []unit {
	var out []unit
	for i, e := range d.Entries {
		length := len(e.Pattern.Rows)
		for w := 0; w < len(e.Windows); w += length {
			out = append(out, unit{entry: i, rows: e.Windows[w : w+length]})
		}
	}
	for i := range d.Rows {
		out = append(out, unit{entry: -1, rows: d.Rows[i : i+1]})
	}
	for i := range out {
		u := &out[i]
		u.first, u.last = t.Time[u.rows[0]], t.Time[u.rows[len(u.rows)-1]]
	}
	slices.SortFunc(out, func(a, b unit) int { return cmp.Compare(a.rows[0], b.rows[0]) })
	return out
}

// addresses lists who is in a unit, each once.
func addresses(t *Table, u *unit) []int32 {
	var out []int32
	for c := range t.Columns {
		if t.Columns[c].Who == nil {
			continue
		}
		for _, r := range u.rows {
			if who := t.Columns[c].Who[r]; !slices.Contains(out, who) {
				out = append(out, who)
			}
		}
	}
	return out
}

// ties lists the sets of links between two units: every single one, and all that hold together.
func ties(t *Table, d *Description, first, second *unit) [][]link {
	p, q := patternOf(t, d, first.entry), patternOf(t, d, second.entry)
	var all []link
	for j := range q.Rows {
		for c, to := range q.Rows[j].Cells {
			if t.Columns[c].Who == nil || to.Kind == Use || to.Kind == Fix {
				continue
			}
			who := t.Columns[c].Who[second.rows[j]]
			if from, ok := bearer(t, p, first, who); ok && len(all) < mostLinks {
				all = append(all, link{from, role{j, c}})
			}
		}
	}
	out := [][]link{}
	if len(all) > 1 {
		out = append(out, all)
	}
	for _, l := range all {
		out = append(out, []link{l})
	}
	return out
}

// bearer finds the place of an address in a unit: one that sets a placeholder already, or the first that can.
func bearer(t *Table, p Pattern, u *unit, who int32) (role, bool) {
	found, ok := role{}, false
	for i, r := range p.Rows {
		for c, cell := range r.Cells {
			if t.Columns[c].Who == nil || t.Columns[c].Who[u.rows[i]] != who {
				continue
			}
			if cell.Kind == Set {
				return role{i, c}, true
			}
			if cell.Kind == Free && !ok {
				found, ok = role{i, c}, true
			}
		}
	}
	return found, ok
}

// addressCost is what an address costs in a place of a pattern: minus the logarithm of how often it stands there.
type addressCost map[addressPlace]float64

type addressPlace struct {
	entry, row, column int
	who                int32
}

func surprises(t *Table, d *Description, units []unit) addressCost {
	counts := addressCost{}
	totals := map[[3]int]float64{}
	for i := range units {
		u := &units[i]
		for c := range t.Columns {
			if t.Columns[c].Who == nil {
				continue
			}
			for j, r := range u.rows {
				counts[addressPlace{u.entry, j, c, t.Columns[c].Who[r]}]++
				totals[[3]int{u.entry, j, c}]++
			}
		}
	}
	for k, n := range counts {
		counts[k] = math.Log2(totals[[3]int{k.entry, k.row, k.column}] / n)
	}
	return counts
}

func (a addressCost) of(t *Table, u *unit, at role) float64 {
	return a[addressPlace{u.entry, at.row, at.column, t.Columns[at.column].Who[u.rows[at.row]]}]
}
