package peers

import (
	"fmt"
	"math"

	"github.com/evilbench/evilbench/generator/automaton"
)

// ContextTree weighs all trees of contexts up to a depth by how well each would have coded the words (F. M. J. Willems, Y. M. Shtarkov
// and T. J. Tjalkens, IEEE Transactions on Information Theory 41:3, 1995; over many letters T. J. Tjalkens, Y. M. Shtarkov and F. M. J.
// Willems, Sixth Benelux Joint Workshop, 1993). A context codes its letters by Perks' estimate, 1/Size added to each count, which suits
// contexts that few letters follow. When a word is coded, a context gives what it has not seen to the shorter one, by Witten and Bell.
type ContextTree struct {
	Depth int // letters of the past, 1 to 64
}

// Name is what a table calls it.
func (t ContextTree) Name() string { return fmt.Sprintf("Context tree, depth %d", t.Depth) }

// Learn counts all contexts and weighs them.
func (t ContextTree) Learn(words *automaton.Words, letters *Letters) (Model, error) {
	if t.Depth < 1 || t.Depth > 64 {
		return nil, fmt.Errorf("a context tree of depth %d; want 1 to 64", t.Depth)
	}
	m := &tree{depth: t.Depth, letters: letters, contexts: newContexts(letters)}
	for _, text := range letters.texts(words) {
		m.contexts.count(text, t.Depth)
	}
	m.weigh()
	return m, nil
}

type tree struct {
	depth    int
	letters  *Letters
	contexts *contexts
	stop     []float64 // by context: the weight of the trees in which it is a leaf, among those that reach it
}

// weigh goes from the longest contexts to the empty one: nodes come after those they lengthen.
func (m *tree) weigh() {
	nodes := m.contexts.nodes
	m.stop = make([]float64, len(nodes))
	weighted := make([]float64, len(nodes)) // log2 of the probability of all that followed
	longer := make([]float64, len(nodes))   // log2 of the product over longer contexts
	parent := make([]int32, len(nodes))
	for i := range nodes {
		for _, n := range nodes[i].longer {
			parent[n] = int32(i)
		}
	}
	order := make([]int, len(nodes))
	for i := range nodes {
		order[i] = len(nodes) - 1 - i
	}
	for _, i := range order {
		own := nodes[i].perks(m.letters.Size())
		m.stop[i], weighted[i] = 1, own
		if len(nodes[i].longer) > 0 {
			// Half the prior weight stops here. The difference of logarithms says how the data moved it.
			d := longer[i] - own
			m.stop[i] = 1 / (1 + math.Exp2(d))
			weighted[i] = own - 1 + math.Log2(1+math.Exp2(min(d, 500))) + max(0, d-500)
		}
		if i > 0 {
			longer[parent[i]] += weighted[i]
		}
	}
}

// perks is log2 of the probability of the counts in any order of their coming, with 1/size added to each.
func (c *context) perks(size int) float64 {
	add := 1 / float64(size)
	gone, _ := math.Lgamma(add)
	var nats float64
	for _, n := range c.counts {
		g, _ := math.Lgamma(n + add)
		nats += g - gone
	}
	all, _ := math.Lgamma(c.total + 1)
	return (nats - all) / math.Ln2
}

func (m *tree) Size() (states, edges int) {
	for i := range m.contexts.nodes {
		edges += len(m.contexts.nodes[i].letters)
	}
	return len(m.contexts.nodes), edges
}

func (m *tree) Bits(w *automaton.Word) float64 { return sum(m.Surprises(w, nil)) }

func (m *tree) Surprises(w *automaton.Word, into []float64) []float64 {
	spelt := m.letters.Spell(w, nil)
	var path []int32
	for i, x := range spelt {
		path = m.contexts.path(spelt, i, m.depth, path[:0])
		into = append(into, -math.Log2(m.probability(path, x)))
	}
	return into
}

func (m *tree) probability(path []int32, x int32) float64 {
	estimate, mixed, reach := 1/float64(m.letters.Size()), 0.0, 1.0
	for i, at := range path {
		estimate = m.contexts.nodes[at].backOff(x, estimate)
		stop := m.stop[at]
		if i == len(path)-1 {
			stop = 1 // a past that was never seen any longer
		}
		mixed += reach * stop * estimate
		reach *= 1 - stop
	}
	return mixed
}
