package packet_test

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"testing"

	"pgregory.net/rapid"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

func hosts(a, b string) (*packet.Host, *packet.Host) {
	one, _ := packet.StackByName(a)
	two, _ := packet.StackByName(b)
	x := &packet.Host{Name: "a", Addr: netip.MustParseAddr("192.168.1.10"), Addr6: netip.MustParseAddr("fd00::10"),
		MAC: [6]byte{2, 0, 0, 0, 0, 10}, Stack: one, Local: true, Delay: 100_000}
	y := &packet.Host{Name: "b", Addr: netip.MustParseAddr("198.51.100.7"), Addr6: netip.MustParseAddr("2001:db8::7"),
		MAC: [6]byte{2, 0, 0, 0, 0, 1}, Stack: two, Hops: 9, Delay: 12_000_000}
	return x, y
}

// seen is a packet taken apart again, by code that shares nothing with the code that made it.
type seen struct {
	packet.Meta
	src, dst  netip.Addr
	ttl       uint8
	evil, v6  bool
	proto     uint8
	seq, ack  uint32
	flags     uint8
	payload   []byte
	transport []byte
}

// render renders everything and checks each packet's lengths and checksums.
func render(t interface{ Fatalf(string, ...any) }, c *packet.Conversation) []seen {
	s, err := packet.NewStream(c)
	if err != nil {
		t.Fatalf("stream: %v", err)
	}
	var out []seen
	last := int64(0)
	for {
		at, ok := s.Time()
		if !ok {
			return out
		}
		b, m := s.Append(nil)
		if m.Time != at || at <= last {
			t.Fatalf("packet %d: time %d after %d, announced %d", len(out), m.Time, last, at)
		}
		last = at
		out = append(out, dissect(t, b, m))
	}
}

func dissect(t interface{ Fatalf(string, ...any) }, b []byte, m packet.Meta) seen {
	p := seen{Meta: m}
	ip := b[14:]
	var pseudo []byte
	switch binary.BigEndian.Uint16(b[12:]) {
	case 0x0800:
		if int(binary.BigEndian.Uint16(ip[2:])) != len(ip) {
			t.Fatalf("total length %d, have %d bytes", binary.BigEndian.Uint16(ip[2:]), len(ip))
		}
		if ones(ip[:20]) != 0xffff {
			t.Fatalf("bad IPv4 checksum")
		}
		p.src, p.dst = netip.AddrFrom4([4]byte(ip[12:16])), netip.AddrFrom4([4]byte(ip[16:20]))
		p.ttl, p.proto, p.evil = ip[8], ip[9], ip[6]&0x80 != 0
		p.transport = ip[20:]
		pseudo = append(pseudo, ip[12:20]...)
	case 0x86dd:
		if int(binary.BigEndian.Uint16(ip[4:]))+40 != len(ip) {
			t.Fatalf("payload length %d, have %d bytes", binary.BigEndian.Uint16(ip[4:]), len(ip)-40)
		}
		p.src, p.dst = netip.AddrFrom16([16]byte(ip[8:24])), netip.AddrFrom16([16]byte(ip[24:40]))
		p.ttl, p.proto, p.v6 = ip[7], ip[6], true
		p.transport = ip[40:]
		pseudo = append(pseudo, ip[8:40]...)
	default:
		t.Fatalf("ether type %x", b[12:14])
	}
	pseudo = append(pseudo, 0, p.proto)
	pseudo = binary.BigEndian.AppendUint16(pseudo, uint16(len(p.transport)))
	if p.proto == packet.ICMP {
		pseudo = nil
	}
	if got := ones(append(pseudo, p.transport...)); got != 0xffff {
		t.Fatalf("bad checksum of protocol %d: %04x", p.proto, got)
	}
	switch p.proto {
	case packet.TCP:
		p.seq, p.ack = binary.BigEndian.Uint32(p.transport[4:]), binary.BigEndian.Uint32(p.transport[8:])
		p.flags = p.transport[13]
		p.payload = p.transport[p.transport[12]>>4*4:]
	default:
		p.payload = p.transport[8:]
	}
	return p
}

// ones is the sum of RFC 1071, the slow way.
func ones(b []byte) uint16 {
	var acc uint32
	for i := 0; i < len(b); i += 2 {
		acc += uint32(b[i]) << 8
		if i+1 < len(b) {
			acc += uint32(b[i+1])
		}
	}
	for acc > 0xffff {
		acc = acc>>16 + acc&0xffff
	}
	return uint16(acc)
}

