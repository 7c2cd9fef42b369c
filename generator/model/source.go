package model

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/evilbench/evilbench/generator/fault"
)

// source checks a symbolic source of hosts.
func (c *checker) source(at, from, also string) {
	kind, name, ok := strings.Cut(from, ":")
	if !ok || name == "" || !slices.Contains([]string{"role", "service", "internet", "host", "group"}, kind) {
		c.fail(at, "write "+also+"role:ROLE, service:SERVICE, internet:KIND, host:NAME or group:ADDRESS", "unknown source %q", from)
		return
	}
	switch kind {
	case "service":
		if _, ok := ServiceByName(name); !ok {
			c.fail(at, fault.Suggest(name, serviceNames()), "unknown service %q", name)
		}
	case "group":
		if a, err := netip.ParseAddr(name); name != "subnet" && (err != nil || !Group(a)) {
			c.fail(at, "write group:subnet or a multicast address", "%q is no group of hosts", name)
		}
	case "host":
		if c.known != nil && !c.known[name] {
			c.fail(at, "add it to hosts, or name a role", "host %s is not among the model's hosts", name)
		}
	}
}

// Silent is the role of local addresses that are asked for and never heard of.
const Silent = "silent"

// Neighbour is the role of local machines that are known by no more than a link-local address, or by none yet: most have another besides.
const Neighbour = "neighbour"

// Sources are where a host cell's machine can come from; none where it is a remembered one.
func (p *Pattern) Sources(cell Cell) []string {
	switch {
	case cell.Fix != nil:
		return []string{cell.Fix.Text}
	case cell.From != "":
		return []string{cell.From}
	}
	for i := range p.Variables {
		if p.Variables[i].Name != cell.Free {
			continue
		}
		out := make([]string, len(p.Variables[i].Values))
		for k, v := range p.Variables[i].Values {
			out[k] = v.Text
		}
		return out
	}
	return nil
}

// Addressed tells whether the model knows a network of its own: local hosts with addresses.
func (m *Model) Addressed() bool {
	return slices.ContainsFunc(m.Hosts, func(h Host) bool { return h.Local && h.Address != "" })
}

// Group tells whether an address stands for several hosts: multicast (RFC 5771, RFC 4291 section 2.7) or limited broadcast.
func Group(a netip.Addr) bool {
	return a.IsMulticast() || a == netip.AddrFrom4([4]byte{255, 255, 255, 255})
}

// hosts checks the model's own machines, and remembers them.
func (c *checker) hosts(hosts []Host) {
	if len(hosts) == 0 {
		return
	}
	if len(hosts) > maxHosts {
		c.fail("/hosts", "", "%d hosts, must be at most %d", len(hosts), maxHosts)
		return
	}
	c.known = map[string]bool{}
	addresses := map[string]string{}
	for i := range hosts {
		h, at := &hosts[i], fmt.Sprintf("/hosts/%d", i)
		switch {
		case h.Name == "" || c.known[h.Name]:
			c.fail(at+"/name", "give every host a name of its own", "host name %q", h.Name)
		case h.Address != "" && addresses[h.Address] != "":
			c.fail(at+"/address", "an address belongs to one host", "%s has the address of %s", h.Name, addresses[h.Address])
		case h.Role == "":
			c.fail(at+"/role", "write workstation, server or another word", "%s has no role", h.Name)
		}
		if _, err := netip.ParseAddr(h.Address); err != nil && h.Address != "" {
			c.fail(at+"/address", "", "%q is no address", h.Address)
		}
		for k, s := range h.Services {
			if _, ok := ServiceByName(s); !ok {
				c.fail(fmt.Sprintf("%s/services/%d", at, k), fault.Suggest(s, serviceNames()), "unknown service %q", s)
			}
		}
		c.known[h.Name] = true
		addresses[h.Address] = h.Name
	}
}

func (c *checker) trend(at string, t *Trend) {
	if t == nil {
		return
	}
	if !within(t.Weekly, 0.01, 100) {
		c.fail(at+"/weekly", "", "%g times a week, must be 0.01 to 100", t.Weekly)
	}
	from, err := time.Parse(time.RFC3339, t.From)
	to, failed := time.Parse(time.RFC3339, t.To)
	if err != nil || failed != nil || to.Before(from) {
		c.fail(at, "write from and to as 2024-03-05T09:00:00Z", "from %q to %q is no span of time", t.From, t.To)
	}
}

// starts checks published start times, which count from the model's first flow.
func (c *checker) starts(at string, starts []float64, from string) {
	if len(starts) == 0 {
		return
	}
	if _, err := time.Parse(time.RFC3339, from); err != nil {
		c.fail(at, "write when they count from to provenance.from, as 2024-03-05T09:00:00Z", "starts count from %q, which is no time", from)
	}
	for i, s := range starts {
		if !within(s, 0, 1e10) || i > 0 && s < starts[i-1] {
			c.fail(fmt.Sprintf("%s/%d", at, i), "", "start %g, must be 0 to 1e10 and not before the one ahead", s)
			return
		}
	}
}
