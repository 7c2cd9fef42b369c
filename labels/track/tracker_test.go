package track_test

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/track"
	"github.com/evilbench/evilbench/labels/wire"
)

var client, server = netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")

const (
	fin, syn, rst, ack = 1, 2, 4, 16
	second             = int64(1e9)
)

func tcp(forward bool, flags uint8) *wire.Headers {
	h := &wire.Headers{IP: 4, Proto: 6, Src: client, Dst: server, Sport: 40000, Dport: 80, Flags: flags, Transport: true, Length: 60}
	if !forward {
		h.Src, h.Dst, h.Sport, h.Dport = server, client, 80, 40000
	}
	return h
}

func icmp(forward bool, kind, code uint8) *wire.Headers {
	h := &wire.Headers{IP: 4, Proto: 1, Src: client, Dst: server, ICMPType: kind, ICMPCode: code, Transport: true, Length: 60}
	if !forward {
		h.Src, h.Dst = server, client
	}
	return h
}

// step is one packet and what the tracker should say about it.
type step struct {
	after   int64 // ns since the step before
	packet  *wire.Headers
	flow    int64
	forward bool
}

func play(t *testing.T, o track.Options, steps []step) []labels.Flow {
	t.Helper()
	var out []labels.Flow
	tr := track.New(o, func(f *labels.Flow) error {
		out = append(out, *f)
		return nil
	})
	at := int64(1e18)
	for i, s := range steps {
		at += s.after
		flow, forward, err := tr.Add(at, s.packet)
		if err != nil || flow != s.flow || forward != s.forward {
			t.Errorf("packet %d: flow %d, forward %v, %v; want %d, %v", i+1, flow, forward, err, s.flow, s.forward)
		}
	}
	if err := tr.Flush(); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestPortReuseBeginsABiflow(t *testing.T) {
	flows := play(t, track.Options{}, []step{
		{0, tcp(true, syn), 1, true}, {second, tcp(false, syn|ack), 1, false}, {0, tcp(true, rst), 1, true},
		{second, tcp(true, syn), 2, true}, {0, tcp(false, rst|ack), 2, false},
		{6 * second, tcp(false, ack), 3, true}, // long after the end
	})
	want := []string{"RSTO", "REJ", "OTH"}
	var got []string
	for _, f := range flows {
		got = append(got, f.State)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if flows[0].FwdPackets != 2 || flows[0].BwdPackets != 1 || flows[0].FwdBytes != 120 || flows[0].End-flows[0].Start != second {
		t.Errorf("%+v", flows[0])
	}
}

func TestStatesOfWhatWasSeenInPart(t *testing.T) {
	const back = 128
	for name, test := range map[string]struct {
		proto   uint8
		packets []uint8
		want    string
	}{
		"both ends close what was joined under way":     {6, []uint8{ack, back | ack, fin | ack, back | fin | ack}, "SF"},
		"the originator resets what was joined":         {6, []uint8{ack, back | ack, rst}, "OTH"},
		"the responder resets what was joined":          {6, []uint8{ack, back | ack, back | rst}, "RSTRH"},
		"a reset between two goodbyes":                  {6, []uint8{syn, back | syn | ack, ack, fin | ack, rst, back | fin | ack}, "SF"},
		"a reset by who said goodbye alone":             {6, []uint8{syn, back | syn | ack, ack, fin | ack, rst}, "RSTO"},
		"resets behind the end":                         {6, []uint8{syn, back | syn | ack, ack, fin | ack, back | fin | ack, rst, back | rst}, "SF"},
		"the SYN was missed":                            {6, []uint8{back | syn | ack, ack}, "S1"},
		"an acknowledgement before the answer":          {6, []uint8{syn, back | ack, back | syn | ack, ack}, "S1"},
		"a SYN behind what looked like a packet of old": {6, []uint8{ack, syn, back | rst | ack}, "REJ"},
		"udp, asked":    {17, []uint8{0}, "S0"},
		"udp, answered": {17, []uint8{0, back}, "SF"},
		"icmp":          {1, []uint8{0, back}, "OTH"},
	} {
		var s track.State
		for _, p := range test.packets {
			s.Packet(p&back == 0, p&^back)
		}
		if got := s.String(test.proto); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

func TestSynAckComesFromTheResponder(t *testing.T) {
	flows := play(t, track.Options{}, []step{{0, tcp(false, syn|ack), 1, false}, {0, tcp(true, ack), 1, true}, {0, tcp(false, fin|ack), 1, false}})
	f := flows[0]
	if len(flows) != 1 || f.Src != client || f.Sport != 40000 || f.Dport != 80 || f.FwdPackets != 1 || f.BwdPackets != 2 || f.State != "S3" {
		t.Errorf("%+v", flows)
	}
}

func TestICMPPairs(t *testing.T) {
	flows := play(t, track.Options{}, []step{
		{0, icmp(true, 8, 0), 1, true}, {0, icmp(false, 0, 0), 1, false}, // echo
		{0, icmp(true, 3, 3), 2, true}, {0, icmp(false, 3, 3), 3, true}, // nobody answers an error: each way is its own
		{0, icmp(true, 3, 1), 4, true},
		{61 * second, icmp(false, 8, 0), 5, true},
	})
	if f := flows[0]; f.ICMPType != 8 || f.ICMPCode != 0 || f.State != "OTH" || f.Sport != 0 {
		t.Errorf("%+v", f)
	}
}

func TestFragmentsFollowTheirFirst(t *testing.T) {
	udp := func(id uint32, offset uint16, more bool) *wire.Headers {
		h := &wire.Headers{IP: 4, Proto: 17, Src: client, Dst: server, ID: id, Fragment: offset, More: more, Length: 1500}
		if offset == 0 {
			h.Sport, h.Dport, h.Transport = 5000, 53, true
		}
		return h
	}
	flows := play(t, track.Options{}, []step{
		{0, udp(7, 0, true), 1, true}, {0, udp(7, 1480, true), 1, true}, {0, udp(7, 2960, false), 1, true},
		{0, udp(8, 1480, false), 2, true},           // without its first
		{31 * second, udp(7, 1480, false), 2, true}, // too late
	})
	if flows[0].Sport != 0 && flows[1].Sport != 0 {
		t.Errorf("%+v", flows)
	}
	for _, f := range flows {
		if want := map[int64]int64{1: 3, 2: 2}[f.Flow]; f.FwdPackets != want {
			t.Errorf("flow %d has %d packets, want %d", f.Flow, f.FwdPackets, want)
		}
	}
}

// TestBothOrientationsAreOneBiflow: a packet and its answer have one number and opposite directions, between any ends.
func TestBothOrientationsAreOneBiflow(t *testing.T) {
	address := rapid.Custom(func(t *rapid.T) netip.Addr {
		if rapid.Bool().Draw(t, "six") {
			return netip.AddrFrom16([16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "address")))
		}
		return netip.AddrFrom4([4]byte(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "address")))
	})
	rapid.Check(t, func(t *rapid.T) {
		there := wire.Headers{IP: 4, Transport: true, Src: address.Draw(t, "src"), Dst: address.Draw(t, "dst"),
			Sport: rapid.Uint16().Draw(t, "sport"), Dport: rapid.Uint16().Draw(t, "dport"), Proto: rapid.SampledFrom([]uint8{1, 6, 17, 47}).Draw(t, "proto"),
			VLAN: rapid.Uint32Range(0, 0xffffff).Draw(t, "vlan"), Flags: ack, ICMPType: 8,
		}
		if there.Src == there.Dst && (there.Proto == 47 || there.Sport == there.Dport) {
			t.Skip("nothing tells the ends apart")
		}
		back := there
		back.Src, back.Dst, back.Sport, back.Dport, back.ICMPType = there.Dst, there.Src, there.Dport, there.Sport, 0
		tr := track.New(track.Options{}, func(*labels.Flow) error { return nil })
		n1, f1, _ := tr.Add(1e18, &there)
		n2, f2, _ := tr.Add(1e18, &back)
		if n1 != n2 || !f1 || f2 {
			t.Fatalf("there: flow %d, forward %v; back: flow %d, forward %v", n1, f1, n2, f2)
		}
	})
}

// TestOpenBiflowsAreBounded: where too many are open, the one that was silent longest ends.
func TestOpenBiflowsAreBounded(t *testing.T) {
	var ended []int64
	tr := track.New(track.Options{MaxOpen: 2}, func(f *labels.Flow) error {
		ended = append(ended, f.Flow)
		return nil
	})
	for i, port := range []uint16{1, 2, 1, 3, 4} {
		h := tcp(true, syn)
		h.Sport = port
		if _, _, err := tr.Add(1e18+int64(i), h); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]int64{2, 1}, ended); diff != "" || tr.Evicted() != 2 {
		t.Errorf("%d evicted: %s", tr.Evicted(), diff)
	}
}

// FuzzTracker: whatever bytes come as packets, every one has a biflow and the counts add up.
func FuzzTracker(f *testing.F) {
	packet := func(proto, flags byte) []byte {
		b := make([]byte, 44)
		b[0], b[1], b[2], b[4], b[11], b[13], b[16], b[20], b[22] = 1, 42, 0x45, 42, proto, 10, 10, 1, 2
		b[35] = flags
		return b
	}
	f.Add(append(packet(6, syn), packet(6, rst)...))
	f.Add(packet(17, 0))
	f.Add(packet(1, 0))
	f.Fuzz(func(t *testing.T, data []byte) {
		var counted, added int64
		tr := track.New(track.Options{MaxOpen: 8}, func(f *labels.Flow) error {
			counted += f.FwdPackets + f.BwdPackets
			return nil
		})
		time := int64(1e18)
		for len(data) >= 2 {
			gap, n := int64(data[0]), min(int(data[1]), len(data)-2)
			frame := data[2 : 2+n]
			data = data[2+n:]
			time += gap * gap * 1e7
			var h wire.Headers
			if wire.Decode(wire.Frame{Data: frame, Length: n, Link: wire.Raw}, &h) != nil {
				continue
			}
			number, _, err := tr.Add(time, &h)
			if err != nil || number == 0 {
				t.Fatalf("flow %d, %v", number, err)
			}
			added++
		}
		if err := tr.Flush(); err != nil {
			t.Fatal(err)
		}
		if counted != added {
			t.Fatalf("%d packets in, %d counted", added, counted)
		}
	})
}

// FuzzState: no order of packets leads to a word outside Zeek's.
func FuzzState(f *testing.F) {
	f.Add([]byte{syn, 128 | syn | ack, ack, fin | ack, 128 | fin | ack})
	words := []byte("S0 S1 S2 S3 SF REJ RSTO RSTR RSTOS0 RSTRH SH SHR OTH ")
	f.Fuzz(func(t *testing.T, packets []byte) {
		var s track.State
		for _, p := range packets {
			s.Packet(p&128 == 0, p&0x3f)
		}
		for _, proto := range []uint8{1, 6, 17, 47} {
			if word := s.String(proto); !bytes.Contains(words, []byte(word+" ")) {
				t.Fatalf("protocol %d: %q", proto, word)
			}
		}
	})
}

// BenchmarkAdd books packets of 10,000 TCP connections, eight packets each, that run side by side.
func BenchmarkAdd(b *testing.B) {
	flags := []uint8{syn, syn | ack, ack, ack, ack, fin | ack, fin | ack, ack}
	tr := track.New(track.Options{}, func(*labels.Flow) error { return nil })
	b.ReportAllocs()
	time := int64(1e18)
	for i := 0; b.Loop(); i++ {
		turn := i / 10_000 % len(flags)
		h := tcp(turn%2 == 0, flags[turn])
		var a [4]byte
		binary.BigEndian.PutUint32(a[:], uint32(i%10_000))
		if turn%2 == 0 {
			h.Src = netip.AddrFrom4(a)
		} else {
			h.Dst = netip.AddrFrom4(a)
		}
		time += 10_000
		if _, _, err := tr.Add(time, h); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCommunityID(b *testing.B) {
	t := labels.Tuple{Src: client, Dst: server, Sport: 40000, Dport: 80, Proto: 6}
	b.ReportAllocs()
	for b.Loop() {
		track.CommunityID(t, 0, 0, 0)
	}
}
