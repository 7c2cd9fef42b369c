package chronicle

import "slices"

// windows finds the occurrences of a pattern: for each row that matches its first row, the next later row that matches each further
// one. A window is its rows' numbers, and all windows lie one behind the other in the result.
func windows(t *Table, p Pattern) []int32 {
	seekers := make([]seeker, len(p.Rows))
	for i := range p.Rows {
		seekers[i] = newSeeker(t, p, i)
	}
	var out []int32
	bound := make([]int32, p.placeholders())
	for _, first := range seekers[0].matches {
		from := len(out)
		row, ok := first, true
		out = append(out, row)
		seekers[0].bind(t, row, bound)
		for i := 1; i < len(seekers) && ok; i++ {
			if row, ok = seekers[i].next(t, row, bound); ok {
				out = append(out, row)
				seekers[i].bind(t, row, bound)
			}
		}
		if !ok {
			out = out[:from]
		}
	}
	return out
}

// seeker finds the rows of the table that match one row of a pattern.
type seeker struct {
	row     *Row
	used    []int // columns with a Use
	matches []int32
	by      map[[3]int32][]int32 // matches by who is in the used columns
}

func newSeeker(t *Table, p Pattern, at int) seeker {
	s := seeker{row: &p.Rows[at]}
	for c, cell := range s.row.Cells {
		if cell.Kind == Use {
			s.used = append(s.used, c)
		}
	}
	s.matches = matching(t, s.row)
	if at == 0 || len(s.used) == 0 {
		return s
	}
	s.by = map[[3]int32][]int32{}
	for _, m := range s.matches {
		k := s.key(func(c int) int32 { return t.Columns[c].Who[m] })
		s.by[k] = append(s.by[k], m)
	}
	return s
}

// key is who stands in the used columns, of which there are at most three.
func (s *seeker) key(who func(column int) int32) [3]int32 {
	k := [3]int32{-1, -1, -1}
	for i, c := range s.used {
		k[i] = who(c)
	}
	return k
}

// matching lists the rows that have the fixed values, ascending.
func matching(t *Table, r *Row) []int32 {
	var out []int32
	for i := range int32(t.Rows()) {
		fits := true
		for c, cell := range r.Cells {
			if cell.Kind == Fix && t.Columns[c].Codes[i] != cell.Value {
				fits = false
				break
			}
		}
		if fits {
			out = append(out, i)
		}
	}
	return out
}

// next is the first match behind the row whose used columns hold what is bound.
func (s *seeker) next(t *Table, row int32, bound []int32) (int32, bool) {
	list := s.matches
	if s.by != nil {
		list = s.by[s.key(func(c int) int32 { return bound[s.row.Cells[c].Value] })]
	}
	at, _ := slices.BinarySearch(list, row+1)
	if at == len(list) || s.row.Within > 0 && t.Time[list[at]]-t.Time[row] > s.row.Within {
		return 0, false
	}
	return list[at], true
}

// bind remembers who is in the columns that set a placeholder.
func (s *seeker) bind(t *Table, row int32, bound []int32) {
	for c, cell := range s.row.Cells {
		if cell.Kind == Set {
			bound[cell.Value] = t.Columns[c].Who[row]
		}
	}
}
