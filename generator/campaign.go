package generator

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/evilbench/evilbench/generator/attack"
	"github.com/evilbench/evilbench/generator/packet"
	"github.com/evilbench/evilbench/labels"
)

// campaign is one attack instance: where, when, with which parameters, and how its steps are spread.
type campaign struct {
	kind       attack.Kind
	attack     attack.Attack
	plan       attack.Plan
	site       attack.Site
	start, end int64
	truth      labels.Campaign
}

// newCampaign settles a campaign's rhythm and its row in the truth.
func newCampaign(kind attack.Kind, a attack.Attack, site attack.Site, start, length int64) (*campaign, error) {
	parameters, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("campaign %s: parameters: %w", site.Campaign, err)
	}
	plan := a.Plan(length)
	c := &campaign{kind: kind, attack: a, plan: plan, site: site, start: start, end: start + length}
	c.truth = labels.Campaign{
		Campaign: site.Campaign, Attack: kind.Name, Technique: kind.Technique, Tactic: kind.Tactic,
		Sources: []string{site.Source.Name}, Parameters: string(parameters), Expects: kind.Expects,
		Intensity: intensity(plan),
	}
	if e, ok := a.(attack.Evader); ok {
		c.truth.Evasion = e.Evades()
	}
	for _, t := range site.Targets {
		c.truth.Targets = append(c.truth.Targets, t.Name)
	}
	return c, nil
}

// intensity is the plan in words.
func intensity(p attack.Plan) string {
	if p.Steps <= 1 {
		return "1 step"
	}
	return fmt.Sprintf("%d steps, %.3g per minute", p.Steps, 60e9/float64(p.Gap))
}

// window appends the conversations of the steps that fall into [from, to). Each step is addressed by its number, so the window
// can be made alone.
func (c *campaign) window(from, to int64, out []packet.Conversation) []packet.Conversation {
	if to <= c.start || from >= c.end+c.plan.Gap {
		return out
	}
	first, last := int64(0), int64(c.plan.Steps-1)
	if c.plan.Gap > 0 {
		first = max(0, (from-c.start)/c.plan.Gap-1)
		last = min(last, (to-c.start)/c.plan.Gap)
	}
	for k := first; k <= last; k++ {
		address := c.site.Seed.Word("step").Number(uint64(k))
		r := address.Stream()
		at := c.start + k*c.plan.Gap + int64(r.Float64()*c.plan.Jitter*float64(c.plan.Gap))
		if at < from || at >= to {
			continue
		}
		site := c.site
		site.Now = at
		for i, v := range c.attack.Step(int(k), &site, &r) {
			v.Start += at
			v.Campaign = c.site.Campaign
			v.Seed = address.Word("conversation").Number(uint64(i))
			out = append(out, v)
		}
	}
	return out
}

// span gathers each campaign's first and last packet while the capture is written.
type span map[string]*labels.Campaign

func newSpan(cs []*campaign) span {
	s := span{}
	for _, c := range cs {
		row := c.truth
		s[row.Campaign] = &row
	}
	return s
}

// add books one packet.
func (s span) add(p *labels.Packet) {
	c := s[p.Campaign]
	if c == nil {
		return
	}
	if c.Start == 0 {
		c.Start = p.Time
	}
	c.End = p.Time
}

// rows are the campaigns that have at least one packet, in the order of their first.
func (s span) rows() []labels.Campaign {
	var out []labels.Campaign
	for _, c := range s {
		if c.Start != 0 {
			out = append(out, *c)
		}
	}
	slices.SortFunc(out, func(a, b labels.Campaign) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.Campaign, b.Campaign))
	})
	return out
}
