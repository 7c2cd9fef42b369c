// Package score turns matched alerts into figures: what was caught, what was missed, what was cried wolf about.
package score

import (
	"iter"
	"net/netip"

	"github.com/evilbench/evilbench/labels"
)

// Input is a corpus's truth, what a detector said, and how the two were joined.
type Input struct {
	Campaigns []labels.Campaign
	Flows     iter.Seq2[labels.Flow, error]
	Packets   iter.Seq2[labels.Packet, error]
	Alerts    iter.Seq2[labels.Alert, error]
	Matches   iter.Seq2[labels.Match, error] // one for each alert, in the same order

	// Kinds says which words of Campaign.Expects an alert speaks.
	Kinds func(*labels.Alert) []string

	// Rules are the enabled ones of the detector; none = not known.
	Rules []Rule

	HomeNet []netip.Prefix // of the monitored network
	Days    float64        // length of the capture
	Bytes   int64          // on the wire

	Options Options
}

// Score is every figure of one detector on one corpus.
type Score struct {
	Campaigns   Campaigns   `json:"campaigns"`
	Flows       Flows       `json:"flows"`
	Alerts      Alerts      `json:"alerts"`
	Load        Load        `json:"load"`
	PPV         []PPV       `json:"ppv"`
	Delay       Delay       `json:"time_to_detect"`
	FalseAlarms []Signature `json:"false_alarms"` // by signature, most first
	Details     []Campaign  `json:"campaign_details"`

	// Results of earlier versions are without the following.
	Settings   *Settings    `json:"settings,omitempty"`
	Units      []Unit       `json:"units,omitempty"`
	Stages     []Stage      `json:"stages,omitempty"` // by name
	Groups     *Groups      `json:"groups,omitempty"`
	Measures   *Measures    `json:"measures,omitempty"`
	AtBases    []AtBase     `json:"at_base_rates,omitempty"`
	Redundancy *Redundancy  `json:"redundancy,omitempty"`
	Coverage   *Coverage    `json:"coverage,omitempty"`
	Sweeps     []SweepPoint `json:"sweeps,omitempty"`
	Curve      *Curve       `json:"curve,omitempty"` // of detectors with scores
	IDOC       []IDOC       `json:"idoc,omitempty"`

	Never    []Rule   `json:"-"` // the enabled rules that this corpus never exercised
	Warnings []string `json:"-"` // the caller attaches them to the cell
}

// Unit is what was detected and cried wolf about in one unit. Campaign is the headline; figures of different units are different
// figures.
type Unit struct {
	Unit      string `json:"unit"`
	Rule      string `json:"rule"`      // what one is, and when it counts as caught
	Positives int64  `json:"positives"` // malicious ones
	Negatives int64  `json:"negatives"`
	Recall    Ratio  `json:"recall"` // lenient
	Strict    Ratio  `json:"strict"` // by alerts of a kind that the campaign expects
	FPR       Ratio  `json:"fpr"`
	Precision Ratio  `json:"precision"` // at the corpus's own base rate
}

// Campaigns counts in the unit of attack instances.
type Campaigns struct {
	N            int64 `json:"n"`
	Detected     int64 `json:"detected"` // lenient: at least one true alert
	Strict       int64 `json:"strict"`   // at least one true alert of a kind that the campaign expects
	DetectedRate Ratio `json:"detected_rate"`
	StrictRate   Ratio `json:"strict_rate"`
}

// Flows counts in the unit of biflows. Malicious and attempted flows are positives, benign flows and lookalikes are negatives. A
// flow that holds nothing but a victim's answers is neither: whether an engine blames the question or the answer says nothing
// about how well it detects. An alert marks the one flow it was matched to; an alert matched to several flows marks none.
type Flows struct {
	TP            int64 `json:"tp"`
	FP            int64 `json:"fp"`
	FN            int64 `json:"fn"`
	TN            int64 `json:"tn"`
	VictimReplies int64 `json:"victim_replies"` // left out
	Recall        Ratio `json:"recall"`
	Precision     Ratio `json:"precision"` // at the corpus's own base rate
	FPR           Ratio `json:"fpr"`
	Lookalikes    Ratio `json:"lookalikes"` // alarmed of all hard negatives
}

// Alerts counts alerts by verdict. Read is the sum of the other four.
type Alerts struct {
	Read        int64 `json:"read"`
	True        int64 `json:"true"`
	False       int64 `json:"false"`
	Ambiguous   int64 `json:"ambiguous"`
	Unmatchable int64 `json:"unmatchable"`
}

