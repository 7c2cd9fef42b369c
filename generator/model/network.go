package model

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/evilbench/evilbench/generator/fault"
)

// Size is the number of values or bins.
func (v *Variable) Size() int { return len(v.Values) + len(v.Bins) }

// Order returns the pattern's variables so that parents and factors come before those that need them, as indices; ok is false where the network has a cycle.
// Unknown parents are passed over.
func (p *Pattern) Order() (order []int, ok bool) {
	order, stuck := p.order()
	return order, len(stuck) == 0
}

// order also returns the variables that are on a cycle or behind one.
func (p *Pattern) order() (order, stuck []int) {
	index := make(map[string]int, len(p.Variables))
	for i := range p.Variables {
		index[p.Variables[i].Name] = i
	}
	done := make([]bool, len(p.Variables))
	for len(order) < len(p.Variables) {
		before := len(order)
		for i := range p.Variables {
			if done[i] {
				continue
			}
			waits := func(other string) bool {
				k, known := index[other]
				return known && !done[k]
			}
			if v := &p.Variables[i]; !waits(v.Times) && !slices.ContainsFunc(v.Parents, waits) {
				done[i] = true
				order = append(order, i)
			}
		}
		if len(order) == before {
			break
		}
	}
	for i := range done {
		if !done[i] {
			stuck = append(stuck, i)
		}
	}
	return order, stuck
}

// network checks a pattern's variables and returns them by name.
func (c *checker) network(at string, p *Pattern) map[string]*Variable {
	vars := map[string]*Variable{}
	if len(p.Variables) > maxNodes {
		c.fail(at+"/variables", "", "%d variables, must be at most %d", len(p.Variables), maxNodes)
		return vars
	}
	names := make([]string, 0, len(p.Variables))
	for i := range p.Variables {
		v := &p.Variables[i]
		if v.Name == "" {
			c.fail(fmt.Sprintf("%s/variables/%d/name", at, i), "give the variable a name", "no name")
		}
		if vars[v.Name] != nil {
			c.fail(fmt.Sprintf("%s/variables/%d/name", at, i), "names are unique within a pattern", "a second variable %s", v.Name)
		}
		vars[v.Name] = v
		names = append(names, v.Name)
	}
	for i := range p.Variables {
		c.variable(fmt.Sprintf("%s/variables/%d", at, i), &p.Variables[i], vars, names)
	}
	if _, stuck := p.order(); len(stuck) > 0 {
		var loop []string
		for _, i := range stuck {
			loop = append(loop, p.Variables[i].Name)
		}
		c.fail(fmt.Sprintf("%s/variables/%d/parents", at, stuck[0]), "take one parent away", "the network has a cycle through %s", strings.Join(loop, ", "))
	}
	return vars
}

func (c *checker) variable(at string, v *Variable, vars map[string]*Variable, names []string) {
	if (len(v.Values) == 0) == (len(v.Bins) == 0) {
		c.fail(at, "", "a variable has either values or bins")
		return
	}
	for i, b := range v.Bins {
		if !within(b.Low, 0, maxBinEnd) || !within(b.High, b.Low, maxBinEnd) {
			c.fail(fmt.Sprintf("%s/bins/%d", at, i), "", "bin from %g to %g, must be 0 to %g and in order", b.Low, b.High, float64(maxBinEnd))
		}
		c.bin(fmt.Sprintf("%s/bins/%d", at, i), &b)
	}
	rows := 1
	for i, parent := range v.Parents {
		known := vars[parent]
		switch {
		case known == nil:
			c.fail(fmt.Sprintf("%s/parents/%d", at, i), fault.Suggest(parent, names), "unknown variable %q", parent)
			return
		case slices.Contains(v.Parents[:i], parent):
			c.fail(fmt.Sprintf("%s/parents/%d", at, i), "name each parent once", "parent %s twice", parent)
			return
		}
		rows *= max(1, known.Size())
		if rows > maxCombinations || len(v.Seen) == 0 && rows*v.Size() > maxCells {
			c.fail(at+"/parents", "take parents away, or give counts instead of a table", "the table would have more than %d cells", maxCells)
			return
		}
	}
	c.back(at, v)
	c.times(at, v, vars, names)
	if !within(v.Mass, 0, 1e9) || v.Mass > 0 && len(v.Seen) == 0 {
		c.fail(at+"/mass", "mass goes with seen and is not negative", "mass of %g", v.Mass)
	}
	if len(v.Seen) > 0 {
		c.seen(at, v, vars)
		return
	}
	if len(v.Table) != rows {
		c.fail(at+"/table", "one row for each combination of the parents' values", "%d rows, must be %d", len(v.Table), rows)
		return
	}
	for i, row := range v.Table {
		c.probabilities(fmt.Sprintf("%s/table/%d", at, i), row, v.Size())
	}
}

