package generator

import "github.com/evilbench/evilbench/labels"

// ledger hands out flows in the order of their numbers, although they end in another. It holds the flows that wait for an older
// one to end, so its size follows the longest flow and not the capture.
type ledger struct {
	first int64 // number of rows[0]
	rows  []entry
}

type entry struct {
	flow   labels.Flow
	closed bool
}

// expect makes room for the next number.
func (l *ledger) expect(number int64) {
	if len(l.rows) == 0 {
		l.first = number
	}
	l.rows = append(l.rows, entry{})
}

// close books a flow's end.
func (l *ledger) close(f *labels.Flow) {
	e := &l.rows[f.Flow-l.first]
	e.flow, e.closed = *f, true
}

// ready appends every flow that waits for no older one. A flow of which the capture's end left no packet is passed over.
func (l *ledger) ready(out []labels.Flow) []labels.Flow {
	n := 0
	for n < len(l.rows) && l.rows[n].closed {
		if l.rows[n].flow.Start != 0 {
			out = append(out, l.rows[n].flow)
		}
		n++
	}
	l.rows = l.rows[n:]
	l.first += int64(n)
	return out
}
