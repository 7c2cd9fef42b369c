package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/evilbench/evilbench/generator"
	"github.com/evilbench/evilbench/generator/scenario"
	"github.com/evilbench/evilbench/harness/bench"
	"github.com/evilbench/evilbench/reports"
)

type benchOptions struct {
	detectorFlags
	generateOptions
	figures figureFlags
	corpora []string
	seeds   int
	repeats int
	store   string
	out     string
	format  string
}

func (a *app) bench() *cobra.Command {
	var o benchOptions
	c := &cobra.Command{
		Use:   "bench",
		Short: "Generate, run, score and report: the whole experiment",
		Long: `Makes the scenario's corpus, runs every detector with every ruleset on it, joins alerts to truth, and writes result.json, report.md
and the tables. A step whose inputs are in the store is not done again; a cell that fails does not lose the others. One corpus says
how a detector did on that one: with --seeds 10 or more the figures are sums over as many, with intervals over whole corpora.`,
		Example: `  evilbench bench --ids suricata
  evilbench bench --ids suricata:7,suricata:8 --rules my.rules
  evilbench bench --ids suricata --seeds 10 --repeat-engine 2
  evilbench bench --corpus imported --rules rules/ -o out`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.runBench(cmd.Context(), o) },
	}
	f := c.Flags()
	o.detectorFlags.add(f)
	f.StringVar(&o.scenario, "scenario", "office", "built-in scenario (smoke, office) or a file")
	f.StringVar(&o.model, "model", "", "traffic model; default: what the scenario names")
	f.Int64Var(&o.seed, "seed", -1, "seed; default: the scenario's own")
	f.IntVar(&o.seeds, "seeds", 1, "repeat the scenario with so many seeds: the seed, the next one, ...")
	f.IntVar(&o.repeats, "repeat-engine", 1, "runs of each engine on identical input, to see whether they agree")
	f.IntVarP(&o.jobs, "jobs", "j", runtime.NumCPU(), "workers; never changes the output")
	f.StringArrayVar(&o.corpora, "corpus", nil, "use this corpus instead of a scenario; may be repeated")
	f.StringVar(&o.store, "store", ".evilbench", "folder of finished steps")
	f.StringVarP(&o.out, "output", "o", "out", "folder for result.json, report.md and tables")
	f.StringVar(&o.format, "format", "table", resultFormats)
	o.figures.add(f)
	return c
}

func (a *app) runBench(ctx context.Context, o benchOptions) error {
	if err := o.check(); err != nil {
		return usageError{err}
	}
	specs, err := o.specs()
	if err != nil {
		return err
	}
	sets, err := o.sets()
	if err != nil {
		return err
	}
	options, err := o.figures.options()
	if err != nil {
		return err
	}
	d, err := a.display()
	if err != nil {
		return err
	}
	sources, err := o.sources()
	if err != nil {
		return err
	}
	build, err := buildDigest()
	if err != nil {
		return err
	}
	result, err := bench.Plan{
		Store: o.store, Corpora: sources, Detectors: specs, Rules: sets, Open: o.opener(func(s string) { d.Step("images", s) }),
		KeepTaint: o.keepTaint == "keep", Repeats: o.repeats, Version: toolVersion, Build: build, Score: options, Display: d,
	}.Run(ctx)
	if err != nil {
		return err
	}
	if err := publish(result, o.out); err != nil {
		return err
	}
	if err := a.print(result, o.format); err != nil {
		return err
	}
	d.Step("report", filepath.Join(o.out, "report.md")+", "+filepath.Join(o.out, bench.ResultFile))
	if n := result.Failed(); n > 0 {
		return fmt.Errorf("%d of %d cells failed; the others are in %s", n, len(result.Cells), o.out)
	}
	return nil
}

// check refuses flags that ask for what cannot be.
func (o *benchOptions) check() error {
	switch {
	case o.seeds < 1:
		return fmt.Errorf("--seeds %d: give 1 or more", o.seeds)
	case o.seeds > 1 && len(o.corpora) > 0:
		return errors.New("--seeds makes corpora of a scenario, --corpus takes those that are there: give one of the two")
	case o.repeats < 1:
		return fmt.Errorf("--repeat-engine %d: give 1 or more", o.repeats)
	case o.repeats > 1 && strings.HasPrefix(o.runner, "recorded:"):
		return errors.New("--repeat-engine: recorded logs are the same each time; give a runner that starts the engine")
	}
	return checkResultFormat(o.format)
}

// sources are the corpora of the experiment: those named, else the scenario's.
func (o *benchOptions) sources() ([]bench.CorpusSource, error) {
	var out []bench.CorpusSource
	for _, dir := range o.corpora {
		out = append(out, bench.CorpusSource{Dir: dir})
	}
	if len(out) > 0 {
		return out, nil
	}
	sc, m, err := o.load()
	if err != nil {
		return nil, err
	}
	if n := uint64(o.seeds) - 1; sc.Seed > math.MaxUint64-n {
		return nil, usageError{fmt.Errorf("--seeds %d: there are not so many after seed %d", o.seeds, sc.Seed)}
	}
	modelDigest, err := m.Digest()
	if err != nil {
		return nil, err
	}
	family, err := familyOf(sc, modelDigest)
	if err != nil {
		return nil, err
	}
	for n := range uint64(o.seeds) {
		seeded := *sc
		seeded.Seed += n
		digest, err := seeded.Digest()
		if err != nil {
			return nil, err
		}
		out = append(out, bench.CorpusSource{
			Name: sc.Name, Key: digest + " " + modelDigest, Family: family, Seed: seeded.Seed,
			Make: func(ctx context.Context, dir string, progress func(done, total int64)) error {
				_, err := generator.WriteCorpus(ctx, &seeded, m, dir, generator.CorpusOptions{
					Options: generator.Options{Jobs: o.jobs, Progress: progress}, Tool: toolVersion,
				})
				return err
			},
		})
	}
	return out, nil
}

// familyOf is what corpora of one scenario and model share, whatever their seeds.
func familyOf(sc *scenario.Scenario, modelDigest string) (string, error) {
	seedless := *sc
	seedless.Seed = 0
	digest, err := seedless.Digest()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(digest + " " + modelDigest + " " + toolVersion))
	return hex.EncodeToString(sum[:]), nil
}

// publish writes result.json with links into the store, report.md, and each table as CSV.
func publish(r *bench.Result, dir string) error {
	if err := r.Publish(dir); err != nil {
		return err
	}
	report, err := os.Create(filepath.Join(dir, "report.md"))
	if err != nil {
		return err
	}
	if err := reports.Markdown(report, r); err != nil {
		report.Close()
		return err
	}
	if err := report.Close(); err != nil {
		return err
	}
	for _, t := range reports.Tables(r) {
		f, err := os.Create(filepath.Join(dir, t.Name+".csv"))
		if err != nil {
			return err
		}
		if err := t.CSV(f); err != nil {
			f.Close()
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}
