package scenario

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/evilbench/evilbench/generator/fault"
)

// check looks at what concerns more than one field. Fields that are missing or bad have their fault already and are passed over.
func (d *decoder) check(s *Scenario) {
	if d.at["duration"] != nil && !d.faulty("duration") && (s.Duration <= 0 || s.Duration > maxDuration) {
		d.fail("duration", "", "%s, must be more than 0 and at most %s", s.Duration, maxDuration)
	}
	n := &s.Network
	d.subnets(n)
	d.hosts(n)
	d.attacks(s)
}

// faulty tells whether a path has a fault already.
func (d *decoder) faulty(path string) bool {
	return slices.ContainsFunc(d.faults, func(f fault.Fault) bool { return f.Path == path })
}

// unique notes names that were taken before.
func (d *decoder) unique(taken map[string]string, name, path, what string) {
	if name == "" {
		return
	}
	if first, twice := taken[name]; twice {
		d.fail(path, "names and addresses are unique", "%s %s is taken by %s", what, name, first)
		return
	}
	taken[name] = path
}

func (d *decoder) subnets(n *Network) {
	if d.at["network.subnets"] != nil && len(n.Subnets) == 0 && !d.faulty("network.subnets") {
		d.fail("network.subnets", "a site has at least one subnet", "no subnet")
	}
	taken := map[string]string{internet: "the world outside"}
	for i := range n.Subnets {
		s, path := &n.Subnets[i], fmt.Sprintf("network.subnets[%d]", i)
		d.unique(taken, s.Name, path+".name", "the name")
		if s.CIDR.IsValid() && (s.CIDR.Bits() < 8 || s.CIDR.Bits() > 29) {
			d.fail(path+".cidr", "", "a prefix of %d bits, must be 8 to 29", s.CIDR.Bits())
		}
		if s.CIDR6.IsValid() && (s.CIDR6.Bits() < 32 || s.CIDR6.Bits() > 64) {
			d.fail(path+".cidr6", "", "a prefix of %d bits, must be 32 to 64", s.CIDR6.Bits())
		}
		for k := range i {
			d.overlap(path+".cidr", s.CIDR, n.Subnets[k].CIDR, n.Subnets[k].Name)
			d.overlap(path+".cidr6", s.CIDR6, n.Subnets[k].CIDR6, n.Subnets[k].Name)
		}
		d.within(path+".gateway", s.Gateway, s.CIDR, s.Name)
		d.within(path+".gateway6", s.Gateway6, s.CIDR6, s.Name)
	}
}

func (d *decoder) overlap(path string, a, b netip.Prefix, name string) {
	if a.IsValid() && b.IsValid() && a.Overlaps(b) {
		d.fail(path, "subnets must not overlap", "%s overlaps with subnet %s (%s)", a, name, b)
	}
}

// within notes an address that a host of the subnet cannot have.
func (d *decoder) within(path string, a netip.Addr, p netip.Prefix, name string) {
	switch {
	case !a.IsValid():
	case !p.IsValid():
		if a.Is6() && d.at[path] != nil {
			d.fail(path, "give the subnet a cidr6", "subnet %s has no IPv6 network", name)
		}
	case !p.Contains(a):
		d.fail(path, "take an address of that network", "%s is outside subnet %s (%s)", a, name, p)
	case a == p.Addr():
		d.fail(path, "take another address of that network", "%s is the address of the network itself", a)
	case a.Is4() && a == Broadcast(p):
		d.fail(path, "take another address of that network", "%s is the broadcast address of subnet %s", a, name)
	}
}

// Broadcast is the last address of an IPv4 network (RFC 919).
func Broadcast(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().As4()
	for i := p.Bits(); i < 32; i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	return netip.AddrFrom4(b)
}

func (d *decoder) hosts(n *Network) {
	if d.at["network.hosts"] != nil && len(n.Hosts) == 0 && !d.faulty("network.hosts") {
		d.fail("network.hosts", "a site has at least one host", "no host")
	}
	names, addresses := map[string]string{internet: "the world outside"}, map[string]string{}
	for i := range n.Subnets {
		s := &n.Subnets[i]
		names[s.Name] = fmt.Sprintf("network.subnets[%d].name", i)
		for _, g := range []netip.Addr{s.gateway(), s.gateway6()} {
			if g.IsValid() {
				addresses[g.String()] = "the gateway of subnet " + s.Name
			}
		}
	}
	for i := range n.Hosts {
		if r := n.Hosts[i].Role; r != "" && names[r] == "" {
			names[r] = fmt.Sprintf("network.hosts[%d].role", i)
		}
	}
	for i := range n.Hosts {
		d.host(n, i, names, addresses)
	}
}

func (d *decoder) host(n *Network, i int, names, addresses map[string]string) {
	h, path := &n.Hosts[i], fmt.Sprintf("network.hosts[%d]", i)
	d.unique(names, h.Name, path+".name", "the name")
	if other := names[h.Role]; h.Role != "" && !strings.HasSuffix(other, ".role") {
		d.fail(path+".role", "take another word", "the word %s is taken by %s", h.Role, other)
	}
	for k, s := range h.Services {
		if slices.Contains(h.Services[:k], s) {
			d.fail(path+".services", "name each service once", "service %s twice", s)
		}
	}
	s := d.home(n, h, path)
	if s == nil {
		return
	}
	h.Subnet = s.Name
	d.within(path+".address", h.Address, s.CIDR, s.Name)
	d.unique(addresses, text(h.Address), path+".address", "the address")
	h.IPv6 = h.IPv6 || h.Address6.IsValid()
	if h.IPv6 && !s.CIDR6.IsValid() {
		at := path + ".ipv6"
		if h.Address6.IsValid() {
			at = path + ".address6"
		}
		d.fail(at, "give the subnet a cidr6", "subnet %s has no IPv6 network", s.Name)
		return
	}
	d.within(path+".address6", h.Address6, s.CIDR6, s.Name)
	d.unique(addresses, text(h.Address6), path+".address6", "the address")
}

func text(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// home finds a host's subnet: the one it names, or the one its address lies in.
func (d *decoder) home(n *Network, h *Host, path string) *Subnet {
	var known []string
	for i := range n.Subnets {
		s := &n.Subnets[i]
		known = append(known, s.Name)
		if h.Subnet == s.Name && h.Subnet != "" || h.Subnet == "" && h.Address.IsValid() && s.CIDR.IsValid() && s.CIDR.Contains(h.Address) {
			return s
		}
	}
	switch {
	case len(known) == 0 || !h.Address.IsValid():
	case h.Subnet != "":
		d.fail(path+".subnet", fault.Suggest(h.Subnet, known), "unknown subnet %q", h.Subnet)
	default:
		d.fail(path+".address", "add a subnet or take another address", "%s is outside every subnet", h.Address)
	}
	return nil
}
