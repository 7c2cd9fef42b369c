package chronicle

import (
	"cmp"
	"slices"

	"github.com/evilbench/evilbench/generator/bayes"
)

// candidate is a pattern that may pay for itself.
type candidate struct {
	pattern Pattern
	gain    float64 // bits, as far as can be told without covering the table again
	instead bool    // of the pattern it was made from
}

// key tells candidates apart.
func (c *candidate) key() string {
	if c.instead {
		return "instead " + c.pattern.key()
	}
	return c.pattern.key()
}

const (
	fewest     = 6     // windows that a candidate must have
	mostValues = 24    // values of a column that are tried, the most frequent ones
	mostly     = 0.8   // of a pattern's windows with a value, so that it may be fixed instead of set apart
	mostRows   = 5_000 // that an estimate looks at
)

// refinements are the pattern with one more cell fixed, for each frequent value of each open cell: the windows that have the value
// get a network of their own, and the others keep the old one.
func refinements(t *Table, code Code, p Pattern, s bayes.Structure, found []int32) []candidate {
	sample, scale := thin(found, len(p.Rows), mostRows)
	d, codes := p.data(t, sample)
	if d.Rows() < 2*fewest {
		return nil
	}
	now, all, gaps := bayes.DataBits(d, s), p.cards(t), code.gapsOf(p, p.between(t, code, sample, every))
	out := settled(t, code, p, s, sample, scale, d, codes)
	for j, at := range p.open() {
		if t.Columns[at.column].Who != nil {
			continue // an address is never fixed
		}
		for _, v := range frequent(d, j) {
			with, without := split(d, j, v)
			if with.Rows() < fewest || without.Rows() == 0 {
				continue
			}
			rest := bayes.DataBits(without, s)
			q := p.with(at.row, at.column, codes[j][v])
			ours := p.between(t, code, sample, func(i int) bool { return d.Columns[j][i] == v })
			others := p.between(t, code, sample, func(i int) bool { return d.Columns[j][i] != v })
			q.tighten(ours)
			nearer := gaps - code.gapsOf(q, ours) - code.gapsOf(p, others)
			below := s.Without(j)
			gain := scale * (now - rest - bayes.DataBits(with, below) + nearer)
			gain += code.starts(t, d.Rows()) - code.starts(t, with.Rows()) - code.starts(t, without.Rows())
			gain += code.alphabets(all, d) - code.alphabets(all, without) - code.alphabets(slices.Delete(slices.Clone(all), j, j+1), with)
			gain -= patternBits(t, q) + below.StructureBits(maxParents)
			out = append(out, candidate{pattern: q, gain: gain})
			if share := float64(with.Rows()) / float64(d.Rows()); share >= mostly {
				// Nearly all have the value: the few others may belong elsewhere, at about twice what they cost here.
				gain := scale * (now - bayes.DataBits(with, below) - 2*(1-share)*now + nearer)
				out = append(out, candidate{pattern: q, gain: gain + patternBits(t, p) - patternBits(t, q), instead: true})
			}
		}
	}
	return out
}

// settled is the pattern with all cells fixed that have one value in every window, and no limit longer than need be: what is always so is
// said once.
func settled(t *Table, code Code, p Pattern, s bayes.Structure, sample []int32, scale float64, d *bayes.Data, codes [][]int32) []candidate {
	q, below, rest := p.clone(), s, d
	times := p.between(t, code, sample, every)
	q.tighten(times)
	nearer := scale * (code.gapsOf(p, times) - code.gapsOf(q, times))
	for j := len(d.Columns) - 1; j >= 0; j-- {
		at := p.open()[j]
		if d.Cards[j] != 1 || t.Columns[at.column].Who != nil {
			continue
		}
		q, below = q.with(at.row, at.column, codes[j][0]), below.Without(j)
		rest, _ = split(rest, j, 0)
	}
	if rest == d && nearer == 0 {
		return nil
	}
	gain := nearer + patternBits(t, p) + s.StructureBits(maxParents) + code.alphabets(p.cards(t), d)
	gain -= patternBits(t, q) + below.StructureBits(maxParents) + code.alphabets(q.cards(t), rest)
	return []candidate{{q, gain, true}}
}

// thin keeps every so many windows where there are too many for an estimate.
func thin(found []int32, length, most int) (kept []int32, scale float64) {
	n := len(found) / length
	step := (n + most - 1) / most
	if step <= 1 {
		return found, 1
	}
	for i := 0; i < n; i += step {
		kept = append(kept, found[i*length:(i+1)*length]...)
	}
	return kept, float64(n) / float64(len(kept)/length)
}

// frequent lists the values of a column by how often they occur.
func frequent(d *bayes.Data, column int) []int32 {
	counts := make([]int, d.Cards[column])
	for _, v := range d.Columns[column] {
		counts[v]++
	}
	var out []int32
	for v, n := range counts {
		if n >= fewest {
			out = append(out, int32(v))
		}
	}
	slices.SortStableFunc(out, func(a, b int32) int { return cmp.Compare(counts[b], counts[a]) })
	return out[:min(len(out), mostValues)]
}

// split parts the rows by a value of a column; the first part loses the column. Codes are those that occur.
func split(d *bayes.Data, column int, value int32) (with, without *bayes.Data) {
	with, without = &bayes.Data{}, &bayes.Data{}
	key := d.Columns[column]
	for c := range d.Columns {
		var yes, no []int32
		for i, v := range d.Columns[c] {
			if key[i] == value {
				yes = append(yes, v)
			} else {
				no = append(no, v)
			}
		}
		if c != column {
			with.Append(d.Names[c], d.Cards[c], yes)
		}
		without.Append(d.Names[c], d.Cards[c], no)
	}
	return with, without
}
