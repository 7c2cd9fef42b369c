// Package bench runs an experiment: every detector with every ruleset on every corpus, no finished step twice.
package bench

import (
	"context"
	"errors"
	"fmt"

	"github.com/evilbench/evilbench/harness/join"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/ids"
	"github.com/evilbench/evilbench/ids/rules"
	"github.com/evilbench/evilbench/labels/corpus"
)

// Plan is an experiment.
type Plan struct {
	Store     string         // directory of finished steps, "" = .evilbench
	Corpora   []CorpusSource // rows of the experiment, in the order of the result's cells
	Detectors []string       // e.g. suricata:7
	Rules     []*rules.Set   // nil entries run without rules

	// Open makes a detector and a runner for a name of Detectors. What the machine lacks is *ids.Missing.
	Open func(ctx context.Context, spec string) (ids.Detector, ids.Runner, error)

	KeepTaint bool   // give detectors the tainted archive; for experiments
	Repeats   int    // runs of each engine on identical input, to see whether they agree; below 2 = one
	Version   string // of the tool, as artefacts have it
	Build     string // of the tool; another build finds nothing of this one in the store; "" = none does
	Join      join.Options
	Score     score.Options
	Display   Display // nil = silent
}

// CorpusSource is a corpus that is there, or how to make it.
type CorpusSource struct {
	Name   string // for reports, "" = the corpus's own
	Dir    string // a corpus that is there; else Key and Make are needed
	Key    string // digest of all that the corpus is made from
	Family string // digest of the same without the seed, "" = seeds mean nothing to it
	Seed   uint64 // of what is to be made, for reports

	// Make writes a corpus to dir, which is empty.
	Make func(ctx context.Context, dir string, progress func(done, total int64)) error
}

// engine is an opened detector, or why it could not be.
type engine struct {
	spec     string
	detector ids.Detector
	runner   ids.Runner
	err      error
}

// Run runs the experiment. A cell that fails is in the result with its error, and the others go on. The error is for what leaves
// no result: a cancelled context, a store that cannot be used, or no cell that worked, in which case it holds every cell's error.
func (p Plan) Run(ctx context.Context) (*Result, error) {
	if p.Store == "" {
		p.Store = ".evilbench"
	}
	if len(p.Rules) == 0 {
		p.Rules = []*rules.Set{nil}
	}
	p.Display = displayOr(p.Display)
	s, err := newStore(p.Store, p.Display)
	if err != nil {
		return nil, err
	}
	s.build = p.Build
	engines := p.open(ctx)
	defer func() {
		for _, e := range engines {
			if e.runner != nil {
				e.runner.Close()
			}
		}
	}()
	result := &Result{Format: ResultFormat, Version: p.Version}
	var failures []error
	for i, source := range p.Corpora {
		c, corpusErr := p.corpus(ctx, s, i)
		for _, e := range engines {
			for _, set := range p.Rules {
				cell, err := p.cell(ctx, s, source, c, corpusErr, e, set)
				if ctx.Err() != nil {
					return nil, ctx.Err()
				}
				if err != nil {
					p.Display.Warn(fmt.Sprintf("%s on %s: %v", e.spec, cell.Corpus.title(), err))
					cell.Error = err.Error()
					failures = append(failures, err)
				}
				result.Cells = append(result.Cells, *cell)
			}
		}
	}
	if len(result.Cells) == 0 {
		return nil, errors.New("nothing to do: the plan needs a corpus and a detector")
	}
	if len(failures) == len(result.Cells) {
		return nil, joinUnique(failures)
	}
	if result.Pooled, err = Pool(result.Cells, p.Score); err != nil {
		return nil, err
	}
	return result, nil
}

// joinUnique joins errors and leaves out those that say the same again.
func joinUnique(all []error) error {
	var kept []error
	said := map[string]bool{}
	for _, err := range all {
		if text := err.Error(); !said[text] {
			said[text] = true
			kept = append(kept, err)
		}
	}
	return errors.Join(kept...)
}

func (p *Plan) open(ctx context.Context) []engine {
	out := make([]engine, 0, len(p.Detectors))
	for _, spec := range p.Detectors {
		e := engine{spec: spec}
		e.detector, e.runner, e.err = p.Open(ctx, spec)
		out = append(out, e)
	}
	return out
}

