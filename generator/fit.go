package generator

import (
	"github.com/evilbench/evilbench/generator/flow"
	"github.com/evilbench/evilbench/generator/packet"
)

// Lengths of headers in a flow's bytes: IPv4 with TCP that carries timestamps, and with UDP or ICMP; IPv6 has 20 more.
const (
	headersTCP   = 52
	headersOther = 28
	moreOf6      = 20
)

// payloads turns a flow's bytes into payload where its packets are told: such bytes are those of IP packets.
func payloads(rec *flow.Record) (out, in int64) {
	if rec.OutPackets+rec.InPackets == 0 {
		return rec.OutBytes, rec.InBytes
	}
	headers := int64(headersOther)
	if rec.Proto == packet.TCP {
		headers = headersTCP
	}
	if rec.IPv6 {
		headers += moreOf6
	}
	// Nothing at all would be taken for a size that nobody promised.
	return max(1, rec.OutBytes-headers*rec.OutPackets), max(1, rec.InBytes-headers*rec.InPackets)
}

// datagrams makes a conversation of as many datagrams each way as the flow has: what its dialogue says beyond them is left out, and what
// is missing is its last words again, as of a client that gets no answer. The flow's time is spread evenly.
func datagrams(c *packet.Conversation, rec *flow.Record) {
	if rec.OutPackets+rec.InPackets == 0 || c.Proto == packet.TCP || len(c.Turns) == 0 {
		return
	}
	left := [2]int64{rec.OutPackets, rec.InPackets}
	var turns []packet.Turn
	last := [2]*packet.Turn{}
	for i := range c.Turns {
		t := &c.Turns[i]
		last[t.From] = t
		if left[t.From] > 0 {
			left[t.From]--
			turns = append(turns, *t)
		}
	}
	for _, side := range []packet.Side{packet.Client, packet.Server} {
		for ; left[side] > 0; left[side]-- {
			t := packet.Turn{From: side}
			if last[side] != nil {
				t = *last[side]
			}
			turns = append(turns, t)
		}
	}
	for i := 1; i < len(turns) && rec.Duration > 0; i++ {
		turns[i].Wait = rec.Duration / int64(len(turns)-1)
	}
	c.Turns = turns
}
