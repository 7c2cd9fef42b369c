package headers

import (
	"math"
	"net/netip"
	"strings"
	"testing"

	"github.com/evilbench/evilbench/generator/automaton"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
	"github.com/evilbench/evilbench/labels/track"
)

func symbol(name string) automaton.Symbol {
	l, _ := automaton.ParseLetter(name)
	return automaton.Symbol{Name: name, Direction: l.From}
}

func level(gap, size float64) *automaton.Guard {
	return &automaton.Guard{Mean: []float64{gap, size}, Covariance: []float64{4, 0, 1}}
}

// web is a connection with any number of questions and answers of one or two packets, ended by the client.
func web() *automaton.Automaton {
	a := &automaton.Automaton{Dims: 2, States: 10, Accepting: 9}
	for _, s := range []string{"S_>", "SA_<", "A_>", "PA_>_P", "A_<_P", "PA_<_P", "FA_>", "FA_<"} {
		a.Symbols = append(a.Symbols, symbol(s))
	}
	e := func(from, to, s int, p float64, g *automaton.Guard) {
		a.Edges = append(a.Edges, automaton.Edge{From: from, To: to, Symbol: s, Probability: p, Guard: g})
	}
	e(0, 1, 0, 1, level(0, 0))
	e(1, 2, 1, 1, level(43, 0))
	e(2, 3, 2, 1, level(20, 0))
	e(3, 4, 3, 1, level(35, 25))
	e(4, 5, 4, .6, level(43, 32))
	e(4, 6, 5, .4, level(43, 25))
	e(5, 6, 5, 1, level(10, 28))
	e(6, 4, 3, .3, level(60, 25))
	e(6, 7, 6, .7, level(50, 0))
	e(7, 8, 7, 1, level(40, 0))
	e(8, 9, automaton.End, 1, nil)
	return a
}

func conversation() *packet.Conversation {
	linux, _ := packet.StackByName("linux")
	return &packet.Conversation{
		Start: 1e18, Proto: packet.TCP, Sport: 40000, Dport: 80, Service: "http", Seed: draw.NewSeed(5),
		Client: &packet.Host{Name: "a", Addr: netip.MustParseAddr("10.0.0.1"), Stack: linux, Local: true, Delay: 50_000},
		Server: &packet.Host{Name: "b", Addr: netip.MustParseAddr("192.0.2.1"), Stack: linux, Delay: 8_000_000},
	}
}

