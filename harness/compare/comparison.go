// Package compare says whether one detector, ruleset or configuration beats another, and where nothing can be said.
package compare

import (
	"context"
	"fmt"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/harness/stats"
)

// Format is of a Comparison in JSON.
const Format = "evilbench.comparison/1"

// Options say how to compare.
type Options struct {
	// Independent says that the sides' corpora are independent samples: they are not paired, and may differ.
	Independent bool
}

// alpha is the level of every verdict.
const alpha = 1 - stats.Level

// power is the chance with which the minimum detectable difference is shown.
const power = 0.8

// draws of every bootstrap and exchange test.
const draws = 5 * stats.MinDraws

// Comparison is every other side against the first.
type Comparison struct {
	Format      string    `json:"format"`
	Independent bool      `json:"independent"`
	Sides       []*Side   `json:"sides"`
	Differs     []Fact    `json:"differs"` // what the sides do not have in common
	Same        []Fact    `json:"same"`
	Versus      []Versus  `json:"versus"`
	Overall     []Overall `json:"overall,omitempty"` // of three or more sides
	Notes       []string  `json:"notes"`
}

// Fact is a property of every side, in their order.
type Fact struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
}

// Versus is one side against the first.
type Versus struct {
	A           string            `json:"a"` // letters
	B           string            `json:"b"`
	Headlines   []string          `json:"headlines"`
	Corpora     int               `json:"corpora"` // that were paired
	Measures    []Measure         `json:"measures"`
	Lost        []CampaignChange  `json:"lost"`
	Gained      []CampaignChange  `json:"gained"`
	Signatures  []SignatureChange `json:"signatures"`   // whose true alarms came or went
	FalseAlarms []AlarmChange     `json:"false_alarms"` // that differ
	Unchanged   int               `json:"unchanged_false_alarms"`
	Rules       *RulesChange      `json:"rules,omitempty"` // nil where the rulesets are the same
	Cost        []Cost            `json:"cost"`
	Notes       []string          `json:"notes"`
}

// Verdicts. The sign of nothing to be said is printed as it is.
const (
	Better = "better"
	Worse  = "worse"
	Even   = "~"
)

// Measure is one figure on both sides. Difference is B minus A for shares and B over A for rates.
type Measure struct {
	Name       string        `json:"name"`
	Unit       string        `json:"unit"`
	Share      bool          `json:"share"`             // of n; else a number, and Difference a ratio
	A          *score.Ratio  `json:"a_share,omitempty"` // of a share, with B
	B          *score.Ratio  `json:"b_share,omitempty"`
	NumberA    *score.Number `json:"a_number,omitempty"` // of a rate, with NumberB
	NumberB    *score.Number `json:"b_number,omitempty"`
	Difference score.Number  `json:"difference"`
	Paired     *Agreement    `json:"paired,omitempty"`
	P          score.Number  `json:"p"`
	MidP       *score.Number `json:"mid_p,omitempty"`
	Adjusted   *score.Number `json:"p_holm,omitempty"` // over all pairs of three or more sides
	Test       string        `json:"test"`
	Basis      string        `json:"basis"` // what the figures were counted from
	Detectable *score.Number `json:"minimum_detectable,omitempty"`
	Verdict    string        `json:"verdict"`
	Why        string        `json:"why"`
}

// Agreement counts campaigns, or whatever the unit is, by which of the two had them.
type Agreement struct {
	Both    int64 `json:"both"`
	OnlyA   int64 `json:"only_a"`
	OnlyB   int64 `json:"only_b"`
	Neither int64 `json:"neither"`
}

// Compare compares all sides with the first. Different corpora are a *DifferentCorpora unless the options say otherwise.
func Compare(ctx context.Context, sides []*Side, o Options) (*Comparison, error) {
	c := &Comparison{Format: Format, Independent: o.Independent, Sides: sides, Notes: []string{}}
	w := &work{ctx: ctx, seed: draw.NewSeed(1).Word("compare"), rules: map[string]*ruleset{}}
	if !o.Independent { // refuse before reading any table
		for _, b := range sides[1:] {
			if _, _, err := pairUp(sides[0], b); err != nil {
				return nil, err
			}
		}
	}
	for _, s := range sides {
		if err := w.evidence(s); err != nil {
			return nil, err
		}
		c.Notes = append(c.Notes, variance(s)...)
	}
	var adjusted holm
	if len(sides) > 2 && !o.Independent {
		c.Overall, adjusted = overall(sides)
	}
	for i, b := range sides[1:] {
		v, err := w.versus(sides[0], b, o)
		if err != nil {
			return nil, err
		}
		adjusted.apply(v, i+1)
		v.conclude(sides[0], b)
		c.Versus = append(c.Versus, *v)
	}
	c.Differs, c.Same = facts(sides)
	return c, nil
}

// work is what a comparison goes along with.
type work struct {
	ctx   context.Context
	seed  draw.Seed
	rules map[string]*ruleset // by digest, each read once
}

func (w *work) evidence(s *Side) error {
	for _, c := range s.cells {
		e, missing, err := gather(w.ctx, c)
		if err != nil {
			return err
		}
		c.evidence, c.without = e, missing
	}
	return nil
}

func (w *work) versus(a, b *Side, o Options) (*Versus, error) {
	v := &Versus{A: a.Letter, B: b.Letter, Lost: []CampaignChange{}, Gained: []CampaignChange{}, Signatures: []SignatureChange{}, FalseAlarms: []AlarmChange{}, Notes: []string{}}
	if o.Independent {
		return v, w.independent(v, a, b)
	}
	pairs, leftOut, err := pairUp(a, b)
	if err != nil {
		return nil, err
	}
	v.Corpora = len(pairs)
	v.Notes = append(v.Notes, leftOut...)
	fates, err := w.compareRules(v, a, b)
	if err != nil {
		return nil, err
	}
	seed := w.seed.Word(b.Letter)
	v.Measures = []Measure{detected(pairs, false), detected(pairs, true)}
	for _, measure := range []func([]pair, draw.Seed) (Measure, error){flowRecall, alarmLoad} {
		m, err := measure(pairs, seed)
		if err != nil {
			return nil, err
		}
		v.Measures = append(v.Measures, m)
	}
	v.Measures = append(v.Measures, delay(pairs))
	v.Lost, v.Gained = campaignChanges(pairs, fates)
	signatures, missing := signatureChanges(pairs, fates)
	if missing != "" {
		v.Notes = append(v.Notes, "which signatures caught campaigns is not known: "+missing)
	} else {
		v.Signatures = signatures
	}
	v.FalseAlarms, v.Unchanged = alarmChanges(pairs, fates)
	v.Cost = costs(pairs)
	return v, nil
}

// variance says what an engine did differently when it did the same again.
func variance(s *Side) []string {
	var out []string
	for _, again := range s.repeats {
		first := s.on(again.Corpus.Digest)
		flips := 0
		for i := range first.Details {
			if i < len(again.Details) && first.Details[i].Detected() != again.Details[i].Detected() {
				flips++
			}
		}
		out = append(out, fmt.Sprintf("between runs of %s on %s: %d of %d campaigns and %d of %d alerts differ in number; the first run is compared",
			s.Letter, again.Corpus.Name, flips, len(first.Details), absolute(first.Alerts.Read-again.Alerts.Read), first.Alerts.Read))
	}
	return out
}

func absolute(n int64) int64 { return max(n, -n) }
