package fidelity

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// mostHosts is how many hosts of each table are compared: the first by their text.
const mostHosts = 5000

// hosts compare what a host does as a whole: to how many others it speaks, and how many services it uses. The figure is the
// Kolmogorov-Smirnov distance between the distributions over the originating hosts, of as many flows of either table; hosts are
// what is drawn for the interval.
func hosts(v *view) []Aspect {
	if v.train.Rows() == 0 {
		return absent(GroupHosts, "Fan-out KS", "0", v.train.Name+" has no row")
	}
	n := min(v.train.Rows(), v.table.Rows(), v.options.Rows)
	tables := [2]*flowlog.Table{drawn(v.train, n, v.reality.seed.Word("hosts")), drawn(v.table, n, v.seed.Word("hosts"))}
	var out []Aspect
	for _, of := range []struct {
		name  string
		words func(*flowlog.Table) ([]string, string)
	}{{"Fan-out KS", destinationsOf}, {"Services per host KS", servicesOf}, {"Flows per host KS", nil}} {
		a := Aspect{Group: GroupHosts, Name: of.name, Best: "0"}
		a.Figure, a.Detail = v.behaviour(of.name, tables, of.words)
		out = append(out, a)
	}
	return out
}

// behaviour is how far apart the distributions over hosts lie of how many different words a host has, or of how many rows where
// words is nil.
func (v *view) behaviour(name string, tables [2]*flowlog.Table, words func(*flowlog.Table) ([]string, string)) (score.Number, string) {
	var all []member
	var sizes [2]int
	for side, t := range tables {
		counts, missing := perHost(t, words)
		if missing != "" {
			return score.Number{Missing: missing}, ""
		}
		sizes[side] = len(counts)
		for _, n := range counts {
			all = append(all, member{n, side, len(all)})
		}
	}
	slices.SortStableFunc(all, func(a, b member) int { return cmp.Compare(a.value, b.value) })
	c := score.Cluster{Unit: "host", Over: "hosts", Clusters: int64(len(all))}
	figure := v.distance(len(all), c, 1, v.seed.Word(name), func(weight []int) float64 { return apart(all, weight) })
	return figure, fmt.Sprintf("%d hosts (real %d)", sizes[1], sizes[0])
}

// member is a host of one of two tables.
type member struct{ value, side, at int }

// apart is the greatest difference of the two distribution functions over weighted members in the order of their values.
func apart(all []member, weight []int) (most float64) {
	var total, below [2]float64
	for _, m := range all {
		total[m.side] += float64(weight[m.at])
	}
	for i, m := range all {
		below[m.side] += float64(weight[m.at])
		if i+1 == len(all) || all[i+1].value != m.value {
			most = max(most, abs(below[0]/total[0]-below[1]/total[1]))
		}
	}
	return most
}

// perHost counts, for each originating host, its different words, or its rows where words is nil; in the order of their addresses.
func perHost(t *flowlog.Table, words func(*flowlog.Table) ([]string, string)) (counts []int, missing string) {
	c, missing := columnsOf(t, []string{flowlog.SrcIP})
	if missing != "" {
		return nil, missing
	}
	var of []string
	if words != nil {
		if of, missing = words(t); missing != "" {
			return nil, missing
		}
	}
	type use struct {
		host int32
		word string
	}
	seen := map[use]bool{}
	per := make([]int, len(c[0].Words))
	for row, host := range c[0].Codes {
		if of != nil {
			u := use{host, of[row]}
			if seen[u] {
				continue
			}
			seen[u] = true
		}
		per[host]++
	}
	counts = slices.DeleteFunc(per, func(n int) bool { return n == 0 })
	return first(counts, mostHosts), ""
}
