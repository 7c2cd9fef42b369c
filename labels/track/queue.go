package track

import "github.com/evilbench/evilbench/labels"

// open is a biflow under way.
type open struct {
	flow       labels.Flow
	state      State
	key        key
	low        bool // its originator is the key's low end
	queue      *queue
	prev, next *open
}

// queue holds biflows that may be silent for the same time, the one that was silent longest first.
type queue struct {
	timeout     int64
	first, last *open
}

func (q *queue) push(o *open) {
	o.queue, o.prev, o.next = q, q.last, nil
	if q.last != nil {
		q.last.next = o
	} else {
		q.first = o
	}
	q.last = o
}

func (o *open) leave() {
	q := o.queue
	if o.prev != nil {
		o.prev.next = o.next
	} else {
		q.first = o.next
	}
	if o.next != nil {
		o.next.prev = o.prev
	} else {
		q.last = o.prev
	}
	o.queue, o.prev, o.next = nil, nil, nil
}
