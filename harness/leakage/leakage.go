// Package leakage audits a corpus for fields that give the truth away: traffic in which one header field alone tells malicious
// from benign measures who knows the field, and not who knows attacks.
package leakage

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/labels/corpus"
)

// Limit is the AUC above which a field is a leak (evaluation practice: Flood, Engelen, Aspinall and Desmet, "Bad Design Smells
// in Benchmark NIDS Datasets", EuroS&P 2024).
const Limit = 0.9

// Options of an audit. Zero fields mean the defaults.
type Options struct {
	// Flows bounds the flows looked at, of each side. Default 20,000. What is beyond is left out by an addressed draw.
	Flows int
	// Draws of the bootstrap. Default 2,000.
	Draws int
	Seed  uint64
}

func (o Options) withDefaults() Options {
	if o.Flows == 0 {
		o.Flows = 20_000
	}
	if o.Draws == 0 {
		o.Draws = 2_000
	}
	return o
}

// Audit is what every field gives away. Its unit is the biflow; every campaign weighs the same, whatever its flows, since a scan
// of ten thousand flows would otherwise speak for all.
type Audit struct {
	Benign    int64   `json:"benign_flows"`    // looked at
	Malicious int64   `json:"malicious_flows"` // looked at
	Campaigns int64   `json:"campaigns"`
	Fields    []Field `json:"fields"` // the worst first; those without an AUC last
}

// Field is one field, and how well it alone ranks malicious flows above benign ones.
type Field struct {
	Name      string       `json:"name"`
	Benign    int64        `json:"benign_flows"`    // that have the field
	Malicious int64        `json:"malicious_flows"` // that have the field
	AUC       score.Number `json:"auc"`             // 0.5 tells nothing, 1 tells all
	Examples  []string     `json:"examples,omitempty"`
}

// Leaks tells whether the field gives the truth away.
func (f *Field) Leaks() bool { return f.AUC.Missing == "" && f.AUC.Value > Limit }

// Warning is for every table of detections made on the corpus; "" where no field leaks.
func (a *Audit) Warning() string {
	var found []string
	for i := range a.Fields {
		if f := &a.Fields[i]; f.Leaks() {
			interval := ""
			if f.AUC.Bounded {
				interval = fmt.Sprintf(" [%.2f, %.2f]", f.AUC.Low, f.AUC.High)
			}
			found = append(found, fmt.Sprintf("%s %.2f%s", f.Name, f.AUC.Value, interval))
		}
	}
	if len(found) == 0 {
		return ""
	}
	return fmt.Sprintf("leak audit: a field alone tells malicious flows from benign ones (AUC above %g): %s", Limit, strings.Join(found, ", "))
}

// Run audits the corpus: its flows and packets, and the headers of its capture.
func Run(ctx context.Context, c *corpus.Corpus, o Options) (*Audit, error) {
	o = o.withDefaults()
	s, err := takeSample(ctx, c, o)
	if err != nil {
		return nil, err
	}
	if err := s.readHeaders(ctx, c); err != nil {
		return nil, err
	}
	a := &Audit{Campaigns: int64(len(s.campaigns))}
	for i := range s.flows {
		if s.flows[i].malicious {
			a.Malicious++
		} else {
			a.Benign++
		}
	}
	seed := draw.NewSeed(o.Seed).Word("leakage")
	for _, f := range fields {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		a.Fields = append(a.Fields, s.audit(f, seed.Word(f.name), o.Draws))
	}
	slices.SortStableFunc(a.Fields, func(x, y Field) int {
		missing := func(f Field) int {
			if f.AUC.Missing != "" {
				return 1
			}
			return 0
		}
		return cmp.Or(missing(x)-missing(y), cmp.Compare(y.AUC.Value, x.AUC.Value))
	})
	return a, nil
}
