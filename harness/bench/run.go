package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evilbench/evilbench/ids"
	"github.com/evilbench/evilbench/ids/rules"
	"github.com/evilbench/evilbench/labels/corpus"
)

// RunInput is one run of a detector on a corpus.
type RunInput struct {
	Corpus    *corpus.Corpus
	Spec      string // as asked for, e.g. suricata:7; recorded only
	Detector  ids.Detector
	Runner    ids.Runner
	Rules     *rules.Set // nil = none
	KeepTaint bool       // give the detector the tainted archive; for experiments
	Version   string     // of the tool
	Display   Display    // nil = silent

	repetition int // of the same run, to see whether an engine agrees with itself; 0 = the run itself
}

// Run makes a run directory at dir: preflight, the engine's test of its configuration and rules, the run itself, its alerts as a
// table. The directory is whole or not there; one that holds an earlier run is replaced.
func Run(ctx context.Context, in RunInput, dir string) (*RunRecord, error) {
	job, err := newJob(ctx, in)
	if err != nil {
		return nil, err
	}
	err = replace(ctx, dir, RunFile, func(tmp string) error {
		sensor := in.Corpus.Path(corpus.Traffic)
		if !in.KeepTaint {
			sensor = filepath.Join(tmp, sensorCapture)
			if err := job.sensorCopy(ctx, sensor); err != nil {
				return err
			}
		}
		checked, err := job.check(ctx, filepath.Join(tmp, "check"))
		if err != nil {
			return err
		}
		if err := os.RemoveAll(filepath.Join(tmp, "check")); err != nil {
			return err
		}
		if err := job.run(ctx, sensor, checked, tmp); err != nil || in.KeepTaint {
			return err
		}
		return os.Remove(sensor)
	})
	if err != nil {
		return nil, err
	}
	return &job.record, nil
}

// job is a run being prepared and done.
type job struct {
	RunInput
	traffic traffic
	record  RunRecord
	archive string // path of the ruleset in a store, "" = it is not in one
}

// newJob finds out what will run on what.
func newJob(ctx context.Context, in RunInput) (*job, error) {
	in.Display = displayOr(in.Display)
	j := &job{RunInput: in, record: RunRecord{
		Format: RunFormat, Version: in.Version, Spec: in.Spec, Corpus: in.Corpus.Digest(), HomeNet: in.Corpus.HomeNet, TaintKept: in.KeepTaint,
		Signatures: []Signature{}, Warnings: []string{},
	}}
	if set := in.Rules; set != nil {
		j.record.Ruleset = Ruleset{Name: set.Name, Digest: set.Digest, Enabled: set.Enabled, Disabled: set.Disabled, Bundled: set.Bundled}
	}
	var err error
	if j.traffic, err = survey(ctx, in.Corpus); err != nil {
		return nil, err
	}
	if j.record.Identity, err = in.Runner.Identity(ctx); err != nil {
		return nil, err
	}
	inv, err := in.Detector.Run(j.input("{capture}", "{rules}", "{output}"))
	if err != nil {
		return nil, err
	}
	j.record.Arguments, j.record.Config = inv.Args, configDigest(inv)
	return j, nil
}

// input is what the detector is given.
func (j *job) input(capture, rules, output string) ids.Input {
	if j.Rules == nil {
		rules = ""
	}
	return ids.Input{Capture: capture, HomeNet: j.Corpus.HomeNet, Rules: rules, Output: output, VLAN: j.traffic.vlan}
}

// configDigest identifies arguments and configuration. Paths are placeholders in both.
func configDigest(inv ids.Invocation) string {
	parts := slices.Clone(inv.Args)
	names := make([]string, 0, len(inv.Files))
	for name := range inv.Files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		parts = append(parts, name, string(inv.Files[name]))
	}
	return key(parts...)
}

// key names the run in a store.
func (j *job) key() string {
	i, r := j.record.Identity, j.record
	return key("run", r.Version, r.Corpus, r.Config, r.Ruleset.Digest, i.Runner, i.Engine, i.Version, i.Image, i.Digest, i.Detail,
		fmt.Sprint(r.TaintKept), fmt.Sprint(j.repetition))
}

