package join

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/evilbench/evilbench/labels"
)

// saying is an alert about one packet, and all campaigns that such an alert could be about, found by looking at every flow.
type saying struct {
	labels.Alert
	world  *world
	packet *labels.Packet
	flow   *labels.Flow // nil of packets without one
	could  set
}

// speak makes an alert that knows everything about one packet.
func (w *world) speak(p *labels.Packet) *saying {
	s := &saying{world: w, packet: p, could: set{p.Campaign: true}}
	s.Alert = alert(func(a *labels.Alert) {
		a.Packet, a.PacketSource, a.Time, a.EngineFlow = p.Index, captured, p.Time/1000*1000, "42" // ids of engines may all collide
	})
	if p.Flow == 0 {
		return s
	}
	f := &w.flows[p.Flow-1]
	s.flow = f
	a := &s.Alert
	a.Src, a.Dst, a.Sport, a.Dport, a.Proto, a.VLAN = f.Src, f.Dst, f.Sport, f.Dport, f.Proto, f.VLAN
	a.ICMPType, a.ICMPCode = f.ICMPType, f.ICMPCode
	if !p.Forward {
		a.Src, a.Dst, a.Sport, a.Dport = a.Dst, a.Src, a.Dport, a.Sport
		a.ICMPType = map[int16]int16{-1: -1, 8: 0, 13: 14, 0: 8}[a.ICMPType]
	}
	a.FlowStart, a.FlowForward = f.Start/1000*1000, p.Forward
	if f.Proto == tcp { // what is found in a stream may stand in an earlier packet
		s.could = w.said[f.Flow]
	}
	return s
}

// bare takes the packet's number away.
func (s *saying) bare() { s.Alert.Packet = 0 }

// sameEnds picks flows with the ends of the alert, as far as its tag tells them apart.
func (s *saying) sameEnds() func(*labels.Flow) bool {
	want := talkersOf(s.flow)
	return func(f *labels.Flow) bool {
		got := talkersOf(f)
		tag := s.VLAN
		fits := tag == 0 || tag == got.vlan || tag < 1<<12 && (got.vlan == 5<<12|6 || got.vlan == 6<<12|5)
		got.vlan = want.vlan
		return fits && got == want
	}
}

// then picks what went on at the alert's time, and lately what did in the hour before.
func (s *saying) then() (from, to int64)   { return s.Time, s.Time }
func (s *saying) lately() (from, to int64) { return s.Time - 3600*sec, s.Time }

func (s *saying) late(t *rapid.T) {
	s.PacketSource = rapid.SampledFrom([]string{"", "stream_tcp", "stream (flow timeout)"}).Draw(t, "source")
	s.Time += rapid.Int64Range(0, 600).Draw(t, "late") * sec
}

// distortion takes from an alert what engines leave out or get wrong, and says what it could then be about.
type distortion struct {
	name  string
	needs func(*saying) bool // of which packets an engine can say it
	apply func(*rapid.T, *saying)
}

func anything(*saying) bool   { return true }
func hasFlow(s *saying) bool  { return s.flow != nil }
func ported(s *saying) bool   { return s.flow != nil && s.flow.Sport != 0 }
func fragment(s *saying) bool { return s.world.details[s.Packet].Fragment }

// cut is a fragment of a protocol with ports or types, which are missing then.
func cut(s *saying) bool      { return fragment(s) && s.flow.Proto != gre }
func quoting(s *saying) bool  { return s.world.details[s.Packet].Quoted.Src.IsValid() }
func twoTags(s *saying) bool  { return s.flow != nil && s.VLAN >= 1<<12 }
func noPorts(a *labels.Alert) { a.Sport, a.Dport, a.ICMPType, a.ICMPCode = 0, 0, -1, -1 }
func (s *saying) between() func(*labels.Flow) bool {
	a, b := s.Src, s.Dst
	return func(f *labels.Flow) bool { return f.Src == a && f.Dst == b || f.Src == b && f.Dst == a }
}

// strays adds what packets without a flow are.
func (s *saying) strays(from, to int64) {
	for _, p := range s.world.packets {
		if p.Flow == 0 && p.Time >= from && p.Time <= to {
			s.could[p.Campaign] = true
		}
	}
}

// fragments are the fragments that the alert could be about.
func (s *saying) fragments(from, to int64) {
	s.could = set{}
	for _, p := range s.world.packets {
		d := s.world.details[p.Index]
		if d.Fragment && d.Src == s.Src && d.Dst == s.Dst && d.Proto == s.Proto && p.Time >= from && p.Time <= to && (s.IPID == 0 || d.ID == s.IPID) {
			s.could[p.Campaign] = true
		}
	}
}

