package generator

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/flow"
	"github.com/evilbench/evilbench/generator/packet"
	"github.com/evilbench/evilbench/labels"
)

// endings are the conn_states a model can ask for.
var endings = map[string]packet.Ending{
	"S0": packet.Unanswered, "REJ": packet.Refused, "RSTO": packet.ResetByClient, "RSTR": packet.ResetByServer,
}

// talk turns a flow record into a conversation: the dialogue of its service, at the promised addresses, names and sizes, in packets that the
// model's automata draw where it has any.
func talk(rec *flow.Record, domain string, t *tellers) (packet.Conversation, error) {
	c := packet.Conversation{
		Start: rec.Time, Proto: rec.Proto, Client: rec.Src.Host, Server: rec.Dst.Host, Dport: rec.Port,
		IPv6: rec.IPv6, Service: rec.Service, Class: labels.Benign,
		Seed: rec.Instance.Number(uint64(rec.Row)),
	}
	if rec.Proto == packet.ICMP {
		c.ICMPType, c.ICMPCode, c.Dport = uint8(rec.Port), rec.ICMPCode, 0
		if rec.IPv6 {
			c.Proto = packet.ICMPv6
		}
	}
	ending, special := endings[rec.State]
	special = special && c.Proto == packet.TCP
	r := c.Seed.Word("dialogue").Stream()
	drawn := c.Seed.Word("headers").Stream()
	q := request(rec, domain)
	if t != nil && c.Proto == packet.TCP && t.tell(&c, rec, q, &drawn) {
		c.Long = c.Elapsed(c.Headers) > longTalk
		return c, nil
	}
	if special && (ending == packet.Unanswered || ending == packet.Refused) {
		c.Ending, c.SYNRetries, c.Service = ending, 2, ""
		return c, nil
	}
	write, ok := dialogue.ByService(rec.Service)
	if !ok {
		return c, fmt.Errorf("pattern %s: no dialogue for service %q", rec.Pattern, rec.Service)
	}
	write(&r, q, &c)
	if special {
		c.Ending = ending
	}
	datagrams(&c, rec)
	if t != nil && c.Proto == packet.UDP {
		t.tellDatagrams(&c, rec, &drawn)
	}
	if rec.Duration > 0 && (c.Proto == packet.TCP || rec.OutPackets+rec.InPackets == 0) {
		stretchTo(&c, rec.Duration, &r)
	}
	c.Long = c.Long || lasting(&c)
	return c, nil
}

func request(rec *flow.Record, domain string) dialogue.Request {
	name := rec.Name
	if rec.Service == "dns" && !strings.Contains(name, ".") {
		name += "." + domain // as a stub resolver's search list does
	}
	out, in := payloads(rec)
	return dialogue.Request{
		Client: rec.Src.Host, Server: rec.Dst.Host, IPv6: rec.IPv6, Name: name, Answers: answers(rec),
		OutBytes: out, InBytes: in, Time: rec.Time, Domain: domain,
		RTT: 2 * (rec.Src.Host.Delay + rec.Dst.Host.Delay),
	}
}

func answers(rec *flow.Record) []netip.Addr {
	h := rec.Answer.Host
	switch {
	case h == nil:
		return nil
	case rec.Answer6:
		return []netip.Addr{h.Addr6}
	default:
		return []netip.Addr{h.Addr}
	}
}

// lasting tells whether the waits alone keep the conversation open for more than a minute.
func lasting(c *packet.Conversation) bool {
	sum := int64(0)
	for i := range c.Turns {
		sum += c.Turns[i].Wait
	}
	return sum > longTalk
}

// longTalk is from when on a conversation is long, ns.
const longTalk = int64(60e9)

// stretchTo spreads the time that the flow promised and the dialogue does not use over the client's waits.
func stretchTo(c *packet.Conversation, duration int64, r *draw.Stream) {
	var used int64
	var weights []float64
	var at []int
	for i := range c.Turns {
		used += c.Turns[i].Wait
		if i > 0 && c.Turns[i].From == packet.Client {
			at = append(at, i)
			weights = append(weights, r.Exp(1))
		}
	}
	spare := duration - used
	if spare <= 0 || len(at) == 0 {
		return
	}
	var sum float64
	for _, w := range weights {
		sum += w
	}
	for k, i := range at {
		c.Turns[i].Wait += int64(float64(spare) * weights[k] / sum)
	}
}
