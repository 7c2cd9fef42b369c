package foreign

import (
	"container/heap"

	"github.com/evilbench/evilbench/labels"
)

// ordered passes flows on in the order of their numbers. A tracker gives them as they end; one that lasts holds back
// those that began after it.
type ordered struct {
	emit    func(*labels.Flow) error
	next    int64
	waiting flowHeap
}

func newOrdered(emit func(*labels.Flow) error) *ordered { return &ordered{emit: emit, next: 1} }

func (o *ordered) add(f *labels.Flow) error {
	heap.Push(&o.waiting, *f)
	for len(o.waiting) > 0 && o.waiting[0].Flow == o.next {
		first := heap.Pop(&o.waiting).(labels.Flow)
		o.next++
		if err := o.emit(&first); err != nil {
			return err
		}
	}
	return nil
}

type flowHeap []labels.Flow

func (h flowHeap) Len() int           { return len(h) }
func (h flowHeap) Less(i, j int) bool { return h[i].Flow < h[j].Flow }
func (h flowHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *flowHeap) Push(x any)        { *h = append(*h, x.(labels.Flow)) }

func (h *flowHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
