package attack

import (
	"cmp"
	"net/netip"
	"strings"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/packet"
	"github.com/evilbench/evilbench/labels"
)

// target is the step's target, each in turn.
func (s *Site) target(k int) *packet.Host { return s.Targets[k%len(s.Targets)] }

// visit counts how often the step's target has been visited before.
func (s *Site) visit(k int) int { return k / len(s.Targets) }

// nth is the k-th of 0..n-1 in the campaign's own order for that purpose; behind the last it starts over.
func (s *Site) nth(purpose string, k, n int) int {
	at := s.Seed.Word(purpose)
	stride := int(at[0]>>40)%n | 1
	for divisor(stride, n) != 1 {
		stride++
	}
	return (k%n*stride + int(at[1]>>40)) % n
}

func divisor(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// fate decides something lasting about one target, such as whether a port of it is filtered: with probability p.
func (s *Site) fate(purpose string, h *packet.Host, n int, p float64) bool {
	r := s.Seed.Word(purpose).Word(h.Name).Number(uint64(n)).Stream()
	return r.Chance(p)
}

// talk begins a malicious conversation from the source: one of the steps that the stage names.
func (s *Site) talk(stage string, proto uint8, to *packet.Host, port uint16) packet.Conversation {
	return packet.Conversation{
		Proto: proto, Client: s.Source, Server: to, Dport: port, Class: labels.Malicious, Campaign: s.Campaign, Stage: stage,
	}
}

// unanswered makes c an attempt of which nothing came through: two more SYNs, and nothing back.
func unanswered(c packet.Conversation) []packet.Conversation {
	c.Ending, c.SYNRetries, c.Class = packet.Unanswered, 2, labels.Attempted
	return []packet.Conversation{c}
}

// request is what a dialogue needs to know of a conversation that starts c.Start after the step's time.
func (s *Site) request(c *packet.Conversation, name string) dialogue.Request {
	return dialogue.Request{
		Client: c.Client, Server: c.Server, Name: name, Domain: s.Domain, Time: cmp.Or(s.Now, s.Time) + c.Start,
		RTT: 2 * (c.Client.Delay + c.Server.Delay),
	}
}

// nameOf is how a target is spoken to: by its full name where it has one, else by its address.
func (s *Site) nameOf(h *packet.Host) string {
	switch {
	case h.Local && h.Name != "" && s.Domain != "" && !strings.Contains(h.Name, "."):
		return h.Name + "." + s.Domain
	case strings.Contains(h.Name, "."):
		return h.Name
	default:
		return h.Addr.String()
	}
}

// neighbour is what asking for link addresses may put in front of a conversation, and a bit, ns.
const neighbour = 2_000_000

// lookup is the question for the controller's address and its answer; ready is when the source has it, ns after the step's time.
func (s *Site) lookup(r *draw.Stream) (c packet.Conversation, ready int64) {
	c = s.talk(stageResolve, packet.UDP, s.Resolver, 53)
	q := s.request(&c, s.C2Name)
	q.Answers = []netip.Addr{s.C2.Addr}
	dialogue.DNS(r, q, &c)
	ready = neighbour + 2*c.Client.Delay
	for i := range c.Turns {
		speaker := c.Client
		if c.Turns[i].From == packet.Server {
			speaker = c.Server
		}
		ready += c.Turns[i].Wait + 2*speaker.Delay + packet.Reaction
	}
	return c, ready + r.Duration(100_000, 3_000_000)
}

// zone is the domain of the controller, under which it answers for every name.
func (s *Site) zone() string {
	if _, rest, ok := strings.Cut(s.C2Name, "."); ok && strings.Contains(rest, ".") {
		return rest
	}
	return s.C2Name
}
