package fidelity

import (
	"fmt"

	"github.com/evilbench/evilbench/harness/fidelity/compliance"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// sample is what one repetition measures: rows of each table. The tables that are not given are nil.
type sample struct {
	mode                                  Mode
	train, generated, reference, evaluate *flowlog.Table
	rules                                 *compliance.Set
	original                              *original // strict: the whole training table
	yardstick                             bool      // generated is the reference
}

// both finds columns in the training and the generated table, or says why there are none.
func (s *sample) both(names []string) (train, generated []*flowlog.Column, missing string) {
	if train, missing = columnsOf(s.train, names); missing == "" {
		generated, missing = columnsOf(s.generated, names)
	}
	return train, generated, missing
}

// columnsOf finds columns that hold something in every row, or says which does not.
func columnsOf(t *flowlog.Table, names []string) (columns []*flowlog.Column, missing string) {
	if t.Rows() == 0 {
		return nil, t.Name + " has no row"
	}
	for _, name := range names {
		c, found := t.Column(name)
		if !found {
			return nil, fmt.Sprintf("%s has no column %s", t.Name, name)
		}
		if c.Missing > 0 {
			return nil, fmt.Sprintf("%s of %s holds no number in %d of %d rows", name, t.Name, c.Missing, t.Rows())
		}
		columns = append(columns, c)
	}
	return columns, ""
}
