package chronicle

import (
	"math"

	"gonum.org/v1/gonum/stat/combin"

	"github.com/evilbench/evilbench/generator/bayes"
)

// Code is how a description is written down.
type Code uint8

const (
	// Exact writes start times as the set they are, and says which values of a column occur before it codes them.
	Exact Code = iota
	// Published writes as the published code counts: every start time by itself, as if their order told something, and values as if
	// the reader knew which occur. Splitting patterns by a column that has nothing to do with the others pays under it.
	Published
)

// starts is the length of n start times of the table.
func (c Code) starts(t *Table, n int) float64 {
	bits := float64(n) * math.Log2(float64(t.Span()))
	if c == Exact {
		bits -= factorialBits(n)
	}
	return bits
}

// start is what one more of n start times costs.
func (c Code) start(t *Table, n int) float64 {
	bits := math.Log2(float64(t.Span()))
	if c == Exact {
		bits -= math.Log2(float64(max(1, n)))
	}
	return bits
}

// alphabets is the length of which values occur in the columns, of all they could have.
func (c Code) alphabets(all []int, d *bayes.Data) float64 {
	if c == Published {
		return 0
	}
	bits := 0.0
	for i, card := range all {
		bits += math.Log2(float64(card)) + choose(card, d.Cards[i])
	}
	return bits
}

// maxParents is the most parents of a variable of a pattern's network, as published.
const maxParents = 3

// integerBits is Rissanen's universal code for n ≥ 1 (J. Rissanen, Ann. Stat. 11, 1983).
func integerBits(n float64) float64 {
	bits := math.Log2(2.865064)
	for x := math.Log2(n); x > 0; x = math.Log2(x) {
		bits += x
	}
	return bits
}

// factorialBits is log2 n!.
func factorialBits(n int) float64 {
	x, _ := math.Lgamma(float64(n) + 1)
	return x / math.Ln2
}

func choose(n, k int) float64 {
	return combin.LogGeneralizedBinomial(float64(n), float64(k)) / math.Ln2
}

// patternBits is the length of a pattern without its network: how many rows, then for each row which cells are fixed, to what,
// which use a placeholder and which, and which set one. A limit on the time between two rows costs a bit and, where there is
// one, its integer; the paper has none.
func patternBits(t *Table, p Pattern) float64 {
	columns := len(t.Columns)
	bits := integerBits(float64(len(p.Rows)))
	known := 0 // placeholders that rows before have set
	for i, r := range p.Rows {
		fixed, used, set := 0, 0, 0
		for c, cell := range r.Cells {
			switch cell.Kind {
			case Fix:
				fixed++
				bits += math.Log2(float64(t.Columns[c].Card))
			case Use:
				used++
			case Set:
				set++
			}
		}
		bits += math.Log2(float64(columns)) + choose(columns, fixed)
		if known > 0 && columns > fixed+set {
			bits += math.Log2(float64(columns-fixed-set)) + choose(columns-fixed, used) + float64(used)*math.Log2(float64(known))
		}
		if rest := columns - fixed - used; rest > 0 {
			bits += math.Log2(float64(rest)) + choose(rest, set)
		}
		known += set
		if i > 0 {
			bits++
			if r.Within > 0 {
				bits += integerBits(float64(r.Within + 1))
			}
		}
	}
	return bits
}
