// Package attack writes labelled, inert attack traffic: what a detector sees, never something that works.
package attack

import (
	"net/netip"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
	"github.com/evilbench/evilbench/labels"
)

// Site is what an attack may use of the network. It is the same in every step.
type Site struct {
	Source   *packet.Host                       // where the campaign comes from
	Targets  []*packet.Host                     // who it is aimed at, at least one
	Resolver *packet.Host                       // the network's own DNS server
	C2       *packet.Host                       // a host on the Internet, from the same pool as every other
	C2Name   string                             // its name, from the same pool of names as every other
	Domain   string                             // the site's own domain
	Unused   []netip.Addr                       // addresses of the targets' subnets where nobody is
	Ghost    func(addr netip.Addr) *packet.Host // the absent host at an unused address
	Time     int64                              // campaign start, ns since the epoch
	Seed     draw.Seed                          // the campaign's own root: facts that are the same in every step
	Campaign string
}

// Plan is a campaign's rhythm: step k happens at k*Gap + U[0, Jitter*Gap) after the start.
type Plan struct {
	Steps  int
	Gap    int64   // ns
	Jitter float64 // 0..1
}

// Attack is a kind of attack with its parameters.
type Attack interface {
	// Plan spreads the steps over a campaign of the given length, ns.
	Plan(length int64) Plan
	// Step makes the conversations of step k, with starts relative to the step's time. Everything is derived from k, the site
	// and the step's own stream, so that a step can be made alone. A Sport of 0 is dealt from the host's ephemeral range.
	Step(k int, s *Site, r *draw.Stream) []packet.Conversation
}

// Validator is an attack that can tell whether its parameters make sense.
type Validator interface{ Validate() error }

// Kind is an entry of the library.
type Kind struct {
	Name      string
	Technique string // ATT&CK technique id
	Tactic    string // ATT&CK tactic short name
	Summary   string
	Expects   []string      // kinds of alert that would be right, see labels.Kinds
	New       func() Attack // with default parameters
}

// ByName finds a kind.
func ByName(name string) (Kind, bool) {
	for _, k := range Kinds() {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}

// paced spreads as many steps over the length as the rate, per second, allows; at least one.
func paced(length int64, perSecond, jitter float64) Plan {
	gap := int64(1e9 / perSecond)
	return Plan{Steps: int(max(1, length/gap)), Gap: gap, Jitter: jitter}
}

// target is the step's target, each in turn.
func (s *Site) target(k int) *packet.Host { return s.Targets[k%len(s.Targets)] }

// tcp begins a malicious TCP conversation from the source.
func (s *Site) tcp(to *packet.Host, port uint16) packet.Conversation {
	return packet.Conversation{Proto: packet.TCP, Client: s.Source, Server: to, Dport: port, Class: labels.Malicious}
}

// request is what a dialogue needs to know of a conversation; at is relative to the campaign's start.
func (s *Site) request(c *packet.Conversation, name string, at int64) dialogue.Request {
	return dialogue.Request{
		Client: c.Client, Server: c.Server, Name: name, Domain: s.Domain, Time: s.Time + at,
		RTT: 2 * (c.Client.Delay + c.Server.Delay),
	}
}

// nameOf is how a target is spoken to: by its name where it has one on the site, else by its address.
func (s *Site) nameOf(h *packet.Host) string {
	if h.Local {
		return h.Name + "." + s.Domain
	}
	return h.Addr.String()
}

// lookup is a DNS question to the site's resolver and its answer; ready is when the client has it.
func (s *Site) lookup(name string, addr netip.Addr, r *draw.Stream) (c packet.Conversation, ready int64) {
	c = packet.Conversation{Proto: packet.UDP, Client: s.Source, Server: s.Resolver, Dport: 53, Class: labels.Malicious}
	q := s.request(&c, name, 0)
	q.Answers = []netip.Addr{addr}
	dialogue.DNS(r, q, &c)
	for i := range c.Turns {
		ready += c.Turns[i].Wait
	}
	return c, ready + 20_000_000
}