var distortions = []distortion{
	{"everything known", anything, func(*rapid.T, *saying) {}},
	{"number, no addresses", anything, func(_ *rapid.T, s *saying) {
		s.could = set{s.packet.Campaign: true}
		s.Alert = alert(func(b *labels.Alert) { b.Packet, b.Time = s.Alert.Packet, s.Time })
	}},
	{"number, no tag", hasFlow, func(_ *rapid.T, s *saying) { s.VLAN = 0 }},
	{"number, ends the other way round", ported, func(_ *rapid.T, s *saying) { s.Src, s.Dst, s.Sport, s.Dport = s.Dst, s.Src, s.Dport, s.Sport }},
	{"number, no ports", fragment, func(_ *rapid.T, s *saying) { noPorts(&s.Alert) }},
	{"number, ends inside a tunnel", hasFlow, func(t *rapid.T, s *saying) {
		s.inside(t)
		s.could = set{s.packet.Campaign: true}
		if s.flow.Proto == tcp && s.Outer.Src.IsValid() {
			s.could = s.world.said[s.flow.Flow]
		}
	}},
	{"flushed", hasFlow, func(t *rapid.T, s *saying) {
		s.stale(t)
		s.could = s.world.who(s.FlowStart, s.Time, s.sameEnds())
	}},
	{"flushed, clock before the flow", hasFlow, func(t *rapid.T, s *saying) {
		s.bare()
		s.PacketSource, s.Time = "", t0-50*sec
		s.could = s.world.who(s.FlowStart, s.FlowStart+3600*sec, s.sameEnds())
	}},
	{"flushed, engine cuts flows later or not at all", hasFlow, func(t *rapid.T, s *saying) {
		s.stale(t)
		before := slices.DeleteFunc(slices.Clone(s.world.flows), func(f labels.Flow) bool { return f.Start > s.packet.Time || !s.sameEnds()(&f) })
		s.FlowStart = rapid.SampledFrom(before).Draw(t, "first").Start
		s.could = s.world.who(s.FlowStart, s.Time, s.sameEnds())
	}},
	{"flushed, engine cuts flows earlier", hasFlow, func(t *rapid.T, s *saying) {
		s.stale(t)
		s.FlowStart = s.packet.Time
		s.could = s.world.who(s.FlowStart, s.Time, s.sameEnds())
	}},
	{"flushed, engine knows no tags", hasFlow, func(t *rapid.T, s *saying) {
		s.stale(t)
		s.VLAN = 0
		before := slices.DeleteFunc(slices.Clone(s.world.flows), func(f labels.Flow) bool { return f.Start > s.packet.Time || !s.sameEnds()(&f) })
		s.FlowStart = before[0].Start
		s.could = s.world.who(s.FlowStart, s.Time, s.sameEnds())
	}},
	{"no number", hasFlow, func(_ *rapid.T, s *saying) {
		s.bare()
		s.could = s.world.who(s.Time, s.Time, s.sameEnds())
	}},
	{"no number, no tag", hasFlow, func(_ *rapid.T, s *saying) {
		s.bare()
		s.VLAN = 0
		s.could = s.world.who(s.Time, s.Time, s.sameEnds())
	}},
	{"no number, one tag of two", twoTags, func(t *rapid.T, s *saying) {
		s.bare()
		s.VLAN = rapid.SampledFrom([]uint32{5, 6}).Draw(t, "tag")
		s.could = s.world.who(s.Time, s.Time, s.sameEnds())
	}},
	{"no number, no flow", hasFlow, func(_ *rapid.T, s *saying) {
		s.bare()
		s.FlowStart = 0
		s.could = s.world.who(s.Time, s.Time, s.sameEnds())
	}},
	{"no number, no flow, late or not", hasFlow, func(t *rapid.T, s *saying) {
		s.bare()
		s.FlowStart = 0
		s.late(t)
		from, to := s.lately()
		s.could = s.world.who(from, to, s.sameEnds())
	}},
	{"no number, no flow, no time", hasFlow, func(_ *rapid.T, s *saying) {
		s.bare()
		s.FlowStart, s.Time = 0, 0
		s.could = s.world.who(-1<<62, 1<<62, s.sameEnds())
	}},
	{"tunnel, no number", hasFlow, func(t *rapid.T, s *saying) {
		s.bare()
		s.inside(t)
		s.VLAN = 0
		s.could = s.world.who(s.Time, s.Time, s.outerEnds())
	}},
	{"ICMP error, ports it quotes", quoting, func(_ *rapid.T, s *saying) {
		q := s.world.details[s.Alert.Packet].Quoted
		s.bare()
		s.FlowStart, s.Sport, s.Dport, s.could = 0, q.Sport, q.Dport, set{}
		for _, p := range s.world.packets {
			d := s.world.details[p.Index]
			if p.Time == s.Time && d.Src == s.Src && d.Dst == s.Dst && d.Quoted.Sport == q.Sport && d.Quoted.Dport == q.Dport {
				s.could[p.Campaign] = true
			}
		}
	}},
	{"fragment, IP id", cut, func(t *rapid.T, s *saying) {
		s.IPID = s.world.details[s.Alert.Packet].ID
		s.bare()
		noPorts(&s.Alert)
		s.fragments(s.then())
	}},
	{"fragment, IP id, late", cut, func(t *rapid.T, s *saying) {
		s.IPID = s.world.details[s.Alert.Packet].ID
		s.bare()
		noPorts(&s.Alert)
		s.PacketSource = ""
		s.Time += 20 * sec
		s.fragments(s.lately())
	}},
	{"hosts alone", hasFlow, func(_ *rapid.T, s *saying) {
		s.Alert = alert(func(b *labels.Alert) { b.Src, b.Dst, b.Time = s.Src, s.Dst, s.Time })
		from, to := s.lately()
		s.could = s.world.who(from, to, s.between())
		s.world.running(s.could, from, to, func(c string) bool {
			a, b := s.world.sources[c], s.world.targets[c]
			return slices.Contains(a, s.Src) && slices.Contains(b, s.Dst) || slices.Contains(a, s.Dst) && slices.Contains(b, s.Src)
		})
	}},
	{"one host alone", hasFlow, func(t *rapid.T, s *saying) {
		host := rapid.SampledFrom([]netip.Addr{s.Src, s.Dst}).Draw(t, "host")
		s.Alert = alert(func(b *labels.Alert) { b.Src, b.Time = host, s.Time })
		from, to := s.lately()
		s.could = s.world.who(from, to, func(f *labels.Flow) bool { return f.Src == host || f.Dst == host })
		s.world.running(s.could, from, to, func(c string) bool { return slices.Contains(s.world.sources[c], host) })
	}},
	{"time alone", anything, func(t *rapid.T, s *saying) {
		s.Alert = alert(func(b *labels.Alert) {
			b.Time, b.PacketSource = s.Time, rapid.SampledFrom([]string{"", captured}).Draw(t, "source")
		})
		from, to := s.then()
		if s.PacketSource == "" {
			from, to = s.lately()
		}
		s.could = s.world.who(from, to, func(*labels.Flow) bool { return true })
		s.world.running(s.could, from, to, func(string) bool { return true })
		s.strays(from, to)
	}},
}

