package join

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"pgregory.net/rapid"

	"github.com/evilbench/evilbench/labels"
)

// world is a random truth made to confuse: few hosts and ports, so that ports are used again, campaigns share hosts with each other and
// with benign traffic, flows hold packets of others, tags, tunnels, fragments, ICMP errors, silence of hours. Times are whole seconds.
type world struct {
	truth   Truth
	flows   []labels.Flow
	packets []labels.Packet
	details map[int64]Detail
	said    map[int64]set // by flow: what its packets are
	sources map[string][]netip.Addr
	targets map[string][]netip.Addr
}

// set holds campaign ids, "" = benign.
type set map[string]bool

func drawWorld(t *rapid.T) *world {
	w := &world{details: map[int64]Detail{}, said: map[int64]set{}, sources: map[string][]netip.Addr{}, targets: map[string][]netip.Addr{}}
	names := []string{"", "", "c0", "c1", "c2"}[:rapid.IntRange(2, 5).Draw(t, "names")]
	clock := map[talkers]int64{} // when the last flow with these ends ended
	for range rapid.IntRange(1, 25).Draw(t, "flows") {
		f := drawFlow(t)
		f.Campaign = rapid.SampledFrom(names).Draw(t, "campaign")
		gap := rapid.SampledFrom([]int64{1, 1, 5, 50, 7200}).Draw(t, "gap") * sec
		k := talkersOf(&f)
		f.Start = max(t0, clock[k]) + gap
		f.End = f.Start + rapid.SampledFrom([]int64{0, 1, 10, 50, 6000}).Draw(t, "length")*sec
		clock[k] = f.End
		w.flows = append(w.flows, f)
	}
	slices.SortStableFunc(w.flows, func(a, b labels.Flow) int { return cmp.Compare(a.Start, b.Start) })
	for i := range w.flows {
		f := &w.flows[i]
		f.Flow = int64(i) + 1
		w.drawPackets(t, f, names)
	}
	for range rapid.IntRange(0, 2).Draw(t, "strays") {
		at := t0 + rapid.Int64Range(0, 100).Draw(t, "stray")*sec
		w.packets = append(w.packets, labels.Packet{Time: at, Campaign: rapid.SampledFrom(names).Draw(t, "campaign")})
	}
	w.finish(t)
	return w
}

var (
	insiders  = []netip.Addr{addr("10.0.0.1"), addr("10.0.0.2"), addr("10.0.0.3"), addr("2001:db8::1")}
	outsiders = []netip.Addr{addr("10.0.1.1"), addr("10.0.1.2"), addr("2001:db8::2")}
)

const gre = 47

func drawFlow(t *rapid.T) labels.Flow {
	f := labels.Flow{ICMPType: -1, ICMPCode: -1, Class: labels.Benign}
	f.Src, f.Dst = rapid.SampledFrom(insiders).Draw(t, "src"), rapid.SampledFrom(outsiders).Draw(t, "dst")
	if f.Src.Is4() != f.Dst.Is4() {
		f.Src, f.Dst = insiders[3], outsiders[2]
	}
	switch f.Proto = rapid.SampledFrom([]uint8{tcp, tcp, udp, udp, protoICMP, protoICMP, gre}).Draw(t, "proto"); f.Proto {
	case tcp, udp:
		f.Sport, f.Dport = rapid.Uint16Range(1, 2).Draw(t, "sport"), rapid.Uint16Range(80, 81).Draw(t, "dport")
	case protoICMP:
		f.ICMPType, f.ICMPCode = rapid.SampledFrom([]int16{8, 13, 0, 3, 11}).Draw(t, "type"), 0
		if answersNothing(f.ICMPType) {
			f.ICMPCode = rapid.SampledFrom([]int16{0, 3}).Draw(t, "code")
		}
	}
	f.VLAN = rapid.SampledFrom([]uint32{0, 0, 5, 6, 5<<12 | 6, 6<<12 | 5}).Draw(t, "vlan")
	if rapid.Bool().Draw(t, "swap") {
		f.Src, f.Dst, f.Sport, f.Dport = f.Dst, f.Src, f.Dport, f.Sport
	}
	return f
}

func answersNothing(kind int16) bool { return kind == 3 || kind == 11 }

// talkers are a flow's ends as the wire knows them: without direction, but for ICMP, where who asks is part of it.
type talkers struct {
	a, b         netip.Addr
	aPort, bPort uint16
	proto        uint8
	kind, code   int16
	vlan         uint32
}

func talkersOf(f *labels.Flow) talkers {
	k := talkers{f.Src, f.Dst, f.Sport, f.Dport, f.Proto, f.ICMPType, f.ICMPCode, f.VLAN}
	switch {
	case f.Proto == protoICMP && f.ICMPType == 0: // an answer that came first
		k.a, k.b, k.kind = k.b, k.a, 8
	case f.Proto != protoICMP && k.a.Compare(k.b) > 0:
		k.a, k.b, k.aPort, k.bPort = k.b, k.a, k.bPort, k.aPort
	}
	return k
}

