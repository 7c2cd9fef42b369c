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
	campaigns  []*campaign
}

// window is a pipeline source. It reads nothing that another window writes.
func (t *traffic) window(w int64) ([]packet.Conversation, error) {
	from, to := t.start+w*window, min(t.start+(w+1)*window, t.end)
	records := t.sampler.Window(t.seed, w, from, to, nil)
	out := make([]packet.Conversation, 0, len(records)+16)
	for i := range records {
		c, err := talk(&records[i], t.domain)
		if err != nil {
			return nil, fmt.Errorf("window %d: %w", w, err)
		}
		out = append(out, c)
	}
	for _, c := range t.campaigns {
		out = c.window(from, to, out)
	}
	return out, nil
}
