// Package explain says why a detector missed a campaign, what became of an alert, and where a signature fired: on evidence that a run
// keeps, and by running the engine again with one limit lifted at a time.
package explain

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strconv"

	"github.com/evilbench/evilbench/ids/rules"
)

// Cause is one thing that can hide a campaign from an engine.
type Cause string

// The causes in the order of the ladder: what comes first keeps the engine from everything below it.
const (
	CausePackets    Cause = "packets lost"
	CauseDecoder    Cause = "packets not decoded"
	CauseFlow       Cause = "flow not seen"
	CauseMidstream  Cause = "flow began before the capture"
	CauseChecksum   Cause = "checksums wrong"
	CauseProtocol   Cause = "protocol not recognised"
	CauseNoRule     Cause = "no rule of the kind"
	CauseDisabled   Cause = "rule disabled"
	CauseFailed     Cause = "rule failed to load"
	CauseAddress    Cause = "home network or direction"
	CausePort       Cause = "rule watches other ports"
	CauseThreshold  Cause = "alert withheld by a threshold"
	CauseIntensity  Cause = "intensity below a threshold"
	CauseSuppressed Cause = "alert suppressed"
	CauseDepth      Cause = "inspection depth or gap"
	CauseOverflow   Cause = "too many alerts for one packet"
	CauseJoin       Cause = "alert not joined"
	CauseEvasion    Cause = "evasion"
	CauseContext    Cause = "other traffic"
	CauseCoverage   Cause = "no rule matches"
)

// Verdict is what the evidence says of a cause.
type Verdict string

// The verdicts. Unknown is said where the evidence is absent or proves neither.
const (
	Yes     Verdict = "yes"
	No      Verdict = "no"
	Unknown Verdict = "unknown"
)

// Finding is a cause with its verdict.
type Finding struct {
	Cause    Cause   `json:"cause"`
	Verdict  Verdict `json:"verdict"`
	Proved   bool    `json:"proved"` // by an experiment
	Evidence string  `json:"evidence"`
	Fix      string  `json:"fix,omitempty"` // what to do, where the verdict is not no
}

// Campaign is why an engine said what it said of one campaign.
type Campaign struct {
	Campaign string    `json:"campaign"`
	Attack   string    `json:"attack"`
	Outcome  string    `json:"outcome"` // detected, wrong kind or missed
	Expects  []string  `json:"expects"`
	Facts    []Fact    `json:"facts"`
	Fired    []Hit     `json:"fired"`    // rules that fired on it
	Findings []Finding `json:"findings"` // most proximate cause first; empty where it was detected
	Nearest  []Near    `json:"nearest"`  // rules of the kind that fired on its like
	Trials   []Trial   `json:"experiments"`
	NoTrials string    `json:"no_experiments,omitempty"` // why there are none
}

// Fact is one thing known of what is explained.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Hit is a rule and how often it fired.
type Hit struct {
	GID      int64  `json:"gid"`
	SID      int64  `json:"sid"`
	Name     string `json:"name"`
	Alerts   int64  `json:"alerts"`
	Expected bool   `json:"expected"` // speaks of a kind that the campaign expects
}

// Near is a rule that fired on a campaign of the same attack.
type Near struct {
	Hit
	Campaign  string `json:"campaign"`
	Relation  string `json:"relation"` // plain twin, or same attack
	Intensity string `json:"intensity"`
}

// Explanation is what was asked for: one of the three.
type Explanation struct {
	Campaign  *Campaign  `json:"campaign,omitempty"`
	Alert     *Alert     `json:"alert,omitempty"`
	Signature *Signature `json:"signature,omitempty"`
}

// number is an alert's, or a signature's without its group.
var number = regexp.MustCompile(`^(?:(\d{1,10}):)?(\d{1,18})$`)

// Explain finds out what the subject names: a campaign by its id, a signature by gid:sid, and by a number alone the alert where the run
// has so many, else the signature. What is not there is *NotFound.
func Explain(ctx context.Context, in Input, subject string) (*Explanation, error) {
	e, err := open(ctx, in)
	if err != nil {
		return nil, err
	}
	isCampaign := e.fired.campaigns[subject] != nil
	digits := number.FindStringSubmatch(subject)
	if isCampaign || digits == nil {
		c, err := e.explainCampaign(ctx, subject)
		return &Explanation{Campaign: c}, err
	}
	n, err := strconv.ParseInt(digits[2], 10, 64)
	if err != nil {
		return nil, err
	}
	if digits[1] == "" && n >= 1 && n <= e.record.Alerts {
		a, err := e.explainAlert(ctx, n)
		return &Explanation{Alert: a}, err
	}
	gid := int64(1)
	if digits[1] != "" {
		if gid, err = strconv.ParseInt(digits[1], 10, 64); err != nil {
			return nil, err
		}
	}
	g, err := e.explainSignature(ctx, rules.ID{GID: gid, SID: n})
	return &Explanation{Signature: g}, err
}

// explainCampaign climbs the ladder of causes. Experiments need an engine; without one the static evidence speaks alone.
func (e *evidence) explainCampaign(ctx context.Context, name string) (*Campaign, error) {
	s, err := newScene(ctx, e, name)
	if err != nil {
		return nil, err
	}
	out := &Campaign{
		Campaign: s.campaign.Campaign, Attack: s.campaign.Attack, Outcome: s.outcome(), Expects: s.campaign.Expects,
		Facts: s.facts(), Fired: s.fired.on(s.campaign.Campaign), Findings: []Finding{}, Nearest: s.nearest(), Trials: []Trial{},
	}
	if err := s.show(ctx, s.wanted()); err != nil {
		return nil, err
	}
	if out.Outcome == Detected {
		return out, nil
	}
	if out.NoTrials, err = s.experiment(ctx); err != nil {
		return nil, err
	}
	out.Trials = append(out.Trials, s.trials.done...)
	for _, c := range ladder {
		f := c.look(s)
		f.Cause = c.cause
		if f.Verdict == No {
			f.Fix = ""
		}
		out.Findings = append(out.Findings, f)
	}
	slices.SortStableFunc(out.Findings, func(a, b Finding) int { return cmp.Compare(a.rank(), b.rank()) })
	return out, nil
}

// rank puts what an experiment proved before what evidence says, and that before what is not known.
func (f *Finding) rank() int {
	switch {
	case f.Verdict == Yes && f.Proved:
		return 0
	case f.Verdict == Yes:
		return 1
	case f.Verdict == Unknown:
		return 2
	default:
		return 3
	}
}

// Named is the cause to name first; ok is false where no verdict is yes.
func (c *Campaign) Named() (f Finding, ok bool) {
	if len(c.Findings) == 0 || c.Findings[0].Verdict != Yes {
		return f, false
	}
	return c.Findings[0], true
}
