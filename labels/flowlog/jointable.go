package flowlog

import (
	"fmt"
	"slices"
)

// Join makes one table of several, their rows one behind the other. It has the columns that all of them have, in the order of the first.
func Join(name string, tables ...*Table) (*Table, error) {
	if len(tables) == 0 {
		return nil, fmt.Errorf("%s: no table", name)
	}
	var columns []Column
	for i := range tables[0].Columns {
		parts := make([]*Column, 0, len(tables))
		for _, t := range tables {
			if c, ok := t.Column(tables[0].Columns[i].Name); ok {
				parts = append(parts, c)
			}
		}
		if len(parts) == len(tables) {
			columns = append(columns, joined(parts))
		}
	}
	out, err := NewTable(name, columns...)
	if err != nil {
		return nil, err
	}
	out.Read = 0
	for _, t := range tables {
		out.Read += t.Read
		for _, n := range t.Notes {
			out.Notes = append(out.Notes, t.Name+": "+n)
		}
	}
	return out, nil
}

// joined is one column of several.
func joined(parts []*Column) Column {
	out := Column{Name: parts[0].Name, Kind: parts[0].Kind}
	for _, c := range parts {
		out.Missing += c.Missing
		out.Times = append(out.Times, c.Times...)
		out.Numbers = append(out.Numbers, c.Numbers...)
		out.Words = append(out.Words, c.Words...)
	}
	if out.Kind != Categorical {
		return out
	}
	slices.Sort(out.Words)
	out.Words = slices.Compact(out.Words)
	for _, c := range parts {
		now := make([]int32, len(c.Words))
		for i, w := range c.Words {
			at, _ := slices.BinarySearch(out.Words, w)
			now[i] = int32(at)
		}
		for _, code := range c.Codes {
			out.Codes = append(out.Codes, now[code])
		}
	}
	return out
}