// stale makes the packet one that the engine made up, with or without the number of another.
func (s *saying) stale(t *rapid.T) {
	s.PacketSource = "stream (flow timeout)"
	s.Alert.Packet = rapid.Int64Range(0, int64(len(s.world.packets))).Draw(t, "stale")
	s.Time += rapid.Int64Range(0, 2000).Draw(t, "late") * sec
}

// inside makes the alert one about a packet inside, whose ends may be those of a flow that has nothing to do with it.
func (s *saying) inside(t *rapid.T) {
	a := &s.Alert
	a.PacketSource = "gre tunnel"
	if a.Packet == 0 || rapid.Bool().Draw(t, "outer") {
		a.Outer = labels.Tuple{Src: a.Src, Dst: a.Dst, Sport: a.Sport, Dport: a.Dport, Proto: a.Proto}
	}
	f := rapid.SampledFrom(s.world.flows).Draw(t, "inner")
	a.Src, a.Dst, a.Sport, a.Dport, a.Proto, a.ICMPType, a.ICMPCode = f.Src, f.Dst, f.Sport, f.Dport, f.Proto, f.ICMPType, f.ICMPCode
}

// outerEnds picks flows with the tunnel's ends; of ICMP the type is not known.
func (s *saying) outerEnds() func(*labels.Flow) bool {
	same, want := s.sameEnds(), s.flow
	return func(f *labels.Flow) bool {
		if want.Proto == protoICMP {
			return f.Proto == protoICMP && (f.Src == want.Src && f.Dst == want.Dst || f.Src == want.Dst && f.Dst == want.Src)
		}
		return same(f)
	}
}

// score is how a rung did.
type score struct{ alerts, decided, right, decidable, found int }

