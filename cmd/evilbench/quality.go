package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/evilbench/evilbench/harness/fidelity/compliance"
	"github.com/evilbench/evilbench/harness/leakage"
	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/corpus"
	"github.com/evilbench/evilbench/reports"
	"github.com/evilbench/evilbench/reports/table"
)

type qualityOptions struct {
	rules  []string
	format string
	tables tableOptions
}

func (a *app) quality() *cobra.Command {
	var o qualityOptions
	c := &cobra.Command{
		Use:   "quality CORPUS | quality --train TABLE NAME=TABLE...",
		Short: "Tell how good traffic is: a corpus by itself, or generated flows against real ones",
		Long: `Of a corpus: what its fields give away of the truth, and which rules its benign flows break.

With --train, how good tables of generated flows are, compared with the real ones that the generators learned from, with real ones of
another time (--reference: the yardstick) and of a third (--evaluate: for memorisation). A table is a capture, a conn.log, a
flows.arrow, a CSV with the published column names, or any CSV with --column. Paper mode computes the eight published metrics with
the published code's slips, strict mode without them and with copying as a ninth.`,
		Example: `  evilbench quality corpus
  evilbench quality corpus --compliance site.yaml --format markdown
  evilbench quality --train train.csv --reference ref.csv --evaluate eval.csv mine=mine.csv other=other.csv
  evilbench quality --train conn.log --mode paper --rows all copy=conn.log`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.tables.train != "" {
				return a.tableQuality(cmd.Context(), args, o)
			}
			if len(args) > 1 {
				return usageError{fmt.Errorf("one corpus at a time; or give --train to compare tables of flows")}
			}
			return a.corpusQuality(cmd.Context(), args[0], o)
		},
	}
	c.Flags().StringArrayVar(&o.rules, "compliance", nil, "further rules for flows; may be repeated")
	c.Flags().StringVar(&o.format, "format", "table", formats)
	o.tables.add(c.Flags())
	return c
}

// corpusQuality prints a corpus's own page.
func (a *app) corpusQuality(ctx context.Context, dir string, o qualityOptions) error {
	c, err := corpus.Open(dir)
	if err != nil {
		return err
	}
	sets, err := ruleSets(o.rules)
	if err != nil {
		return err
	}
	var tables []*table.Table
	if c.Campaigns > 0 {
		audit, err := leakage.Run(ctx, c, leakage.Options{})
		if err != nil {
			return err
		}
		tables = append(tables, reports.Leaks(dir, audit))
	}
	for _, set := range sets {
		report, err := set.Check(compliance.Benign(labels.Flows.Rows(ctx, c.Path(corpus.Flows))))
		if err != nil {
			return err
		}
		tables = append(tables, reports.Compliance("Benign flows of "+dir, report))
	}
	return a.printTables(o.format, tables...)
}

// ruleSets are the generic rules and those in files.
func ruleSets(paths []string) ([]*compliance.Set, error) {
	generic, err := compliance.Generic()
	if err != nil {
		return nil, err
	}
	sets := []*compliance.Set{generic}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		set, err := compliance.Parse(path, data)
		if err != nil {
			return nil, err
		}
		sets = append(sets, set)
	}
	return sets, nil
}
