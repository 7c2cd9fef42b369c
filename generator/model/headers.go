package model

import (
	"fmt"
	"slices"

	"github.com/evilbench/evilbench/generator/automaton"
	"github.com/evilbench/evilbench/generator/fault"
)

// Headers is how the packets of one kind of flows follow each other.
type Headers struct {
	Service   string               `json:"service"`
	Proto     string               `json:"proto"` // tcp, udp
	State     string               `json:"state"` // Zeek's conn_state
	Words     int                  `json:"words"` // flows it was learnt from
	Automaton *automaton.Automaton `json:"automaton"`
}

// Of a model's automata, how many and how large.
const (
	maxAutomata = 1000
	maxEdges    = 100_000
)

// States of Zeek's conn_state that a flow can end in.
var allStates = []string{"S0", "S1", "S2", "S3", "SF", "REJ", "RSTO", "RSTR", "RSTOS0", "RSTRH", "SH", "SHR", "OTH"}

// headers checks the automata.
func (c *checker) headers(list []Headers) {
	if len(list) > maxAutomata {
		c.fail("/headers", "", "%d automata, must be at most %d", len(list), maxAutomata)
		return
	}
	seen := map[[3]string]bool{}
	for i := range list {
		h, at := &list[i], fmt.Sprintf("/headers/%d", i)
		key := [3]string{h.Service, h.Proto, h.State}
		if seen[key] {
			c.fail(at, "a kind of flows has one automaton", "another automaton of %s over %s in state %s", h.Service, h.Proto, h.State)
		}
		seen[key] = true
		if _, ok := ServiceByName(h.Service); !ok {
			c.fail(at+"/service", fault.Suggest(h.Service, serviceNames()), "unknown service %q", h.Service)
		}
		if h.Proto != "tcp" && h.Proto != "udp" {
			c.fail(at+"/proto", "write tcp or udp", "proto %q", h.Proto)
		}
		if !slices.Contains(allStates, h.State) {
			c.fail(at+"/state", fault.Suggest(h.State, allStates), "unknown state %q", h.State)
		}
		c.automaton(at+"/automaton", h)
	}
}

// automaton checks one: that it is sound, and that its symbols are packet headers with two values.
func (c *checker) automaton(at string, h *Headers) {
	a := h.Automaton
	switch {
	case a == nil:
		c.fail(at, "", "no automaton")
		return
	case a.States > maxEdges || len(a.Edges) > maxEdges:
		c.fail(at, "", "%d states and %d edges, must be at most %d", a.States, len(a.Edges), maxEdges)
		return
	case a.Dims != 2:
		c.fail(at+"/dims", "headers have a time and a size", "%d values", a.Dims)
		return
	}
	for i, s := range a.Symbols {
		l, ok := automaton.ParseLetter(s.Name)
		if !ok || l.From != s.Direction || (l.Flags != 0) != (h.Proto == "tcp") {
			c.fail(fmt.Sprintf("%s/symbols/%d", at, i), "write FLAGS_DIR or FLAGS_DIR_P, such as PA_>_P, and of datagrams > or <", "symbol %q is no packet header over %s",
				s.Name, h.Proto)
		}
	}
	if err := a.Check(); err != nil {
		c.fail(at, "", "%v", err)
	}
}
