package bayes

import (
	"math"
	"slices"
)

// family is a variable's counts under each combination of its parents' values.
type family struct {
	card    int     // of the variable
	configs float64 // combinations that are possible: the product of the parents' cardinalities
	groups  []group // combinations that occur, in ascending order of key
}

// group is one combination of parents' values.
type group struct {
	key    uint64 // the values, the first parent's counting least
	total  int64
	values []int32 // that occur, ascending
	counts []int64
}

// keys must tell combinations apart: beyond this product they do not fit a word.
const mostConfigs = 1 << 62

// count makes a family by sorting (combination, value) pairs: it costs the same whatever the cardinalities are.
func count(d *Data, v int, parents []int) (*family, bool) {
	f := &family{card: d.Cards[v], configs: 1}
	for _, p := range parents {
		f.configs *= float64(d.Cards[p])
	}
	if f.configs*float64(f.card) > mostConfigs {
		return nil, false
	}
	n := d.Rows()
	pairs := make([]uint64, n)
	radix := uint64(1)
	for _, p := range parents {
		for i, code := range d.Columns[p] {
			pairs[i] += radix * uint64(code)
		}
		radix *= uint64(d.Cards[p])
	}
	card := uint64(max(1, f.card))
	for i, code := range d.Columns[v] {
		pairs[i] = pairs[i]*card + uint64(code)
	}
	f.fill(pairs, radix*card)
	return f, true
}

// dense bounds the counters that are worth having instead of sorting, as a multiple of the rows.
const dense = 4

func (f *family) fill(pairs []uint64, space uint64) {
	if space <= dense*uint64(len(pairs))+1024 {
		counters := make([]int64, space)
		for _, p := range pairs {
			counters[p]++
		}
		for p, n := range counters {
			if n > 0 {
				f.add(uint64(p), n)
			}
		}
		return
	}
	slices.Sort(pairs)
	for i := 0; i < len(pairs); {
		from := i
		for i < len(pairs) && pairs[i] == pairs[from] {
			i++
		}
		f.add(pairs[from], int64(i-from))
	}
}

// add takes pairs in ascending order.
func (f *family) add(pair uint64, n int64) {
	card := uint64(max(1, f.card))
	key, value := pair/card, int32(pair%card)
	if last := len(f.groups) - 1; last < 0 || f.groups[last].key != key {
		f.groups = append(f.groups, group{key: key})
	}
	g := &f.groups[len(f.groups)-1]
	g.total += n
	g.values = append(g.values, value)
	g.counts = append(g.counts, n)
}

// bic is the family's part of the Bayesian information criterion (G. Schwarz, Ann. Stat. 6, 1978), in nats: the log-likelihood
// less half the logarithm of the rows for every free parameter. Larger is better.
func (f *family) bic(rows int) float64 {
	ll := 0.0
	for i := range f.groups {
		g := &f.groups[i]
		for _, n := range g.counts {
			ll += float64(n) * math.Log(float64(n)/float64(g.total))
		}
	}
	return ll - 0.5*math.Log(float64(rows))*float64(f.card-1)*f.configs
}

// ktEpsilon is the estimator's pseudo-count (R. Krichevsky and V. Trofimov, IEEE Trans. Inf. Theory 27, 1981).
const ktEpsilon = 0.5

// kt is the length in bits of the variable's values, given its parents', when each is coded by what was seen before it.
func (f *family) kt() float64 {
	bits := 0.0
	for i := range f.groups {
		g := &f.groups[i]
		bits += logRising(float64(f.card)*ktEpsilon, g.total)
		for _, n := range g.counts {
			bits -= logRising(ktEpsilon, n)
		}
	}
	return bits
}

// logRising is log2 of x (x+1) ... (x+n-1).
func logRising(x float64, n int64) float64 {
	a, _ := math.Lgamma(x + float64(n))
	b, _ := math.Lgamma(x)
	return (a - b) / math.Ln2
}
