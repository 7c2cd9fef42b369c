package fidelity

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/harness/stats"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// duplicates is the share of rows that were there before in the same table, time apart. As many rows are drawn of the training
// table, which is what real is of: more rows repeat more.
func duplicates(v *view) []Aspect {
	if v.train.Rows() == 0 {
		return absent(GroupVariety, "Duplicates", "as real", v.train.Name+" has no row")
	}
	n := min(v.table.Rows(), v.train.Rows(), v.options.Rows)
	share := func(t *flowlog.Table, seed draw.Seed) score.Number {
		again, missing := repeated(ordered(drawn(t, n, seed), n))
		if missing != "" {
			return score.Number{Missing: missing}
		}
		return v.shareOf(again, "flow", seed.Word("pieces"))
	}
	real := share(v.train, v.reality.seed.Word("duplicates"))
	return []Aspect{{Group: GroupVariety, Name: "Duplicates", Best: "as real", Figure: share(v.table, v.seed.Word("duplicates")), Real: &real}}
}

// repeated is 1 for each row whose like came before, else 0.
func repeated(t *flowlog.Table) (again []float64, missing string) {
	columns, missing := columnsOf(t, flowlog.Published()[1:])
	if missing != "" {
		return nil, missing
	}
	var codes [][]int32
	for _, c := range columns {
		same, _ := joint(c)
		codes = append(codes, same[0])
	}
	again = make([]float64, t.Rows())
	seen := map[[10]int32]bool{}
	for row := range again {
		var key [10]int32
		for i, c := range codes {
			key[i] = c[row]
		}
		if seen[key] {
			again[row] = 1
		}
		seen[key] = true
	}
	return again, ""
}

// rareFlows is up to how many flows of the training table a service is rare.
const rareFlows = 10

// services are the share of the training table's rare services that the other table has at all, and the share of its flows to
// services that no real table has.
func services(v *view) []Aspect {
	const rare, invented = "Rare services present", "Flows to invented services"
	none := func(reason string) []Aspect {
		return append(absent(GroupVariety, rare, "1", reason), absent(GroupVariety, invented, "as real", reason)...)
	}
	real, missing := servicesOf(v.train)
	if missing != "" {
		return none(missing)
	}
	table := ordered(v.table, v.table.Rows())
	theirs, missing := servicesOf(table)
	if missing != "" {
		return none(missing)
	}
	counts, present := map[string]int{}, map[string]bool{}
	for _, s := range real {
		counts[s]++
	}
	for _, s := range theirs {
		present[s] = true
	}
	out := []Aspect{v.rare(rare, counts, present)}
	known := map[string]bool{}
	for _, t := range []*flowlog.Table{v.train, v.reference, v.evaluate} {
		if t == nil || t == v.table {
			continue
		}
		words, missing := servicesOf(t)
		if missing != "" {
			return append(out, absent(GroupVariety, invented, "as real", missing)...)
		}
		for _, s := range words {
			known[s] = true
		}
	}
	strange := make([]float64, len(theirs))
	for i, s := range theirs {
		if !known[s] {
			strange[i] = 1
		}
	}
	return append(out, Aspect{Group: GroupVariety, Name: invented, Best: "as real", Figure: v.shareOf(strange, "flow", v.seed.Word(invented))})
}

// rare is the share of rare services that are present, with Wilson's interval; absent ones are named, the most frequent first.
func (v *view) rare(name string, counts map[string]int, present map[string]bool) Aspect {
	a := Aspect{Group: GroupVariety, Name: name, Best: "1"}
	var all, found int64
	var lost []string
	for _, s := range sortedKeys(counts) {
		if counts[s] > rareFlows {
			continue
		}
		all++
		if present[s] {
			found++
		} else {
			lost = append(lost, s)
		}
	}
	if all == 0 {
		a.Figure.Missing = fmt.Sprintf("no service of %s has %d flows or fewer", v.train.Name, rareFlows)
		return a
	}
	i := stats.Wilson(found, all)
	a.Figure = score.Number{Value: float64(found) / float64(all), Low: i.Low, High: i.High, Bounded: true, N: all, Cluster: score.Cluster{Unit: "service"}}
	slices.SortStableFunc(lost, func(a, b string) int { return cmp.Compare(counts[b], counts[a]) })
	if len(lost) > 0 {
		a.Detail = "absent: " + strings.Join(lost[:min(8, len(lost))], ", ")
		if more := len(lost) - 8; more > 0 {
			a.Detail += fmt.Sprintf(" and %d more", more)
		}
	}
	return a
}
