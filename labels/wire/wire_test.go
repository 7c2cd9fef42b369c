package wire_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"

	"github.com/evilbench/evilbench/labels/wire"
)

// datagram is a UDP packet over IPv4 without a link header.
var datagram = []byte{
	0x45, 0, 0, 32, 0x12, 0x34, 0x80, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0x03, 0xe8, 0, 53, 0, 12, 0, 0, 'd', 'a', 't', 'a',
}

// over puts link headers in front of the datagram.
func over(link wire.LinkType) []byte {
	head := map[wire.LinkType][]byte{
		wire.Ethernet: append(make([]byte, 12), 8, 0),
		wire.SLL:      append(make([]byte, 14), 8, 0),
		wire.SLL2:     append([]byte{8, 0}, make([]byte, 18)...),
		wire.Null:     {2, 0, 0, 0},
		wire.Loop:     {0, 0, 0, 2},
	}[link]
	return append(bytes.Clone(head), datagram...)
}

func TestDecodeLinkTypes(t *testing.T) {
	for _, link := range []wire.LinkType{wire.Ethernet, wire.SLL, wire.SLL2, wire.Null, wire.Loop, wire.Raw, wire.RawBSD, wire.IPv4} {
		var h wire.Headers
		b := over(link)
		if err := wire.Decode(wire.Frame{Data: b, Length: len(b), Link: link}, &h); err != nil {
			t.Errorf("link type %d: %v", link, err)
			continue
		}
		if h.Src != netip.MustParseAddr("10.0.0.1") || h.Sport != 1000 || h.Dport != 53 || !h.Evil || h.Payload != 4 || string(b[h.Offset:]) != "data" {
			t.Errorf("link type %d: %+v", link, h)
		}
	}
}

func TestDecodeVLAN(t *testing.T) {
	b := append(make([]byte, 12), 0x88, 0xa8, 0x20, 7, 0x81, 0, 0, 9, 8, 0)
	b = append(b, datagram...)
	var h wire.Headers
	if err := wire.Decode(wire.Frame{Data: b, Length: len(b), Link: wire.Ethernet}, &h); err != nil || h.VLAN != 7<<12|9 || h.Dport != 53 {
		t.Errorf("%+v, %v", h, err)
	}
}

func TestDecodeIPv6Extensions(t *testing.T) {
	b := make([]byte, 14+40, 100)
	b[12], b[13], b[14] = 0x86, 0xdd, 0x60
	b[14+5], b[14+6], b[14+7] = 24, 0, 3 // hop-by-hop first
	b = append(b, 44, 0, 1, 4, 0, 0, 0, 0)
	b = append(b, 17, 0, 0, 1, 0, 0, 0, 42) // first fragment, more follow
	b = append(b, 0x03, 0xe8, 0, 53, 0, 8, 0, 0)
	var h wire.Headers
	if err := wire.Decode(wire.Frame{Data: b, Length: len(b), Link: wire.Ethernet}, &h); err != nil {
		t.Fatal(err)
	}
	if h.Proto != 17 || h.ID != 42 || !h.More || h.Fragment != 0 || h.Dport != 53 || h.TTL != 3 || h.Evil {
		t.Errorf("%+v", h)
	}
}

// TestDecodeAgreesWithGopacket: the header decoder against the library's safe decoders on every packet of the shared captures.
func TestDecodeAgreesWithGopacket(t *testing.T) {
	compared := 0
	for _, path := range sharedCaptures(t) {
		r, err := wire.Open(path)
		if err != nil {
			continue
		}
		for {
			f, err := r.Next()
			if err != nil {
				break
			}
			if f.Link == wire.Ethernet && agree(t, path, f) {
				compared++
			}
		}
		r.Close()
	}
	if compared < 10_000 {
		t.Errorf("%d packets compared", compared)
	}
}

