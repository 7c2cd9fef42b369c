package dialogue_test

import (
	"bytes"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

const noon = int64(1_767_700_000_000_000_000)

// request is a conversation between two hosts with the given stacks.
func request(client, server string) dialogue.Request {
	c, _ := packet.StackByName(client)
	s, _ := packet.StackByName(server)
	return dialogue.Request{
		Client: &packet.Host{Name: "ws-01.corp.example", Addr: netip.MustParseAddr("10.1.0.11"), Addr6: netip.MustParseAddr("fd00::11"), Stack: c, Local: true},
		Server: &packet.Host{Name: "www.norsol.net", Addr: netip.MustParseAddr("93.18.4.2"), Addr6: netip.MustParseAddr("2a00::42"), Stack: s},
		Name:   "www.norsol.net", Answers: []netip.Addr{netip.MustParseAddr("93.18.4.2")},
		Time: noon, RTT: 22e6, Domain: "corp.example",
	}
}

// write lets a writer fill in a conversation.
func write(w dialogue.Writer, seed uint64, q dialogue.Request) *packet.Conversation {
	r := draw.NewSeed(seed).Stream()
	c := &packet.Conversation{}
	w(&r, q, c)
	return c
}

// bytesOf concatenates what one side says; opaque bytes are zeros, framed where the turn asks for it.
func bytesOf(c *packet.Conversation, from packet.Side) []byte {
	var b []byte
	for _, t := range c.Turns {
		if t.From != from {
			continue
		}
		b = append(b, t.Data...)
		for left := t.Fill; left > 0; {
			n := left
			if t.TLS {
				n = min(n, 16384)
				b = append(b, 23, 3, 3, byte(n>>8), byte(n))
			}
			b = append(b, make([]byte, n)...)
			left -= n
		}
	}
	return b
}

// sample is the i-th of a fixed series of requests: any stacks, one of the names, sizes promised or not.
func sample(i uint64, names ...string) dialogue.Request {
	r := draw.NewSeed(99).Number(i).Stream()
	q := request(draw.Pick(&r, packet.Stacks).Name, draw.Pick(&r, packet.Stacks).Name)
	q.Name = draw.Pick(&r, names)
	q.Client.Local, q.IPv6 = r.Chance(0.5), r.Chance(0.5)
	if r.Chance(0.5) {
		q.OutBytes, q.InBytes = int64(r.LogNormal(3000, 1.5)), int64(r.LogNormal(20000, 1.5))
	}
	if r.Chance(0.2) {
		q.Answers = nil
	}
	return q
}

func drawRequest(t *rapid.T) dialogue.Request {
	stack := rapid.SampledFrom(packet.Stacks)
	q := request(stack.Draw(t, "client").Name, stack.Draw(t, "server").Name)
	q.OutBytes = rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(1, 3e5)).Draw(t, "out")
	q.InBytes = rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(1, 3e6)).Draw(t, "in")
	q.Name = rapid.SampledFrom([]string{"www.norsol.net", "mx1.norsol.net", "fs1.corp.example", "", "10.1.0.9", "_ldap._tcp.dc._msdcs.corp.example", "9.0.1.10.in-addr.arpa"}).Draw(t, "name")
	q.IPv6 = rapid.Bool().Draw(t, "v6")
	q.Client.Local = rapid.Bool().Draw(t, "local")
	if rapid.Bool().Draw(t, "missing") {
		q.Answers = nil
	}
	return q
}

func TestEveryServiceHasAWriter(t *testing.T) {
	names := dialogue.Services()
	for _, name := range names {
		w, ok := dialogue.ByService(name)
		if !ok {
			t.Fatalf("no writer for %s", name)
		}
		own := name
		if name == "opaque" {
			own = "" // nobody knows what it is
		}
		if c := write(w, 1, request("linux", "linux-server")); c.Service != own {
			t.Errorf("%s calls itself %q", name, c.Service)
		}
	}
	slices.Sort(names)
	if len(slices.Compact(names)) != len(dialogue.Services()) {
		t.Error("a service is listed twice")
	}
	if _, ok := dialogue.ByService("gopher"); ok {
		t.Error("found a writer for gopher")
	}
}

