package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/evilbench/evilbench/harness/bench"
	"github.com/evilbench/evilbench/labels/corpus"
)

func (a *app) run() *cobra.Command {
	var d detectorFlags
	var output string
	c := &cobra.Command{
		Use:   "run CORPUS",
		Short: "Run a detector on a corpus",
		Long: `Starts one detector with one ruleset on a corpus's capture, from which the taint has been cleared, and keeps its alerts as a
table, its logs, and a record of what ran.`,
		Example: `  evilbench run --ids suricata:7 corpus -o run
  evilbench run --ids suricata:8 --rules my.rules corpus -o run
  evilbench run --runner recorded:logs corpus -o run`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.runDetector(cmd.Context(), d, args[0], output) },
	}
	d.add(c.Flags())
	c.Flags().StringVarP(&output, "output", "o", "run", "folder to make")
	return c
}

func (a *app) runDetector(ctx context.Context, d detectorFlags, dir, output string) error {
	specs, err := d.specs()
	if err != nil {
		return err
	}
	if len(specs) != 1 || len(d.rules) != 1 {
		return usageError{errors.New("run takes one detector and one ruleset; bench takes several")}
	}
	display, err := a.display()
	if err != nil {
		return err
	}
	c, err := corpus.Open(dir)
	if err != nil {
		return err
	}
	sets, err := d.sets()
	if err != nil {
		return err
	}
	detector, r, err := d.opener(func(s string) { display.Step("images", s) })(ctx, specs[0])
	if err != nil {
		return err
	}
	defer r.Close()
	record, err := bench.Run(ctx, bench.RunInput{
		Corpus: c, Spec: specs[0], Detector: detector, Runner: r, Rules: sets[0], KeepTaint: d.keepTaint == "keep", Version: toolVersion, Display: display,
	}, output)
	if err != nil {
		return err
	}
	display.Step("run", fmt.Sprintf("%s: %d alerts of %s", output, record.Alerts, record.Identity.Name()))
	return nil
}