func agree(t *testing.T, path string, f wire.Frame) bool {
	t.Helper()
	var eth layers.Ethernet
	var tag layers.Dot1Q
	var ip4 layers.IPv4
	var tcp layers.TCP
	var udp layers.UDP
	p := gopacket.NewDecodingLayerParser(layers.LayerTypeEthernet, &eth, &tag, &ip4, &tcp, &udp)
	p.IgnoreUnsupported = true
	var got []gopacket.LayerType
	if p.DecodeLayers(f.Data, &got) != nil || p.Truncated {
		return false
	}
	var h wire.Headers
	err := wire.Decode(f, &h)
	for _, l := range got {
		switch l {
		case layers.LayerTypeIPv4:
			if ip4.Version != 4 {
				return false // the library takes any version for 4
			}
			if src, _ := netip.AddrFromSlice(ip4.SrcIP); err != nil || src != h.Src || ip4.TTL != h.TTL || uint8(ip4.Protocol) != h.Proto || ip4.Flags&layers.IPv4EvilBit != 0 != h.Evil {
				t.Errorf("%s: packet %d: library %+v, ours %+v %v", path, f.Index, ip4, h, err)
			}
		case layers.LayerTypeTCP:
			if uint16(tcp.SrcPort) != h.Sport || uint16(tcp.DstPort) != h.Dport || tcp.Seq != h.Seq || tcp.SYN != (h.Flags&2 != 0) || tcp.RST != (h.Flags&4 != 0) {
				t.Errorf("%s: packet %d: library %+v, ours %+v", path, f.Index, tcp, h)
			}
			return true
		case layers.LayerTypeUDP:
			if uint16(udp.SrcPort) != h.Sport || uint16(udp.DstPort) != h.Dport {
				t.Errorf("%s: packet %d: library %+v, ours %+v", path, f.Index, udp, h)
			}
			return true
		}
	}
	return false
}

// sharedCaptures are the real captures; without them the test is skipped, or fails where they are required.
func sharedCaptures(t *testing.T) []string {
	t.Helper()
	root := os.Getenv("EVILBENCH_DATA")
	if root == "" {
		root = "../../../shared/data"
	}
	var out []string
	for _, pattern := range []string{"captures/*/*.pcap*", "captures/*/*.cap", "captures/*/*.gz"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, found...)
	}
	if len(out) == 0 {
		if strings.Contains(os.Getenv("EVILBENCH_REQUIRE"), "data") {
			t.Fatal("no captures in the shared data, and EVILBENCH_REQUIRE names data")
		}
		t.Skip("no shared data here")
	}
	return out
}

// TestEveryCaptureIsReadOrRefused: 400 real captures, some malformed on purpose, end with io.EOF or with an error that names file
// and packet.
func TestEveryCaptureIsReadOrRefused(t *testing.T) {
	whole := 0
	for _, path := range sharedCaptures(t) {
		r, err := wire.Open(path)
		for n := 0; err == nil; n++ {
			if _, err = r.Next(); errors.Is(err, io.EOF) {
				if n > 0 {
					whole++
				}
				break
			}
		}
		if r != nil {
			r.Close()
		}
		if err != nil && !errors.Is(err, io.EOF) && !strings.Contains(err.Error(), filepath.Base(path)) {
			t.Errorf("%s: error does not name the file: %v", path, err)
		} else if err != nil && !errors.Is(err, io.EOF) {
			t.Logf("refused: %v", err)
		}
	}
	if whole < 400 {
		t.Errorf("%d captures read to their end", whole)
	}
}

