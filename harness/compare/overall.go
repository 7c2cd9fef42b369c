package compare

import (
	"slices"

	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/harness/stats"
)

// Overall asks of three or more sides whether any of them differs (Cochran's Q), and then which (McNemar's exact test for each pair,
// Holm over the pairs).
type Overall struct {
	Name      string       `json:"name"`
	Campaigns int          `json:"campaigns"` // on corpora that all sides have seen
	Q         score.Number `json:"q"`
	Freedom   int          `json:"degrees_of_freedom"`
	P         score.Number `json:"p"`
	Pairs     []PairTest   `json:"pairs"`
}

// PairTest is one pair of sides.
type PairTest struct {
	A     string  `json:"a"` // letters
	B     string  `json:"b"`
	OnlyA int64   `json:"only_a"`
	OnlyB int64   `json:"only_b"`
	P     float64 `json:"p"`
	Holm  float64 `json:"p_holm"`
}

// holm are the adjusted probabilities against the first side, by measure and number of the other side.
type holm map[string]map[int]float64

// overall tests all sides at once on the campaigns they have in common.
func overall(sides []*Side) ([]Overall, holm) {
	var out []Overall
	adjusted := holm{}
	for _, strict := range []bool{false, true} {
		rows := outcomes(sides, strict)
		o := Overall{Name: lenientName, Campaigns: len(rows), Pairs: []PairTest{}}
		if strict {
			o.Name = strictName
		}
		q, freedom, p, err := stats.CochranQ(rows)
		o.Q, o.Freedom, o.P = score.Number{Value: q}, freedom, score.Number{Value: p}
		if err != nil {
			o.Q = score.Number{Missing: err.Error()}
			o.P = o.Q
		}
		var all []float64
		for i := range sides {
			for j := i + 1; j < len(sides); j++ {
				t := PairTest{A: sides[i].Letter, B: sides[j].Letter}
				for _, row := range rows {
					switch {
					case row[i] && !row[j]:
						t.OnlyA++
					case row[j] && !row[i]:
						t.OnlyB++
					}
				}
				t.P = stats.McNemar(t.OnlyA, t.OnlyB).Exact
				o.Pairs, all = append(o.Pairs, t), append(all, t.P)
			}
		}
		adjusted[o.Name] = map[int]float64{}
		for k, p := range stats.Holm(all) {
			o.Pairs[k].Holm = p
			if k < len(sides)-1 { // the pairs with the first side come first
				adjusted[o.Name][k+1] = p
			}
		}
		out = append(out, o)
	}
	return out, adjusted
}

// outcomes has a row for each campaign of the corpora that every side has seen, and a column for each side.
func outcomes(sides []*Side, strict bool) [][]bool {
	rows := [][]bool{}
	for _, c := range sides[0].cells {
		seen := make([]*loaded, len(sides))
		for i, s := range sides {
			seen[i] = s.on(c.Corpus.Digest)
		}
		if slices.Contains(seen, nil) {
			continue
		}
		for k := range c.Details {
			row := make([]bool, len(sides))
			for i := range seen {
				row[i] = caught(&seen[i].Details[k], strict)
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// apply puts the adjusted probabilities of side i into its measures.
func (h holm) apply(v *Versus, i int) {
	for k := range v.Measures {
		if p, ok := h[v.Measures[k].Name][i]; ok {
			v.Measures[k].Adjusted = &score.Number{Value: p}
		}
	}
}
