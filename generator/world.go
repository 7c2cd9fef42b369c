package generator

import (
	"fmt"
	"net/netip"
	"slices"
	"sort"
	"strings"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/flow"
	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/generator/packet"
	"github.com/evilbench/evilbench/generator/scenario"
)

// world is the scenario's network made of machines: the site's hosts and routers, and the Internet beyond. It is fixed once built
// and answers the model's symbolic sources (flow.Directory).
type world struct {
	domain  string
	local   []flow.Entity // in the scenario's order
	specs   []scenario.Host
	routers []*packet.Host // by segment
	subnets []scenario.Subnet
	outside []flow.Entity // all strangers, kind by kind
	sources map[string]*members
	ghosts  map[netip.Addr]*packet.Host
	parts   map[string]*part       // by source: the machines of a learnt model
	groups  map[string]flow.Entity // by address or subnet
}

// members are the machines behind one symbolic source, with cumulated popularity.
type members struct {
	list []flow.Entity
	upTo []float64
}

// makers are the first three bytes of interface addresses found in offices.
var makers = [][3]byte{{0xf8, 0xb1, 0x56}, {0x3c, 0x52, 0x82}, {0xa4, 0x83, 0xe7}, {0x00, 0x50, 0x56}, {0x54, 0xbf, 0x64}, {0x8c, 0x16, 0x45}}

func newWorld(sc *scenario.Scenario, m *model.Model, seed draw.Seed) (*world, error) {
	w := &world{domain: sc.Network.Domain, specs: sc.Network.Hosts, subnets: sc.Network.Subnets,
		sources: map[string]*members{}, ghosts: map[netip.Addr]*packet.Host{}}
	at := seed.Word("network")
	link := at.Word("router").Stream()
	mac := interfaceAddress(&link)
	server, _ := packet.StackByName("linux-server")
	for i, n := range sc.Network.Subnets {
		w.routers = append(w.routers, &packet.Host{
			Name: "router." + n.Name, Addr: n.Gateway, Addr6: n.Gateway6, MAC: mac, Stack: server, Local: true, Segment: i, Delay: 40_000,
		})
	}
	for _, h := range sc.Network.Hosts {
		e, err := w.machine(h, at.Word("host").Word(h.Name))
		if err != nil {
			return nil, err
		}
		w.local = append(w.local, e)
		w.join("host:"+h.Name, e)
		w.join("role:"+h.Role, e)
		for _, s := range h.Services {
			w.join("service:"+s, e)
		}
	}
	for k, list := range internet(at.Word("internet"), sc.Network.Internet.Hosts, w.routers[0]) {
		source := "internet:" + kinds[k].name
		w.sources[source] = popular(list, m.Popularity[source])
		w.outside = append(w.outside, list...)
	}
	w.gather(m)
	w.assign(m, at)
	return w, nil
}

// popular are machines with the given shares, or with those of Zipf's law, exponent 1, without the lone giant.
func popular(list []flow.Entity, shares []float64) *members {
	m := &members{list: list}
	var sum float64
	for i := range list {
		switch {
		case shares == nil:
			sum += 1 / float64(i+2)
		case i < len(shares):
			sum += shares[i]
		}
		m.upTo = append(m.upTo, sum)
	}
	return m
}

func interfaceAddress(r *draw.Stream) [6]byte {
	m := draw.Pick(r, makers)
	return [6]byte{m[0], m[1], m[2], byte(r.IntN(256)), byte(r.IntN(256)), byte(r.IntN(256))}
}

// machine makes one of the site's hosts.
func (w *world) machine(h scenario.Host, at draw.Seed) (flow.Entity, error) {
	stack, ok := packet.StackByName(h.OS)
	if !ok {
		return flow.Entity{}, fmt.Errorf("host %s: no stack %q", h.Name, h.OS)
	}
	segment := slices.IndexFunc(w.subnets, func(s scenario.Subnet) bool { return s.Name == h.Subnet })
	if segment < 0 {
		return flow.Entity{}, fmt.Errorf("host %s: no subnet %q", h.Name, h.Subnet)
	}
	r := at.Stream()
	m := &packet.Host{
		Name: h.Name, Addr: h.Address, Addr6: h.Address6, MAC: interfaceAddress(&r), Stack: stack, Local: true, Segment: segment,
		Router: w.routers[segment], Delay: r.Duration(35_000, 160_000), Absent: h.Offline,
	}
	return flow.Entity{Host: m, Name: h.Name + "." + w.domain}, nil
}

