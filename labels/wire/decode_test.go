package wire_test

import (
	"bytes"
	"net/netip"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

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
		wire.PPP:      {0xff, 3, 0, 0x21},
		wire.SLL:      append(make([]byte, 14), 8, 0),
		wire.SLL2:     append([]byte{8, 0}, make([]byte, 18)...),
		wire.Null:     {2, 0, 0, 0},
		wire.Loop:     {0, 0, 0, 2},
	}[link]
	return append(bytes.Clone(head), datagram...)
}

func TestDecodeLinkTypes(t *testing.T) {
	for _, link := range []wire.LinkType{wire.Ethernet, wire.PPP, wire.SLL, wire.SLL2, wire.Null, wire.Loop, wire.Raw, wire.RawBSD, wire.IPv4} {
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

func TestDecodePPPoE(t *testing.T) {
	b := append(make([]byte, 12), 0x88, 0x64, 0x11, 0, 0, 1, 0, 34, 0, 0x21)
	b = append(b, datagram...)
	var h wire.Headers
	if err := wire.Decode(wire.Frame{Data: b, Length: len(b), Link: wire.Ethernet}, &h); err != nil || h.IPOffset != 22 || h.Dport != 53 {
		t.Errorf("%+v, %v", h, err)
	}
}

// TestDecodeLaterFragment: behind a fragment header with an offset nothing is a header, whatever its type says.
func TestDecodeLaterFragment(t *testing.T) {
	b := make([]byte, 40, 100)
	b[0], b[5], b[6] = 0x60, 16, 44
	b = append(b, 60, 0, 0, 8, 0, 0, 0, 42)
	b = append(b, 17, 0, 0, 0, 0, 0, 0, 0)
	var h wire.Headers
	if err := wire.Decode(wire.Frame{Data: b, Length: len(b), Link: wire.IPv6}, &h); err != nil || h.Fragment != 8 || h.Proto != 60 || h.Transport || h.Payload != 8 {
		t.Errorf("%+v, %v", h, err)
	}
}

// TestLengthsLeftToTheCard: a length of 0 means up to the end of the frame.
func TestLengthsLeftToTheCard(t *testing.T) {
	b := bytes.Clone(datagram)
	b[2], b[3] = 0, 0
	var h wire.Headers
	if err := wire.Decode(wire.Frame{Data: b, Length: 3000, Link: wire.Raw}, &h); err != nil || h.Payload != 3000-28 || h.Dport != 53 {
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
	var ip6 layers.IPv6
	var tcp layers.TCP
	var udp layers.UDP
	p := gopacket.NewDecodingLayerParser(layers.LayerTypeEthernet, &eth, &tag, &ip4, &ip6, &tcp, &udp)
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
		case layers.LayerTypeIPv6:
			if src, _ := netip.AddrFromSlice(ip6.SrcIP); err != nil || src != h.Src || ip6.HopLimit != h.TTL || ip6.TrafficClass != h.TOS {
				t.Errorf("%s: packet %d: library %+v, ours %+v %v", path, f.Index, ip6, h, err)
			}
		case layers.LayerTypeTCP:
			if uint16(tcp.SrcPort) != h.Sport || uint16(tcp.DstPort) != h.Dport || tcp.Seq != h.Seq || tcp.Ack != h.Ack || tcp.Window != h.Window || len(tcp.Payload) > 0 && &tcp.Payload[0] != &f.Data[h.Offset] || tcp.SYN != (h.Flags&2 != 0) || tcp.RST != (h.Flags&4 != 0) {
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
