// Package chronicle finds the patterns of flows that a network's traffic is made of, by the principle of minimum description
// length (J. Cüppers, A. Schoen, G. Blanc and P.-F. Gimenez, FlowChronicle, CoNEXT 2024).
package chronicle

import "fmt"

// Table is a flow table in codes, in the order of time.
type Table struct {
	Columns []Column
	Time    []int64 // of a flow's start, in hundredths of a second since the first
}

// Column holds one code for each row.
type Column struct {
	Name  string
	Codes []int32
	Card  int     // codes are 0 to Card-1
	Who   []int32 // of an address: who it is, by a numbering that all address columns share; nil = not an address
}

// mostPeople is how many columns of addresses a row can have.
const mostPeople = 3

// mostColumns is what a link between two patterns can name.
const mostColumns = 31

// Rows is the number of flows.
func (t *Table) Rows() int { return len(t.Time) }

// Span is from the first flow's start to the last one's, at least 1.
func (t *Table) Span() int64 { return max(1, t.Time[len(t.Time)-1]-t.Time[0]) }

// check refuses tables that cannot be described.
func (t *Table) check() error {
	if t.Rows() == 0 {
		return fmt.Errorf("no flow to learn from")
	}
	if len(t.Columns) > mostColumns {
		return fmt.Errorf("%d columns, at most %d can be searched", len(t.Columns), mostColumns)
	}
	for i := 1; i < len(t.Time); i++ {
		if t.Time[i] < t.Time[i-1] {
			return fmt.Errorf("row %d starts before row %d; sort the flows by time", i+1, i)
		}
	}
	people := 0
	for c := range t.Columns {
		column := &t.Columns[c]
		if column.Who != nil {
			if people++; people > mostPeople {
				return fmt.Errorf("column %s: more than %d columns of addresses cannot be tied", column.Name, mostPeople)
			}
		}
		if len(column.Codes) != t.Rows() || column.Who != nil && len(column.Who) != t.Rows() {
			return fmt.Errorf("column %s has %d rows, the times have %d", column.Name, len(column.Codes), t.Rows())
		}
		for i, v := range column.Codes {
			if v < 0 || int(v) >= column.Card {
				return fmt.Errorf("column %s, row %d: code %d is not in 0..%d", column.Name, i+1, v, column.Card-1)
			}
		}
	}
	return nil
}
