package generator

import (
	"cmp"
	"slices"

	"github.com/evilbench/evilbench/generator/packet"
)

// Ephemeral ports are dealt by window, so that no port comes back while a detector may still remember the flow that had it: each
// window owns a slice of its hosts' range, and slices come round after portCycle windows. Conversations expected to last draw
// from a part of the range that comes round far more slowly.
const (
	portCycle     = 16
	longPortShare = 4 // one quarter of the range is for long conversations
	longPortSlice = 16
)

// schedule turns the conversations that start in one window into a fixed sequence: in time order, with ports, and with a
// neighbour's link address asked for before the first contact in the window.
type schedule struct {
	window int64
	ports  map[*packet.Host]*deal
	known  map[contact]int64 // when the answer is there
}

type deal struct{ short, long int }

type contact struct {
	asker, target *packet.Host
	v6            bool
}

func newSchedule(window int64) *schedule {
	return &schedule{window: window, ports: map[*packet.Host]*deal{}, known: map[contact]int64{}}
}

// fix returns the window's conversations in their final order. The input must be in a reproducible order.
func (s *schedule) fix(in []packet.Conversation) []packet.Conversation {
	byStart(in)
	out := make([]packet.Conversation, 0, len(in)+len(in)/4)
	for i := range in {
		c := &in[i]
		out = s.resolve(out, c)
		if unreachable(c) {
			continue
		}
		if c.Sport == 0 && (c.Proto == packet.TCP || c.Proto == packet.UDP) {
			c.Sport = s.port(c.Client, c.Long)
		}
		out = append(out, *c)
	}
	byStart(out)
	return out
}

func byStart(cs []packet.Conversation) {
	slices.SortStableFunc(cs, func(a, b packet.Conversation) int { return cmp.Compare(a.Start, b.Start) })
}

// unreachable tells that nobody answers for the server's link address, so that the sender never gets a packet out.
func unreachable(c *packet.Conversation) bool {
	return c.Server.Absent && !c.Server.Group && c.Client.Local && c.Server.Local && c.Client.Segment == c.Server.Segment
}

// port deals the host's next ephemeral port in this window.
func (s *schedule) port(h *packet.Host, long bool) uint16 {
	d := s.ports[h]
	if d == nil {
		d = &deal{}
		s.ports[h] = d
	}
	low, size := int(h.Stack.PortLow), int(h.Stack.PortHigh)-int(h.Stack.PortLow)+1
	reserved := size / longPortShare
	if long {
		slots := reserved / longPortSlice
		p := int(s.window%int64(slots))*longPortSlice + d.long%longPortSlice
		d.long++
		return uint16(low + p)
	}
	low, size = low+reserved, size-reserved
	slice := size / portCycle
	p := int(s.window%portCycle)*slice + d.short%slice
	d.short++
	return uint16(low + p)
}

// resolve puts the address resolutions that c needs in front of it, and moves c behind them.
func (s *schedule) resolve(out []packet.Conversation, c *packet.Conversation) []packet.Conversation {
	if c.Server.Group {
		return out
	}
	asker, target := neighbours(c.Client, c.Server)
	out = s.ask(out, c, asker, target)
	if c.Client.Local && c.Server.Local && c.Client.Segment != c.Server.Segment {
		out = s.ask(out, c, c.Server.Router, c.Server)
	}
	return out
}

// neighbours says who must learn whose link address for the first packet from client to server.
func neighbours(client, server *packet.Host) (asker, target *packet.Host) {
	switch {
	case client.Local && server.Local && client.Segment == server.Segment:
		return client, server
	case client.Local:
		return client, client.Router
	case server.Local:
		return server.Router, server
	default:
		return nil, nil
	}
}

func (s *schedule) ask(out []packet.Conversation, c *packet.Conversation, asker, target *packet.Host) []packet.Conversation {
	if asker == nil || target == nil || asker == target {
		return out
	}
	v6 := c.IPv6 && asker.Addr6.IsValid() && target.Addr6.IsValid()
	for _, pair := range [2]contact{{asker, target, v6}, {target, asker, v6}} {
		if ready, ok := s.known[pair]; ok {
			c.Start = max(c.Start, ready)
			return out
		}
	}
	r := packet.Resolve(asker, target, v6, c.Start)
	r.Campaign, r.Class = c.Campaign, c.Class
	r.Seed = c.Seed.Word("resolution")
	c.Start += 2*(asker.Delay+target.Delay) + 300_000
	s.known[contact{asker, target, v6}] = c.Start
	return append(out, r)
}
