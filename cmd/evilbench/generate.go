package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/evilbench/evilbench/generator"
	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/generator/scenario"
)

type generateOptions struct {
	scenario string
	model    string
	home     bool // no scenario was asked for
	seed     int64
	jobs     int
	output   string
	rate     float64
	duration string
	flows    string
	perDay   float64
	skip     bool
	own      bool
	noise    bool
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
  evilbench generate --scenario my.yaml -o corpus
  evilbench generate --model site.json --duration 168h -o week      the network that the model was learnt from
  evilbench generate --model site.json --scenario my.yaml -o mine   its traffic on a network of one's own
  evilbench generate --model site.json --flows flows.csv            flows alone, to compare with others`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.home = !cmd.Flags().Changed("scenario")
			if o.flows != "" && cmd.Flags().Changed("output") {
				return usageError{errors.New("--flows writes flows instead of a corpus: leave --output out")}
			}
			return a.generateCorpus(cmd.Context(), o)
		},
	}
	f := c.Flags()
	f.StringVar(&o.scenario, "scenario", "office", "built-in scenario (smoke, office) or a file; of a model that knows addresses the default is its own network")
	f.StringVar(&o.model, "model", "", "traffic model: built-in ("+strings.Join(model.BuiltinNames, ", ")+") or a file; default: what the scenario names")
	f.Int64Var(&o.seed, "seed", -1, "seed; default: the scenario's own")
	f.IntVarP(&o.jobs, "jobs", "j", runtime.NumCPU(), "workers; never changes the output")
	f.StringVarP(&o.output, "output", "o", "corpus", "folder to make")
	f.Float64Var(&o.rate, "rate", 0, "multiplies every benign rate; default: the scenario's own")
	f.StringVar(&o.duration, "duration", "", "length of the capture, e.g. 2h; default: the scenario's own, or the hours in which the model's network was watched")
	f.Float64Var(&o.perDay, "flows-per-day", 0, "benign flows on an average day, instead of --rate")
	f.BoolVar(&o.skip, "skip-missing", false, "leave out flows of a learnt model that no machine of the network can have")
	f.BoolVar(&o.own, "own-packets", false, "packets as the dialogues make them, not as the model's automata of headers draw them")
	f.BoolVar(&o.noise, "noise", false, "play back what the automata took for noise: packets missed, sent again, overtaken")
	f.StringVar(&o.flows, "flows", "", "write the benign flows as a CSV table to this file, and no corpus")
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
	options := generator.Options{Jobs: o.jobs, Progress: d.Progress, SkipMissing: o.skip, FlowsPerDay: o.perDay, OwnPackets: o.own, Noise: o.noise}
	if o.flows != "" {
		return a.generateFlows(ctx, d, sc, m, o.flows, options)
	}
	manifest, err := generator.WriteCorpus(ctx, sc, m, o.output, generator.CorpusOptions{
		Options: options, Tool: toolVersion,
	})
	if err != nil {
		return err
	}
	for _, w := range manifest.Warnings {
		d.Warn(w)
	}
	for _, n := range manifest.Notes {
		d.Step("note", n)
	}
	d.Step("corpus", fmt.Sprintf("%s: %d packets, %d flows, %d campaigns", o.output, manifest.Packets, manifest.Flows, manifest.Campaigns))
	return nil
}

// generateFlows writes a table of flows.
func (a *app) generateFlows(ctx context.Context, d *display, sc *scenario.Scenario, m *model.Model, path string, o generator.Options) error {
	part := path + ".part"
	f, err := os.Create(part)
	if err != nil {
		return err
	}
	r, err := generator.WriteFlows(ctx, f, sc, m, o)
	if err := errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	if err := os.Rename(part, path); err != nil {
		return err
	}
	for _, w := range r.Warnings {
		d.Warn(w)
	}
	d.Step("flows", fmt.Sprintf("%s: %d flows", path, r.Flows))
	return nil
}

// scene is the scenario: the one that is named, or the network that the model was learnt from.
func (o generateOptions) scene() (*scenario.Scenario, *model.Model, error) {
	if o.model == "" || !o.home {
		sc, err := scenario.Load(o.scenario)
		return sc, nil, err
	}
	m, err := model.Load(o.model)
	if err != nil {
		return nil, nil, err
	}
	if !m.Addressed() {
		sc, err := scenario.Load(o.scenario)
		return sc, m, err
	}
	sc, err := generator.Home(m)
	return sc, m, err
}

// load reads scenario and model and applies what the flags override.
func (o generateOptions) load() (*scenario.Scenario, *model.Model, error) {
	sc, m, err := o.scene()
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
	if m == nil {
		m, err = model.Load(sc.Model)
	}
	return sc, m, err
}
