package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/evilbench/evilbench/harness/fidelity/compliance"
	"github.com/evilbench/evilbench/harness/fidelity/conformance"
	"github.com/evilbench/evilbench/harness/leakage"
	"github.com/evilbench/evilbench/ids"
	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/corpus"
	"github.com/evilbench/evilbench/labels/taint"
	"github.com/evilbench/evilbench/reports"
	"github.com/evilbench/evilbench/reports/table"
)

type qualityOptions struct {
	rules  []string
	format string
	ids    string
	runner string
	words  string
	tables tableOptions
}

func (a *app) quality() *cobra.Command {
	var o qualityOptions
	c := &cobra.Command{
		Use:   "quality CORPUS | quality --train TABLE NAME=TABLE... | quality --words FILE NAME=FILE...",
		Short: "Tell how good traffic is: a corpus by itself, or generated flows against real ones",
		Long: `Of a corpus: what its fields give away of the truth, which rules its benign flows break, and what an engine's decoder, stream and
application events say of its packets (--ids none leaves that out).

With --train, how good tables of generated flows are, compared with the real ones that the generators learned from, with real ones of
another time (--reference: the yardstick) and of a third (--evaluate: for memorisation). A table is a capture, a conn.log, a
flows.arrow, a CSV with the published column names, or any CSV with --column. Paper mode computes the eight published metrics with
the published code's slips, strict mode without them and with copying as a ninth.

With --words, how far timed words of packet headers are from real ones.`,
		Example: `  evilbench quality corpus
  evilbench quality corpus --compliance site.yaml --format markdown
  evilbench quality --train train.csv --reference ref.csv --evaluate eval.csv mine=mine.csv other=other.csv
  evilbench quality --train conn.log --mode paper --rows all copy=conn.log
  evilbench quality --words real.jsonl generated=mine.jsonl`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.words != "" {
				return a.wordQuality(args, o)
			}
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
	c.Flags().StringVar(&o.ids, "ids", "suricata", "engine whose events are asked for, or none")
	c.Flags().StringVar(&o.runner, "runner", "auto", "auto, container or local")
	c.Flags().StringVar(&o.words, "words", "", "real timed words to set others beside")
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
	if o.ids != "none" {
		report, err := a.conformance(ctx, c, o)
		if err != nil {
			return err
		}
		tables = append(tables, reports.Conformance(dir, report)...)
	}
	return a.printTables(o.format, tables...)
}

// conformance has an engine read the corpus without its labels, for its own events alone. What the machine lacks is in the report.
func (a *app) conformance(ctx context.Context, c *corpus.Corpus, o qualityOptions) (report *conformance.Report, err error) {
	d, err := a.display()
	if err != nil {
		return nil, err
	}
	flags := detectorFlags{ids: o.ids, runner: o.runner, checksums: true, keepTaint: "clear"}
	specs, err := flags.specs()
	if err != nil {
		return nil, err
	}
	detector, runner, err := flags.opener(func(s string) { d.Step("images", s) })(ctx, specs[0])
	var missing *ids.Missing
	if errors.As(err, &missing) {
		return &conformance.Report{Missing: missing.Error()}, nil
	}
	if err != nil {
		return nil, err
	}
	defer runner.Close()
	tmp, err := os.MkdirTemp("", "evilbench-quality-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	sensor, out := filepath.Join(tmp, "sensor.pcap"), filepath.Join(tmp, "engine")
	if _, err := taint.Clear(c.Path(corpus.Traffic), sensor); err != nil {
		return nil, err
	}
	if err := os.Mkdir(out, 0o777); err != nil {
		return nil, err
	}
	d.Step("run", specs[0]+" with event rules alone")
	return conformance.Run(ctx, conformance.Input{Detector: detector, Runner: runner, Capture: sensor, HomeNet: c.HomeNet}, out)
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
