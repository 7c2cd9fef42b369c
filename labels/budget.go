package labels

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow/memory"
)

// maxBatch bounds the memory of one batch, so that a file of a few bytes cannot claim all of the machine's.
const maxBatch = 1 << 30

// budget is an allocator that refuses to give one batch more than most bytes. It panics, since that is how Arrow's
// reader reports what it cannot go on from; damaged turns it into an error.
type budget struct {
	memory.Allocator
	most, left int
}

func (b *budget) renew() { b.left = b.most }

func (b *budget) spend(size int) {
	if size < 0 || size > b.left {
		panic(fmt.Sprintf("a batch needs more than %d bytes of memory", b.most))
	}
	b.left -= size
}

func (b *budget) Allocate(size int) []byte {
	b.spend(size)
	return b.Allocator.Allocate(size)
}

func (b *budget) Reallocate(size int, old []byte) []byte {
	b.spend(size)
	return b.Allocator.Reallocate(size, old)
}
