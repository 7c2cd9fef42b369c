package track_test

import (
	"net/netip"
	"testing"

	"pgregory.net/rapid"

	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/track"
	"github.com/evilbench/evilbench/labels/wire"
)

// Vectors of the Community ID specification's baseline.
func TestCommunityIDVectors(t *testing.T) {
	for _, test := range []struct {
		src, dst     string
		proto        uint8
		sport, dport uint16 // type and code for ICMP
		want         string
	}{
		{"128.232.110.120", "66.35.250.204", 6, 34855, 80, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
		{"66.35.250.204", "128.232.110.120", 6, 80, 34855, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
		{"192.168.1.52", "8.8.8.8", 17, 54585, 53, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="},
		{"192.168.0.89", "192.168.0.1", 1, 8, 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="},
		{"192.168.0.1", "192.168.0.89", 1, 0, 0, "1:X0snYXpgwiv9TZtqg64sgzUn6Dk="},
		{"192.168.170.8", "192.168.170.56", 132, 7, 80, "1:jQgCxbku+pNGw8WPbEc/TS/uTpQ="},
		{"fe80::200:86ff:fe05:80da", "fe80::260:97ff:fe07:69ea", 58, 135, 0, "1:dGHyGvjMfljg6Bppwm3bg0LO8TY="},
	} {
		tuple := labels.Tuple{Src: netip.MustParseAddr(test.src), Dst: netip.MustParseAddr(test.dst), Proto: test.proto, Sport: test.sport, Dport: test.dport}
		if got := track.CommunityID(tuple, uint8(test.sport), uint8(test.dport), 0); got != test.want {
			t.Errorf("%s > %s: %s, want %s", test.src, test.dst, got, test.want)
		}
	}
}

func TestStates(t *testing.T) {
	const f, s, r, a = 1, 2, 4, 16
	for want, packets := range map[string][]struct {
		forward bool
		flags   uint8
	}{
		"S0":     {{true, s}},
		"S1":     {{true, s}, {false, s | a}, {true, a}},
		"SF":     {{true, s}, {false, s | a}, {true, a}, {true, f | a}, {false, f | a}, {true, a}},
		"REJ":    {{true, s}, {false, r | a}},
		"S2":     {{true, s}, {false, s | a}, {true, a}, {true, f | a}},
		"S3":     {{true, s}, {false, s | a}, {true, a}, {false, f | a}},
		"RSTO":   {{true, s}, {false, s | a}, {true, r}},
		"RSTR":   {{true, s}, {false, s | a}, {true, a}, {false, r | a}},
		"RSTOS0": {{true, s}, {true, r}},
		"RSTRH":  {{false, s | a}, {false, r}},
		"SH":     {{true, s}, {true, f | a}},
		"SHR":    {{false, s | a}, {false, f | a}},
		"OTH":    {{true, a}, {false, a}},
	} {
		var state track.State
		for _, p := range packets {
			state.Packet(p.forward, p.flags)
		}
		if got := state.String(6); got != want {
			t.Errorf("%v: %s, want %s", packets, got, want)
		}
	}
}

// TestEveryPacketIsCounted: whatever comes, the biflows' packets add up to what was put in, both directions have one number, and
// numbers are handed out from 1.
func TestEveryPacketIsCounted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var counted int64
		seen := map[int64]bool{}
		tr := track.New(track.Options{}, func(f *labels.Flow) error {
			counted += f.FwdPackets + f.BwdPackets
			if seen[f.Flow] || f.Flow < 1 {
				t.Fatalf("flow number %d", f.Flow)
			}
			seen[f.Flow] = true
			return nil
		})
		time := int64(1e18)
		n := rapid.IntRange(1, 200).Draw(t, "n")
		for range n {
			time += rapid.Int64Range(0, 90e9).Draw(t, "gap")
			h := wire.Headers{IP: 4, Length: 60, Proto: rapid.SampledFrom([]uint8{1, 6, 17}).Draw(t, "proto"),
				Src: netip.AddrFrom4([4]byte{10, 0, 0, rapid.Byte().Draw(t, "src") % 3}), Dst: netip.AddrFrom4([4]byte{10, 0, 0, rapid.Byte().Draw(t, "dst") % 3}),
				Sport: uint16(rapid.IntRange(0, 2).Draw(t, "sport")), Dport: uint16(rapid.IntRange(0, 2).Draw(t, "dport")),
				Flags: rapid.Byte().Draw(t, "flags"), ICMPType: rapid.SampledFrom([]uint8{0, 3, 8}).Draw(t, "type"),
				Fragment: rapid.SampledFrom([]uint16{0, 0, 0, 1480}).Draw(t, "fragment"), More: rapid.Bool().Draw(t, "more"),
				ID: uint32(rapid.IntRange(0, 2).Draw(t, "id")),
			}
			if h.Fragment != 0 {
				h.Sport, h.Dport = 0, 0
			}
			number, _, err := tr.Add(time, &h)
			if err != nil || number == 0 {
				t.Fatalf("flow %d, error %v", number, err)
			}
		}
		if err := tr.Flush(); err != nil {
			t.Fatal(err)
		}
		if counted != int64(n) {
			t.Fatalf("%d packets in, %d counted", n, counted)
		}
	})
}

func TestBothDirectionsAreOneBiflow(t *testing.T) {
	tr := track.New(track.Options{}, func(*labels.Flow) error { return nil })
	a, b := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")
	there := wire.Headers{IP: 4, Proto: 17, Src: a, Dst: b, Sport: 1000, Dport: 53}
	back := wire.Headers{IP: 4, Proto: 17, Src: b, Dst: a, Sport: 53, Dport: 1000}
	tagged := there
	tagged.VLAN = 7
	n1, f1, _ := tr.Add(1e18, &there)
	n2, f2, _ := tr.Add(1e18+1, &back)
	n3, _, _ := tr.Add(1e18+2, &tagged)
	n4, _, _ := tr.Add(1e18+120e9, &there)
	if n1 != n2 || !f1 || f2 {
		t.Errorf("there: flow %d forward %v, back: flow %d forward %v", n1, f1, n2, f2)
	}
	if n3 == n1 {
		t.Error("another VLAN is the same biflow")
	}
	if n4 == n1 {
		t.Error("two minutes of silence did not end a UDP biflow")
	}
}
