package compare

import (
	"cmp"
	"slices"

	"github.com/evilbench/evilbench/harness/score"
)

// CampaignChange is a campaign that one side caught and the other did not, by any alert or for the right reason.
type CampaignChange struct {
	Corpus    string  `json:"corpus"`
	Campaign  string  `json:"campaign"`
	Attack    string  `json:"attack"`
	Technique string  `json:"technique"`
	A         string  `json:"a"` // detected, wrong kind or missed
	B         string  `json:"b"`
	Fired     []Fired `json:"fired"` // on the side that caught it, most alerts first
	Missing   string  `json:"missing,omitempty"`
}

// Fired is a signature on the side that caught the campaign, and what became of its rule on the other side.
type Fired struct {
	Signature
	Other string `json:"other"` // same, changed, commented out, absent; "" = the rulesets are not at hand
}

// Outcomes of a campaign.
const (
	outcomeDetected = "detected"
	outcomeOther    = "wrong kind"
	outcomeMissed   = "missed"
)

func outcome(d *score.Campaign) string {
	switch {
	case d.Strict > 0:
		return outcomeDetected
	case d.Detected():
		return outcomeOther
	default:
		return outcomeMissed
	}
}

// rank orders outcomes, the best first.
func rank(outcome string) int {
	return slices.Index([]string{outcomeDetected, outcomeOther, outcomeMissed}, outcome)
}

// campaignChanges names what B lost and gained, whole detections before those that only changed their kind.
func campaignChanges(pairs []pair, f fates) (lost, gained []CampaignChange) {
	lost, gained = []CampaignChange{}, []CampaignChange{}
	for _, p := range pairs {
		for i := range p.a.Details {
			x, y := &p.a.Details[i], &p.b.Details[i]
			c := CampaignChange{
				Corpus: p.a.Corpus.Name, Campaign: x.Campaign, Attack: x.Attack, Technique: x.Technique, A: outcome(x), B: outcome(y), Fired: []Fired{},
			}
			switch {
			case rank(c.A) < rank(c.B):
				c.fill(p.a, f.inB)
				lost = append(lost, c)
			case rank(c.A) > rank(c.B):
				c.fill(p.b, f.inA)
				gained = append(gained, c)
			}
		}
	}
	inOrder := func(a, b CampaignChange) int {
		whole := func(c CampaignChange) int { return -max(rank(c.A), rank(c.B)) }
		return cmp.Compare(whole(a), whole(b))
	}
	slices.SortStableFunc(lost, inOrder)
	slices.SortStableFunc(gained, inOrder)
	return lost, gained
}

// fill names the signatures that fired on the side that caught it.
func (c *CampaignChange) fill(by *loaded, fate func(*Signature) string) {
	if by.evidence == nil {
		c.Missing = "which signatures fired is not known: " + by.without
		return
	}
	for _, s := range by.evidence.signatures(c.Campaign) {
		c.Fired = append(c.Fired, Fired{s, fate(&s)})
	}
}
