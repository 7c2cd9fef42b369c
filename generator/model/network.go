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

// Order returns the pattern's variables so that parents come before children, as indices; ok is false where the network has a cycle.
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
			waits := slices.ContainsFunc(p.Variables[i].Parents, func(parent string) bool {
				k, known := index[parent]
				return known && !done[k]
			})
			if !waits {
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
		rows *= known.Size()
		if rows*v.Size() > maxCells {
			c.fail(at+"/parents", "", "the table would have more than %d cells", maxCells)
			return
		}
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
