package packet_test

import (
	"net/netip"
	"testing"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

func hosts() (*packet.Host, *packet.Host) {
	linux, _ := packet.StackByName("linux")
	win, _ := packet.StackByName("windows-11")
	a := &packet.Host{Name: "a", Addr: netip.MustParseAddr("192.168.1.10"), Addr6: netip.MustParseAddr("fd00::10"), MAC: [6]byte{2, 0, 0, 0, 0, 10}, Stack: linux, Local: true, Delay: 100_000}
	b := &packet.Host{Name: "b", Addr: netip.MustParseAddr("198.51.100.7"), Addr6: netip.MustParseAddr("2001:db8::7"), MAC: [6]byte{2, 0, 0, 0, 0, 1}, Stack: win, Hops: 9, Delay: 12_000_000}
	return a, b
}

func BenchmarkBulk(b *testing.B) {
	x, y := hosts()
	c := packet.Conversation{Start: 1e18, Proto: packet.TCP, Client: x, Server: y, Sport: 40000, Dport: 443, Seed: draw.NewSeed(1),
		Turns: []packet.Turn{{From: packet.Client, Data: []byte("hello")}, {From: packet.Server, Fill: 1 << 40, TLS: true}}}
	s, err := packet.NewStream(&c)
	if err != nil {
		b.Fatal(err)
	}
	buf := make([]byte, 0, 4096)
	n := int64(0)
	for b.Loop() {
		out, _ := s.Append(buf)
		n += int64(len(out))
	}
	b.SetBytes(n / int64(b.N))
}
