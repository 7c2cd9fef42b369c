package bench

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/evilbench/evilbench/harness/join"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/corpus"
)

// ScoreInput is a run to be scored against the corpus it read.
type ScoreInput struct {
	Corpus  string // directory
	Run     string // directory
	Name    string // of the corpus in reports, "" = the scenario's or the first source's
	Version string // of the tool
	Join    join.Options
	Options score.Options
	Display Display // nil = silent

	store *store // where the corpus's audit may be, nil = none
}

// Score makes a result directory at dir: the matches as a table, and result.json with one cell. The directory is whole or not
// there; one that holds an earlier result is replaced.
func Score(ctx context.Context, in ScoreInput, dir string) (*Cell, error) {
	in.Display = displayOr(in.Display)
	var c *Cell
	err := replace(ctx, dir, ResultFile, func(tmp string) (err error) {
		c, err = in.score(ctx, tmp)
		return err
	})
	if err != nil {
		return nil, err
	}
	c.Places.Result = dir
	return c, nil
}

func (in *ScoreInput) score(ctx context.Context, dir string) (*Cell, error) {
	c, err := corpus.Open(in.Corpus)
	if err != nil {
		return nil, err
	}
	record, err := ReadRun(in.Run)
	if err != nil {
		return nil, err
	}
	if digest := c.Digest(); record.Corpus != digest {
		return nil, fmt.Errorf("%s: the run read corpus %.12s, %s is corpus %.12s: score it against the corpus it read",
			in.Run, record.Corpus, in.Corpus, digest)
	}
	in.Display.Step("score", fmt.Sprintf("%s alerts of %s", thousands(record.Alerts), record.Identity.Name()))
	counts, err := in.join(ctx, c, filepath.Join(dir, MatchesFile))
	if err != nil {
		return nil, err
	}
	if counts.Read != record.Alerts {
		return nil, fmt.Errorf("%s: has %d alerts, %s says %d; run again", filepath.Join(in.Run, AlertsFile), counts.Read, RunFile, record.Alerts)
	}
	figures, err := in.figures(ctx, c, record, filepath.Join(dir, MatchesFile))
	if err != nil {
		return nil, err
	}
	if err := writeNever(filepath.Join(dir, NeverFile), figures.Never); err != nil {
		return nil, err
	}
	cell := newCell(in.Name, c, record)
	cell.Score, cell.Rungs = figures, counts.Rungs
	if cell.Quality, err = in.quality(ctx, c); err != nil {
		return nil, err
	}
	cell.Warnings = append(cell.Warnings, cell.Quality.warnings()...)
	cell.Warnings = append(cell.Warnings, figures.Warnings...)
	cell.Places = Places{Corpus: in.Corpus, Run: in.Run}
	return cell, writeJSON(filepath.Join(dir, ResultFile), &Result{Format: ResultFormat, Version: in.Version, Cells: []Cell{*cell}})
}

func (in *ScoreInput) join(ctx context.Context, c *corpus.Corpus, matches string) (join.Counts, error) {
	campaigns, err := labels.Campaigns.Load(c.Path(corpus.Campaigns))
	if err != nil {
		return join.Counts{}, err
	}
	w, err := labels.Matches.Create(matches)
	if err != nil {
		return join.Counts{}, err
	}
	defer w.Close()
	truth := join.Truth{
		Campaigns: campaigns,
		Flows:     labels.Flows.Rows(ctx, c.Path(corpus.Flows)),
		Packets:   labels.Packets.Rows(ctx, c.Path(corpus.Packets)),
		Details:   join.ReadDetails(c.Path(corpus.Traffic)),
	}
	counts, err := join.Run(truth, labels.Alerts.Rows(ctx, filepath.Join(in.Run, AlertsFile)), w.Write, in.Join)
	if err != nil {
		return counts, err
	}
	return counts, w.Close()
}

func (in *ScoreInput) figures(ctx context.Context, c *corpus.Corpus, r *RunRecord, matches string) (*score.Score, error) {
	campaigns, err := labels.Campaigns.Load(c.Path(corpus.Campaigns))
	if err != nil {
		return nil, err
	}
	home, err := prefixes(c.HomeNet)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Path(corpus.ManifestFile), err)
	}
	enabled, err := enabledRules(in.Run)
	if err != nil {
		return nil, err
	}
	return score.Compute(score.Input{
		Campaigns: campaigns,
		Flows:     labels.Flows.Rows(ctx, c.Path(corpus.Flows)),
		Packets:   labels.Packets.Rows(ctx, c.Path(corpus.Packets)),
		Alerts:    labels.Alerts.Rows(ctx, filepath.Join(in.Run, AlertsFile)),
		Matches:   labels.Matches.Rows(ctx, matches),
		Kinds:     r.kinds(),
		Rules:     enabled,
		HomeNet:   home, Days: c.Days, Bytes: c.Bytes,
		Options: in.Options,
	})
}

// newCell says what a cell is about. Warnings of the corpus come first, then those of the run.
func newCell(name string, c *corpus.Corpus, r *RunRecord) *Cell {
	i := r.Identity
	cell := &Cell{
		Detector: Detector{
			Spec: r.Spec, Engine: i.Engine, Version: i.Version, Image: i.Image, Digest: i.Digest, Runner: i.Runner, Detail: i.Detail,
		},
		Ruleset:  r.Ruleset,
		Corpus:   describeCorpus(name, c),
		Run:      &RunSummary{Config: r.Config, Usage: r.Usage, Report: r.Report},
		Warnings: append(append([]string{}, c.Warnings...), r.Warnings...),
	}
	if r.TaintKept {
		cell.Warnings = append(cell.Warnings, "the detector read the tainted archive: rules can see the labels")
	}
	return cell
}

func describeCorpus(name string, c *corpus.Corpus) Corpus {
	if name == "" {
		name = corpusName(c)
	}
	return Corpus{
		Name: name, Digest: c.Digest(), Packets: c.Packets, Flows: c.Flows, Campaigns: c.Campaigns, Bytes: c.Bytes, Days: c.Days,
		Synthetic: c.CreatedBy == "generate", Seed: c.Seed, Scenario: c.Scenario, Model: c.Model, Sources: c.Sources, Version: c.Version,
	}
}

// corpusName is what a person would call a corpus.
func corpusName(c *corpus.Corpus) string {
	switch {
	case c.Scenario != nil:
		return c.Scenario.Name
	case len(c.Sources) == 1:
		return strings.TrimSuffix(c.Sources[0].Path, filepath.Ext(c.Sources[0].Path))
	case len(c.Sources) > 1:
		return fmt.Sprintf("%s and %d more", c.Sources[0].Path, len(c.Sources)-1)
	default:
		return filepath.Base(c.Dir)
	}
}
