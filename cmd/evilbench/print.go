package main

import (
	"fmt"

	"github.com/evilbench/evilbench/harness/bench"
	"github.com/evilbench/evilbench/reports"
	"github.com/evilbench/evilbench/reports/table"
)

// print writes a result's tables to stdout, or the result itself as JSON.
func (a *app) print(r *bench.Result, format string) error {
	if format == "json" {
		return a.printJSON(r)
	}
	return a.printTables(format, reports.Tables(r)...)
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
	}
	return usageError{fmt.Errorf("--format %q: choose %s", format, formats)}
}
