package packet_test

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
)

const (
	sa  = packet.SYN | packet.ACK
	ack = packet.ACK
	pa  = packet.PSH | packet.ACK
	fa  = packet.FIN | packet.ACK
)

func toldTCP(headers []packet.Header, turns ...packet.Turn) *packet.Conversation {
	a, b := hosts("linux", "linux")
	return &packet.Conversation{Start: 1e18, Proto: packet.TCP, Client: a, Server: b, Sport: 40000, Dport: 80, Turns: turns, Headers: headers,
		Seed: draw.NewSeed(7)}
}

func exchange() *packet.Conversation {
	const c, s = packet.Client, packet.Server
	return toldTCP([]packet.Header{
		{From: c, Flags: packet.SYN}, {From: s, Flags: sa, Gap: 5}, {From: c, Flags: ack, Gap: 9e9},
		{From: c, Flags: pa, Size: 300, Gap: 1e6}, {From: s, Flags: ack, Gap: 1e6},
		{From: s, Flags: ack, Size: 1400, Gap: 40e6}, {From: s, Flags: pa, Size: 100, Gap: 1e5}, {From: c, Flags: ack, Gap: 0},
		{From: c, Flags: fa, Gap: 3e6}, {From: s, Flags: fa, Gap: 1e6}, {From: c, Flags: ack, Gap: 1e6},
	}, packet.Turn{From: c, Data: bytes.Repeat([]byte("q"), 300)}, packet.Turn{From: s, Data: bytes.Repeat([]byte("a"), 1500)})
}

// Told packets have the flags, sizes and sides told; what is acknowledged has been sent and has had time to arrive.
func TestToldPackets(t *testing.T) {
	c := exchange()
	out := render(t, c)
	if len(out) != len(c.Headers) {
		t.Fatalf("%d packets, %d were told", len(out), len(c.Headers))
	}
	type sent struct {
		at  int64
		end uint32
	}
	var history [2][]sent
	var last int64
	for i, p := range out {
		h := &c.Headers[i]
		if p.flags != h.Flags || len(p.payload) != h.Size || p.Forward != (h.From == packet.Client) {
			t.Fatalf("packet %d: flags %x, %d bytes, forward %v; told %+v", i, p.flags, len(p.payload), p.Forward, h)
		}
		if i >= 3 && p.Time-last < h.Gap/1000*1000 {
			t.Errorf("packet %d after %d ns, told %d", i, p.Time-last, h.Gap)
		}
		last = p.Time
		x, delay := 0, c.Client.Delay
		if !p.Forward {
			x, delay = 1, c.Server.Delay
		}
		if p.flags&packet.ACK != 0 {
			known := false
			for _, s := range history[1-x] {
				known = known || s.end == p.ack && p.Time-s.at >= 2*delay
			}
			if !known {
				t.Errorf("packet %d acknowledges %d, which cannot have arrived", i, p.ack)
			}
		}
		end := p.seq + uint32(len(p.payload))
		if p.flags&(packet.SYN|packet.FIN) != 0 {
			end++
		}
		history[x] = append(history[x], sent{p.Time, end})
	}
	if way := out[1].Time - out[0].Time; way < 2*c.Server.Delay || way > 2*c.Server.Delay+packet.Reaction+1000 {
		t.Errorf("the server's answer takes %d ns, the way there and back %d", way, 2*c.Server.Delay)
	}
	if way := out[2].Time - out[1].Time; way < 2*c.Client.Delay || way > 2*c.Client.Delay+packet.Reaction+1000 {
		t.Errorf("the client's acknowledgement takes %d ns, the way there and back %d", way, 2*c.Client.Delay)
	}
	if final := out[len(out)-1]; final.ack != out[9].seq+1 {
		t.Errorf("the last packet acknowledges %d, the server's FIN ends at %d", final.ack, out[9].seq+1)
	}
}

