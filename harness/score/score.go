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

	HomeNet []netip.Prefix // of the monitored network
	Days    float64        // length of the capture
	Bytes   int64          // on the wire
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
	Warnings    []string    `json:"-"` // the caller attaches them to the cell
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

// Load is what false alarms cost whoever reads them. An alert is false where all it can mean is benign.
type Load struct {
	Hosts      int64   `json:"hosts"` // local addresses that sent something
	Days       float64 `json:"days"`
	Bytes      int64   `json:"bytes"`
	PerHostDay Number  `json:"false_alarms_per_host_day"`
	PerGB      Number  `json:"false_alarms_per_gb"` // 10⁹ bytes on the wire
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
}

// Detected says whether any alert was true.
func (c *Campaign) Detected() bool { return c.Alerts > 0 }

// Compute scores. An error of a table, or a table that does not belong to the others, ends it.
func Compute(in Input) (*Score, error) {
	flows, err := readFlows(in.Flows, in.HomeNet)
	if err != nil {
		return nil, err
	}
	said, err := readAlerts(in, flows)
	if err != nil {
		return nil, err
	}
	if err := said.readPackets(in.Packets); err != nil {
		return nil, err
	}
	s := &Score{
		Campaigns: said.campaignCounts(), Flows: flows.confusion(), Alerts: said.alerts, Details: said.details(),
		FalseAlarms: said.falseAlarms(), Load: newLoad(said.alerts.False, flows.hostCount(), in.Days, in.Bytes),
	}
	s.PPV = ppvs(s.Flows.Recall, s.Flows.FPR)
	s.Delay = newDelay(said.campaigns)
	s.Warnings = warnings(s, said)
	return s, nil
}