// checkKey names the engine's test of configuration and rules in a store.
func (j *job) checkKey() string {
	i, r := j.record.Identity, j.record
	return key("check", r.Version, r.Config, r.Ruleset.Digest, i.Runner, i.Engine, i.Version, i.Image, i.Digest, i.Detail)
}

// run starts the engine and fills the run directory.
func (j *job) run(ctx context.Context, capture string, checked *ids.Report, dir string) error {
	r := &j.record
	r.Warnings = append(r.Warnings, j.traffic.findings(j.Corpus)...)
	r.Warnings = append(r.Warnings, ruleFindings(checked)...)
	logs, ruleFile := filepath.Join(dir, LogsDir), filepath.Join(dir, "sensor.rules")
	if err := os.Mkdir(logs, 0o777); err != nil {
		return err
	}
	if err := j.writeRules(ruleFile); err != nil {
		return err
	}
	in := j.input(capture, ruleFile, logs)
	inv, err := j.Detector.Run(in)
	if err != nil {
		return err
	}
	j.Display.Step("run", fmt.Sprintf("%s, %s on %s packets%s", r.Identity.Name(), describeRules(r.Ruleset), thousands(j.Corpus.Packets), j.again()))
	if err := j.keep(inv, dir); err != nil {
		return err
	}
	outcome, err := j.Runner.Run(ctx, inv, in)
	if err != nil {
		return err
	}
	if err := outcome.Err(inv.Engine, LogsDir); err != nil {
		return err
	}
	if err := os.RemoveAll(ruleFile); err != nil {
		return err
	}
	r.Usage = outcome.Usage
	if r.Report, err = j.Detector.Report(logs); err != nil {
		return err
	}
	if r.Identity.Version == "" {
		r.Identity.Version = r.Report.Version // recorded logs know it, their runner does not
	}
	if r.Report.Packets == 0 && j.Corpus.Packets > 0 && r.Identity.Runner != "recorded" {
		return fmt.Errorf("%s read none of %s packets (link type %d): %s; use another version of it, or convert the capture to Ethernet and import it again",
			r.Identity.Name(), thousands(j.Corpus.Packets), j.Corpus.LinkType, strings.Join(lastOf(r.Report.Warnings, mostFindings), "; "))
	}
	r.Ruleset.Failed = r.Report.RulesFailed
	if err := r.record(ctx, j.Detector.Alerts(logs), filepath.Join(dir, AlertsFile), j.kinds()); err != nil {
		return err
	}
	r.Warnings = append(r.Warnings, engineFindings(&r.Report, j.Corpus)...)
	if j.repetition == 0 { // the others say the same
		for _, w := range r.Warnings {
			j.Display.Warn(w)
		}
	}
	return writeJSON(filepath.Join(dir, RunFile), r)
}

func (j *job) kinds() kindsFunc {
	if j.Rules != nil {
		return j.Rules.Kinds
	}
	return func(_, _ int64, category, message string) []string { return rules.Kinds(category, message, "") }
}

func (j *job) writeRules(path string) error {
	if j.Rules == nil {
		return nil
	}
	return j.Rules.WriteFile(path)
}

// again says that the run is done once more.
func (j *job) again() string {
	if j.repetition == 0 {
		return ""
	}
	return fmt.Sprintf(", once more (run %d)", j.repetition+1)
}

func describeRules(r Ruleset) string {
	if r.Name == "" {
		return "no rules"
	}
	return fmt.Sprintf("%s rules of %s", thousands(int64(r.Enabled)), r.Name)
}

// thousands writes a count with separators.
func thousands(n int64) string {
	s := fmt.Sprint(n)
	var b strings.Builder
	for i, digit := range s {
		if left := len(s) - i; i > 0 && left%3 == 0 && s[i-1] != '-' {
			b.WriteByte(',')
		}
		b.WriteRune(digit)
	}
	return b.String()
}
