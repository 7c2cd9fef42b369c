package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/evilbench/evilbench/ids"
)

// rules keeps the job's ruleset in the store, so that its runs can share one file.
func (s *store) rules(ctx context.Context, j *job) error {
	if j.Rules == nil {
		return nil
	}
	set := j.Rules
	dir, err := s.step(ctx, kindRules, key("rules", set.Digest, fmt.Sprint(set.Disabled)), func(tmp string) error {
		return set.WriteArchive(filepath.Join(tmp, RulesFile))
	})
	j.archive = filepath.Join(dir, RulesFile)
	return err
}

// keep puts into the run what explaining it takes: its rules, those that were commented out too, and the engine's configuration.
func (j *job) keep(inv ids.Invocation, dir string) error {
	config := filepath.Join(dir, ConfigDir)
	if err := os.Mkdir(config, 0o777); err != nil {
		return err
	}
	for name, text := range inv.Files {
		if err := os.WriteFile(filepath.Join(config, name), text, 0o666); err != nil {
			return err
		}
	}
	if j.Rules == nil {
		return nil
	}
	path := filepath.Join(dir, RulesFile)
	if j.archive != "" && os.Link(j.archive, path) == nil {
		return nil
	}
	return j.Rules.WriteArchive(path) // no store, or a disk without links
}
