package taint_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/taint"
	"github.com/evilbench/evilbench/labels/wire"
)

// frames: an IPv4 packet over Ethernet with a right checksum, the same under a VLAN tag with a wrong one, and ARP.
func frames() [][]byte {
	ip := []byte{0x45, 0, 0, 28, 0x12, 0x34, 0x40, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0, 1, 0, 2, 0, 8, 0, 0}
	var sum uint32
	for i := 0; i < 20; i += 2 {
		sum += uint32(ip[i])<<8 | uint32(ip[i+1])
	}
	sum = sum&0xffff + sum>>16
	ip[10], ip[11] = byte(^sum>>8), byte(^sum)
	ether := func(kind ...byte) []byte { return append(make([]byte, 12), kind...) }
	wrong := bytes.Clone(ip)
	wrong[10] ^= 0x55
	return [][]byte{
		append(ether(8, 0), ip...),
		append(ether(0x81, 0, 0, 5, 8, 0), wrong...),
		append(ether(8, 6), make([]byte, 46)...),
	}
}

func capture(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "in.pcap")
	var b bytes.Buffer
	w, err := wire.NewWriter(&b, wire.Ethernet, false)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range frames() {
		if err := w.Write(1e18+int64(i)*1e6, f, len(f)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSetThenClearIsIdentity(t *testing.T) {
	in := capture(t)
	set, cleared := in+".set", in+".clear"
	c, err := taint.Set(in, set)
	if err != nil || c != (taint.Counts{Packets: 3, Tainted: 2, Changed: 2, Cannot: 1}) {
		t.Fatalf("set: %+v, %v", c, err)
	}
	if c, err = taint.Clear(set, cleared); err != nil || c.Changed != 2 || c.Tainted != 0 {
		t.Fatalf("clear: %+v, %v", c, err)
	}
	a, _ := os.ReadFile(in)
	b, _ := os.ReadFile(cleared)
	if !bytes.Equal(a, b) {
		t.Error("set and clear changed the capture")
	}
}

func TestChecksumIsRepairedAndWrongStaysWrong(t *testing.T) {
	for i, f := range frames()[:2] {
		var h wire.Headers
		if err := wire.Decode(wire.Frame{Data: f, Length: len(f), Link: wire.Ethernet}, &h); err != nil {
			t.Fatal(err)
		}
		before := sum(f[h.IPOffset:])
		if !wire.SetEvil(f, h.IPOffset, true) || f[h.IPOffset+6]&0x80 == 0 {
			t.Fatal("the bit was not set")
		}
		if after := sum(f[h.IPOffset:]); after != before {
			t.Errorf("frame %d: header sums to %04x, before %04x", i, after, before)
		}
	}
}

func sum(ip []byte) uint16 {
	var acc uint32
	for i := 0; i < 20; i += 2 {
		acc += uint32(ip[i])<<8 | uint32(ip[i+1])
	}
	for acc > 0xffff {
		acc = acc&0xffff + acc>>16
	}
	return uint16(acc)
}

func sidecar(ps ...labels.Packet) func(func(labels.Packet, error) bool) {
	return func(yield func(labels.Packet, error) bool) {
		for _, p := range ps {
			if !yield(p, nil) {
				return
			}
		}
	}
}

func TestAudit(t *testing.T) {
	in := capture(t)
	set := in + ".set"
	if _, err := taint.Set(in, set); err != nil {
		t.Fatal(err)
	}
	evil := func(i int64, bit bool) labels.Packet { return labels.Packet{Index: i, Campaign: "c", Tainted: bit} }
	rep, err := taint.Audit(set, sidecar(evil(1, true), evil(2, true), evil(3, false)))
	if err != nil || rep.Disagree != 0 || rep.Malicious != 3 || rep.SidecarOnly != 1 || rep.Tainted != 2 {
		t.Errorf("agreeing: %+v, %v", rep, err)
	}
	rep, err = taint.Audit(set, sidecar(evil(1, true), labels.Packet{Index: 2}, evil(3, false)))
	if err != nil || rep.Disagree != 1 || len(rep.FirstIndices) != 1 || rep.FirstIndices[0] != 2 {
		t.Errorf("bit on a benign packet: %+v, %v", rep, err)
	}
	if rep.OnBenign != 1 || rep.Cannot != 1 {
		t.Errorf("bit on a benign packet and one that cannot carry it: %+v", rep)
	}
	if _, err = taint.Audit(set, sidecar(evil(1, true))); err == nil {
		t.Error("a sidecar that is too short was accepted")
	}
	if _, err = taint.Audit(set, sidecar(evil(1, true), evil(2, true), evil(3, false), evil(4, false))); err == nil {
		t.Error("a sidecar that is too long was accepted")
	}
}

func TestSplit(t *testing.T) {
	in := capture(t)
	half := in + ".half"
	if _, err := taint.Set(in, half); err != nil {
		t.Fatal(err)
	}
	c, err := taint.Split(half, in+".evil", in+".rest")
	if err != nil || c.Tainted != 2 || c.Packets != 3 {
		t.Fatalf("%+v, %v", c, err)
	}
	for path, want := range map[string]int64{in + ".evil": 2, in + ".rest": 1} {
		got, err := taint.Clear(path, path+".x")
		if err != nil || got.Packets != want {
			t.Errorf("%s: %+v, %v, want %d packets", path, got, err, want)
		}
	}
}

func TestDamagedCaptureLeavesNothing(t *testing.T) {
	in := capture(t)
	b, _ := os.ReadFile(in)
	if err := os.WriteFile(in, b[:len(b)-10], 0o644); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "out.pcap")
	if _, err := taint.Clear(in, out); err == nil {
		t.Fatal("a truncated capture was accepted")
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(out), "*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(out), ".*pcap*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestEveryByteComesBack: set and clear restore any header under any link header, and the checksum stays as right or wrong as it was.
func TestEveryByteComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		offset := rapid.SampledFrom([]int{0, 4, 14, 18, 20, 22}).Draw(t, "offset")
		was := rapid.SliceOfN(rapid.Byte(), offset+20, offset+60).Draw(t, "frame")
		if rapid.Bool().Draw(t, "right") {
			copy(was[offset+10:], []byte{0, 0})
			binary.BigEndian.PutUint16(was[offset+10:], wire.Checksum(was[offset:offset+20]))
		}
		before := sum(was[offset:])
		on := was[offset+6]&0x80 == 0
		now := bytes.Clone(was)
		if !wire.SetEvil(now, offset, on) || on == (now[offset+6]&0x80 == 0) {
			t.Fatal("the bit did not change")
		}
		// 0xffff is what no sender computes; as the other way to write 0 it cannot be adjusted and come back.
		if after := sum(now[offset:]); after != before && binary.BigEndian.Uint16(was[offset+10:]) != 0xffff {
			t.Fatalf("header sums to %04x, before %04x", after, before)
		}
		if !wire.SetEvil(now, offset, !on) || !bytes.Equal(was, now) {
			t.Fatalf("%x came back as %x", was, now)
		}
	})
}