// Signature is how often one signature raised a false alarm.
type Signature struct {
	GID    int64  `json:"gid"`
	SID    int64  `json:"sid"`
	Name   string `json:"name"`
	Alerts int64  `json:"alerts"`
}

// Campaign is how one attack instance went.
type Campaign struct {
	Campaign  string   `json:"campaign"`
	Attack    string   `json:"attack"`
	Technique string   `json:"technique"`
	Tactic    string   `json:"tactic"`
	Expects   []string `json:"expects"`
	Packets   int64    `json:"packets"`
	Alerts    int64    `json:"alerts"`        // true ones
	Strict    int64    `json:"strict_alerts"` // of a kind the campaign expects
	Seconds   Number   `json:"seconds"`       // from its first packet to the first true alert
	Until     Number   `json:"packets_until"` // its packets up to the first true alert, that one included

	// Results of earlier versions are without the following.
	Signatures    int64   `json:"signatures,omitempty"`     // distinct ones of the true alerts
	Bytes         *Number `json:"bytes_until,omitempty"`    // as Until
	Share         *Number `json:"share_until,omitempty"`    // of its length that had passed by then
	StrictSeconds *Number `json:"strict_seconds,omitempty"` // as Seconds, to the first alert of a kind that it expects
	Applicable    *bool   `json:"applicable,omitempty"`     // whether an enabled rule speaks of its kind; nil = not known
}

// Detected says whether any alert was true.
func (c *Campaign) Detected() bool { return c.Alerts > 0 }

// Compute scores. An error of the options, of a table, or a table that does not belong to the others, ends it. Memory grows with the
// flows (5 bytes each), the hosts, and what is distinct among alerts: signatures with their ends, flows with their categories, packets.
func Compute(in Input) (*Score, error) {
	if err := in.Options.Validate(); err != nil {
		return nil, err
	}
	o := in.Options.withDefaults()
	flows, err := readFlows(in.Flows, in.Campaigns, in.HomeNet, in.Days)
	if err != nil {
		return nil, err
	}
	said := newHearing(in, o, flows)
	if err := said.readAlerts(in); err != nil {
		return nil, err
	}
	if err := said.readPackets(in.Packets); err != nil {
		return nil, err
	}
	draws := sampler{o.Draws}
	s := &Score{Settings: o.settings(), Campaigns: said.campaignCounts(), Alerts: said.alerts, FalseAlarms: said.falseAlarms()}
	s.flowFigures(flows, o, draws)
	s.Coverage, s.Never = said.coverage(in.Rules)
	s.Details = said.details()
	s.Delay = newDelay(said.campaigns)
	s.Redundancy = said.redundancy(draws)
	groups, groupUnit := said.groups.settle(flows.hosts, s.Settings.Grouping)
	stageUnit, stages := flows.stages.settle()
	s.Groups, s.Stages = &groups, stages
	s.Load = newLoad(said.alerts.False, groups, flows.hosts, in.Days, in.Bytes, draws)
	s.Sweeps = said.points(o, draws)
	s.Curve = said.curve(draws)
	s.IDOC = s.idoc(o)
	s.Units = []Unit{s.Campaigns.unit(), stageUnit, s.Flows.unit(), said.packets.unit(), flows.hosts.unit(), groupUnit}
	s.Warnings = warnings(s, said)
	return s, nil
}

// flowFigures are those in the unit of flows, with intervals over what flows belong to.
func (s *Score) flowFigures(l *flowLedger, o Options, draws sampler) {
	s.Flows = l.settle()
	campaigns, hosts := l.clusters()
	both := append(campaigns[:len(campaigns):len(campaigns)], hosts...)
	part := func(rows [][]float64, k, other int) [][]float64 {
		return columns(rows, func(r []float64) []float64 { return []float64{r[k], r[k] + r[other]} })
	}
	f := &s.Flows
	draws.ratio(&f.Recall, "recall", overCampaigns, part(campaigns, cellTP, cellFN))
	draws.ratio(&f.FPR, "fpr", overHosts, part(hosts, cellFP, cellTN))
	draws.ratio(&f.Precision, "precision", overBoth, part(both, cellTP, cellFP))
	s.Measures = l.total.measures(o, draws, *f, both)
	s.PPV = ppvs(o, f.Recall, f.FPR)
	s.AtBases = atBases(o, f.Recall, f.FPR)
}
