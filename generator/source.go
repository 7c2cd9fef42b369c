package generator

import (
	"fmt"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/flow"
	"github.com/evilbench/evilbench/generator/packet"
)

// traffic makes what starts in a window: benign flows drawn from the model, and the steps of the campaigns.
type traffic struct {
	start, end int64
	seed       draw.Seed // of the benign flows
	sampler    *flow.Sampler
	domain     string
	tellers    *tellers // nil = dialogues have their own packets
	campaigns  []*campaign
}

// window is a pipeline source. It reads nothing that another window writes.
func (t *traffic) window(w int64) ([]packet.Conversation, error) {
	from, to := t.start+w*window, min(t.start+(w+1)*window, t.end)
	records := t.sampler.Window(t.seed, w, from, to, nil)
	out := make([]packet.Conversation, 0, len(records)+16)
	answered := map[lookup]int64{}
	for i := range records {
		rec := &records[i]
		c, err := talk(rec, t.domain, t.tellers)
		if err != nil {
			return nil, fmt.Errorf("window %d: %w", w, err)
		}
		if rec.Lookup >= 0 {
			c.Start = max(c.Start, answered[lookup{rec.Instance, rec.Lookup}])
		}
		if rec.Service == "dns" {
			answered[lookup{rec.Instance, rec.Row}] = heard(&c)
		}
		out = append(out, c)
	}
	for _, c := range t.campaigns {
		out = c.window(from, to, out)
	}
	return out, nil
}

// lookup names one resolution of one pattern instance.
type lookup struct {
	instance draw.Seed
	row      int
}

// resolutionDelay is what a resolution of link addresses may still put in front of a conversation, and a bit.
const resolutionDelay = 2_000_000

// heard is when the client has certainly seen the last message of a datagram conversation.
func heard(c *packet.Conversation) int64 {
	t := c.Start + resolutionDelay + 2*c.Client.Delay
	if c.Headers != nil {
		return t + c.Elapsed(c.Headers)
	}
	for i := 1; i < len(c.Turns); i++ {
		t += c.Turns[i].Wait + packet.Reaction
		if c.Turns[i].From == packet.Client {
			t += 2 * c.Client.Delay
		} else {
			t += 2 * c.Server.Delay
		}
	}
	return t
}
