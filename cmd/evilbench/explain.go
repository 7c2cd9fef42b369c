package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/evilbench/evilbench/harness/bench"
	"github.com/evilbench/evilbench/harness/explain"
	"github.com/evilbench/evilbench/ids"
	"github.com/evilbench/evilbench/ids/suricata"
	"github.com/evilbench/evilbench/reports"
)

// explainOptions are the flags of explain.
type explainOptions struct {
	result     string
	cell       int
	experiment string
	runner     string
	pcap       string
	format     string
}

func (a *app) explainVerb() *cobra.Command {
	var o explainOptions
	c := &cobra.Command{
		Use:   "explain CAMPAIGN|ALERT|SIGNATURE",
		Short: "Say why a campaign was missed, what became of an alert, or where a signature fired",
		Long: `For a campaign that was missed: a ladder of causes, each with its evidence, the most proximate first. Where the engine is there, it runs
again on the campaign's packets alone with one limit lifted at a time; what makes an expected alert appear is the cause, and is named
first. For an alert, by its number: how it was joined, what it could mean, and the engine's own line. For a signature, as gid:sid: where
it fired, and on which campaigns of its kind it did not.`,
		Example: `  evilbench explain syn-flood-1 --result out
  evilbench explain syn-flood-1 --result out --cell 2 --pcap look.pcap
  evilbench explain 17 --result out
  evilbench explain 1:2001219 --result out --format markdown`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.runExplain(cmd.Context(), o, args[0]) },
	}
	f := c.Flags()
	f.StringVar(&o.result, "result", "out", "folder that bench wrote")
	f.IntVar(&o.cell, "cell", 1, "which of the result's cells, as report counts them")
	f.StringVar(&o.experiment, "experiment", "auto", "auto: where the engine is there; on: fail where it is not; off: evidence alone")
	f.StringVar(&o.runner, "runner", "auto", "auto, container or local: where experiments run")
	f.StringVar(&o.pcap, "pcap", "", "write the packets to look at to this file, without their labels")
	f.StringVar(&o.format, "format", "table", formats)
	return c
}

func (a *app) runExplain(ctx context.Context, o explainOptions, subject string) error {
	places, err := cellPlaces(o.result, o.cell)
	if err != nil {
		return err
	}
	display, err := a.display()
	if err != nil {
		return err
	}
	engine := suricata.New(suricata.Options{}) // reads logs; how it ran is in the run
	in := explain.Input{Places: places, Engine: engine, Display: display, Pcap: o.pcap, Require: o.experiment == "on"}
	switch o.experiment {
	case "off":
	case "auto", "on":
		in.Open = func(ctx context.Context, r *bench.RunRecord) (ids.Runner, error) {
			d := detectorFlags{runner: o.runner}
			_, runner, err := d.opener(func(s string) { display.Step("images", s) })(ctx, orDefault(r.Spec, engine.Name()))
			return runner, err
		}
	default:
		return usageError{fmt.Errorf("--experiment %q: choose auto, on or off", o.experiment)}
	}
	e, err := explain.Explain(ctx, in, subject)
	if err != nil {
		return err
	}
	if o.format == "json" {
		return a.printJSON(e)
	}
	return a.printTables(o.format, reports.Explanation(e)...)
}

func orDefault(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// cellPlaces finds the directories that a result's cell was made from. bench links them beside its result.
func cellPlaces(result string, cell int) (bench.Places, error) {
	r, err := bench.ReadResult(result)
	if err != nil {
		return bench.Places{}, err
	}
	if cell < 1 || cell > len(r.Cells) {
		return bench.Places{}, usageError{fmt.Errorf("--cell %d: %s has cells 1 to %d", cell, result, len(r.Cells))}
	}
	if why := r.Cells[cell-1].Error; why != "" {
		return bench.Places{}, fmt.Errorf("cell %d of %s failed: %s", cell, result, why)
	}
	dir := result
	if info, err := os.Stat(result); err == nil && !info.IsDir() {
		dir = filepath.Dir(result)
	}
	dir = filepath.Join(dir, "cells", fmt.Sprint(cell))
	p := bench.Places{Corpus: filepath.Join(dir, "corpus"), Run: filepath.Join(dir, "run"), Result: filepath.Join(dir, "result")}
	for _, path := range []string{p.Corpus, p.Run, p.Result} {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return p, fmt.Errorf("%s: is not there: explain needs the store beside the result; bench again", path)
		}
	}
	return p, nil
}
