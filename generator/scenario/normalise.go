package scenario

import (
	"net/netip"

	"github.com/evilbench/evilbench/generator/draw"
)

// normalise fills in what a valid scenario left out: gateways and IPv6 addresses.
func (s *Scenario) normalise() {
	subnets := map[string]*Subnet{}
	taken := map[netip.Addr]bool{}
	for i := range s.Network.Subnets {
		n := &s.Network.Subnets[i]
		n.Gateway, n.Gateway6 = n.gateway(), n.gateway6()
		subnets[n.Name] = n
		taken[n.Gateway6] = true
	}
	for i := range s.Network.Hosts {
		taken[s.Network.Hosts[i].Address6] = true
	}
	for i := range s.Network.Hosts {
		h := &s.Network.Hosts[i]
		if h.IPv6 && !h.Address6.IsValid() {
			h.Address6 = interfaceAddress(subnets[h.Subnet].CIDR6, h.Name, taken)
			taken[h.Address6] = true
		}
	}
}

// gateway is the given one or the first address.
func (n *Subnet) gateway() netip.Addr {
	if n.Gateway.IsValid() || !n.CIDR.IsValid() {
		return n.Gateway
	}
	return n.CIDR.Addr().Next()
}

func (n *Subnet) gateway6() netip.Addr {
	if n.Gateway6.IsValid() || !n.CIDR6.IsValid() {
		return n.Gateway6
	}
	return n.CIDR6.Addr().Next()
}

// interfaceAddress derives a stable and opaque interface identifier from the host's name, as RFC 7217 derives it from the network:
// the same host keeps its address, and the address does not tell the link address.
func interfaceAddress(p netip.Prefix, name string, taken map[netip.Addr]bool) netip.Addr {
	r := draw.NewSeed(0).Word("interface identifier").Word(p.String()).Word(name).Stream()
	for {
		b := p.Addr().As16()
		r.Fill(b[8:])
		if a := netip.AddrFrom16(b); !taken[a] && a != p.Addr() {
			return a
		}
	}
}
