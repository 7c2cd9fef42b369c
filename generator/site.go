package generator

import (
	"fmt"

	"github.com/evilbench/evilbench/generator/attack"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/flow"
	"github.com/evilbench/evilbench/generator/packet"
	"github.com/evilbench/evilbench/generator/scenario"
)

// sweepLimit bounds how many unused addresses of a segment an attack is told of.
const sweepLimit = 1024

// campaigns settles every attack of the scenario: its source, its targets and its rhythm. Sources on the Internet come from the
// pool that benign traffic uses, so that no field gives them away.
func campaigns(sc *scenario.Scenario, w *world, seed draw.Seed) ([]*campaign, error) {
	var out []*campaign
	for _, a := range sc.Attacks {
		kind, ok := attack.ByName(a.Kind)
		if !ok {
			return nil, fmt.Errorf("campaign %s: no attack kind %q", a.Name, a.Kind)
		}
		at := seed.Word("campaign").Word(a.Name)
		site, err := w.site(a, at, sc.Start.UnixNano()+int64(a.At))
		if err != nil {
			return nil, err
		}
		c, err := newCampaign(kind, a.With, site, site.Time, int64(a.For))
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// site is what one attack may use of the network.
func (w *world) site(a scenario.Attack, at draw.Seed, start int64) (attack.Site, error) {
	r := at.Word("site").Stream()
	s := attack.Site{Domain: w.domain, Time: start, Seed: at, Campaign: a.Name, Resolver: w.resolver(), Ghost: w.ghost}
	sources := present(w.find(a.From))
	if len(sources) == 0 {
		return s, fmt.Errorf("campaign %s: nobody is called %q (hosts: %s)", a.Name, a.From, w.describe())
	}
	s.Source = draw.Pick(&r, sources).Host
	c2 := draw.Pick(&r, w.strangersBut(s.Source))
	s.C2, s.C2Name = c2.Host, c2.Name
	segments := map[int]bool{}
	for _, word := range a.To {
		if word == "internet" {
			s.Targets = append(s.Targets, s.C2)
			continue
		}
		for _, e := range present(w.find(word)) {
			if e.Host == s.Source {
				continue
			}
			s.Targets = append(s.Targets, e.Host)
			if e.Host.Local && !segments[e.Host.Segment] {
				segments[e.Host.Segment] = true
				unused := w.unused(e.Host.Segment, sweepLimit)
				w.haunt(e.Host.Segment, unused)
				s.Unused = append(s.Unused, unused...)
			}
		}
	}
	if len(s.Targets) == 0 {
		return s, fmt.Errorf("campaign %s: no target among %v (hosts: %s)", a.Name, a.To, w.describe())
	}
	return s, nil
}

// present leaves out hosts that never answer.
func present(in []flow.Entity) []flow.Entity {
	var out []flow.Entity
	for _, e := range in {
		if !e.Host.Absent {
			out = append(out, e)
		}
	}
	return out
}

// strangersBut are the web servers of the pool other than h.
func (w *world) strangersBut(h *packet.Host) []flow.Entity {
	var out []flow.Entity
	for _, e := range w.sources["internet:web"].list {
		if e.Host != h {
			out = append(out, e)
		}
	}
	return out
}
