// Package headers draws the packets of a flow, but for what they carry, from timed automata: directions, flags, sizes and times, in the numbers
// that the flow was promised.
package headers

import (
	"fmt"
	"sync"

	"github.com/evilbench/evilbench/generator/automaton"
)

// Kind is the automaton of one kind of flows.
type Kind struct {
	Service   string
	Proto     string // tcp, udp
	State     string // Zeek's conn_state
	Automaton *automaton.Automaton
}

// Set draws the packets of flows. It may be shared.
type Set struct {
	kinds map[kindKey]*kind
}

type kindKey struct{ service, proto, state string }

// kind is an automaton with what drawing from it needs.
type kind struct {
	state   string
	a       *automaton.Automaton
	letters []automaton.Letter
	chains  map[*automaton.Guard]*automaton.Chain
	counts  func() *automaton.Counts // tables, made when they are first needed
}

// mostCells bounds the table of an automaton to 4 MiB: with 30 states words of up to 131 packets each way have their exact chance.
const mostCells = 1 << 19

// New prepares automata. Their symbols must be letters of packet headers and their values time and size.
func New(kinds []Kind) (*Set, error) {
	s := &Set{kinds: map[kindKey]*kind{}}
	for _, k := range kinds {
		x, err := newKind(k)
		if err != nil {
			return nil, fmt.Errorf("automaton of %s over %s in state %s: %w", k.Service, k.Proto, k.State, err)
		}
		s.kinds[kindKey{k.Service, k.Proto, k.State}] = x
	}
	return s, nil
}

func newKind(k Kind) (*kind, error) {
	if err := k.Automaton.Check(); err != nil {
		return nil, err
	}
	x := &kind{state: k.State, a: k.Automaton, chains: map[*automaton.Guard]*automaton.Chain{}}
	for _, symbol := range k.Automaton.Symbols {
		l, ok := automaton.ParseLetter(symbol.Name)
		if !ok || l.From != symbol.Direction || (l.Flags != 0) != (k.Proto == "tcp") {
			return nil, fmt.Errorf("symbol %q is none of a packet's header over %s", symbol.Name, k.Proto)
		}
		x.letters = append(x.letters, l)
	}
	for i := range k.Automaton.Edges {
		if g := k.Automaton.Edges[i].Guard; g != nil && x.chains[g] == nil {
			c := automaton.NewChain(g)
			x.chains[g] = &c
		}
	}
	most := 1
	for k.Automaton.States*(most+2)*(most+2) <= mostCells {
		most++
	}
	if _, err := automaton.NewCounts(k.Automaton, 0); err != nil {
		return nil, err
	}
	x.counts = sync.OnceValue(func() *automaton.Counts {
		c, _ := automaton.NewCounts(k.Automaton, most) // it failed for no packet, or it does not fail
		return c
	})
	return x, nil
}

// near are the states that stand in for others, the nearest first.
var near = map[string][]string{
	"SF":     {"S1", "S2", "S3", "RSTO", "RSTR"},
	"S1":     {"SF", "S2", "S3", "RSTO", "RSTR"},
	"S2":     {"SF", "S1", "S3", "RSTO", "RSTR"},
	"S3":     {"SF", "S1", "S2", "RSTR", "RSTO"},
	"RSTO":   {"RSTR", "SF"},
	"RSTR":   {"RSTO", "SF"},
	"RSTOS0": {"S0"},
}

// find is the automaton of a kind of flows, that of the nearest state where their own has none; nil where there is none at all.
func (s *Set) find(service, proto, state string) (k *kind, own bool) {
	if k := s.kinds[kindKey{service, proto, state}]; k != nil {
		return k, true
	}
	for _, other := range near[state] {
		if k := s.kinds[kindKey{service, proto, other}]; k != nil {
			return k, false
		}
	}
	return nil, false
}