func setOf(t testing.TB, a *automaton.Automaton, state string) *Set {
	t.Helper()
	s, err := New([]Kind{{"http", "tcp", state, a}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A flow has the packets, the bytes and the time that it was promised.
func TestPromisesAreKept(t *testing.T) {
	s := setOf(t, web(), "SF")
	for i := range 200 {
		r := draw.NewSeed(1).Number(uint64(i)).Stream()
		c := conversation()
		w := &Want{Service: "http", State: "SF", Packets: [2]int64{5, 4}, Bytes: [2]int64{5*52 + 8 + 400, 4*52 + 8 + 2500}, Whole: true, Duration: 700e6}
		list, outcome := s.Draw(&r, c, w)
		if outcome != Exact {
			t.Fatalf("draw %d: outcome %d", i, outcome)
		}
		var packets, bytes [2]int64
		var state track.State
		for _, h := range list {
			packets[h.From]++
			bytes[h.From] += int64(h.Size + c.Overhead(h.From, h.Flags))
			state.Packet(h.From == packet.Client, h.Flags)
		}
		if packets != w.Packets || bytes != w.Bytes || state.String(packet.TCP) != "SF" {
			t.Fatalf("draw %d: %v packets of %v bytes in state %s, promised %v of %v", i, packets, bytes, state.String(packet.TCP), w.Packets, w.Bytes)
		}
		if took := float64(c.Elapsed(list)); math.Abs(took-700e6) > 2*precision*700e6 {
			t.Fatalf("draw %d: %v ns, promised %v", i, took, w.Duration)
		}
	}
}

// Of the words with the promised counts each is as likely as the automaton makes it.
func TestDrawsAreExact(t *testing.T) {
	s := setOf(t, web(), "SF")
	// Five packets forward and five backward: of two exchanges one has a long answer. Both orders are as likely.
	first, n := 0, 4000
	for i := range n {
		r := draw.NewSeed(2).Number(uint64(i)).Stream()
		list, outcome := s.Draw(&r, conversation(), &Want{Service: "http", State: "SF", Packets: [2]int64{5, 5}, Bytes: [2]int64{-1, -1}})
		if outcome != Exact {
			t.Fatal(outcome)
		}
		if list[4].Flags == packet.ACK {
			first++
		}
	}
	if z := (float64(first) - float64(n)/2) / math.Sqrt(float64(n)/4); math.Abs(z) > 4 {
		t.Errorf("%d of %d have their long answer first: %.1f standard deviations off", first, n, z)
	}
}

func TestOutcomes(t *testing.T) {
	s := setOf(t, web(), "SF")
	for name, x := range map[string]struct {
		want Want
		out  Outcome
	}{
		"another state":   {Want{Service: "http", State: "S1", Bytes: [2]int64{-1, -1}}, NearState},
		"no service":      {Want{Service: "smb", State: "SF"}, Missing},
		"far too many":    {Want{Service: "http", State: "SF", Packets: [2]int64{5000, 9000}}, TooLong},
		"unheard numbers": {Want{Service: "http", State: "SF", Packets: [2]int64{2, 30}, Bytes: [2]int64{-1, -1}}, NearCount},
		"any numbers":     {Want{Service: "http", State: "SF", Bytes: [2]int64{-1, -1}}, Exact},
	} {
		r := draw.NewSeed(3).Stream()
		list, outcome := s.Draw(&r, conversation(), &x.want)
		if outcome != x.out || (list == nil) != (outcome >= Missing) {
			t.Errorf("%s: outcome %d with %d packets, want %d", name, outcome, len(list), x.out)
		}
	}
	// An automaton whose words end in another state than it says draws nothing.
	r := draw.NewSeed(3).Stream()
	if list, outcome := setOf(t, web(), "RSTO").Draw(&r, conversation(), &Want{Service: "http", State: "RSTO", Bytes: [2]int64{-1, -1}}); list != nil || outcome != Unlike {
		t.Errorf("words that end in SF are drawn as RSTO: outcome %d", outcome)
	}
}

// Noise is played back at the rate at which it was learnt, and the first packet stays.
func TestNoise(t *testing.T) {
	a := web()
	a.Noise = &automaton.Noise{Deletion: .05, Repetition: .1, Transposition: .05, Low: []float64{0, 0}, High: []float64{1, 1}}
	s := setOf(t, a, "SF")
	var seen [4]float64
	total, payload := 0.0, 0.0
	for i := range 2000 {
		r := draw.NewSeed(4).Number(uint64(i)).Stream()
		list, _ := s.Draw(&r, conversation(), &Want{Service: "http", State: "SF", Bytes: [2]int64{-1, -1}, Noise: true})
		if list[0].Fate != packet.Seen {
			t.Fatal("the first packet has another fate")
		}
		for _, h := range list[1:] {
			seen[h.Fate]++
			if h.Fate != packet.Again {
				total++
				if h.Size > 0 {
					payload++
				}
			}
		}
	}
	for fate, want := range map[packet.Fate]float64{packet.Missed: .05 * total, packet.Swapped: .05 * total, packet.Again: .1 * payload} {
		if got := seen[fate]; math.Abs(got-want) > 5*math.Sqrt(want) {
			t.Errorf("fate %d befell %v packets, expected %.0f", fate, got, want)
		}
	}
}

func TestWhatIsNoAutomatonOfHeaders(t *testing.T) {
	broken := web()
	broken.Edges[4].Probability = .5
	names := web()
	names.Symbols[0].Name = "login"
	for name, a := range map[string]*automaton.Automaton{"sum to": broken, "login": names} {
		if _, err := New([]Kind{{"http", "tcp", "SF", a}}); err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "http over tcp") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func BenchmarkDraw(b *testing.B) {
	s := setOf(b, web(), "SF")
	c := conversation()
	w := &Want{Service: "http", State: "SF", Packets: [2]int64{9, 11}, Bytes: [2]int64{1500, 9000}, Whole: true, Duration: 700e6}
	seed := draw.NewSeed(1)
	for i := range b.N {
		r := seed.Number(uint64(i)).Stream()
		s.Draw(&r, c, w)
	}
}
