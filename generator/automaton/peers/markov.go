package peers

import (
	"fmt"
	"math"

	"github.com/evilbench/evilbench/generator/automaton"
)

// Markov is a chain over letters.
type Markov struct {
	Order int // letters of the past that count, 1 to 16
	// Add is what is added to each count, the back-off being left out. 0 backs off instead, by Witten and Bell (IEEE Transactions on
	// Information Theory 37:4, 1991, method C): after a context that n letters followed, T of them different, the shorter context
	// has the share T/(n+T), and the empty one shares that out evenly among all letters.
	Add float64
}

// Name is what a table calls it.
func (m Markov) Name() string {
	if m.Add > 0 {
		return fmt.Sprintf("Markov order %d, add-%g", m.Order, m.Add)
	}
	return fmt.Sprintf("Markov order %d", m.Order)
}

// Learn counts.
func (m Markov) Learn(words *automaton.Words, letters *Letters) (Model, error) {
	if m.Order < 1 || m.Order > 16 || m.Add < 0 {
		return nil, fmt.Errorf("a Markov chain of order %d with %v added; want an order of 1 to 16 and at least 0", m.Order, m.Add)
	}
	c := &chain{Markov: m, letters: letters, contexts: newContexts(letters)}
	for _, t := range letters.texts(words) {
		c.contexts.count(t, m.Order)
	}
	return c, nil
}

type chain struct {
	Markov
	letters  *Letters
	contexts *contexts
}

func (c *chain) Size() (states, edges int) { return c.contexts.size(c.Order) }

func (c *chain) Bits(w *automaton.Word) float64 { return sum(c.Surprises(w, nil)) }

func (c *chain) Surprises(w *automaton.Word, into []float64) []float64 {
	spelt := c.letters.Spell(w, nil)
	var path []int32
	for i, x := range spelt {
		path = c.contexts.path(spelt, i, c.Order, path[:0])
		into = append(into, -math.Log2(c.probability(path, x, min(c.Order, i+1))))
	}
	return into
}

// probability of a letter after the contexts of a path, the longest of which should have the given length.
func (c *chain) probability(path []int32, x int32, length int) float64 {
	size := float64(c.letters.Size())
	if c.Add > 0 {
		if len(path) <= length {
			return 1 / size
		}
		last := &c.contexts.nodes[path[length]]
		return (last.of(x) + c.Add) / (last.total + c.Add*size)
	}
	p := 1 / size
	for _, at := range path {
		p = c.contexts.nodes[at].backOff(x, p)
	}
	return p
}

// backOff is Witten and Bell's estimate, given that of the shorter context.
func (c *context) backOff(x int32, shorter float64) float64 {
	kinds := float64(len(c.letters))
	return (c.of(x) + kinds*shorter) / (c.total + kinds)
}
