package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/evilbench/evilbench/harness/compare"
	"github.com/evilbench/evilbench/reports"
)

func (a *app) compare() *cobra.Command {
	var o compare.Options
	var format string
	c := &cobra.Command{
		Use:   "compare RESULT...",
		Short: "Tell whether one engine, ruleset or configuration beats another",
		Long: `Compares every other side with the first, on the same corpora: what differs between them, whether it is more than chance, which
campaigns were lost and gained by name, which false alarms by signature, and the cost. A result is a file or folder; its cells are one
side for each detector with each ruleset. To take some of a result's cells, write # behind its path and the cell's number, or what it
must have: detector, rules, corpus, seed or config. ~ stands where nothing can be said; a verdict is given where chance alone would
give it in fewer than 5 of 100 comparisons, of each measure by itself.`,
		Example: `  evilbench compare before after
  evilbench compare out
  evilbench compare 'out#detector=suricata:7' 'out#detector=suricata:8'
  evilbench compare 'out#1' 'out#3' --format markdown
  evilbench compare seed1 seed2 --independent`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.runCompare(cmd.Context(), args, o, format) },
	}
	c.Flags().BoolVar(&o.Independent, "independent", false, "the sides' corpora are independent samples of the same traffic, and need not be the same")
	c.Flags().StringVar(&format, "format", "table", formats)
	return c
}

func (a *app) runCompare(ctx context.Context, args []string, o compare.Options, format string) error {
	d, err := a.display()
	if err != nil {
		return err
	}
	sides, left, err := compare.Load(args)
	var selector *compare.SelectorError
	if errors.As(err, &selector) {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	for _, l := range left {
		d.Warn(l)
	}
	c, err := compare.Compare(ctx, sides, o)
	if err != nil {
		return err
	}
	c.Notes = append(left, c.Notes...)
	if format == "json" {
		return a.printJSON(c)
	}
	return a.printTables(format, reports.Comparison(c)...)
}
