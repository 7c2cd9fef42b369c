package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/evilbench/evilbench/ids"
)

// checkFile keeps in the store what an engine said of a ruleset.
const checkFile = "check.json"

// checked is the engine's report on configuration and rules, from the store where it has said it before.
func (s *store) checked(ctx context.Context, j *job) (*ids.Report, error) {
	dir, err := s.step(ctx, kindCheck, j.checkKey(), func(tmp string) error {
		report, err := j.check(ctx, tmp)
		if err != nil {
			return err
		}
		return writeJSON(filepath.Join(tmp, checkFile), report)
	})
	if err != nil {
		return nil, err
	}
	var report ids.Report
	return &report, readJSON(&dir, checkFile, &report)
}

// check has the engine test its configuration and rules. Rules that it cannot load are findings; anything else that it refuses
// is an error.
func (j *job) check(ctx context.Context, dir string) (*ids.Report, error) {
	if j.record.Identity.Runner == "recorded" {
		return &ids.Report{}, nil
	}
	logs, ruleFile := filepath.Join(dir, LogsDir), filepath.Join(dir, "sensor.rules")
	if err := os.MkdirAll(logs, 0o777); err != nil {
		return nil, err
	}
	if err := j.writeRules(ruleFile); err != nil {
		return nil, err
	}
	in := j.input("", ruleFile, logs)
	inv, err := j.Detector.Check(in)
	if err != nil {
		return nil, err
	}
	j.Display.Step("check", j.record.Identity.Name()+", "+describeRules(j.record.Ruleset))
	outcome, err := j.Runner.Run(ctx, inv, in)
	if err != nil {
		return nil, err
	}
	report, err := j.Detector.Report(logs)
	failed := outcome.Err(inv.Engine, LogsDir)
	if failed != nil && (err != nil || report.RulesFailed == 0) {
		return nil, fmt.Errorf("test of configuration and rules: %w", errors.Join(failed, err))
	}
	if err != nil {
		return nil, err
	}
	return &report, os.RemoveAll(ruleFile)
}
