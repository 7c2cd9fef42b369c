package join

// chunks is a list that grows without copying: doubling a slice of gigabytes would need the old and the new one at once.
type chunks[T any] struct {
	parts [][]T
	n     int
}

// A chunk of flows is 4 MiB.
const (
	chunkBits = 16
	chunkMask = 1<<chunkBits - 1
)

func (c *chunks[T]) add(v T) {
	if c.n&chunkMask == 0 {
		c.parts = append(c.parts, make([]T, 0, chunkMask+1))
	}
	last := &c.parts[c.n>>chunkBits]
	*last = append(*last, v)
	c.n++
}

func (c *chunks[T]) at(i int32) *T { return &c.parts[i>>chunkBits][i&chunkMask] }
