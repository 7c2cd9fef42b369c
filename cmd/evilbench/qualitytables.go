package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/evilbench/evilbench/generator/baseline"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/harness/fidelity"
	"github.com/evilbench/evilbench/harness/fidelity/compliance"
	"github.com/evilbench/evilbench/harness/fidelity/packets"
	"github.com/evilbench/evilbench/labels/flowlog"
	"github.com/evilbench/evilbench/reports"
	"github.com/evilbench/evilbench/reports/table"
)

// tableOptions are the flags of a comparison of flow tables.
type tableOptions struct {
	train, reference, evaluate string
	mode                       string
	rows                       string
	repeat, jobs, networks     int
	seed                       uint64
	columns                    map[string]string
	plot                       string
	rivals                     []string
}

func (o *tableOptions) add(f *pflag.FlagSet) {
	f.StringVar(&o.train, "train", "", "real flows that the generators learned from")
	f.StringVar(&o.reference, "reference", "", "real flows of another time")
	f.StringVar(&o.evaluate, "evaluate", "", "real flows of a third time")
	f.StringVar(&o.mode, "mode", "strict", "strict or paper")
	f.StringVar(&o.rows, "rows", "10000", "rows drawn from each table in a repetition, or all: the tables as they are, once")
	f.IntVar(&o.repeat, "repeat", 20, "repetitions")
	f.Uint64Var(&o.seed, "seed", 1, "seed of the draws")
	f.IntVarP(&o.jobs, "jobs", "j", 0, "workers; never changes the figures; default: one a core")
	f.IntVar(&o.networks, "networks", 3, "networks trained for each column and table to compare the order of flows (TSTR); -1 = none")
	f.StringSliceVar(&o.rivals, "rivals", nil, "simple generators to learn from the training table and set beside the others: "+strings.Join(baseline.Names(), ", ")+", or all")
	f.StringVar(&o.plot, "plot", "", "SVG file to draw flows per 10 minutes in: of the training table, and of each generated one")
	f.StringToStringVar(&o.columns, "column", nil, "HEADING=COLUMN of a CSV with headings of its own")
}

// measure turns the flags into options.
func (o *tableOptions) measure() (fidelity.Options, error) {
	out := fidelity.Options{Mode: fidelity.Mode(o.mode), Repeat: o.repeat, Seed: o.seed, Workers: o.jobs}
	if out.Mode != fidelity.Strict && out.Mode != fidelity.Paper {
		return out, usageError{fmt.Errorf("--mode %q: choose strict or paper", o.mode)}
	}
	if o.rows == "all" {
		return out, nil
	}
	n, err := strconv.Atoi(o.rows)
	if err != nil || n < 2 {
		return out, usageError{fmt.Errorf("--rows %q: a number of rows from 2, or all", o.rows)}
	}
	out.Rows = n
	return out, nil
}

// compete has rivals learn from the training table and adds what they make.
func (o *tableOptions) compete(in *fidelity.Input) error {
	names := o.rivals
	if slices.Equal(names, []string{"all"}) {
		names = baseline.Names()
	}
	for _, name := range names {
		r, err := baseline.Learn(name, in.Train, baseline.Options{Jobs: o.jobs})
		if err != nil {
			return err
		}
		t, err := r.Generate(draw.NewSeed(o.seed), in.Train.Rows())
		if err != nil {
			return err
		}
		in.Generated = append(in.Generated, fidelity.Generated{Name: name, Table: t})
	}
	return nil
}

