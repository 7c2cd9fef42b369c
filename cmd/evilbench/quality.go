package main

import (
	"context"
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
}

func (a *app) quality() *cobra.Command {
	var o qualityOptions
	c := &cobra.Command{
		Use:   "quality CORPUS",
		Short: "Tell how good a corpus is: what its fields give away, and which rules its flows break",
		Example: `  evilbench quality corpus
  evilbench quality corpus --compliance site.yaml --format markdown`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.corpusQuality(cmd.Context(), args[0], o) },
	}
	c.Flags().StringArrayVar(&o.rules, "compliance", nil, "further rules for flows; may be repeated")
	c.Flags().StringVar(&o.format, "format", "table", formats)
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
