package score

import (
	"slices"

	"github.com/evilbench/evilbench/harness/stats"
	"github.com/evilbench/evilbench/labels"
)

// campaignLedger collects what is known of one campaign.
type campaignLedger struct {
	truth           *labels.Campaign
	position        int32 // in the table
	alerts, strict  int64
	signatures      map[signatureID]struct{}
	lenient, right  sighting // of the first true alert, and of the first of a kind that the campaign expects
	packets, bytes  int64
	start           int64          // time of the first packet
	applicable      *bool          // whether a rule speaks of what the campaign is; nil = not known
	severity        [2]int32       // the highest of its true alerts (1 is the highest, 0 = none), lenient and strict
	categories      map[int32]bool // of its true alerts, and whether one of those was strict
	bytesAreUnknown bool
}

func (c *campaignLedger) hear(a *labels.Alert, m *labels.Match, kinds []string) (strict bool) {
	c.alerts++
	if c.signatures == nil {
		c.signatures = map[signatureID]struct{}{}
	}
	c.signatures[idOf(a)] = struct{}{}
	c.lenient.see(a, m)
	if strict = c.expects(kinds); strict {
		c.strict++
		c.right.see(a, m)
	}
	return strict
}

// expects tells whether one of the words is right. A campaign that expects nothing takes any alert (FORMAT.md, "Vocabulary").
func (c *campaignLedger) expects(words []string) bool {
	if len(c.truth.Expects) == 0 {
		return true
	}
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(c.truth.Expects, w) })
}

const unitCampaign = "campaign"

func (h *hearing) campaignCounts() Campaigns {
	c := Campaigns{N: int64(len(h.campaigns))}
	for _, l := range h.campaigns {
		if l.alerts > 0 {
			c.Detected++
		}
		if l.strict > 0 {
			c.Strict++
		}
	}
	const none = "no campaign in the corpus"
	c.DetectedRate = unitRatio(unitCampaign, c.Detected, c.N, none)
	c.StrictRate = unitRatio(unitCampaign, c.Strict, c.N, none)
	return c
}

func (c *Campaigns) unit() Unit {
	return Unit{
		Unit: unitCampaign, Rule: "an attack instance; caught by one true alert", Positives: c.N, Recall: c.DetectedRate, Strict: c.StrictRate,
		FPR: noNegatives(unitCampaign), Precision: noNegatives(unitCampaign),
	}
}

func (h *hearing) details() []Campaign {
	out := make([]Campaign, 0, len(h.campaigns))
	for _, c := range h.campaigns {
		t := c.truth
		d, strict := c.delay(&c.lenient), c.delay(&c.right)
		out = append(out, Campaign{
			Campaign: t.Campaign, Attack: t.Attack, Technique: t.Technique, Tactic: t.Tactic, Expects: append([]string{}, t.Expects...),
			Packets: c.packets, Alerts: c.alerts, Strict: c.strict, Seconds: d.seconds, Until: d.packets,
			Signatures: int64(len(c.signatures)), Bytes: &d.bytes, Share: &d.share, StrictSeconds: &strict.seconds, Applicable: c.applicable,
		})
	}
	return out
}

// Redundancy is how much is said about a campaign that was detected: alerts to read, and rules that agree.
type Redundancy struct {
	Alerts           Number `json:"alerts_per_campaign"` // mean
	AlertsMedian     Number `json:"alerts_median"`
	Signatures       Number `json:"signatures_per_campaign"`
	SignaturesMedian Number `json:"signatures_median"`
}

func (h *hearing) redundancy(s sampler) *Redundancy {
	var alerts, signatures []float64
	for _, c := range h.campaigns {
		if c.alerts > 0 {
			alerts = append(alerts, float64(c.alerts))
			signatures = append(signatures, float64(len(c.signatures)))
		}
	}
	r := &Redundancy{}
	r.Alerts, r.AlertsMedian = s.typical("alerts per campaign", alerts)
	r.Signatures, r.SignaturesMedian = s.typical("signatures per campaign", signatures)
	return r
}

// typical gives the mean with its bounds, and the median.
func (s sampler) typical(name string, values []float64) (mean, median Number) {
	if len(values) == 0 {
		const none = "no campaign was detected"
		return Number{Missing: none}, Number{Missing: none}
	}
	mean = Number{N: int64(len(values)), Cluster: Cluster{Unit: unitCampaign}}
	median = mean
	rows := make([][]float64, len(values))
	observations := make([]stats.Observation, len(values))
	for i, v := range values {
		mean.Value += v / float64(len(values))
		rows[i] = []float64{v, 1}
		observations[i] = stats.Observation{Value: v, Event: true}
	}
	s.number(&mean, name, overCampaigns, rows, quotient)
	median.Value, _ = stats.KaplanMeierMedian(observations) // nothing is censored, so there is one
	return mean, median
}
