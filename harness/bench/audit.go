package bench

import (
	"context"
	"path/filepath"

	"github.com/evilbench/evilbench/harness/leakage"
	"github.com/evilbench/evilbench/labels/corpus"
)

// auditFile keeps in the store what the fields of a corpus give away.
const auditFile = "leaks.json"

// leaks is the corpus's audit, from the store where there is one. A corpus without campaigns has nothing to give away: nil.
func (in *ScoreInput) leaks(ctx context.Context, c *corpus.Corpus) (*leakage.Audit, error) {
	if c.Campaigns == 0 {
		return nil, nil
	}
	audit := func() (*leakage.Audit, error) {
		in.Display.Step("audit", "fields that give the truth away")
		return leakage.Run(ctx, c, leakage.Options{})
	}
	if in.store == nil {
		return audit()
	}
	dir, err := in.store.step(ctx, kindAudit, key("audit", in.Version, c.Digest()), func(tmp string) error {
		a, err := audit()
		if err != nil {
			return err
		}
		return writeJSON(filepath.Join(tmp, auditFile), a)
	})
	if err != nil {
		return nil, err
	}
	var a leakage.Audit
	return &a, readJSON(&dir, auditFile, &a)
}
