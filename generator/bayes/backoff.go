package bayes

import (
	"fmt"
	"math"
	"slices"
)

// Backoff is how a variable depends on others, one after the other. What is seen under all of them together is believed as far as there is
// much of it; else one parent fewer is looked at, the last first, down to none: with n sightings under the first k parents, of which c have
// the value,
//
//	p_k(value) = (c + Masses[k-1] p_(k-1)(value)) / (n + Masses[k-1])
//
// (interpolation by F. Jelinek and R. Mercer, 1980, with the m-estimate's weights). A network with such variables has no cycle as long as
// parents are candidates that come before.
type Backoff struct {
	Parents []int     // the most telling first
	Masses  []float64 // in rows, one for each number of parents from 1
	Bits    float64   // what the rows cost, each told by those of other pieces of time alone
}

// BackoffOptions steer LearnBackoff. Zero fields mean the defaults.
type BackoffOptions struct {
	MaxParents int     // default 3
	MinGain    float64 // bits that a parent must save, of fewer rows one for each; default 50
	Errors     float64 // standard errors over the pieces that the savings must exceed; default 3
	MostRows   int     // that parents and masses are found by, evenly taken of more; default 10,000
}

func (o BackoffOptions) withDefaults() BackoffOptions {
	if o.MaxParents == 0 {
		o.MaxParents = 3
	}
	if o.MinGain == 0 {
		o.MinGain = 50
	}
	if o.Errors == 0 {
		o.Errors = 3
	}
	if o.MostRows == 0 {
		o.MostRows = 10_000
	}
	return o
}

// trialMasses are the weights that are tried, the greatest first: where the data do not care, more is made that was never seen.
var trialMasses = []float64{100, 30, 10, 3, 1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001}

// LearnBackoff finds the parents of variable v among the candidates, and their masses. pieces says for each row in which piece of time it
// lies. A row is foretold by the rows of all other pieces, so that what one piece repeats is not taken for a rule: greedily the parent is
// added that saves the most bits of those that save enough.
func LearnBackoff(d *Data, v int, candidates []int, pieces []int32, o BackoffOptions) (*Backoff, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	if len(pieces) != d.Rows() {
		return nil, fmt.Errorf("%d pieces of time for %d rows: give one for each", len(pieces), d.Rows())
	}
	for _, c := range candidates {
		if c < 0 || c >= len(d.Columns) || c == v {
			return nil, fmt.Errorf("variable %d: %d cannot be its parent", v, c)
		}
	}
	o = o.withDefaults()
	h := newHoldout(d, v, pieces, o.MostRows)
	least := min(o.MinGain, float64(len(h.rows)))
	out := &Backoff{}
	out.Bits = h.begin(float64(d.Cards[v]))
	for len(out.Parents) < o.MaxParents {
		var best trial
		for _, c := range candidates {
			if d.Cards[c] < 2 || slices.Contains(out.Parents, c) {
				continue
			}
			if t := h.try(c); out.Bits-t.bits >= least && (best.likely == nil || t.bits < best.bits) && h.sure(t.likely, o.Errors) {
				best = t
			}
		}
		if best.likely == nil {
			break
		}
		out.Parents, out.Masses, out.Bits = append(out.Parents, best.parent), append(out.Masses, best.mass), best.bits
		h.context, h.likely = best.context, best.likely
	}
	return out, nil
}

// holdout foretells rows by those of other pieces.
type holdout struct {
	data    *Data
	rows    []int
	values  []int32
	pieces  []int32
	context []int32   // the combination of parents that each row has, numbered
	likely  []float64 // probability of each row's value with the parents so far
}

func newHoldout(d *Data, v int, pieces []int32, most int) *holdout {
	n := d.Rows()
	h := &holdout{data: d}
	for i := range min(n, most) {
		row := i * n / min(n, most)
		h.rows, h.values, h.pieces = append(h.rows, row), append(h.values, d.Columns[v][row]), append(h.pieces, pieces[row])
	}
	h.context = make([]int32, len(h.rows))
	h.likely = make([]float64, len(h.rows))
	return h
}