// TestRealCapturesComeBack: whatever the format and the link type, set and clear restore a capture's every byte, and clearing a
// capture without the bit copies it.
func TestRealCapturesComeBack(t *testing.T) {
	root := os.Getenv("EVILBENCH_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	paths, err := filepath.Glob(filepath.Join(root, "captures", "*", "*.*cap*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 && strings.Contains(os.Getenv("EVILBENCH_REQUIRE"), "data") {
		t.Fatal("no captures, and EVILBENCH_REQUIRE names data")
	} else if len(paths) == 0 {
		t.Skip("no captures here; set EVILBENCH_DATA")
	}
	set, cleared := filepath.Join(t.TempDir(), "set"), filepath.Join(t.TempDir(), "cleared")
	for _, path := range paths {
		marked, err := taint.Set(path, set)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		c, err := taint.Clear(set, cleared)
		if err != nil || c.Changed != marked.Tainted || c.Packets != marked.Packets {
			t.Errorf("%s: set %+v, clear %+v, %v", path, marked, c, err)
		}
		if marked.Changed == marked.Tainted && !bytes.Equal(unpacked(t, path), unpacked(t, cleared)) {
			t.Errorf("%s: set and clear changed it", path)
		}
	}
}

func unpacked(t *testing.T, path string) []byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := wire.Unpack(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
