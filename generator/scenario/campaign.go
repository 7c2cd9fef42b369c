package scenario

import (
	"fmt"
	"slices"

	"github.com/evilbench/evilbench/generator/fault"
)

// attacks checks campaigns against the network and the clock, names the nameless and decodes their parameters.
func (d *decoder) attacks(s *Scenario) {
	places := s.places()
	taken, count := map[string]string{}, map[string]int{}
	for i := range s.Attacks {
		a, path := &s.Attacks[i], fmt.Sprintf("attacks[%d]", i)
		count[a.Kind]++
		if a.Name == "" && a.Kind != "" && !d.faulty(path+".name") {
			a.Name = fmt.Sprintf("%s-%d", a.Kind, count[a.Kind])
		}
		d.unique(taken, a.Name, path+".name", "the name")
		d.clock(s, a, path)
		d.direction(a, path, places)
		d.parameters(a, path)
	}
}

func (d *decoder) clock(s *Scenario, a *Attack, path string) {
	if d.at[path+".at"] == nil || d.at[path+".for"] == nil || d.faulty(path+".at") || d.faulty(path+".for") || s.Duration <= 0 {
		return
	}
	switch {
	case a.For <= 0:
		d.fail(path+".for", "", "%s, must be more than 0", a.For)
	case a.At >= s.Duration:
		d.fail(path+".at", "", "%s is not before the scenario's end at %s", a.At, s.Duration)
	case a.For > s.Duration-a.At:
		d.fail(path+".for", "", "ends at %s, beyond the scenario's end at %s", a.At+a.For, s.Duration)
	}
}

// direction checks source and targets.
func (d *decoder) direction(a *Attack, path string, places map[string][]string) {
	known := make([]string, 0, len(places))
	for p := range places {
		known = append(known, p)
	}
	slices.Sort(known)
	if a.From != "" {
		switch members := places[a.From]; {
		case members == nil:
			d.fail(path+".from", fault.Suggest(a.From, known), "unknown source %q", a.From)
		case members[0] == subnetMark:
			d.fail(path+".from", "name a host, a role or internet", "%s is a subnet", a.From)
		}
	}
	for i, to := range a.To {
		at := fmt.Sprintf("%s.to[%d]", path, i)
		switch {
		case places[to] == nil:
			d.fail(at, fault.Suggest(to, known), "unknown target %q", to)
		case to == internet && a.From == internet:
			d.fail(at, "", "an attack from internet to internet passes no sensor of the site")
		case to == a.From && len(places[to]) == 1 && to != internet:
			d.fail(at, "", "%s attacks itself", to)
		}
	}
}

// subnetMark stands in for the members of a subnet.
const subnetMark = "\x00subnet"

// places are the words an attack can name, with the hosts they stand for.
func (s *Scenario) places() map[string][]string {
	out := map[string][]string{internet: {internet}}
	for i := range s.Network.Subnets {
		if n := s.Network.Subnets[i].Name; n != "" {
			out[n] = []string{subnetMark}
		}
	}
	for i := range s.Network.Hosts {
		h := &s.Network.Hosts[i]
		if h.Role != "" {
			out[h.Role] = append(out[h.Role], h.Name)
		}
		if h.Name != "" {
			out[h.Name] = []string{h.Name}
		}
	}
	return out
}
