package peers

// contexts is a trie of what came before a letter, the latest first. The start of a word is a letter of its own there, so that a chain
// knows how far into a word it is as long as its order reaches.
type contexts struct {
	nodes []context
	start int32
}

// context is what followed one past.
type context struct {
	longer  map[int32]int32 // by one letter more of the past
	letters []int32
	counts  []float64
	total   float64
}

func newContexts(letters *Letters) *contexts {
	return &contexts{nodes: make([]context, 1), start: int32(letters.Size())}
}

// count adds a text under all its contexts of up to depth letters.
func (c *contexts) count(t text, depth int) {
	for i, x := range t.letters {
		at := int32(0)
		c.nodes[at].add(x, t.times)
		for d := 1; d <= depth && d <= i+1; d++ {
			at = c.extend(at, c.past(t.letters, i-d))
			c.nodes[at].add(x, t.times)
		}
	}
}

func (c *contexts) past(letters []int32, i int) int32 {
	if i < 0 {
		return c.start
	}
	return letters[i]
}

func (c *contexts) extend(at, letter int32) int32 {
	if next, ok := c.nodes[at].longer[letter]; ok {
		return next
	}
	next := int32(len(c.nodes))
	if c.nodes[at].longer == nil {
		c.nodes[at].longer = map[int32]int32{}
	}
	c.nodes[at].longer[letter] = next
	c.nodes = append(c.nodes, context{})
	return next
}

// path appends the known contexts of position i, from the empty one to the longest.
func (c *contexts) path(letters []int32, i, depth int, into []int32) []int32 {
	at := int32(0)
	into = append(into, at)
	for d := 1; d <= depth && d <= i+1; d++ {
		next, ok := c.nodes[at].longer[c.past(letters, i-d)]
		if !ok {
			break
		}
		at = next
		into = append(into, at)
	}
	return into
}

func (c *context) add(letter int32, times float64) {
	c.total += times
	for i, x := range c.letters {
		if x == letter {
			c.counts[i] += times
			return
		}
	}
	c.letters = append(c.letters, letter)
	c.counts = append(c.counts, times)
}

func (c *context) of(letter int32) float64 {
	for i, x := range c.letters {
		if x == letter {
			return c.counts[i]
		}
	}
	return 0
}

// size counts the contexts of one length and what follows them.
func (c *contexts) size(length int) (states, edges int) {
	level := []int32{0}
	for range length {
		var next []int32
		for _, at := range level {
			for _, n := range c.nodes[at].longer {
				next = append(next, n)
			}
		}
		level = next
	}
	for _, at := range level {
		edges += len(c.nodes[at].letters)
	}
	return len(level), edges
}