// tableQuality prints generators by metrics, and the rules their flows break.
func (a *app) tableQuality(ctx context.Context, args []string, o qualityOptions) error {
	options, err := o.tables.measure()
	if err != nil {
		return err
	}
	sets, err := ruleSets(o.rules)
	if err != nil {
		return err
	}
	d, err := a.display()
	if err != nil {
		return err
	}
	in, err := o.tables.read(ctx, args)
	if err != nil {
		return err
	}
	if err := o.tables.compete(in); err != nil {
		return err
	}
	if o.tables.plot != "" {
		if err := plotRates(o.tables.plot, in.Train, in.Generated); err != nil {
			return err
		}
	}
	options.Progress = func(done, total int) { d.Progress(int64(done), int64(total)) }
	report, err := fidelity.Measure(ctx, *in, options)
	if err != nil {
		return err
	}
	aspects, err := fidelity.Aspects(ctx, *in, fidelity.AspectOptions{
		Mode: options.Mode, Networks: o.tables.networks, Seed: o.tables.seed, Workers: o.tables.jobs, Progress: options.Progress,
	})
	if err != nil {
		return err
	}
	if err := o.tables.packets(ctx, args, aspects); err != nil {
		return err
	}
	if o.format == "json" {
		return a.printJSON(struct {
			*fidelity.Report
			Aspects []fidelity.AspectLine `json:"aspects"`
		}{report, aspects})
	}
	lines := append([]fidelity.Generated{}, in.Generated...)
	if in.Reference != nil {
		lines = append([]fidelity.Generated{{Name: "Reference", Table: in.Reference}}, lines...)
	}
	var names []string
	var broken []*compliance.Report
	var details []*table.Table
	for _, set := range sets {
		for _, g := range lines {
			r, err := set.Check(compliance.Flows(g.Table))
			if err != nil {
				return fmt.Errorf("%s: %w", g.Name, err)
			}
			names, broken = append(names, g.Name), append(broken, r)
			detail := reports.Compliance("Flows of "+g.Name, r)
			detail.Depth = table.Detail
			details = append(details, detail)
		}
	}
	tables := append([]*table.Table{reports.Fidelity(report)}, reports.Aspects(aspects)...)
	tables = append(append(tables, reports.Breaches(names, broken)), details...)
	return a.printTables(o.format, reports.For(o.format, tables)...)
}

// packets adds what captures say beyond their flows, where the training table and a generator's are captures.
func (o *tableOptions) packets(ctx context.Context, args []string, lines []fidelity.AspectLine) error {
	if !isCapture(o.train) {
		return nil
	}
	real, err := packets.Read(ctx, o.train)
	if err != nil {
		return err
	}
	for _, arg := range args {
		name, path := named(arg)
		at := slices.IndexFunc(lines, func(l fidelity.AspectLine) bool { return l.Name == name })
		if at < 0 || !isCapture(path) {
			continue
		}
		other, err := packets.Read(ctx, path)
		if err != nil {
			return err
		}
		lines[at].Aspects = append(lines[at].Aspects, packets.Compare(real, other, packets.Options{Seed: o.seed})...)
	}
	return nil
}

// isCapture goes by the name, as the flow table's reader has found out by the content already.
func isCapture(path string) bool {
	path = strings.TrimSuffix(path, ".gz")
	return strings.HasSuffix(path, ".pcap") || strings.HasSuffix(path, ".pcapng") || strings.HasSuffix(path, ".cap")
}

// named is NAME=TABLE, or a table that is called by its file.
func named(arg string) (name, path string) {
	name, path, found := strings.Cut(arg, "=")
	if !found {
		return arg, arg
	}
	return name, path
}

// read opens all tables. What generators are called is NAME=TABLE, or the table's file.
func (o *tableOptions) read(ctx context.Context, args []string) (*fidelity.Input, error) {
	open := func(path string) (*flowlog.Table, error) {
		if path == "" {
			return nil, nil
		}
		return flowlog.OpenTable(ctx, path, flowlog.TableOptions{Columns: o.columns, Seed: o.seed})
	}
	var in fidelity.Input
	for _, t := range []struct {
		into *(*flowlog.Table)
		path string
	}{{&in.Train, o.train}, {&in.Reference, o.reference}, {&in.Evaluate, o.evaluate}} {
		var err error
		if *t.into, err = open(t.path); err != nil {
			return nil, err
		}
	}
	for _, arg := range args {
		name, path := named(arg)
		t, err := open(path)
		if err != nil {
			return nil, err
		}
		in.Generated = append(in.Generated, fidelity.Generated{Name: name, Table: t})
	}
	return &in, nil
}
