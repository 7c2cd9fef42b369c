package generator

import (
	"fmt"
	"sync/atomic"

	"github.com/evilbench/evilbench/generator/dialogue"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/flow"
	"github.com/evilbench/evilbench/generator/headers"
	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/generator/packet"
)

// tellers draws the packets of flows from a model's automata, and counts what became of them.
type tellers struct {
	set   *headers.Set
	noise bool
	tally [headers.Outcomes + 1]atomic.Int64 // the last one: the dialogue had no room in the messages drawn
}

// newTellers prepares a model's automata; nil where it has none.
func newTellers(m *model.Model, noise bool) (*tellers, error) {
	if len(m.Headers) == 0 {
		return nil, nil
	}
	kinds := make([]headers.Kind, len(m.Headers))
	for i, h := range m.Headers {
		kinds[i] = headers.Kind{Service: h.Service, Proto: h.Proto, State: h.State, Automaton: h.Automaton}
	}
	set, err := headers.New(kinds)
	if err != nil {
		return nil, fmt.Errorf("model %s: %w", m.Provenance.Name, err)
	}
	return &tellers{set: set, noise: noise}, nil
}

// attempts are how many times packets are drawn whose messages the dialogue may have no room in.
const attempts = 8

// tell gives a conversation over TCP packets drawn for its flow, and messages of their sizes. It is false where the flow keeps its
// dialogue's own.
func (t *tellers) tell(c *packet.Conversation, rec *flow.Record, q dialogue.Request, r *draw.Stream) bool {
	w := wanted(rec, c)
	w.Noise = t.noise
	for range attempts {
		list, outcome := t.set.Draw(r, c, w)
		if list == nil {
			t.tally[outcome].Add(1)
			return false
		}
		messages := messagesOf(list)
		if len(messages) == 0 {
			c.Service = "" // nobody can tell
		}
		if len(messages) == 0 || dialogue.Framed(r, q, rec.Service, messages, c) {
			c.Headers = list
			t.tally[outcome].Add(1)
			return true
		}
	}
	t.tally[headers.Outcomes].Add(1)
	return false
}

// tellDatagrams puts the datagrams of a conversation in the order and at the times of packets drawn for its flow. What they say is the
// dialogue's; only bytes without meaning take the sizes drawn.
func (t *tellers) tellDatagrams(c *packet.Conversation, rec *flow.Record, r *draw.Stream) {
	w := wanted(rec, c)
	w.Noise, w.Alternate = t.noise, rec.Service != model.Opaque
	if w.Alternate {
		w.Bytes = [2]int64{-1, -1}
	}
	w.Packets = [2]int64{}
	for i := range c.Turns {
		w.Packets[c.Turns[i].From]++
	}
	list, outcome := t.set.Draw(r, c, w)
	if outcome == headers.NearCount {
		list, outcome = nil, headers.Unlike // what the dialogue says is not to be cut
	}
	t.tally[outcome].Add(1)
	if list == nil {
		return
	}
	var said [2][]packet.Turn
	for i := range c.Turns {
		said[c.Turns[i].From] = append(said[c.Turns[i].From], c.Turns[i])
	}
	turns := c.Turns[:0:0]
	for i := range list {
		h := &list[i]
		if h.Fate == packet.Again {
			continue
		}
		turn := said[h.From][0]
		said[h.From] = said[h.From][1:]
		if w.Alternate {
			h.Size = len(turn.Data) + int(turn.Fill)
		} else {
			turn = packet.Turn{From: h.From, Fill: int64(h.Size)}
		}
		turns = append(turns, turn)
	}
	c.Headers, c.Turns = list, turns
}

// wanted is what the flow was promised.
func wanted(rec *flow.Record, c *packet.Conversation) *headers.Want {
	w := &headers.Want{
		Service: rec.Service, State: rec.State, Packets: [2]int64{rec.OutPackets, rec.InPackets}, Bytes: [2]int64{-1, -1},
		Duration: rec.Duration, Flags: flagsOf(rec.Flags),
	}
	told := rec.OutPackets+rec.InPackets > 0
	for side, n := range [2]int64{rec.OutBytes, rec.InBytes} {
		switch {
		case told: // bytes of IP packets; their headers are known once the packets are drawn
			w.Bytes[side] = n
			w.Whole = true
		case n > 0:
			w.Bytes[side] = n
		}
	}
	return w
}

// flagsOf reads flags in the places UAPRSF; 0 = none are said.
func flagsOf(places string) (flags uint8) {
	for i := range len(places) {
		if places[i] != '.' {
			flags |= 32 >> i
		}
	}
	return flags
}

// messagesOf are the runs of payload from one side.
func messagesOf(list []packet.Header) (out []dialogue.Message) {
	for i := range list {
		h := &list[i]
		switch n := len(out); {
		case h.Size == 0:
		case n > 0 && out[n-1].From == h.From:
			out[n-1].Size += int64(h.Size)
		default:
			out = append(out, dialogue.Message{From: h.From, Size: int64(h.Size)})
		}
	}
	return out
}

// notes says of how many flows the packets were drawn, and why others have their dialogue's own. Flows of other protocols have no headers
// to draw.
func (t *tellers) notes() []string {
	if t == nil {
		return nil
	}
	var all int64
	for i := range t.tally {
		all += t.tally[i].Load()
	}
	var out []string
	for i, text := range [...]string{
		headers.Exact:     "have packet headers drawn from the automaton of their service and state",
		headers.NearState: "have packet headers drawn from the automaton of a state near their own",
		headers.NearCount: "have packet headers drawn with other numbers of packets, the nearest that the automaton has words with",
		headers.Missing:   "have their dialogue's own packets: no automaton of their service and state",
		headers.TooLong:   "have their dialogue's own packets: more of them than exact tables are kept for",
		headers.Unlike:    "have their dialogue's own packets: the automaton drew none that fit the flow",
		headers.Outcomes:  "have their dialogue's own packets: its messages have no room in those drawn",
	} {
		if n := t.tally[i].Load(); n > 0 {
			out = append(out, fmt.Sprintf("%d of %d TCP and UDP flows of the model %s", n, all, text))
		}
	}
	return out
}
