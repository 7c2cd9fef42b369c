// Package automaton holds probabilistic timed automata of packet headers, and draws words from them that have the counts of packets
// they are to have.
package automaton

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Direction is who sends the packet of a symbol.
type Direction uint8

// The directions. A symbol of neither counts no packet.
const (
	Neither Direction = iota
	Forward
	Backward
)

// Symbol is a letter of the words.
type Symbol struct {
	Name      string    `json:"name"`
	Direction Direction `json:"direction"`
}

// Automaton reads words from its initial state to its accepting one, which no edge leaves.
type Automaton struct {
	Format    string   `json:"format,omitempty"`
	Symbols   []Symbol `json:"symbols"`
	Dims      int      `json:"dims,omitempty"` // values that come with each symbol
	States    int      `json:"states"`
	Initial   int      `json:"initial"`
	Accepting int      `json:"accepting"`
	Edges     []Edge   `json:"edges"`
	Noise     *Noise   `json:"noise,omitempty"` // nil = none
}

// Edge is a transition.
type Edge struct {
	From        int     `json:"from"`
	To          int     `json:"to"`
	Symbol      int     `json:"symbol"`      // index, -1 = the end of the word, which leads to the accepting state
	Probability float64 `json:"probability"` // of all edges that leave From
	Guard       *Guard  `json:"guard,omitempty"`
}

// End is the symbol of the end of a word.
const End = -1

// Format names the version of the file format.
const Format = "evilbench.automaton/1"

// tolerance of sums of probabilities.
const tolerance = 1e-6

// Check tells what is wrong with the automaton, all at once.
func (a *Automaton) Check() error {
	var faults []string
	fail := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	state := func(s int) bool { return s >= 0 && s < a.States }
	if !state(a.Initial) || !state(a.Accepting) {
		fail("initial state %d and accepting state %d must be among the %d states", a.Initial, a.Accepting, a.States)
	}
	sums := make([]float64, max(0, a.States))
	leaves := make([]bool, max(0, a.States))
	for i, e := range a.Edges {
		switch {
		case !state(e.From) || !state(e.To):
			fail("edge %d: from state %d to %d of %d", i, e.From, e.To, a.States)
			continue
		case e.Symbol != End && (e.Symbol < 0 || e.Symbol >= len(a.Symbols)):
			fail("edge %d: symbol %d of %d", i, e.Symbol, len(a.Symbols))
		case (e.Symbol == End) != (e.To == a.Accepting):
			fail("edge %d: the end of a word leads to the accepting state, and nothing else does", i)
		case e.From == a.Accepting:
			fail("edge %d: leaves the accepting state", i)
		case !(e.Probability > 0 && e.Probability <= 1+tolerance):
			fail("edge %d: probability %v is not in (0, 1]", i, e.Probability)
		}
		if e.Guard != nil && e.Symbol != End {
			if fault := e.Guard.check(a.Dims); fault != "" {
				fail("edge %d: %s", i, fault)
			}
		}
		sums[e.From] += e.Probability
		leaves[e.From] = true
	}
	for s, sum := range sums {
		if leaves[s] && math.Abs(sum-1) > tolerance {
			fail("state %d: the probabilities of its edges sum to %v, not 1", s, sum)
		}
	}
	if a.Noise != nil {
		if fault := a.Noise.check(a.Dims); fault != "" {
			fail("%s", fault)
		}
	}
	if len(faults) == 0 {
		a.reach(fail)
	}
	if len(faults) == 0 {
		return nil
	}
	return fmt.Errorf("automaton: %s", strings.Join(faults, "; "))
}

// reach tells whether a word can end.
func (a *Automaton) reach(fail func(format string, args ...any)) {
	seen := make([]bool, a.States)
	seen[a.Initial] = true
	for grown := true; grown; {
		grown = false
		for i := range a.Edges {
			if e := &a.Edges[i]; seen[e.From] && !seen[e.To] {
				seen[e.To], grown = true, true
			}
		}
	}
	if !seen[a.Accepting] {
		fail("no word comes to the accepting state %d", a.Accepting)
	}
}

// direction is who sends the packet of an edge.
func (a *Automaton) direction(e *Edge) Direction {
	if e.Symbol == End {
		return Neither
	}
	return a.Symbols[e.Symbol].Direction
}

// Text writes the automaton for people, state by state, the likeliest edge first.
func (a *Automaton) Text() string {
	var b strings.Builder
	for s := range a.States {
		var out []Edge
		for _, e := range a.Edges {
			if e.From == s {
				out = append(out, e)
			}
		}
		slices.SortStableFunc(out, func(x, y Edge) int {
			switch {
			case x.Probability > y.Probability:
				return -1
			case x.Probability < y.Probability:
				return 1
			}
			return 0
		})
		for _, e := range out {
			fmt.Fprintf(&b, "S%d --%s--> S%d  %.3g%s\n", e.From, a.name(e.Symbol), e.To, e.Probability, e.values())
		}
	}
	return b.String()
}

// DOT writes the automaton for Graphviz.
func (a *Automaton) DOT() string {
	var b strings.Builder
	b.WriteString("digraph automaton {\n  rankdir=LR;\n")
	fmt.Fprintf(&b, "  S%d [shape=doublecircle];\n", a.Accepting)
	for _, e := range a.Edges {
		fmt.Fprintf(&b, "  S%d -> S%d [label=%q];\n", e.From, e.To, fmt.Sprintf("%s %.3g%s", a.name(e.Symbol), e.Probability, e.values()))
	}
	b.WriteString("}\n")
	return b.String()
}

// values writes an edge's guard: each value's mean and standard deviation.
func (e *Edge) values() string {
	if e.Guard == nil || e.Symbol == End {
		return ""
	}
	var b strings.Builder
	at, n := 0, len(e.Guard.Mean)
	for i, m := range e.Guard.Mean {
		fmt.Fprintf(&b, "  %.3g±%.2g", m, math.Sqrt(e.Guard.Covariance[at]))
		at += n - i
	}
	return b.String()
}

func (a *Automaton) name(symbol int) string {
	if symbol == End {
		return "$"
	}
	return a.Symbols[symbol].Name
}
