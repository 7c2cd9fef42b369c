package packets

import (
	"bytes"
	"context"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/harness/fidelity"
	"github.com/evilbench/evilbench/labels/wire"
)

// packet is what a test captures of one TCP packet.
type packet struct {
	at         int64
	client     byte
	back       bool
	ttl, flags byte
	size       int // of the IP packet, at least 40
}

func (p packet) frame() []byte {
	b := make([]byte, 14+p.size)
	b[12] = 8
	ip := b[14:]
	ip[0], ip[2], ip[3], ip[8], ip[9] = 0x45, byte(p.size>>8), byte(p.size), p.ttl, 6
	src, dst := []byte{10, 0, 0, p.client}, []byte{10, 1, 0, 1}
	sport, dport := []byte{200, p.client}, []byte{0, 80}
	if p.back {
		src, dst, sport, dport = dst, src, dport, sport
	}
	copy(ip[12:], src)
	copy(ip[16:], dst)
	copy(ip[20:], sport)
	copy(ip[22:], dport)
	ip[32], ip[33] = 0x50, p.flags
	return b
}

func captured(t testing.TB, name string, packets []packet) *Capture {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	var b bytes.Buffer
	w, err := wire.NewWriter(&b, wire.Ethernet, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packets {
		frame := p.frame()
		if err := w.Write(p.at, frame, len(frame)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	c, err := Read(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	c.Name = name
	return c
}

// talks is n flows of a question and four answers each, spoilt by plant.
func talks(n int, seed uint64, plant func(p *packet)) (out []packet) {
	stream := draw.NewSeed(seed).Stream()
	at := int64(1_700_000_000e9)
	for i := range n {
		at += 1e9
		for k := range 5 {
			p := packet{at: at + int64(k)*10e6 + stream.Duration(0, 5e6), client: byte(i % 200), back: k > 0, ttl: 64, flags: 0x18, size: 40 + stream.IntN(400)}
			if plant != nil {
				plant(&p)
			}
			out = append(out, p)
		}
	}
	return out
}

func byName(all []fidelity.Aspect) map[string]fidelity.Aspect {
	out := map[string]fidelity.Aspect{}
	for _, a := range all {
		out[a.Name] = a
	}
	return out
}

func TestCaptureIsLikeItself(t *testing.T) {
	real := captured(t, "real", talks(400, 1, nil))
	if real.Packets != 2000 || real.Flows < 200 || real.Other != 0 {
		t.Fatalf("%d packets, %d flows, %d others", real.Packets, real.Flows, real.Other)
	}
	for _, a := range Compare(real, real, Options{}) {
		if a.Figure.Missing != "" || a.Figure.Value > 1e-9 {
			t.Errorf("%s of a capture and itself is %+v", a.Name, a.Figure)
		}
	}
	for _, a := range Compare(real, captured(t, "fresh", talks(400, 2, nil)), Options{}) {
		if a.Figure.Missing != "" || a.Figure.Value > 0.05 {
			t.Errorf("%s of another day is %+v", a.Name, a.Figure)
		}
	}
}

func TestPlantedDifferences(t *testing.T) {
	real := captured(t, "real", talks(400, 1, nil))
	for name, fault := range map[string]struct {
		least, most float64
		plant       func(p *packet)
	}{
		"TTL JSD":       {1, 1, func(p *packet) { p.ttl = 128 }},
		"TCP flags JSD": {1, 1, func(p *packet) { p.flags = 0x10 }},
		"Length KS":     {1, 1, func(p *packet) { p.size += 500 }},
		// One of nine times is a client's silence between two talks, which stays as it was.
		"Time between packets KS": {0.85, 0.9, func(p *packet) { p.at += (p.at % 1e9) * 20 }},
		"Direction runs KS":       {0.4, 1, func(p *packet) { p.back = p.at/1e7%2 == 1 }},
	} {
		all := byName(Compare(real, captured(t, "other", talks(400, 2, fault.plant)), Options{}))
		for other, a := range all {
			f := a.Figure
			switch {
			case f.Missing != "" || !f.Bounded && f.Note == "":
				t.Errorf("%s planted: %s is %+v", name, other, f)
			case other == name && (f.Value < fault.least-1e-9 || f.Value > fault.most+1e-9):
				t.Errorf("%s is %+v, want %v", name, f, fault.least)
			case other == "TTL JSD" && other != name && f.Value > 0.05:
				t.Errorf("%s planted, but %s is %+v", name, other, f)
			}
		}
	}
}

func TestSilentCapture(t *testing.T) {
	real, none := captured(t, "real", talks(5, 1, nil)), captured(t, "none", nil)
	for _, a := range Compare(real, none, Options{}) {
		if a.Figure.Missing == "" || math.IsNaN(a.Figure.Value) {
			t.Errorf("%s of an empty capture is %+v", a.Name, a.Figure)
		}
	}
	one := captured(t, "one", talks(1, 1, nil)[:1])
	for _, a := range Compare(real, one, Options{}) {
		if f := a.Figure; f.Missing == "" && (f.Value < 0 || f.Value > 1 || f.Value != f.Value) {
			t.Errorf("%s of one packet is %+v", a.Name, f)
		}
	}
}

func TestSameFiguresAgain(t *testing.T) {
	real, other := captured(t, "real", talks(60, 1, nil)), captured(t, "other", talks(60, 2, nil))
	if diff := cmp.Diff(Compare(real, other, Options{Seed: 4}), Compare(real, other, Options{Seed: 4})); diff != "" {
		t.Error(diff)
	}
}

// Real captures of different places differ; one and the same does not.
func TestRecordedCaptures(t *testing.T) {
	root := os.Getenv("EVILBENCH_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "shared", "data")
	}
	var all []*Capture
	for _, name := range []string{"http-browsing.pcap", "smb.pcap"} {
		path := filepath.Join(root, "captures", "workstations", name)
		if _, err := os.Stat(path); err != nil {
			t.Skip("no data here; set EVILBENCH_DATA:", err)
		}
		c, err := Read(context.Background(), path)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	if f := byName(Compare(all[0], all[1], Options{}))["Length KS"].Figure; f.Missing != "" || f.Value < 0.1 {
		t.Errorf("browsing and file sharing have the same lengths: %+v", f)
	}
	if f := byName(Compare(all[1], all[1], Options{}))["Length KS"].Figure; f.Value != 0 {
		t.Errorf("a capture and itself: %+v", f)
	}
}

func BenchmarkCompare(b *testing.B) {
	real, other := captured(b, "real", talks(2000, 1, nil)), captured(b, "other", talks(2000, 2, nil))
	for b.Loop() {
		Compare(real, other, Options{})
	}
}

// BenchmarkRead's unit is the packet.
func BenchmarkRead(b *testing.B) {
	path := filepath.Join(b.TempDir(), "x.pcap")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w, err := wire.NewWriter(f, wire.Ethernet, true)
	if err != nil {
		b.Fatal(err)
	}
	for _, p := range talks(20000, 1, nil) {
		frame := p.frame()
		if err := w.Write(p.at, frame, len(frame)); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	f.Close()
	for b.Loop() {
		if _, err := Read(context.Background(), path); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100_000, "ns/packet")
}
