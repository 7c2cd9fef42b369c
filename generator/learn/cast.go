package learn

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// cast is who plays in the table: each address as a source that a model can name.
type cast struct {
	hosts      []model.Host
	sources    []string             // by who the address is
	popularity map[string][]float64 // of hosts beyond the network, by source
}

// person is what the table says of one address.
type person struct {
	who      int
	address  netip.Addr
	word     string
	asks     int            // flows it began
	answers  int            // flows to it
	answered int            // of these, with packets back
	at       map[string]int // flows to it with packets back, by service
	toward   map[string]int // flows it began, by service
}

// A host serves what at least so many flows to it got an answer from.
const fewestServed = 2

func newCast(c *coding, o Options) *cast {
	people := c.census()
	home := o.HomeNet
	if len(home) == 0 {
		home = homeOf(people)
	}
	out := &cast{sources: make([]string, len(people)), popularity: map[string][]float64{}}
	// The busiest first: names and ranks tell who is popular.
	order := slices.Clone(people)
	slices.SortStableFunc(order, func(a, b person) int { return cmp.Compare(b.asks+b.answers, a.asks+a.answers) })
	names := map[string]int{}
	pan := newPseudonyms(o.Secret)
	for i := range order {
		p := &order[i]
		local := slices.ContainsFunc(home, func(n netip.Prefix) bool { return n.Contains(p.address) })
		if g := groupOf(p, local); g != "" {
			if o.Addresses != Kept {
				g = anonymous(g)
			}
			out.sources[p.who] = "group:" + g
			continue
		}
		h := model.Host{IPv6: p.address.Is6(), Local: local, Services: p.services()}
		h.Role = p.role(local, h.Services)
		if !local {
			kind := "internet:" + h.Role
			out.popularity[kind] = append(out.popularity[kind], float64(p.answers+1))
		}
		names[h.Role]++
		h.Name = h.Role + "-" + strconv.Itoa(names[h.Role])
		switch {
		case o.Addresses == Kept:
			h.Address = p.word
		case o.Addresses == Pseudonyms && p.address.IsValid():
			h.Address = pan.of(p.address).String()
		}
		out.hosts = append(out.hosts, h)
		out.sources[p.who] = "host:" + h.Name
	}
	return out
}

// census counts what each address does.
func (c *coding) census() []person {
	people := make([]person, len(c.addresses))
	for i, w := range c.addresses {
		people[i] = person{who: i, word: w, address: address(w), at: map[string]int{}, toward: map[string]int{}}
	}
	src, dst := c.table.Columns[c.column(flowlog.SrcIP)], c.table.Columns[c.column(flowlog.DstIP)]
	protos, ports := &c.columns[c.column(flowlog.Proto)], &c.columns[c.column(flowlog.DstPort)]
	proto, port := c.table.Columns[c.column(flowlog.Proto)], c.table.Columns[c.column(flowlog.DstPort)]
	back := c.columns[c.column(flowlog.InPackets)].numbers
	for i := range c.table.Rows() {
		from, to := &people[src.Who[i]], &people[dst.Who[i]]
		from.asks++
		to.answers++
		kind, _ := kindOf(ports.words[port.Codes[i]])
		service := model.ServiceAt(strings.ToLower(protos.words[proto.Codes[i]]), kind)
		from.toward[service]++
		if back[i] > 0 {
			to.answered++
			to.at[service]++
		}
	}
	return people
}

// kindOf reads a port or a type of ICMP, and its code.
func kindOf(word string) (kind, code int) {
	a, b, _ := strings.Cut(word, ".")
	kind, _ = strconv.Atoi(a)
	code, _ = strconv.Atoi(b)
	return kind, code
}

// services are what the host is known to serve, in the order in which models know them.
func (p *person) services() []string {
	var out []string
	for _, s := range model.Services {
		if s.Name != model.Opaque && p.at[s.Name] >= fewestServed {
			out = append(out, s.Name)
		}
	}
	return out
}

// beyond is what a host outside is known for, by the service that most flows to it want.
var beyond = map[string]string{
	"http": "web", "tls": "web", "smtp": "mail", "submission": "mail", "imaps": "mail", "dns": "dns", "ntp": "ntp", "ssh": "ssh",
}

// role is workstation or server for those inside, and what others are known for.
func (p *person) role(local bool, services []string) string {
	switch {
	case local && (p.address.IsLinkLocalUnicast() || p.address.IsUnspecified()):
		return model.Neighbour
	case local && len(services) > 0 && p.answered > p.asks/10:
		return "server"
	case local && p.asks == 0 && p.answered == 0:
		return model.Silent
	case local:
		return "workstation"
	case p.answers == 0:
		return "client"
	}
	best, most := "web", 0
	for _, s := range model.Services {
		if kind, ok := beyond[s.Name]; ok && p.at[s.Name] > most {
			best, most = kind, p.at[s.Name]
		}
	}
	return best
}

// groupOf is the group that an address stands for: its own address, or subnet where it is the last of a network; "" = it is a host.
func groupOf(p *person, local bool) string {
	if !p.address.IsValid() {
		return ""
	}
	if model.Group(p.address) {
		return p.address.String()
	}
	if p.address.Is4() && p.address.As4()[3] == 255 && p.asks == 0 && p.answered == 0 && (local || p.address.IsPrivate()) {
		return "subnet"
	}
	return ""
}

// anonymous is a group without what it tells of an address: a solicited-node group ends in those of the hosts that it is for (RFC 4291,
// section 2.7.1).
func anonymous(group string) string {
	if a, err := netip.ParseAddr(group); err == nil && solicited.Contains(a) {
		return solicited.Addr().String()
	}
	return group
}

var solicited = netip.MustParsePrefix("ff02::1:ff00:0/104")

// private are the networks that are nobody's in particular (RFC 1918, RFC 4193, RFC 4291 and RFC 3927).
var private = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("0.0.0.0/32"),
	netip.MustParsePrefix("fc00::/7"), netip.MustParsePrefix("fe80::/10"), netip.MustParsePrefix("::/128"),
}

// homeOf is the monitored network where nobody says: private addresses, and where few flows begin there, the prefix that most begin in.
func homeOf(people []person) []netip.Prefix {
	begun, inside := 0, 0
	by := map[netip.Prefix]int{}
	for i := range people {
		p := &people[i]
		begun += p.asks
		if slices.ContainsFunc(private, func(n netip.Prefix) bool { return n.Contains(p.address) }) {
			inside += p.asks
			continue
		}
		if p.address.IsValid() {
			by[network(p.address)] += p.asks
		}
	}
	home := slices.Clone(private)
	if 2*inside >= begun {
		return home
	}
	var best netip.Prefix
	for n, count := range by {
		if count > by[best] || count == by[best] && (!best.IsValid() || n.String() < best.String()) {
			best = n
		}
	}
	if best.IsValid() {
		home = append(home, best)
	}
	return home
}

// network is the link that an address is likely on.
func network(a netip.Addr) netip.Prefix {
	bits := 24
	if a.Is6() {
		bits = 64
	}
	p, err := a.Prefix(bits)
	if err != nil {
		panic(fmt.Sprintf("prefix of %v: %v", a, err)) // both lengths are valid
	}
	return p
}
