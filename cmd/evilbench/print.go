package main

import (
	"fmt"
	"slices"

	"github.com/evilbench/evilbench/harness/bench"
	"github.com/evilbench/evilbench/reports"
	"github.com/evilbench/evilbench/reports/benchfmt"
	"github.com/evilbench/evilbench/reports/latex"
	"github.com/evilbench/evilbench/reports/table"
)

// Formats of tables, and of results, which can also be samples for benchstat.
const (
	formats       = "table, markdown, csv, json or latex"
	resultFormats = "table, markdown, csv, json, latex or benchfmt"
)

// checkResultFormat refuses a format before any work is done for it.
func checkResultFormat(format string) error {
	if !slices.Contains([]string{"table", "markdown", "csv", "json", "latex", "benchfmt"}, format) {
		return fmt.Errorf("--format %q: choose %s", format, resultFormats)
	}
	return nil
}

// print writes a result's tables to stdout, or the result itself as JSON.
func (a *app) print(r *bench.Result, format string) error {
	switch format {
	case "json":
		return a.printJSON(r)
	case "latex":
		return reports.LaTeX(a.stdout, r)
	case "benchfmt":
		return benchfmt.Write(a.stdout, r)
	}
	if err := checkResultFormat(format); err != nil {
		return usageError{err}
	}
	return a.printTables(format, reports.For(format, reports.Tables(r))...)
}

// printTables writes tables to stdout in the format asked for.
func (a *app) printTables(format string, tables ...*table.Table) error {
	for i, t := range tables {
		if i > 0 {
			if _, err := fmt.Fprintln(a.stdout); err != nil {
				return err
			}
		}
		if err := a.printTable(format, t); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) printTable(format string, t *table.Table) error {
	switch format {
	case "table":
		return t.Terminal(a.stdout)
	case "markdown":
		return t.Markdown(a.stdout)
	case "csv":
		return t.CSV(a.stdout)
	case "json":
		return t.JSON(a.stdout)
	case "latex":
		return latex.Write(a.stdout, t, nil)
	}
	return usageError{fmt.Errorf("--format %q: choose %s", format, formats)}
}
