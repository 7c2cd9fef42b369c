package latex

import (
	"strings"

	"github.com/evilbench/evilbench/reports/table"
)

// bestCells are row and column of the best figures among rows that can be compared. Figures that print alike are equally good; where
// all are, none is the best.
func bestCells(t *table.Table) map[[2]int]bool {
	groups := map[string][]int{}
	for i, row := range t.Rows {
		var key strings.Builder
		for j, c := range t.Columns {
			if c.Within {
				key.WriteString(row[j].String() + "\x00")
			}
		}
		groups[key.String()] = append(groups[key.String()], i)
	}
	best := map[[2]int]bool{}
	for j, c := range t.Columns {
		if c.Better == table.Neither || c.Data {
			continue
		}
		for _, rows := range groups {
			for _, i := range bestOf(t, rows, j) {
				best[[2]int{i, j}] = true
			}
		}
	}
	return best
}

func bestOf(t *table.Table, rows []int, column int) (out []int) {
	var top float64
	var shown string
	others := false
	for _, i := range rows {
		x, ok := t.Rows[i][column].Value()
		if !ok {
			continue
		}
		text := t.Rows[i][column].String()
		switch {
		case out == nil:
			top, shown, out = x, text, []int{i}
		case text == shown || x == top:
			out = append(out, i)
		case (x > top) == (t.Columns[column].Better == table.Higher):
			top, shown, out, others = x, text, []int{i}, true
		default:
			others = true
		}
	}
	if !others {
		return nil
	}
	return out
}