// join adds a machine to a source; local machines are equally popular.
func (w *world) join(source string, e flow.Entity) {
	m := w.sources[source]
	if m == nil {
		m = &members{}
		w.sources[source] = m
	}
	m.add(e)
}

// Members counts the machines of a source.
func (w *world) Members(from string) int {
	if p := w.parts[from]; p != nil {
		return len(p.list)
	}
	if m := w.sources[from]; m != nil {
		return len(m.list)
	}
	if strings.HasPrefix(from, "group:") {
		return 1
	}
	return 0
}

// Crowd is how many machines stand for each that a source of a learnt model meant.
func (w *world) Crowd(from string) float64 {
	if p := w.parts[from]; p != nil {
		return p.crowd
	}
	return 1
}

// Member is the i-th machine of a source.
func (w *world) Member(from string, i int) flow.Entity {
	if p := w.parts[from]; p != nil {
		return p.list[i]
	}
	return w.sources[from].list[i]
}

// Pick draws one machine of a source by popularity.
func (w *world) Pick(from string, want flow.Want, r *draw.Stream) flow.Entity {
	if name, ok := strings.CutPrefix(from, "group:"); ok {
		return w.group(name, want.Of)
	}
	m := w.sources[from]
	if p := w.parts[from]; p != nil {
		m = &p.members
		if server := p.serving[want.Service]; server != nil && want.Of.Host != nil {
			m = server
		}
	}
	if len(m.list) == 0 {
		return flow.Entity{}
	}
	x := r.Float64() * m.upTo[len(m.upTo)-1]
	return m.list[min(sort.SearchFloat64s(m.upTo, x), len(m.list)-1)]
}

// find resolves the words of a scenario's attacks: host names, roles, subnets, or the Internet.
func (w *world) find(word string) []flow.Entity {
	if word == "internet" {
		return w.outside
	}
	var out []flow.Entity
	for i, h := range w.specs {
		if h.Name == word || h.Role == word || h.Subnet == word {
			out = append(out, w.local[i])
		}
	}
	return out
}

// unused lists addresses of a segment where nobody is, at most limit.
func (w *world) unused(segment, limit int) []netip.Addr {
	n := w.subnets[segment]
	used := map[netip.Addr]bool{n.Gateway: true, n.CIDR.Masked().Addr(): true}
	for _, e := range w.local {
		used[e.Host.Addr] = true
	}
	var out []netip.Addr
	for a := n.CIDR.Masked().Addr().Next(); n.CIDR.Contains(a.Next()) && len(out) < limit; a = a.Next() {
		if !used[a] {
			out = append(out, a)
		}
	}
	return out
}

// haunt makes an absent host of every unused address, so that all campaigns mean the same one.
func (w *world) haunt(segment int, addrs []netip.Addr) {
	for _, a := range addrs {
		if w.ghosts[a] == nil {
			w.ghosts[a] = &packet.Host{Name: a.String(), Addr: a, Stack: w.routers[segment].Stack, Local: true, Segment: segment,
				Router: w.routers[segment], Absent: true, Delay: 50_000}
		}
	}
}

// ghost is the absent host at an address that haunt has prepared.
func (w *world) ghost(a netip.Addr) *packet.Host { return w.ghosts[a] }

// resolver is the site's own DNS server, or one on the Internet.
func (w *world) resolver() *packet.Host {
	if w.Members("service:dns") > 0 {
		return w.Member("service:dns", 0).Host
	}
	return w.Member("internet:dns", 0).Host
}

// homeNet is the monitored network as prefixes.
func homeNet(sc *scenario.Scenario) []string {
	var out []string
	for _, p := range sc.HomeNet() {
		out = append(out, p.String())
	}
	return out
}

// describe lists what a scenario's word could have been.
func (w *world) describe() string {
	var names []string
	for _, h := range w.specs {
		names = append(names, h.Name)
	}
	return strings.Join(names, ", ")
}
