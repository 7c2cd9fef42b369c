// Package bayes holds discrete Bayesian networks: learnt from tables of codes, priced in bits, and drawn from.
package bayes

import (
	"fmt"
	"slices"
)

// Data is a table of codes, column by column. Column c holds codes 0 to Cards[c]-1.
type Data struct {
	Names   []string
	Cards   []int
	Columns [][]int32
}

// Rows is the number of rows.
func (d *Data) Rows() int {
	if len(d.Columns) == 0 {
		return 0
	}
	return len(d.Columns[0])
}

// check refuses tables that no network can be learnt from.
func (d *Data) check() error {
	if len(d.Names) != len(d.Columns) || len(d.Cards) != len(d.Columns) {
		return fmt.Errorf("%d columns, %d names, %d cardinalities: one of each is needed", len(d.Columns), len(d.Names), len(d.Cards))
	}
	for c, column := range d.Columns {
		if len(column) != d.Rows() {
			return fmt.Errorf("column %s has %d rows, %s has %d", d.Names[c], len(column), d.Names[0], d.Rows())
		}
		for i, v := range column {
			if v < 0 || int(v) >= d.Cards[c] {
				return fmt.Errorf("column %s, row %d: code %d is not in 0..%d", d.Names[c], i, v, d.Cards[c]-1)
			}
		}
	}
	return nil
}

// Structure says which variables a variable depends on: Structure[v] lists its parents in ascending order. It has no cycle.
type Structure [][]int

// Order is an order of the variables with parents before their children, the smallest number first where there is a choice. It is
// false where the structure has a cycle.
func (s Structure) Order() ([]int, bool) {
	placed := make([]bool, len(s))
	order := make([]int, 0, len(s))
	for len(order) < len(s) {
		before := len(order)
		for v, parents := range s {
			if !placed[v] && !slices.ContainsFunc(parents, func(p int) bool { return !placed[p] }) {
				placed[v] = true
				order = append(order, v)
				break
			}
		}
		if len(order) == before {
			return nil, false
		}
	}
	return order, true
}

// Check tells what is wrong with a structure over n variables.
func (s Structure) Check(n int) error {
	if len(s) != n {
		return fmt.Errorf("the structure has %d variables, the data %d", len(s), n)
	}
	for v, parents := range s {
		for i, p := range parents {
			if p < 0 || p >= n || p == v {
				return fmt.Errorf("variable %d: %d cannot be its parent", v, p)
			}
			if i > 0 && parents[i-1] >= p {
				return fmt.Errorf("variable %d: parents are not in ascending order, or twice: %v", v, parents)
			}
		}
	}
	if _, ok := s.Order(); !ok {
		return fmt.Errorf("the structure has a cycle: a variable cannot depend on itself by way of others")
	}
	return nil
}

// Edges counts the dependencies.
func (s Structure) Edges() int {
	n := 0
	for _, parents := range s {
		n += len(parents)
	}
	return n
}

// Without is the structure over the other variables once v is known.
func (s Structure) Without(v int) Structure {
	out := make(Structure, 0, len(s)-1)
	for w, parents := range s {
		if w == v {
			continue
		}
		var kept []int
		for _, p := range parents {
			switch {
			case p < v:
				kept = append(kept, p)
			case p > v:
				kept = append(kept, p-1)
			}
		}
		out = append(out, kept)
	}
	return out
}

// Append adds a column of codes below card, coded anew so that only codes that occur count.
func (d *Data) Append(name string, card int, codes []int32) {
	now := make([]int32, card)
	next := int32(0)
	for i, c := range codes {
		if now[c] == 0 {
			next++
			now[c] = next
		}
		codes[i] = now[c] - 1
	}
	d.Names, d.Cards, d.Columns = append(d.Names, name), append(d.Cards, int(next)), append(d.Columns, codes)
}
