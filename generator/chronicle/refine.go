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

const (
	fewest     = 6     // windows that a candidate must have
	mostValues = 24    // values of a column that are tried, the most frequent ones
	mostRows   = 5_000 // that an estimate looks at
)

// refinements are the pattern with one more cell fixed, for each frequent value of each open cell: the windows that have the value
// get a network of their own, and the others keep the old one.
func refinements(t *Table, code Code, p Pattern, s bayes.Structure, found []int32) []candidate {
	sample, scale := thin(found, len(p.Rows))
	d, codes := p.data(t, sample)
	if d.Rows() < 2*fewest {
		return nil
	}
	now, all := bayes.DataBits(d, s), p.cards(t)
	out := settled(t, code, p, s, d, codes)
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
			below := s.Without(j)
			gain := scale * (now - rest - bayes.DataBits(with, below))
			gain += code.starts(t, d.Rows()) - code.starts(t, with.Rows()) - code.starts(t, without.Rows())
			gain += code.alphabets(all, d) - code.alphabets(all, without) - code.alphabets(slices.Delete(slices.Clone(all), j, j+1), with)
			gain -= patternBits(t, q) + below.StructureBits(maxParents)
			out = append(out, candidate{pattern: q, gain: gain})
		}
	}
	return out
}

// settled is the pattern with all cells fixed that have one value in every window: what is always so is said once.
func settled(t *Table, code Code, p Pattern, s bayes.Structure, d *bayes.Data, codes [][]int32) []candidate {
	q, below, rest := p, s, d
	for j := len(d.Columns) - 1; j >= 0; j-- {
		at := p.open()[j]
		if d.Cards[j] != 1 || t.Columns[at.column].Who != nil {
			continue
		}
		q, below = q.with(at.row, at.column, codes[j][0]), below.Without(j)
		rest, _ = split(rest, j, 0)
	}
	if rest == d {
		return nil
	}
	gain := patternBits(t, p) + s.StructureBits(maxParents) + code.alphabets(p.cards(t), d)
	gain -= patternBits(t, q) + below.StructureBits(maxParents) + code.alphabets(q.cards(t), rest)
	return []candidate{{q, gain, true}}
}

// thin keeps every so many windows where there are too many for an estimate.
func thin(found []int32, length int) (kept []int32, scale float64) {
	n := len(found) / length
	step := (n + mostRows - 1) / mostRows
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
