package generator

import (
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/generator/scenario"
)

// strangers is how many servers the Internet has beside those that a model knows.
const strangers = 60

// mostPlayed is how long a network is played where nobody says how long.
const mostPlayed = 366 * 24 * time.Hour

// systems are what machines run whose model does not tell.
var systems = map[string]string{"workstation": "windows-10", "server": "linux-server"}

// Home is the network that a model was learnt from, as a scenario without attacks: its local machines at their addresses (or their
// pseudonyms), in links of 256. It begins in the hour in which the model's flows begin, and ends in that in
// which they end. The model must know local hosts' addresses.
func Home(m *model.Model) (*scenario.Scenario, error) {
	if !m.Addressed() {
		return nil, fmt.Errorf("model %s knows no network of its own; give a scenario (--scenario)", m.Provenance.Name)
	}
	start, err := time.Parse(time.RFC3339, m.Provenance.From)
	if err != nil {
		start = time.Date(2024, 3, 4, 0, 0, 0, 0, time.UTC)
	}
	start = start.UTC().Truncate(time.Hour)
	duration := 24 * time.Hour
	if end, err := time.Parse(time.RFC3339, m.Provenance.To); err == nil && end.After(start) {
		duration = min((end.Sub(start) + time.Hour).Truncate(time.Hour), mostPlayed)
	}
	s := &scenario.Scenario{
		Name: m.Provenance.Name, Description: "the network that the model was learnt from", Start: start,
		Duration: duration, Seed: 1, Model: m.Provenance.Name, Rate: 1,
		Network: scenario.Network{Domain: "home.example", Internet: scenario.Internet{Hosts: strangers}},
	}
	h := &home{network: &s.Network, links: map[netip.Prefix]int{}, taken: map[netip.Addr]bool{}}
	for i := range m.Hosts {
		if a, err := netip.ParseAddr(m.Hosts[i].Address); err == nil {
			h.taken[a] = true
		}
	}
	for i := range m.Hosts {
		if m.Hosts[i].Local {
			h.move(&m.Hosts[i])
		}
	}
	for i := range s.Network.Subnets {
		n := &s.Network.Subnets[i]
		n.Gateway = h.free(n.CIDR)
	}
	return s, nil
}

// home is a network while it is filled.
type home struct {
	network  *scenario.Network
	links    map[netip.Prefix]int // subnets by the prefix that machines are known by
	taken    map[netip.Addr]bool
	invented int // IPv4 links of machines that are known by IPv6 addresses alone
}

// move gives a machine its place.
func (h *home) move(m *model.Host) {
	a, err := netip.ParseAddr(m.Address)
	out := scenario.Host{Name: m.Name, Role: m.Role, OS: systems[m.Role], Services: m.Services, Offline: m.Role == model.Silent}
	if out.OS == "" {
		out.OS = "linux"
	}
	link := netip.Prefix{}
	if err == nil && a.Is4() {
		link = netip.PrefixFrom(a, 24).Masked()
	} else if err == nil {
		link = netip.PrefixFrom(a, 64).Masked()
	}
	n := &h.network.Subnets[h.link(link)]
	out.Subnet = n.Name
	if out.Address = a; !a.Is4() {
		out.Address = h.free(n.CIDR)
		out.IPv6, out.Address6 = a.IsValid(), a
	}
	h.network.Hosts = append(h.network.Hosts, out)
}

// link finds or makes the subnet of a prefix; machines without an address share one.
func (h *home) link(p netip.Prefix) int {
	if i, ok := h.links[p]; ok {
		return i
	}
	n := scenario.Subnet{Name: "link-" + strconv.Itoa(len(h.network.Subnets)+1), CIDR: p}
	if !p.IsValid() || p.Addr().Is6() {
		h.invented++
		n.CIDR = netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 255, byte(h.invented), 0}), 24)
		if p.IsValid() {
			n.CIDR6 = p
		}
	}
	h.links[p] = len(h.network.Subnets)
	h.network.Subnets = append(h.network.Subnets, n)
	return h.links[p]
}

// free takes the first address of a link that nobody has.
func (h *home) free(p netip.Prefix) netip.Addr {
	last := scenario.Broadcast(p)
	for a := p.Addr().Next(); a != last; a = a.Next() {
		if !h.taken[a] {
			h.taken[a] = true
			return a
		}
	}
	return p.Addr() // a full link: the network's own address is nobody's
}