// corpus finds or makes a corpus.
func (p *Plan) corpus(ctx context.Context, s *store, at int) (*corpus.Corpus, error) {
	source := p.Corpora[at]
	dir := source.Dir
	if dir == "" {
		var err error
		dir, err = s.step(ctx, kindCorpus, key("corpus", p.Version, source.Key), func(tmp string) error {
			title := source.describe().title()
			if len(p.Corpora) > 1 {
				title += fmt.Sprintf(" (%d of %d)", at+1, len(p.Corpora))
			}
			p.Display.Step("corpus", title)
			return source.Make(ctx, tmp, p.Display.Progress)
		})
		if err != nil {
			return nil, fmt.Errorf("corpus %s: %w", source.describe().title(), err)
		}
	}
	return corpus.Open(dir)
}

// describe says all that is known of a corpus before it is there.
func (c *CorpusSource) describe() *Corpus {
	return &Corpus{Name: c.Name, Seed: c.Seed, Family: c.Family}
}

// title is what a person is told of the corpus.
func (c *Corpus) title() string {
	if c.Family == "" {
		return c.Name
	}
	return fmt.Sprintf("%s, seed %d", c.Name, c.Seed)
}

// cell runs and scores, or takes both from the store. The cell says what it is about even where it failed.
func (p *Plan) cell(ctx context.Context, s *store, source CorpusSource, c *corpus.Corpus, corpusErr error, e engine, set *rules.Set) (*Cell, error) {
	empty := &Cell{Detector: Detector{Spec: e.spec}, Corpus: *source.describe(), Warnings: []string{}}
	if set != nil {
		empty.Ruleset = Ruleset{Name: set.Name, Digest: set.Digest, Enabled: set.Enabled, Disabled: set.Disabled, Bundled: set.Bundled}
	}
	if corpusErr != nil {
		return empty, corpusErr
	}
	empty.Corpus = describeCorpus(source.Name, c)
	empty.Corpus.Family = source.Family
	empty.Places.Corpus = c.Dir
	if e.err != nil {
		return empty, e.err
	}
	empty.Detector.Engine = e.detector.Name()
	input := RunInput{
		Corpus: c, Spec: e.spec, Detector: e.detector, Runner: e.runner, Rules: set,
		KeepTaint: p.KeepTaint, Version: p.Version, Display: p.Display,
	}
	j, err := newJob(ctx, input)
	if err != nil {
		return empty, err
	}
	run, err := s.run(ctx, j)
	if err != nil {
		return empty, err
	}
	in := ScoreInput{
		Corpus: c.Dir, Run: run, Name: source.Name, Version: p.Version, Join: p.Join, Options: p.Score,
		Display: p.Display, store: s,
	}
	cell, err := s.score(ctx, j, in)
	if err != nil {
		return empty, err
	}
	cell.Corpus.Family = source.Family
	if p.Repeats > 1 {
		if err := p.repeat(ctx, s, input, run, cell, in); err != nil {
			return empty, err
		}
	}
	return cell, nil
}

// run makes the run where the store does not have it.
func (s *store) run(ctx context.Context, j *job) (string, error) {
	return s.step(ctx, kindRun, j.key(), func(tmp string) error {
		capture, err := s.sensor(ctx, j)
		if err != nil {
			return err
		}
		checked, err := s.checked(ctx, j)
		if err != nil {
			return err
		}
		if err := s.rules(ctx, j); err != nil {
			return err
		}
		return j.run(ctx, capture, checked, tmp)
	})
}

// score makes the result where the store does not have it.
func (s *store) score(ctx context.Context, j *job, in ScoreInput) (*Cell, error) {
	dir, err := s.step(ctx, kindResult, key("result", j.key(), in.Name, fmt.Sprint(in.Join), fmt.Sprint(in.Options)), func(tmp string) error {
		_, err := in.score(ctx, tmp)
		return err
	})
	if err != nil {
		return nil, err
	}
	r, err := ReadResult(dir)
	if err != nil {
		return nil, err
	}
	cell := &r.Cells[0]
	cell.Places = Places{Corpus: in.Corpus, Run: in.Run, Result: dir}
	return cell, nil
}