func TestTCPDeliversEveryByteInSequence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := []string{"linux", "windows-11", "printer", "freebsd", "macos"}
		x, y := hosts(rapid.SampledFrom(names).Draw(t, "client"), rapid.SampledFrom(names).Draw(t, "server"))
		c := packet.Conversation{
			Start: 1_700_000_000e9, Proto: packet.TCP, Client: x, Server: y, Sport: 40000, Dport: 443,
			IPv6:   rapid.Bool().Draw(t, "v6"),
			Ending: rapid.SampledFrom([]packet.Ending{packet.CloseByClient, packet.CloseByServer, packet.ResetByServer, packet.LeftOpen}).Draw(t, "ending"),
			Seed:   draw.NewSeed(rapid.Uint64().Draw(t, "seed")),
		}
		var want [2]int64
		for i := range rapid.IntRange(0, 6).Draw(t, "turns") {
			turn := packet.Turn{
				From: packet.Side(rapid.IntRange(0, 1).Draw(t, "from")), Wait: rapid.Int64Range(0, 1e9).Draw(t, "wait"),
				Data: bytes.Repeat([]byte{byte(i)}, rapid.IntRange(1, 4000).Draw(t, "data")),
				Fill: rapid.Int64Range(0, 200_000).Draw(t, "fill"), TLS: rapid.Bool().Draw(t, "tls"),
			}
			want[turn.From] += int64(len(turn.Data)) + turn.Fill
			if turn.TLS && turn.Fill > 0 {
				want[turn.From] += (turn.Fill + 16383) / 16384 * 5
			}
			c.Turns = append(c.Turns, turn)
		}
		var got [2]int64
		var next [2]uint32
		known := [2]bool{}
		for i, p := range render(t, &c) {
			side := 1
			if p.Forward {
				side = 0
			}
			if known[side] && p.seq != next[side] {
				t.Fatalf("packet %d from %d: sequence %d, expected %d", i, side, p.seq, next[side])
			}
			if p.flags&packet.ACK != 0 && p.flags&packet.RST == 0 && p.ack-next[1-side] > 0 && int32(p.ack-next[1-side]) > 0 {
				t.Fatalf("packet %d acknowledges %d, sent so far %d", i, p.ack, next[1-side])
			}
			if len(p.transport) > 1480 {
				t.Fatalf("packet %d has %d bytes above IP", i, len(p.transport))
			}
			next[side], known[side] = p.seq+uint32(len(p.payload)), true
			if p.flags&(packet.SYN|packet.FIN) != 0 {
				next[side]++
			}
			got[side] += int64(len(p.payload))
		}
		if got != want {
			t.Fatalf("delivered %v bytes, want %v", got, want)
		}
	})
}

func TestEndings(t *testing.T) {
	const s, a, f, r = packet.SYN, packet.ACK, packet.FIN, packet.RST
	for name, test := range map[string]struct {
		ending  packet.Ending
		retries int
		want    []uint8
	}{
		"unanswered": {packet.Unanswered, 2, []uint8{s, s, s}},
		"refused":    {packet.Refused, 0, []uint8{s, r | a}},
		"half open":  {packet.HalfOpen, 0, []uint8{s, s | a, r}},
		"left open":  {packet.LeftOpen, 0, []uint8{s, s | a, a}},
		"reset":      {packet.ResetByClient, 0, []uint8{s, s | a, a, r | a}},
	} {
		t.Run(name, func(t *testing.T) {
			x, y := hosts("linux", "windows-11")
			c := packet.Conversation{Start: 1e18, Proto: packet.TCP, Client: x, Server: y, Sport: 4000, Dport: 80,
				Ending: test.ending, SYNRetries: test.retries, Seed: draw.NewSeed(3)}
			var got []uint8
			for _, p := range render(t, &c) {
				got = append(got, p.flags)
			}
			if !bytes.Equal(got, test.want) {
				t.Errorf("flags %v, want %v", got, test.want)
			}
		})
	}
}

func TestTaintAndTTL(t *testing.T) {
	x, y := hosts("linux", "windows-11")
	c := packet.Conversation{Start: 1e18, Proto: packet.UDP, Client: x, Server: y, Sport: 4000, Dport: 53, Seed: draw.NewSeed(3),
		Turns: []packet.Turn{{Data: []byte("question")}, {From: packet.Server, Data: []byte("answer")}}}
	for _, campaign := range []string{"", "c1"} {
		c.Campaign = campaign
		got := render(t, &c)
		if len(got) != 2 {
			t.Fatalf("%d packets, want 2", len(got))
		}
		for i, p := range got {
			if p.evil != (campaign != "") {
				t.Errorf("campaign %q, packet %d: evil bit %v", campaign, i, p.evil)
			}
			if want := [2]uint8{64, 119}[i]; p.ttl != want {
				t.Errorf("packet %d: TTL %d, want %d", i, p.ttl, want)
			}
		}
	}
}

func TestTLSRecordsFrameTheOpaqueBytes(t *testing.T) {
	x, y := hosts("linux", "linux-server")
	c := packet.Conversation{Start: 1e18, Proto: packet.TCP, Client: x, Server: y, Sport: 4000, Dport: 443, Seed: draw.NewSeed(5),
		Turns: []packet.Turn{{From: packet.Server, Data: []byte{22, 3, 3, 0, 1, 0}, Fill: 40_000, TLS: true}}}
	var stream []byte
	for _, p := range render(t, &c) {
		stream = append(stream, p.payload...)
	}
	stream = stream[6:]
	var lengths []int
	for len(stream) > 0 {
		if stream[0] != 23 || stream[1] != 3 || stream[2] != 3 {
			t.Fatalf("record header % x", stream[:5])
		}
		n := int(binary.BigEndian.Uint16(stream[3:]))
		lengths = append(lengths, n)
		stream = stream[5+n:]
	}
	if len(lengths) != 3 || lengths[0] != 16384 || lengths[2] != 40_000-2*16384 {
		t.Errorf("record lengths %v", lengths)
	}
}

func TestImpossibleConversationsAreRefused(t *testing.T) {
	x, y := hosts("linux", "linux")
	big := packet.Conversation{Proto: packet.UDP, Client: x, Server: y, Turns: []packet.Turn{{Fill: 1473}}}
	if _, err := packet.NewStream(&big); err == nil {
		t.Error("a datagram beyond the MTU was accepted")
	}
	y.Addr6 = netip.Addr{}
	v6 := packet.Conversation{Proto: packet.TCP, Client: x, Server: y, IPv6: true}
	if _, err := packet.NewStream(&v6); err == nil {
		t.Error("IPv6 without an address was accepted")
	}
}

func BenchmarkBulk(b *testing.B) {
	x, y := hosts("linux", "windows-11")
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