// A packet that is sent again is the same but for what it acknowledges; one that was missed leaves a gap; one that was overtaken comes late.
func TestFates(t *testing.T) {
	const c, s = packet.Client, packet.Server
	turns := []packet.Turn{{From: c, Fill: 300}, {From: s, Fill: 900}}
	open := []packet.Header{{From: c, Flags: packet.SYN}, {From: s, Flags: sa}, {From: c, Flags: ack}, {From: c, Flags: pa, Size: 300}}
	again := append(append([]packet.Header{}, open...), packet.Header{From: s, Flags: ack, Size: 500, Gap: 30e6},
		packet.Header{From: s, Fate: packet.Again, Gap: 200e6}, packet.Header{From: s, Flags: pa, Size: 400})
	out := render(t, toldTCP(again, turns...))
	if len(out) != 7 || out[5].seq != out[4].seq || !bytes.Equal(out[5].payload, out[4].payload) || out[6].seq != out[4].seq+500 {
		t.Errorf("sent again: %d packets, %+v", len(out), out[4:])
	}
	missed := append(append([]packet.Header{}, open...), packet.Header{From: s, Flags: ack, Size: 500, Gap: 30e6, Fate: packet.Missed},
		packet.Header{From: s, Flags: pa, Size: 400})
	out = render(t, toldTCP(missed, turns...))
	if len(out) != 5 || out[4].seq != out[1].seq+1+500 {
		t.Errorf("missed: %d packets, the last has %d after %d", len(out), out[4].seq, out[1].seq)
	}
	swapped := append(append([]packet.Header{}, open...), packet.Header{From: s, Flags: ack, Size: 500, Gap: 30e6, Fate: packet.Swapped},
		packet.Header{From: s, Flags: pa, Size: 400})
	out = render(t, toldTCP(swapped, turns...))
	if len(out) != 6 || len(out[4].payload) != 400 || out[4].seq != out[5].seq+500 {
		t.Errorf("overtaken: %d packets, %d bytes at %d, then %d", len(out), len(out[4].payload), out[4].seq, out[5].seq)
	}
}

func TestToldDatagrams(t *testing.T) {
	const c, s = packet.Client, packet.Server
	x := toldTCP([]packet.Header{{From: c, Size: 40}, {From: s, Size: 90, Gap: 1}, {From: s, Fate: packet.Again, Gap: 5e6}, {From: c, Size: 41, Gap: 2e9}},
		packet.Turn{From: c, Fill: 40}, packet.Turn{From: s, Fill: 90}, packet.Turn{From: c, Fill: 41})
	x.Proto = packet.UDP
	out := render(t, x)
	if len(out) != 4 || !bytes.Equal(out[1].payload, out[2].payload) || len(out[3].payload) != 41 || out[1].Time-out[0].Time < 2*x.Server.Delay {
		t.Errorf("%+v", out)
	}
	if gap := out[3].Time - out[2].Time; gap != 2e9 {
		t.Errorf("the last comes after %d ns", gap)
	}
}

func TestToldPacketsThatAreNone(t *testing.T) {
	for name, change := range map[string]func(*packet.Conversation){
		"too much":   func(c *packet.Conversation) { c.Headers[3].Size = 301 },
		"too little": func(c *packet.Conversation) { c.Headers[3].Size = 299 },
		"wrong side": func(c *packet.Conversation) { c.Turns[0].From = packet.Server },
		"no message": func(c *packet.Conversation) { c.Turns = c.Turns[:1] },
		"left over":  func(c *packet.Conversation) { c.Turns = append(c.Turns, packet.Turn{From: packet.Client, Fill: 5}) },
	} {
		c := exchange()
		change(c)
		if _, err := packet.NewStream(c); err == nil || !strings.Contains(err.Error(), "message") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whatever is told, packets can be taken apart again, time runs forwards, and the bytes of IP packets are what [Conversation.Overhead] says.
func TestToldPacketsAreWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := hosts(rapid.SampledFrom([]string{"linux", "windows-10", "printer"}).Draw(t, "a"), rapid.SampledFrom([]string{"linux", "windows-10"}).Draw(t, "b"))
		c := &packet.Conversation{Start: 1e18, Proto: packet.TCP, Client: a, Server: b, Sport: 1, Dport: 2, Seed: draw.NewSeed(3), IPv6: rapid.Bool().Draw(t, "v6")}
		for range rapid.IntRange(1, 30).Draw(t, "packets") {
			h := packet.Header{From: packet.Side(rapid.IntRange(0, 1).Draw(t, "from")), Flags: uint8(rapid.IntRange(0, 31).Draw(t, "flags")),
				Gap: rapid.Int64Range(0, 1e9).Draw(t, "gap"), Fate: packet.Fate(rapid.IntRange(0, 3).Draw(t, "fate"))}
			if h.Fate != packet.Again {
				h.Size = rapid.IntRange(0, c.Room()).Draw(t, "size")
			}
			c.Headers = append(c.Headers, h)
			if h.Size == 0 {
				continue
			}
			if n := len(c.Turns); n > 0 && c.Turns[n-1].From == h.From {
				c.Turns[n-1].Fill += int64(h.Size)
			} else {
				c.Turns = append(c.Turns, packet.Turn{From: h.From, Fill: int64(h.Size)})
			}
		}
		for _, p := range render(t, c) {
			side := packet.Client
			if !p.Forward {
				side = packet.Server
			}
			ip := 20
			if p.v6 {
				ip = 40
			}
			if want := c.Overhead(side, p.flags) + len(p.payload); ip+len(p.transport) != want {
				t.Fatalf("flags %x: %d bytes of IP, said %d", p.flags, ip+len(p.transport), want)
			}
		}
	})
}
