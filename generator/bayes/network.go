package bayes

import (
	"fmt"
	"slices"
)

// Smoothing says what is drawn where data are thin.
type Smoothing struct {
	Kind SmoothingKind
	// Mass is in rows: of each value for K2, of the whole variable for BDeu, of each combination of parents for Marginal.
	// Default 1.
	Mass float64
}

// SmoothingKind is how the mass is spread.
type SmoothingKind string

// The kinds of smoothing.
const (
	// K2 adds Mass to the count of every value under every combination (G. Cooper and E. Herskovits, Machine Learning 9, 1992).
	K2 SmoothingKind = "k2"
	// BDeu spreads Mass evenly over all values and combinations (W. Buntine, UAI 1991).
	BDeu SmoothingKind = "bdeu"
	// Marginal adds Mass to every combination, spread as the variable's values are over all rows (the m-estimate; B. Cestnik, ECAI
	// 1990): a combination that never occurred gives the common values, not any.
	Marginal SmoothingKind = "marginal"
)

// Network is a structure with its conditional distributions.
type Network struct {
	Names     []string
	Cards     []int
	Structure Structure
	Smoothing Smoothing

	order    []int
	families []*family
	marginal []*group // of each variable, over all rows
}

// Fit counts the data under a structure.
func Fit(d *Data, s Structure, smoothing Smoothing) (*Network, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	if err := s.Check(len(d.Columns)); err != nil {
		return nil, err
	}
	if d.Rows() == 0 {
		return nil, fmt.Errorf("no rows to learn a network from")
	}
	if smoothing.Mass == 0 {
		smoothing.Mass = 1
	}
	if !slices.Contains([]SmoothingKind{K2, BDeu, Marginal}, smoothing.Kind) || smoothing.Mass < 0 {
		return nil, fmt.Errorf("smoothing %q of %v: k2, bdeu and marginal are known, of more than 0 rows", smoothing.Kind, smoothing.Mass)
	}
	n := &Network{Names: d.Names, Cards: d.Cards, Structure: s, Smoothing: smoothing}
	n.order, _ = s.Order()
	for v, parents := range s {
		f, ok := count(d, v, parents)
		if !ok {
			return nil, fmt.Errorf("%s: its parents have more combinations than can be counted", d.Names[v])
		}
		alone, _ := count(d, v, nil)
		n.families = append(n.families, f)
		n.marginal = append(n.marginal, &alone.groups[0])
	}
	return n, nil
}

// at finds the counts under the parents' values in row; nil where they never occurred together.
func (n *Network) at(v int, row []int32) *group {
	key, radix := uint64(0), uint64(1)
	for _, p := range n.Structure[v] {
		key += radix * uint64(row[p])
		radix *= uint64(n.Cards[p])
	}
	groups := n.families[v].groups
	i, found := slices.BinarySearchFunc(groups, key, func(g group, k uint64) int {
		switch {
		case g.key < k:
			return -1
		case g.key > k:
			return 1
		}
		return 0
	})
	if !found {
		return nil
	}
	return &groups[i]
}

// mass is the weight in rows that smoothing adds to one combination of a variable's parents.
func (n *Network) mass(v int) float64 {
	switch n.Smoothing.Kind {
	case K2:
		return n.Smoothing.Mass * float64(n.Cards[v])
	case BDeu:
		return n.Smoothing.Mass / n.families[v].configs
	default:
		return n.Smoothing.Mass
	}
}

// Probability is that of variable v having the value, given the values of its parents in row.
func (n *Network) Probability(v int, value int32, row []int32) float64 {
	mass := n.mass(v)
	spread := 1 / float64(n.Cards[v])
	if n.Smoothing.Kind == Marginal {
		spread = n.marginal[v].share(value)
	}
	g := n.at(v, row)
	if g == nil {
		return spread
	}
	return (g.share(value)*float64(g.total) + mass*spread) / (float64(g.total) + mass)
}

// share is the part of the group that has the value.
func (g *group) share(value int32) float64 {
	i, found := slices.BinarySearch(g.values, value)
	if !found {
		return 0
	}
	return float64(g.counts[i]) / float64(g.total)
}
