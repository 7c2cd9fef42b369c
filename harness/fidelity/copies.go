package fidelity

import (
	"fmt"
	"slices"

	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// copied estimates which share of the generated rows are training rows, perhaps changed a little: how many must be taken for copies
// to explain that generated rows lie nearer to training rows than unseen real ones, those of the reference, do. If a share c of the
// rows are copies and the others like unseen ones, then within any distance F(generated) = c + (1-c) F(reference); c is the greatest
// that any distance asks for, up to the reference's median. Distances are those of the strict Density, so that time counts for
// nothing, but to all training rows: a sample of them would miss what was copied from the others. A copy of the training table
// scores 1, unseen real data 0 but for chance, however repetitive the traffic.
func copied(s *sample) score.Number {
	switch {
	case s.reference == nil:
		return score.Number{Missing: "no unseen real table was given as the reference"}
	case s.yardstick:
		return score.Number{Missing: "the reference is what copying is measured by"}
	case s.original.missing != "":
		return score.Number{Missing: s.original.missing}
	}
	generated, missing := s.original.distances(s.generated)
	if missing != "" {
		return score.Number{Missing: missing}
	}
	unseen, missing := s.original.distances(s.reference)
	if missing != "" {
		return score.Number{Missing: missing}
	}
	if unseen[len(unseen)-1] == 0 {
		return score.Number{Missing: "every row of the reference is a training row too, so that copies look like any traffic"}
	}
	return score.Number{Value: excess(generated, unseen)}
}

// excess is the greatest (F-G)/(1-G) of the two ascending samples' distribution functions, at 0 and up to the median of the second.
func excess(first, second []float64) float64 {
	most := 0.0
	for _, v := range append([]float64{0}, first...) {
		g := upTo(second, v)
		if g > 0.5 && v > 0 {
			break
		}
		most = max(most, (upTo(first, v)-g)/(1-g))
	}
	return most
}

// upTo is the share of ascending values that are not above v.
func upTo(sorted []float64, v float64) float64 {
	n, _ := slices.BinarySearchFunc(sorted, v, func(x, v float64) int {
		if x <= v {
			return -1
		}
		return 1
	})
	return float64(n) / float64(len(sorted))
}

// original is the whole training table, in which copies are looked for. It is built once and only read then.
type original struct {
	names   []string
	columns []*flowlog.Column
	in      *space
	same    mismatch
	cloud   *cloud
	missing string // why there is none
}

func newOriginal(train *flowlog.Table) *original {
	o := &original{names: flowlog.Published()[1:], in: &space{}}
	if o.columns, o.missing = columnsOf(train, o.names); o.missing != "" {
		return o
	}
	if n := int64(train.Rows()); train.Read > n {
		o.missing = fmt.Sprintf("of the %d rows of %s only %d were kept, so that copies of the others cannot be told", train.Read, train.Name, n)
		return o
	}
	var distinct []int
	for _, c := range o.columns {
		if c.Kind == flowlog.Categorical {
			distinct = append(distinct, len(c.Words)+1) // and one code for words that it has not
		} else {
			o.in.dims++
		}
	}
	o.same.guards, o.same.below = o.in.layOut(distinct)
	o.cloud, o.missing = o.place(train)
	return o
}

// place puts the rows of a table where they lie among the training rows.
func (o *original) place(t *flowlog.Table) (c *cloud, missing string) {
	columns, missing := columnsOf(t, o.names)
	if missing != "" {
		return nil, missing
	}
	var codes [][]int32
	var numbers [][]float64
	for i, c := range columns {
		if c.Kind == flowlog.Categorical {
			codes = append(codes, translated(c, o.columns[i].Words))
		} else {
			numbers = append(numbers, logScaled(o.columns[i], c))
		}
	}
	return newCloud(o.in, o.same, codes, numbers, t.Rows()), ""
}

// translated gives the cells of a column the codes that their words have in another dictionary, or one more than it has.
func translated(c *flowlog.Column, words []string) []int32 {
	as := make([]int32, len(c.Words))
	for code, word := range c.Words {
		at, found := slices.BinarySearch(words, word)
		if !found {
			at = len(words)
		}
		as[code] = int32(at)
	}
	out := make([]int32, c.Len())
	for row, code := range c.Codes {
		out[row] = as[code]
	}
	return out
}

// distances are the squared distances of a table's rows to the nearest training row, ascending.
func (o *original) distances(t *flowlog.Table) (ascending []float64, missing string) {
	c, missing := o.place(t)
	if missing != "" {
		return nil, missing
	}
	out := c.nearestIn(o.cloud)
	slices.Sort(out)
	return out, ""
}

// nearestIn is, for each point of c, its squared distance to the nearest point of other.
func (c *cloud) nearestIn(other *cloud) []float64 {
	out := make([]float64, len(c.rows))
	var order ordering
	for g, own := range c.groups {
		key := func(w int) uint64 { return c.keys[w][g] }
		twin, found := other.find(key)
		ordered := false
		for i := own.from; i < own.to; i++ {
			f := newClosest(1, -1)
			if found {
				f.search(other, other.groups[twin].root, c.point(i), 0)
			}
			if f.farthest() > 2 {
				if !ordered {
					other.order(key, &order)
					ordered = true
				}
				f.spread(other, &order, 1, c.point(i))
			}
			out[i] = f.farthest()
		}
	}
	return out
}
