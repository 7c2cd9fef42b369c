package generator

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/flow"
	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/generator/packet"
	"github.com/evilbench/evilbench/generator/scenario"
)

// A model that was learnt from a network speaks of that network's machines. On another network each of them is played by a machine of the
// same name, or by those of its role: if there are more of these than were learnt from, several play one of them, and its traffic grows in
// proportion; if fewer, one plays several. A flow to a local service goes to a machine that offers it.

// part is one machine of a model, and who plays it here.
type part struct {
	members
	host    *model.Host
	crowd   float64
	serving map[string]*members // by service that the machine served
}

// assign finds who plays each of the model's machines.
func (w *world) assign(m *model.Model, at draw.Seed) {
	w.parts = map[string]*part{}
	ranks := map[string]int{}
	taken := map[netip.Addr]bool{}
	for _, e := range w.outside {
		taken[e.Host.Addr] = true
	}
	learnt := map[string]int{} // local machines by role
	for i := range m.Hosts {
		if m.Hosts[i].Local {
			learnt[m.Hosts[i].Role]++
		}
	}
	for i := range m.Hosts {
		h := &m.Hosts[i]
		p := &part{host: h, crowd: 1}
		w.parts["host:"+h.Name] = p
		rank := ranks[h.Role]
		ranks[h.Role]++
		switch {
		case !h.Local:
			p.add(w.abroad(h, rank, at, taken))
		case w.sources["host:"+h.Name] != nil:
			p.add(w.sources["host:"+h.Name].list[0])
		case h.Role == model.Silent:
			p.add(w.nobody(rank))
		case h.Role == model.Neighbour:
			w.play(p, "workstation", rank, max(1, learnt["workstation"]))
		default:
			w.play(p, h.Role, rank, learnt[h.Role])
		}
		for k := range p.list {
			p.list[k].IPv6 = h.IPv6 && p.list[k].Host.Addr6.IsValid()
		}
		for _, s := range h.Services {
			p.serve(s, w.sources["service:"+s])
		}
	}
}

// play gives the part of the rank-th of n machines to machines of a role.
func (w *world) play(p *part, role string, rank, n int) {
	players := w.sources["role:"+role]
	if players == nil {
		return
	}
	p.crowd = float64(len(players.list)) / float64(n)
	for i := rank % min(n, len(players.list)); i < len(players.list); i += n {
		p.add(players.list[i])
	}
}

// abroad is the machine beyond the network that plays a part: at the address that the model gives it, or one of the pool's; where the pool
// is too small, one of its own.
func (w *world) abroad(h *model.Host, rank int, at draw.Seed, taken map[netip.Addr]bool) flow.Entity {
	pool := w.sources["internet:"+h.Role]
	if pool != nil && rank < len(pool.list) && h.Address == "" && !h.IPv6 {
		return pool.list[rank]
	}
	kind := 0
	for k := range kinds {
		if kinds[k].name == h.Role {
			kind = k
		}
	}
	r := at.Word("internet").Word(h.Name)
	e := stranger(r, kind, w.routers[0], taken)
	e.IPv6 = h.IPv6
	if h.IPv6 && !e.Host.Addr6.IsValid() {
		six := r.Word("IPv6").Stream()
		e.Host.Addr6 = strange6(&six)
	}
	if a, err := netip.ParseAddr(h.Address); err == nil && a.Is4() {
		e.Host.Addr = a
	} else if err == nil {
		e.Host.Addr6 = a
	}
	return e
}

// nobody is the rank-th address of the first subnet where nobody answers.
func (w *world) nobody(rank int) flow.Entity {
	free := w.unused(0, rank+1)
	if len(free) == 0 {
		return flow.Entity{}
	}
	a := free[min(rank, len(free)-1)]
	w.haunt(0, []netip.Addr{a})
	return flow.Entity{Host: w.ghosts[a], Name: a.String()}
}

// add appends an equally popular machine.
func (m *members) add(e flow.Entity) {
	if e.Host == nil {
		return
	}
	m.list = append(m.list, e)
	m.upTo = append(m.upTo, float64(len(m.list)))
}

// serve remembers who offers a service that the part's machine served: those that play it, or else anybody.
func (p *part) serve(service string, offering *members) {
	if p.serving == nil {
		p.serving = map[string]*members{}
	}
	if !p.host.Local {
		p.serving[service] = &p.members
		return
	}
	if offering == nil {
		p.serving[service] = &members{}
		return
	}
	own := &members{}
	for _, e := range offering.list {
		if slices.ContainsFunc(p.list, func(x flow.Entity) bool { return x.Host == e.Host }) {
			own.add(e)
		}
	}
	if len(own.list) == 0 {
		own = offering
	}
	p.serving[service] = own
}

// uncast lists what the network lacks to carry the model over, with what to do about it.
func (w *world) uncast(m *model.Model) []string {
	roles, services := map[string]int{}, map[string][]string{}
	for i := range m.Hosts {
		h := &m.Hosts[i]
		p := w.parts["host:"+h.Name]
		if len(p.list) == 0 {
			roles[h.Role]++
		}
		for _, s := range h.Services {
			if len(p.serving[s].list) == 0 {
				services[s] = append(services[s], h.Name)
			}
		}
	}
	var out []string
	for role, n := range roles {
		out = append(out, fmt.Sprintf("nobody has the role %s (%d machines of the model have)", role, n))
	}
	for s, who := range services {
		out = append(out, fmt.Sprintf("nobody offers %s (in the model %s)", s, strings.Join(who[:min(3, len(who))], ", ")))
	}
	slices.SortFunc(out, cmp.Compare)
	return out
}

// group is what stands for all machines that listen to an address.
func (w *world) group(name string, of flow.Entity) flow.Entity {
	if name != "subnet" {
		return w.groups[name]
	}
	if of.Host == nil || !of.Host.Local {
		return flow.Entity{}
	}
	return w.groups[w.subnets[of.Host.Segment].Name]
}

// gather makes the groups that a model speaks of, and each subnet's broadcast address.
func (w *world) gather(m *model.Model) {
	w.groups = map[string]flow.Entity{}
	for i, n := range w.subnets {
		w.groups[n.Name] = groupAt(scenario.Broadcast(n.CIDR), w.routers[i].Stack)
		w.groups[n.Name].Host.MAC = [6]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
	}
	for i := range m.Patterns {
		p := &m.Patterns[i]
		for k := range p.Rows {
			for _, from := range p.Sources(p.Rows[k].Dst) {
				if a, err := netip.ParseAddr(strings.TrimPrefix(from, "group:")); err == nil {
					w.groups[a.String()] = groupAt(a, w.routers[0].Stack)
				}
			}
		}
	}
}

// groupAt is a group as packets see it (RFC 1112, section 6.4, and RFC 2464, section 7).
func groupAt(a netip.Addr, stack *packet.Stack) flow.Entity {
	h := &packet.Host{Name: a.String(), Stack: stack, Local: true, Group: true, Absent: true}
	if a.Is4() {
		h.Addr = a
		b := a.As4()
		h.MAC = [6]byte{0x01, 0x00, 0x5e, b[1] & 0x7f, b[2], b[3]}
		if b[0] == 255 {
			h.MAC = [6]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
		}
	} else {
		h.Addr6 = a
		b := a.As16()
		h.MAC = [6]byte{0x33, 0x33, b[12], b[13], b[14], b[15]}
	}
	return flow.Entity{Host: h, Name: h.Name, IPv6: a.Is6()}
}