// TestTurnsAreSane: for any draw, turns say something, wait for a bounded time, and the same seed says the same.
func TestTurnsAreSane(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(dialogue.Services()).Draw(t, "service")
		w, _ := dialogue.ByService(name)
		q, seed := drawRequest(t), rapid.Uint64().Draw(t, "seed")
		c := write(w, seed, q)
		if len(c.Turns) == 0 {
			t.Fatal("nothing said")
		}
		heard := [2]bool{}
		for i, turn := range c.Turns {
			if len(turn.Data) == 0 && turn.Fill <= 0 {
				t.Errorf("turn %d says nothing", i)
			}
			if turn.Wait < 0 || turn.Wait > 120e9 {
				t.Errorf("turn %d waits %d ns", i, turn.Wait)
			}
			heard[turn.From] = true
		}
		if !heard[packet.Client] || !heard[packet.Server] && name != "opaque" { // of which nobody knows that it is answered
			t.Error("one side is silent")
		}
		if d := cmp.Diff(c.Turns, write(w, seed, q).Turns); d != "" {
			t.Errorf("the same seed said something else: %s", d)
		}
	})
}

// TestSizesAreKept: what the flow model promised is what is sent, within the room that a protocol's own framing needs.
func TestSizesAreKept(t *testing.T) {
	floor := map[string][2]int64{ // below these a dialogue cannot get: handshakes
		"tls": {2600, 6000}, "imaps": {3200, 7000}, "ssh": {5400, 5000}, "smb": {4200, 6000}, "http": {900, 1500}, "smtp": {5000, 0}, "submission": {5000, 0},
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"http", "tls", "imaps", "smtp", "submission", "ssh", "smb"}).Draw(t, "service")
		w, _ := dialogue.ByService(name)
		q := drawRequest(t)
		q.Name = "www.norsol.net"
		q.OutBytes = floor[name][0] + rapid.Int64Range(0, 9e4).Draw(t, "more out")
		q.InBytes = floor[name][1] + rapid.Int64Range(0, 2e6).Draw(t, "more in")
		c := write(w, rapid.Uint64().Draw(t, "seed"), q)
		near(t, name+" client", int64(len(bytesOf(c, packet.Client))), q.OutBytes)
		if floor[name][1] > 0 {
			near(t, name+" server", int64(len(bytesOf(c, packet.Server))), q.InBytes)
		}
	})
}

func near(t *rapid.T, who string, got, want int64) {
	if d := got - want; d > 1500+want/4 || -d > 1500+want/4 {
		t.Errorf("%s sent %d bytes, promised %d", who, got, want)
	}
}

// TestRenders: the packet renderer accepts every dialogue; datagrams fit.
func TestRenders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(dialogue.Services()).Draw(t, "service")
		w, _ := dialogue.ByService(name)
		q := drawRequest(t)
		seed := draw.NewSeed(rapid.Uint64().Draw(t, "seed"))
		r := seed.Stream()
		c := packet.Conversation{Start: q.Time, Proto: packet.TCP, Client: q.Client, Server: q.Server, IPv6: q.IPv6, Sport: 40000, Dport: 99, Seed: seed}
		if name == "dns" || name == "ntp" {
			c.Proto = packet.UDP
		}
		w(&r, q, &c)
		s, err := packet.NewStream(&c)
		if err != nil {
			t.Fatal(err)
		}
		sent := [2]int64{}
		for {
			if _, ok := s.Time(); !ok {
				break
			}
			_, m := s.Append(nil)
			if m.Forward {
				sent[packet.Client] += int64(m.Payload)
			} else {
				sent[packet.Server] += int64(m.Payload)
			}
		}
		for side := range sent {
			if want := int64(len(bytesOf(&c, packet.Side(side)))); sent[side] != want {
				t.Errorf("%s: %d payload bytes rendered, the turns hold %d", name, sent[side], want)
			}
		}
	})
}

func TestPing(t *testing.T) {
	q := request("windows-10", "linux")
	c := write(dialogue.Ping, 1, q)
	if len(c.Turns) != 8 || c.ICMPType != 8 || !bytes.Equal(c.Turns[0].Data, []byte("abcdefghijklmnopqrstuvwabcdefghi")) {
		t.Errorf("Windows pings %d turns of %q, type %d", len(c.Turns), c.Turns[0].Data, c.ICMPType)
	}
	q = request("linux", "linux")
	q.IPv6 = true
	c = write(dialogue.Ping, 2, q)
	if c.ICMPType != 128 || c.Proto != packet.ICMPv6 {
		t.Errorf("ping over IPv6 has type %d, protocol %d", c.ICMPType, c.Proto)
	}
	for i := 0; i < len(c.Turns); i += 2 {
		if !bytes.Equal(c.Turns[i].Data, c.Turns[i+1].Data) {
			t.Error("the reply does not return the request's data")
		}
		if sec := int64(c.Turns[i].Data[0]) | int64(c.Turns[i].Data[1])<<8 | int64(c.Turns[i].Data[2])<<16 | int64(c.Turns[i].Data[3])<<24; sec != noon/1e9+int64(i/2) {
			t.Errorf("echo %d carries the second %d", i/2, sec)
		}
	}
}
