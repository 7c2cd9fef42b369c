package attack_test

import (
	"encoding/binary"
	"net/netip"
	"testing"

	"github.com/evilbench/evilbench/generator/attack"
	"github.com/evilbench/evilbench/generator/packet"
)

func TestScansAskEveryPortOnceAndGetOneAnswer(t *testing.T) {
	a := &attack.SYNScan{Rate: 10, Filtered: 0.5}
	s := site(9)
	s.Targets = s.Targets[1:] // Windows
	answers, counts := map[uint16]packet.Ending{}, map[packet.Ending]int{}
	const all = 65535
	common := 0
	for k := range all + 1000 {
		c := step(a, s, k)[0]
		if k < 50 && c.Dport < 10_000 {
			common++
		}
		if before, ok := answers[c.Dport]; ok && before != c.Ending {
			t.Fatalf("port %d ended %d, then %d", c.Dport, before, c.Ending)
		}
		if _, ok := answers[c.Dport]; !ok {
			counts[c.Ending]++
		}
		answers[c.Dport] = c.Ending
	}
	if len(answers) != all {
		t.Errorf("%d ports of %d", len(answers), all)
	}
	if common < 40 {
		t.Errorf("%d of the first 50 ports are below 10000", common)
	}
	if answers[445] != packet.HalfOpen || answers[3389] != packet.HalfOpen || answers[22] == packet.HalfOpen || counts[packet.HalfOpen] > 20 {
		t.Errorf("open: %d ports, 445 ends %d, 22 ends %d", counts[packet.HalfOpen], answers[445], answers[22])
	}
	if share := float64(counts[packet.Unanswered]) / all; share < 0.48 || share > 0.52 { // ten standard deviations
		t.Errorf("a share of %v is filtered, want about 0.5", share)
	}
}

func TestConnectScanCompletesTheHandshake(t *testing.T) {
	a := &attack.SYNScan{Rate: 10, Filtered: 0, Connect: true, Open: []uint16{8080}}
	s := site(1)
	found := false
	for k := range 300 {
		c := step(a, s, k)[0]
		want := packet.Refused
		if c.Dport == 8080 {
			want, found = packet.ResetByClient, true
		}
		if c.Ending != want {
			t.Fatalf("port %d ends %d, want %d", c.Dport, c.Ending, want)
		}
	}
	if !found {
		t.Error("port 8080 was never asked")
	}
}

func TestSweepVisitsEveryAddressOnce(t *testing.T) {
	for _, n := range []int{1, 9, 99, 199, 252} { // with two targets: also multiples of 101
		for _, echo := range []string{"empty", "system", "none"} {
			s := site(uint64(n))
			ghosts := map[netip.Addr]*packet.Host{}
			s.Unused = nil
			for i := range n {
				g := host("ghost", netip.AddrFrom4([4]byte{10, 9, 0, byte(i)}).String(), true)
				g.Absent = true
				ghosts[g.Addr] = g
				s.Unused = append(s.Unused, g.Addr)
			}
			s.Ghost = func(a netip.Addr) *packet.Host { return ghosts[a] }
			seen := map[netip.Addr]bool{}
			for k := range n + len(s.Targets) {
				cs := step(&attack.HostSweep{Rate: 5, Port: 445, Echo: echo}, s, k)
				if want := map[bool]int{true: 1, false: 2}[echo == "none"]; len(cs) != want {
					t.Fatalf("%d conversations with echo %s", len(cs), echo)
				}
				seen[cs[0].Server.Addr] = true
				for _, c := range cs {
					consistent(t, s, &c, "host-sweep")
					if c.Proto == packet.ICMP && (len(c.Turns) == 2) == c.Server.Absent {
						t.Fatalf("absent %v, %d echo messages", c.Server.Absent, len(c.Turns))
					}
				}
			}
			if len(seen) != n+len(s.Targets) {
				t.Errorf("%d addresses of %d", len(seen), n+len(s.Targets))
			}
		}
	}
}

