package automaton

import (
	"fmt"
	"math"

	"github.com/evilbench/evilbench/generator/draw"
)

// Counts draws words with given numbers of packets each way, exactly as likely as the automaton makes them among all words with
// those numbers. It keeps how likely it is to be in each state with each pair of numbers, up to a bound, and may be shared.
//
// The published way weights incoming edges by how often they were seen, whatever the chance to get where they start: of two words
// with one packet each way it draws both as often where one is five times as likely.
type Counts struct {
	a        *Automaton
	incoming [][]int32 // edges by the state they lead to
	logs     []float64 // of the edges' probabilities
	most     int       // packets each way
	alpha    []float64 // by state, forward packets, backward packets; the logarithm
	first    []int32   // of the states in an order in which edges of Neither lead ahead
}

// mostCells bounds the table.
const mostCells = 1 << 26

// NewCounts prepares an automaton for words of up to most packets each way.
func NewCounts(a *Automaton, most int) (*Counts, error) {
	if err := a.Check(); err != nil {
		return nil, err
	}
	if most < 0 || a.States*(most+1)*(most+1) > mostCells {
		return nil, fmt.Errorf("%d states with up to %d packets each way need more than %d cells; bound the packets", a.States, most, mostCells)
	}
	c := &Counts{a: a, most: most, incoming: make([][]int32, a.States), alpha: make([]float64, a.States*(most+1)*(most+1))}
	silent := make([][]int, a.States) // parents by edges that count no packet
	for i := range a.Edges {
		e := &a.Edges[i]
		c.incoming[e.To] = append(c.incoming[e.To], int32(i))
		c.logs = append(c.logs, math.Log(e.Probability))
		if a.direction(e) == Neither {
			silent[e.To] = append(silent[e.To], e.From)
		}
	}
	var ok bool
	if c.first, ok = order(silent); !ok {
		return nil, fmt.Errorf("a cycle of edges that count no packet: a word could go round it for ever")
	}
	for f := range most + 1 {
		for b := range most + 1 {
			for _, s := range c.first {
				c.alpha[c.at(int(s), f, b)] = c.sum(int(s), f, b)
			}
		}
	}
	return c, nil
}

// order puts the states behind those that lead to them without a packet.
func order(parents [][]int) (out []int32, ok bool) {
	placed := make([]bool, len(parents))
	for len(out) < len(parents) {
		before := len(out)
		for s := range parents {
			ready := !placed[s]
			for _, p := range parents[s] {
				ready = ready && placed[p]
			}
			if ready {
				placed[s] = true
				out = append(out, int32(s))
			}
		}
		if len(out) == before {
			return nil, false
		}
	}
	return out, true
}

func (c *Counts) at(state, forward, backward int) int {
	return (state*(c.most+1)+forward)*(c.most+1) + backward
}

// before is the logarithm of how likely it is to come over the edge with these numbers.
func (c *Counts) before(edge int32, forward, backward int) float64 {
	e := &c.a.Edges[edge]
	switch c.a.direction(e) {
	case Forward:
		forward--
	case Backward:
		backward--
	}
	if forward < 0 || backward < 0 {
		return math.Inf(-1)
	}
	return c.alpha[c.at(e.From, forward, backward)] + c.logs[edge]
}

// sum adds up the ways into a state. Logarithms keep words of thousands of packets from vanishing.
func (c *Counts) sum(state, forward, backward int) float64 {
	top := math.Inf(-1)
	start := math.Inf(-1)
	if state == c.a.Initial && forward == 0 && backward == 0 {
		start, top = 0, 0
	}
	for _, i := range c.incoming[state] {
		top = max(top, c.before(i, forward, backward))
	}
	if math.IsInf(top, -1) {
		return top
	}
	total := math.Exp(start - top)
	for _, i := range c.incoming[state] {
		total += math.Exp(c.before(i, forward, backward) - top)
	}
	return top + math.Log(total)
}

// Most is how many packets each way a word can have.
func (c *Counts) Most() int { return c.most }

// LogProbability is the logarithm of the probability of all words with these numbers of packets; -Inf where there is none.
func (c *Counts) LogProbability(forward, backward int) float64 {
	if forward < 0 || backward < 0 || forward > c.most || backward > c.most {
		return math.Inf(-1)
	}
	return c.alpha[c.at(c.a.Accepting, forward, backward)]
}

// Nearest are the numbers that a word can have which are nearest to those wanted: by the sum of the differences, then by the
// difference forward, then the smaller. It is false where the automaton has no word within the bound.
func (c *Counts) Nearest(forward, backward int) (f, b int, ok bool) {
	best := math.MaxInt
	for x := range c.most + 1 {
		for y := range c.most + 1 {
			if math.IsInf(c.LogProbability(x, y), -1) {
				continue
			}
			d := abs(x-forward) + abs(y-backward)
			if d < best || d == best && abs(x-forward) < abs(f-forward) {
				best, f, b, ok = d, x, y, true
			}
		}
	}
	return f, b, ok
}

func abs(n int) int { return max(n, -n) }

// Draw draws a word with these numbers of packets: its edges in order, the one that ends it last. It is nil where no word has them;
// Nearest says which can be had. It costs one look at the incoming edges for every letter.
func (c *Counts) Draw(r *draw.Stream, forward, backward int) []Edge {
	if math.IsInf(c.LogProbability(forward, backward), -1) {
		return nil
	}
	word := make([]Edge, 0, forward+backward+1)
	state := c.a.Accepting
	for {
		here := c.alpha[c.at(state, forward, backward)]
		u := r.Float64()
		if state == c.a.Initial && forward == 0 && backward == 0 {
			// The word may begin here, unless edges without a packet lead here too.
			if u -= math.Exp(-here); u < 0 {
				break
			}
		}
		chosen := -1
		for _, i := range c.incoming[state] {
			way := c.before(i, forward, backward)
			if math.IsInf(way, -1) {
				continue
			}
			chosen = int(i) // rounding may leave a little over: the last possible edge takes it
			if u -= math.Exp(way - here); u < 0 {
				break
			}
		}
		if chosen < 0 {
			break
		}
		e := c.a.Edges[chosen]
		switch c.a.direction(&e) {
		case Forward:
			forward--
		case Backward:
			backward--
		}
		word = append(word, e)
		state = e.From
	}
	for i, j := 0, len(word)-1; i < j; i, j = i+1, j-1 {
		word[i], word[j] = word[j], word[i]
	}
	return word
}
