// Package attack writes labelled, inert attack traffic: what a detector sees, never something that works.
package attack

import (
	"net/netip"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

// Site is what an attack may use of the network. All but Now is the same in every step.
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
	Now      int64                              // the step's own time, ns since the epoch; 0 = take the campaign's start for it
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

// Evader is an attack that can be disguised. Evades names the disguise, "" = none.
type Evader interface{ Evades() string }

// Kind is an entry of the library.
type Kind struct {
	Name       string
	Technique  string // ATT&CK technique id
	Tactic     string // ATT&CK tactic short name
	Summary    string
	Expects    []string      // kinds of alert that would be right: words of the vocabulary in labels/FORMAT.md
	SourceRole string        // where such a campaign usually comes from: internet or local
	TargetRole string        // what it is usually aimed at: server, subnet or internet
	New        func() Attack // with default parameters
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
