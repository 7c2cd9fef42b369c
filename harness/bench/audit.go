package bench

import (
	"context"
	"path/filepath"

	"github.com/evilbench/evilbench/harness/fidelity/compliance"
	"github.com/evilbench/evilbench/harness/leakage"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/corpus"
)

// Quality is what a reader of figures should know of the traffic they stand on.
type Quality struct {
	Leaks  *leakage.Audit `json:"leaks,omitempty"` // nil where the corpus has no campaign: there is nothing to give away
	Broken score.Ratio    `json:"rules_broken"`    // benign flows that break a generic rule
}

// warnings are for every table made on the corpus.
func (q *Quality) warnings() []string {
	if q.Leaks == nil || q.Leaks.Warning() == "" {
		return nil
	}
	return []string{q.Leaks.Warning()}
}

// auditFile keeps a corpus's quality in the store.
const auditFile = "quality.json"

// quality audits the corpus, or takes what the store has of it.
func (in *ScoreInput) quality(ctx context.Context, c *corpus.Corpus) (*Quality, error) {
	if in.store == nil {
		return in.audit(ctx, c)
	}
	dir, err := in.store.step(ctx, kindAudit, key("audit", in.Version, c.Digest()), func(tmp string) error {
		q, err := in.audit(ctx, c)
		if err != nil {
			return err
		}
		return writeJSON(filepath.Join(tmp, auditFile), q)
	})
	if err != nil {
		return nil, err
	}
	var q Quality
	return &q, readJSON(&dir, auditFile, &q)
}

func (in *ScoreInput) audit(ctx context.Context, c *corpus.Corpus) (*Quality, error) {
	in.Display.Step("audit", "what the corpus gives away, and what its flows break")
	rules, err := compliance.Generic()
	if err != nil {
		return nil, err
	}
	report, err := rules.Check(compliance.Benign(labels.Flows.Rows(ctx, c.Path(corpus.Flows))))
	if err != nil {
		return nil, err
	}
	q := &Quality{Broken: report.Any}
	if c.Campaigns > 0 {
		q.Leaks, err = leakage.Run(ctx, c, leakage.Options{})
	}
	return q, err
}