func (w *world) drawPackets(t *rapid.T, f *labels.Flow, names []string) {
	times := []int64{f.Start, f.End}
	for range rapid.IntRange(0, 2).Draw(t, "packets") {
		times = append(times, f.Start+rapid.Int64Range(0, (f.End-f.Start)/sec).Draw(t, "at")*sec)
	}
	w.said[f.Flow] = set{f.Campaign: true}
	for i, at := range times {
		p := labels.Packet{Flow: f.Flow, Time: at, Campaign: f.Campaign}
		p.Forward = i == 0 || answersNothing(f.ICMPType) || rapid.Bool().Draw(t, "forward")
		if rapid.IntRange(0, 19).Draw(t, "mixed") == 0 {
			p.Campaign = rapid.SampledFrom(names).Draw(t, "campaign")
		}
		w.said[f.Flow][p.Campaign] = true
		w.packets = append(w.packets, p)
	}
}

// finish numbers the packets, writes down what their headers say and when campaigns were.
func (w *world) finish(t *rapid.T) {
	slices.SortStableFunc(w.packets, func(a, b labels.Packet) int { return cmp.Compare(a.Time, b.Time) })
	found := map[string]*labels.Campaign{}
	for i := range w.packets {
		p := &w.packets[i]
		p.Index = int64(i) + 1
		if p.Flow != 0 {
			w.drawDetail(t, p)
		}
		if p.Campaign == "" {
			continue
		}
		c := found[p.Campaign]
		if c == nil {
			c = &labels.Campaign{Campaign: p.Campaign, Start: p.Time}
			found[p.Campaign] = c
			w.sources[p.Campaign] = rapid.SliceOfNDistinct(rapid.SampledFrom(insiders), 1, 2, netip.Addr.String).Draw(t, "sources")
			w.targets[p.Campaign] = rapid.SliceOfNDistinct(rapid.SampledFrom(outsiders), 1, 2, netip.Addr.String).Draw(t, "targets")
			c.Sources, c.Targets = texts(w.sources[p.Campaign]), texts(w.targets[p.Campaign])
		}
		c.End = p.Time
	}
	for _, name := range []string{"c0", "c1", "c2"} { // a flow can name one of which it has no packet
		if c := found[name]; c != nil {
			w.truth.Campaigns = append(w.truth.Campaigns, *c)
		} else {
			w.truth.Campaigns = append(w.truth.Campaigns, labels.Campaign{Campaign: name, Start: t0 - sec, End: t0 - sec})
		}
	}
	w.truth.Flows, w.truth.Packets = list(w.flows), list(w.packets)
	w.truth.Details = func(yield func(Detail, error) bool) {
		for i := range w.packets {
			if d, ok := w.details[int64(i)+1]; ok && !yield(d, nil) {
				return
			}
		}
	}
}

// drawDetail makes some packets fragments, with few ids to choose from, and lets ICMP errors quote something.
func (w *world) drawDetail(t *rapid.T, p *labels.Packet) {
	f := &w.flows[p.Flow-1]
	d := Detail{Packet: p.Index, Time: p.Time, Src: f.Src, Dst: f.Dst, Proto: f.Proto}
	if !p.Forward {
		d.Src, d.Dst = d.Dst, d.Src
	}
	switch {
	case answersNothing(f.ICMPType):
		d.Quoted = labels.Tuple{
			Src: d.Dst, Dst: d.Src, Proto: udp,
			Sport: rapid.Uint16Range(1, 2).Draw(t, "quoted"), Dport: rapid.Uint16Range(80, 81).Draw(t, "quoted"),
		}
	case rapid.IntRange(0, 2).Draw(t, "fragment") == 0:
		d.Fragment, d.ID = true, rapid.Uint32Range(1, 3).Draw(t, "id")
	default:
		return
	}
	w.details[p.Index] = d
}

func texts(hosts []netip.Addr) (out []string) {
	for _, h := range hosts {
		out = append(out, fmt.Sprint(h))
	}
	return out
}

// who are the campaigns of the flows that were under way in [from, to] and that pick accepts.
func (w *world) who(from, to int64, pick func(*labels.Flow) bool) set {
	out := set{}
	for i := range w.flows {
		if f := &w.flows[i]; f.Start <= to && f.End >= from && pick(f) {
			for name := range w.said[f.Flow] {
				out[name] = true
			}
		}
	}
	return out
}

// running adds the campaigns under way in [from, to] that pick accepts.
func (w *world) running(out set, from, to int64, pick func(name string) bool) {
	for _, c := range w.truth.Campaigns {
		if c.Start <= to && c.End >= from && pick(c.Campaign) {
			out[c.Campaign] = true
		}
	}
}