// begin foretells the rows without parents; a value that no other piece has is as likely as any.
func (h *holdout) begin(card float64) (bits float64) {
	for i := range h.likely {
		h.likely[i] = 1 / card
	}
	t := h.weigh(h.context)
	h.likely = t.likely
	return t.bits
}

// trial is what one more parent does.
type trial struct {
	parent     int
	mass, bits float64
	context    []int32
	likely     []float64
}

// try adds a parent.
func (h *holdout) try(parent int) trial {
	finer := numbers{}
	context := make([]int32, len(h.rows))
	for i, row := range h.rows {
		context[i] = finer.of(h.context[i], h.data.Columns[parent][row])
	}
	t := h.weigh(context)
	t.parent = parent
	return t
}

// weigh finds the mass under which contexts foretell the rows best.
func (h *holdout) weigh(context []int32) trial {
	seen := h.sights(context)
	t := trial{context: context, bits: math.Inf(1)}
	for _, m := range trialMasses {
		bits := 0.0
		for i := range seen {
			bits -= math.Log2(seen[i].share(m, h.likely[i]))
		}
		if bits < t.bits {
			t.mass, t.bits = m, bits
		}
	}
	t.likely = make([]float64, len(seen))
	for i := range seen {
		t.likely[i] = seen[i].share(t.mass, h.likely[i])
	}
	return t
}

// sight is how often a row's context, and in it the row's value, occurs in other pieces.
type sight struct{ value, all float64 }

func (s sight) share(mass, fewer float64) float64 {
	if s.all == 0 {
		return fewer
	}
	return (s.value + mass*fewer) / (s.all + mass)
}

func (h *holdout) sights(context []int32) []sight {
	all, value := h.others(context), make([]int32, len(context))
	pairs := numbers{}
	for i := range value {
		value[i] = pairs.of(context[i], h.values[i])
	}
	same := h.others(value)
	out := make([]sight, len(context))
	for i := range out {
		out[i] = sight{same[i], all[i]}
	}
	return out
}

// others counts for each row the rows of other pieces that have the same key.
func (h *holdout) others(keys []int32) []float64 {
	inside := numbers{}
	var total, own []float64
	at := make([]int32, len(keys))
	for i, k := range keys {
		at[i] = inside.of(k, h.pieces[i])
		for int(k) >= len(total) {
			total = append(total, 0)
		}
		for int(at[i]) >= len(own) {
			own = append(own, 0)
		}
		total[k]++
		own[at[i]]++
	}
	out := make([]float64, len(keys))
	for i, k := range keys {
		out[i] = total[k] - own[at[i]]
	}
	return out
}

// sure tells whether likelier rows are so in most pieces: their savings exceed so many standard errors.
func (h *holdout) sure(likely []float64, errors float64) bool {
	saved := map[int32]float64{}
	var order []int32
	sum := 0.0
	for i, p := range likely {
		if _, known := saved[h.pieces[i]]; !known {
			order = append(order, h.pieces[i])
		}
		bits := math.Log2(p / h.likely[i])
		saved[h.pieces[i]] += bits
		sum += bits
	}
	n := float64(len(order))
	if n < 2 {
		return false
	}
	squares := 0.0
	for _, p := range order {
		squares += (saved[p] - sum/n) * (saved[p] - sum/n)
	}
	return sum > errors*math.Sqrt(squares*n/(n-1))
}

// numbers gives pairs numbers from 0 in the order in which they come.
type numbers map[[2]int32]int32

func (n numbers) of(a, b int32) int32 {
	k, known := n[[2]int32{a, b}]
	if !known {
		k = int32(len(n))
		n[[2]int32{a, b}] = k
	}
	return k
}