// TestAdversary: whatever is left out of an alert, a verdict that is given is the right one; where what is left allows but one
// campaign it is given, and where it allows more the alert is ambiguous. So precision and recall are 1 on every rung.
func TestAdversary(t *testing.T) {
	rungScores := map[string]*score{}
	for _, r := range rungs {
		rungScores[r] = &score{}
	}
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		var said []*saying
		var names []string
		for range 40 {
			s := w.speak(&w.packets[rapid.IntRange(0, len(w.packets)-1).Draw(t, "packet")])
			d := rapid.SampledFrom(distortions).Draw(t, "distortion")
			if !d.needs(s) {
				continue
			}
			d.apply(t, s)
			s.Alert.Alert = int64(len(said)) + 1
			said, names = append(said, s), append(names, d.name)
		}
		alerts := make([]labels.Alert, len(said))
		for i, s := range said {
			alerts[i] = s.Alert
		}
		options := Options{Candidates: rapid.SampledFrom([]int{0, 1, 3}).Draw(t, "candidates")}
		i := 0
		counts, err := Run(w.truth, list(alerts), func(m *labels.Match) error {
			s := said[i]
			if what := s.check(m, rungScores[m.Rung], options); what != "" {
				t.Fatalf("%s: packet %d of flow %d (%q): %s; could be %v\nalert %+v\nmatch %+v", names[i], s.packet.Index, s.packet.Flow, s.packet.Campaign, what, s.could, s.Alert, *m)
			}
			i++
			return nil
		}, options)
		if err != nil {
			t.Fatal(err)
		}
		if n := int64(len(said)); counts.Read != n || counts.True+counts.False+counts.Ambiguous+counts.Unmatchable != n {
			t.Fatalf("%d alerts, counts %+v", n, counts)
		}
	})
	t.Log(report(rungScores))
	for _, r := range rungs {
		if s := rungScores[r]; r != RungNone && (s.decided == 0 || s.right != s.decided || s.found != s.decidable) {
			t.Errorf("rung %s: %+v", r, *s)
		}
	}
}

// check compares a match with what the alert could be about, and books it.
func (s *saying) check(m *labels.Match, score *score, o Options) string {
	verdict := labels.VerdictFalse
	if s.packet.Campaign != "" {
		verdict = labels.VerdictTrue
	}
	decided := m.Verdict == labels.VerdictTrue || m.Verdict == labels.VerdictFalse
	right := m.Verdict == verdict && m.Campaign == s.packet.Campaign
	score.alerts++
	if decided {
		score.decided++
	}
	if decided && right {
		score.right++
	}
	if len(s.could) == 1 {
		score.decidable++
		if right {
			score.found++
		}
	}
	switch {
	case !slices.IsSorted(m.Candidates) || o.Candidates > 0 && len(m.Candidates) > o.Candidates:
		return "candidates out of order, or too many"
	case !s.could[s.packet.Campaign]:
		return "the test itself leaves out the right answer"
	case m.Verdict == labels.VerdictUnmatchable:
		return "unmatchable"
	case decided && !right:
		return "wrong"
	case decided && len(s.could) > 1:
		return "a guess"
	case !decided && len(s.could) == 1:
		return "ambiguous, though all is known"
	case s.flow != nil && o.Candidates == 0 && len(m.Candidates) > 0 && !slices.Contains(m.Candidates, s.flow.Flow):
		return "the right flow is no candidate"
	}
	return ""
}

func report(scores map[string]*score) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%-10s %8s %9s %10s %7s\n", "rung", "alerts", "ambiguous", "precision", "recall")
	for _, r := range rungs {
		s := scores[r]
		fmt.Fprintf(&b, "%-10s %8d %9d %10s %7s\n", r, s.alerts, s.alerts-s.decided, share(s.right, s.decided), share(s.found, s.decidable))
	}
	return b.String()
}

func share(k, n int) string {
	if n == 0 {
		return "n/a"
	}
	return fmt.Sprintf("%.4f", float64(k)/float64(n))
}

// TestStrangersAreUnmatchable: hosts that are not in the truth never match.
func TestStrangersAreUnmatchable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		s := w.speak(&w.packets[0])
		a := &s.Alert
		a.Packet, a.PacketSource, a.Src, a.Dst = 0, "", addr("192.0.2.1"), addr("192.0.2.2")
		var m labels.Match
		if _, err := Run(w.truth, list([]labels.Alert{*a}), func(x *labels.Match) error { m = *x; return nil }, Options{}); err != nil {
			t.Fatal(err)
		}
		if m.Verdict != labels.VerdictUnmatchable || len(m.Candidates) > 0 {
			t.Fatalf("%+v", m)
		}
	})
}