func classic(t testing.TB, nano bool) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := wire.NewWriter(&b, wire.Ethernet, nano)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		p := over(wire.Ethernet)
		if err := w.Write(1_700_000_000_123_456_789+int64(i), p, len(p)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func nextGeneration(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := pcapgo.NewNgWriter(&b, layers.LinkTypeEthernet)
	if err != nil {
		t.Fatal(err)
	}
	p := over(wire.Ethernet)
	if err := w.WritePacket(gopacket.CaptureInfo{CaptureLength: len(p), Length: len(p)}, p); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipped(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write(b)
	z.Close()
	return out.Bytes()
}

func TestFormats(t *testing.T) {
	for name, test := range map[string]struct {
		data []byte
		n    int
		time int64
	}{
		"microseconds": {classic(t, false), 3, 1_700_000_000_123_456_000},
		"nanoseconds":  {classic(t, true), 3, 1_700_000_000_123_456_789},
		"gzip":         {zipped(classic(t, true)), 3, 1_700_000_000_123_456_789},
		"pcapng":       {nextGeneration(t), 1, -1},
	} {
		r, err := wire.NewReader(bytes.NewReader(test.data), name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		n := 0
		for {
			f, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if n == 0 && test.time >= 0 && f.Time != test.time {
				t.Errorf("%s: time %d, want %d", name, f.Time, test.time)
			}
			if !bytes.Equal(f.Data, over(wire.Ethernet)) || f.Link != wire.Ethernet {
				t.Errorf("%s: packet %d differs", name, f.Index)
			}
			n++
		}
		if n != test.n {
			t.Errorf("%s: %d packets, want %d", name, n, test.n)
		}
	}
}

func TestBadFilesNameThePlace(t *testing.T) {
	good := classic(t, false)
	for name, test := range map[string]struct {
		data []byte
		want string
	}{
		"empty":     {nil, "empty file"},
		"text":      {[]byte("hello, world"), "neither pcap nor pcapng"},
		"truncated": {good[:len(good)-5], "packet 3"},
		"header":    {good[:20], "packet 1"},
		"huge":      {append(bytes.Clone(good[:24]), 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0x7f), "packet 1"},
	} {
		r, err := wire.NewReader(bytes.NewReader(test.data), "x.pcap")
		for err == nil {
			_, err = r.Next()
		}
		if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "x.pcap") {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}

// FuzzReader: no input panics, hangs or claims memory without end; every frame decodes or says why not.
func FuzzReader(f *testing.F) {
	f.Add(classic(f, false))
	f.Add(classic(f, true))
	f.Add(nextGeneration(f))
	f.Add(zipped(classic(f, false)))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := wire.NewReader(bytes.NewReader(data), "fuzz")
		if err != nil {
			return
		}
		for range 10_000 {
			fr, err := r.Next()
			if err != nil {
				return
			}
			var h wire.Headers
			if err := wire.Decode(fr, &h); err == nil && (h.Offset > len(fr.Data) || h.IPOffset >= len(fr.Data)) {
				t.Fatalf("offsets %d and %d in %d bytes", h.IPOffset, h.Offset, len(fr.Data))
			}
		}
	})
}

// FuzzDecode: header bytes under every link type.
func FuzzDecode(f *testing.F) {
	for _, l := range []wire.LinkType{wire.Ethernet, wire.SLL, wire.SLL2, wire.Null, wire.Raw} {
		f.Add(uint16(l), over(l))
	}
	f.Fuzz(func(t *testing.T, link uint16, data []byte) {
		var h wire.Headers
		if err := wire.Decode(wire.Frame{Data: data, Length: len(data), Link: wire.LinkType(link)}, &h); err == nil && h.Offset > len(data) {
			t.Fatalf("payload at %d of %d", h.Offset, len(data))
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	f := wire.Frame{Data: over(wire.Ethernet), Length: 46, Link: wire.Ethernet}
	var h wire.Headers
	for b.Loop() {
		if err := wire.Decode(f, &h); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWrite(b *testing.B) {
	w, err := wire.NewWriter(io.Discard, wire.Ethernet, false)
	if err != nil {
		b.Fatal(err)
	}
	p := make([]byte, 600)
	b.SetBytes(600)
	for b.Loop() {
		if err := w.Write(1e18, p, 600); err != nil {
			b.Fatal(err)
		}
	}
}
