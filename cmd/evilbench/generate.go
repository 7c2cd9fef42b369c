package main

import (
	"context"
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/evilbench/evilbench/generator"
	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/generator/scenario"
)

type generateOptions struct {
	scenario string
	model    string
	seed     int64
	jobs     int
	output   string
	rate     float64
	duration string
}

func (a *app) generate() *cobra.Command {
	var o generateOptions
	c := &cobra.Command{
		Use:   "generate",
		Short: "Make a labelled corpus from a scenario",
		Long: `Makes the scenario's traffic: benign flows from the model, attacks as the scenario says, with the truth of every packet, flow and
campaign beside the capture. The same scenario, model and seed give the same bytes with any number of workers.`,
		Example: `  evilbench generate --scenario smoke -o corpus
  evilbench generate --scenario office --seed 7 -j 2 -o corpus
  evilbench generate --scenario my.yaml -o corpus`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.generateCorpus(cmd.Context(), o) },
	}
	f := c.Flags()
	f.StringVar(&o.scenario, "scenario", "office", "built-in scenario (smoke, office) or a file")
	f.StringVar(&o.model, "model", "", "traffic model: built-in (office) or a file; default: what the scenario names")
	f.Int64Var(&o.seed, "seed", -1, "seed; default: the scenario's own")
	f.IntVarP(&o.jobs, "jobs", "j", runtime.NumCPU(), "workers; never changes the output")
	f.StringVarP(&o.output, "output", "o", "corpus", "folder to make")
	f.Float64Var(&o.rate, "rate", 0, "multiplies every benign rate; default: the scenario's own")
	f.StringVar(&o.duration, "duration", "", "length of the capture, e.g. 2h; default: the scenario's own")
	return c
}

func (a *app) generateCorpus(ctx context.Context, o generateOptions) error {
	sc, m, err := o.load()
	if err != nil {
		return err
	}
	d, err := a.display()
	if err != nil {
		return err
	}
	d.Step("generate", fmt.Sprintf("scenario %s, model %s, seed %d, %s", sc.Name, m.Provenance.Name, sc.Seed, sc.Duration))
	manifest, err := generator.WriteCorpus(ctx, sc, m, o.output, generator.CorpusOptions{
		Options: generator.Options{Jobs: o.jobs, Progress: d.Progress}, Tool: toolVersion,
	})
	if err != nil {
		return err
	}
	for _, w := range manifest.Warnings {
		d.Warn(w)
	}
	d.Step("corpus", fmt.Sprintf("%s: %d packets, %d flows, %d campaigns", o.output, manifest.Packets, manifest.Flows, manifest.Campaigns))
	return nil
}

// load reads scenario and model and applies what the flags override.
func (o generateOptions) load() (*scenario.Scenario, *model.Model, error) {
	sc, err := scenario.Load(o.scenario)
	if err != nil {
		return nil, nil, err
	}
	if o.seed >= 0 {
		sc.Seed = uint64(o.seed)
	}
	if o.rate > 0 {
		sc.Rate = o.rate
	}
	if o.duration != "" {
		if err := sc.SetDuration(o.duration); err != nil {
			return nil, nil, usageError{err}
		}
	}
	if o.model != "" {
		sc.Model = o.model
	}
	m, err := model.Load(sc.Model)
	return sc, m, err
}