func (c *checker) probabilities(at string, row []float64, n int) {
	if len(row) != n {
		c.fail(at, "one for each value or bin", "%d probabilities, must be %d", len(row), n)
		return
	}
	var sum float64
	for i, p := range row {
		if !within(p, 0, 1) {
			c.fail(fmt.Sprintf("%s/%d", at, i), "probabilities are between 0 and 1", "probability of %g", p)
			return
		}
		sum += p
	}
	if math.Abs(sum-1) > tolerance {
		c.fail(at, "make them sum to 1", "probabilities sum to %g", sum)
	}
}

// maxCombinations bounds the values that a variable's parents can have together.
const maxCombinations = 1 << 52

// seen checks the counts of a variable whose parents are known.
func (c *checker) seen(at string, v *Variable, vars map[string]*Variable) {
	if v.Table != nil {
		c.fail(at+"/table", "keep one of the two", "both a table and counts")
	}
	before := map[string]bool{}
	for i := range v.Seen {
		s, here := &v.Seen[i], fmt.Sprintf("%s/seen/%d", at, i)
		if len(s.When) != len(v.Parents) {
			c.fail(here+"/when", "one position for each parent", "%d positions, must be %d", len(s.When), len(v.Parents))
			continue
		}
		for k, p := range s.When {
			if n := vars[v.Parents[k]].Size(); p < 0 || p >= n {
				c.fail(fmt.Sprintf("%s/when/%d", here, k), "", "position %d of the %d values of %s", p, n, v.Parents[k])
			}
		}
		if key := fmt.Sprint(s.When); before[key] {
			c.fail(here+"/when", "write each combination once", "a second time %s", key)
		} else {
			before[key] = true
		}
		if len(s.Count) == 0 {
			c.fail(here+"/count", "leave the combination out", "nothing counted")
		}
		for k, x := range s.Count {
			if x[0] < 0 || x[0] >= v.Size() || x[1] < 1 || x[1] > maxCount {
				c.fail(fmt.Sprintf("%s/count/%d", here, k), "write [position of a value, how often]", "value %d of %d seen %d times", x[0], v.Size(), x[1])
			}
		}
	}
}

// back checks the weights of a variable that leaves its parents one by one.
func (c *checker) back(at string, v *Variable) {
	if len(v.Back) == 0 {
		return
	}
	if len(v.Back) != len(v.Parents) || len(v.Seen) == 0 || v.Mass > 0 {
		c.fail(at+"/back", "one for each parent, with seen and without mass", "%d weights for %d parents", len(v.Back), len(v.Parents))
	}
	for i, m := range v.Back {
		if !within(m, 0, 1e9) {
			c.fail(fmt.Sprintf("%s/back/%d", at, i), "", "weight of %g, must be 0 to 1e9", m)
		}
	}
}

// times checks what a variable's numbers are multiplied by.
func (c *checker) times(at string, v *Variable, vars map[string]*Variable, names []string) {
	if v.Times == "" {
		if v.Most != 0 {
			c.fail(at+"/most", "leave it out", "most goes with times")
		}
		return
	}
	factor := vars[v.Times]
	switch {
	case factor == nil:
		c.fail(at+"/times", fault.Suggest(v.Times, names), "unknown variable %q", v.Times)
	case len(v.Bins) == 0 || len(factor.Bins) == 0:
		c.fail(at+"/times", "both need bins", "%s times %s, but not both are numbers", v.Name, v.Times)
	}
	if !within(v.Most, 0, maxBinEnd) {
		c.fail(at+"/most", "", "most of %g, must be 0 to %g", v.Most, float64(maxBinEnd))
	}
}

const maxCount = 1 << 40

// bin checks how numbers lie in a bin.
func (c *checker) bin(at string, b *Bin) {
	sum := 0.0
	for i, a := range b.Atoms {
		if !within(a.Value, b.Low, b.High) || !within(a.Share, 0, 1) {
			c.fail(fmt.Sprintf("%s/atoms/%d", at, i), "", "%g with a share of %g, must be in the bin and 0 to 1", a.Value, a.Share)
		}
		sum += a.Share
	}
	if sum > 1+tolerance {
		c.fail(at+"/atoms", "make them sum to at most 1", "shares sum to %g", sum)
	}
	c.knots(at+"/knots", b.Knots, b.Low, b.High)
}

// knots checks numbers at equal steps of probability.
func (c *checker) knots(at string, knots []float64, low, high float64) {
	if len(knots) == 1 || len(knots) > maxKnots {
		c.fail(at, "", "%d knots, must be 2 to %d", len(knots), maxKnots)
	}
	for i, x := range knots {
		if !within(x, low, high) || i > 0 && x < knots[i-1] {
			c.fail(fmt.Sprintf("%s/%d", at, i), "", "%g, must ascend from %g to %g", x, low, high)
			return
		}
	}
}