// TestUnreachablesQuoteTheDatagram: what the victim sends back is a header and eight bytes with checksums that hold.
func TestUnreachablesQuoteTheDatagram(t *testing.T) {
	checked := 0
	for _, stack := range []string{"linux", "linux-server", "windows-11"} {
		s := site(3)
		s.Source.Stack, _ = packet.StackByName(stack)
		for k := range 400 {
			cs := step(&attack.UDPScan{Rate: 8, Closed: 1, ReplyRate: 100}, s, k)
			if len(cs) == 1 {
				continue
			}
			checked++
			probe, body := &cs[0], cs[1].Turns[0].Data
			ip, udp := body[4:24], body[24:32]
			if got := onesSum(ip); got != 0xffff {
				t.Fatalf("header sums to %#x", got)
			}
			whole := append([]byte{0, 17, 0, 0}, ip[12:20]...)
			whole = append(whole, udp...)
			whole = append(whole, probe.Turns[0].Data...)
			copy(whole[2:], udp[4:6])
			if got := onesSum(whole); got != 0xffff {
				t.Fatalf("probe of port %d sums to %#x", probe.Dport, got)
			}
			if n := binary.BigEndian.Uint16(ip[2:]); int(n) != 28+len(probe.Turns[0].Data) {
				t.Fatalf("quoted length %d of a probe with %d bytes", n, len(probe.Turns[0].Data))
			}
			if cs[1].Start <= probe.Start+1_500_000 { // what two resolutions of link addresses may take
				t.Fatalf("answered after %d ns", cs[1].Start-probe.Start)
			}
		}
	}
	if checked < 1000 {
		t.Errorf("%d answers", checked)
	}
}

// onesSum is the ones' complement sum of 16-bit words.
func onesSum(p []byte) uint64 {
	var sum uint64
	for i := 0; i < len(p); i += 2 {
		word := uint64(p[i]) << 8
		if i+1 < len(p) {
			word |= uint64(p[i+1])
		}
		sum += word
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return sum
}

// TestVictimsLimitTheirAnswers: so many a second and target, whatever the rate of the scan.
func TestVictimsLimitTheirAnswers(t *testing.T) {
	for _, c := range []struct {
		rate, limit float64
		want        int // in 60 s, both targets
	}{{10, 1, 120}, {10, 2.5, 300}, {4, 100, 240}, {10, 0, 0}} {
		a, s := &attack.UDPScan{Rate: c.rate, Open: []uint16{1}, Closed: 1, ReplyRate: c.limit}, site(1)
		got := 0
		for k := range int(c.rate * 60) {
			got += len(step(a, s, k)) - 1
		}
		if got < c.want-4 || got > c.want+4 { // the first of each target comes on top; port 1 is open
			t.Errorf("rate %v, limit %v: %d answers, want %d", c.rate, c.limit, got, c.want)
		}
	}
}

func TestFloodSourcesArePublic(t *testing.T) {
	s := site(1)
	s.Source = host("www.norsol.net", "93.18.4.2", false)
	kind, _ := attack.ByName("syn-flood")
	sources := map[netip.Addr]bool{}
	const n = 5000
	for k := range n {
		c := step(kind.New(), s, k)[0]
		if a := c.Client.Addr; !a.IsGlobalUnicast() || a.IsPrivate() || c.Client.Stack != s.Source.Stack || c.Client.Hops != s.Source.Hops {
			t.Fatalf("source %+v", c.Client)
		}
		if c.Ending != packet.NeverAcknowledged {
			t.Fatalf("ending %d", c.Ending)
		}
		sources[c.Client.Addr] = true
	}
	if len(sources) < n-10 {
		t.Errorf("%d sources of %d requests", len(sources), n)
	}
	inside := site(1)
	if c := step(kind.New(), inside, 0)[0]; c.Client != inside.Source || c.Ending != packet.HalfOpen {
		t.Errorf("a source inside sends from %s, ending %d", c.Client.Addr, c.Ending)
	}
}
