package wire_test

import (
	"bytes"
	"testing"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"github.com/evilbench/evilbench/labels/wire"
)

func TestChecksums(t *testing.T) {
	// RFC 1071's own example.
	if sum := ^wire.Checksum([]byte{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7}); sum != 0xddf2 {
		t.Errorf("sum %04x, want ddf2", sum)
	}
	// RFC 1624's own example: 0x5555 becomes 0x3285 under a checksum of 0xdd2f.
	if sum := wire.UpdateChecksum(0xdd2f, 0x5555, 0x3285); sum != 0 {
		t.Errorf("updated to %04x, want 0", sum)
	}
}

// TestTransportChecksum writes packets with the library, which computes the checksums, and breaks a byte.
func TestTransportChecksum(t *testing.T) {
	payload := gopacket.Payload("odd number of bytes")
	ip4 := &layers.IPv4{Version: 4, TTL: 64, SrcIP: []byte{10, 0, 0, 1}, DstIP: []byte{10, 0, 0, 2}}
	ip6 := &layers.IPv6{Version: 6, HopLimit: 64, SrcIP: make([]byte, 16), DstIP: bytes.Repeat([]byte{7}, 16)}
	tcp, udp := &layers.TCP{SrcPort: 1000, DstPort: 80, ACK: true}, &layers.UDP{SrcPort: 1000, DstPort: 53}
	icmp6 := &layers.ICMPv6{TypeCode: layers.CreateICMPv6TypeCode(128, 0)}
	for name, test := range map[string]struct {
		proto layers.IPProtocol
		layer gopacket.SerializableLayer
		six   bool
	}{
		"tcp": {layers.IPProtocolTCP, tcp, false}, "udp": {layers.IPProtocolUDP, udp, false}, "icmp": {layers.IPProtocolICMPv4, &layers.ICMPv4{TypeCode: 0x0800}, false},
		"tcp6": {layers.IPProtocolTCP, tcp, true}, "udp6": {layers.IPProtocolUDP, udp, true}, "icmp6": {layers.IPProtocolICMPv6, icmp6, true},
	} {
		ip4.Protocol, ip6.NextHeader = test.proto, test.proto
		var network gopacket.NetworkLayer = ip4
		if test.six {
			network = ip6
		}
		if s, ok := test.layer.(interface {
			SetNetworkLayerForChecksum(gopacket.NetworkLayer) error
		}); ok {
			if err := s.SetNetworkLayerForChecksum(network); err != nil {
				t.Fatal(err)
			}
		}
		buffer := gopacket.NewSerializeBuffer()
		options := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
		if err := gopacket.SerializeLayers(buffer, options, network.(gopacket.SerializableLayer), test.layer, payload); err != nil {
			t.Fatal(err)
		}
		b := buffer.Bytes()
		f := wire.Frame{Data: b, Length: len(b), Link: wire.Raw}
		var h wire.Headers
		if err := wire.Decode(f, &h); err != nil {
			t.Fatal(err)
		}
		if !test.six && wire.Checksum(b[:20]) != 0 {
			t.Errorf("%s: header checksum is not right", name)
		}
		if right, known := wire.TransportChecksum(f, &h); !right || !known {
			t.Errorf("%s: right %v, known %v", name, right, known)
		}
		b[len(b)-1] ^= 1
		if right, known := wire.TransportChecksum(f, &h); right || !known {
			t.Errorf("%s, a byte broken: right %v, known %v", name, right, known)
		}
		f.Data = b[:len(b)-1]
		if _, known := wire.TransportChecksum(f, &h); known {
			t.Errorf("%s: known of a packet that was cut", name)
		}
	}
}
