package main

import (
	"github.com/spf13/cobra"

	"github.com/evilbench/evilbench/harness/bench"
	"github.com/evilbench/evilbench/harness/score"
)

func (a *app) report() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "report RESULT...",
		Short: "Print the tables of results",
		Example: `  evilbench report out
  evilbench report out/result.json --format markdown
  evilbench report out --format latex > tables.tex
  evilbench report out --format benchfmt > out.bench`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := checkResultFormat(format); err != nil {
				return usageError{err}
			}
			all := &bench.Result{Format: bench.ResultFormat, Version: toolVersion}
			for _, path := range args {
				r, err := bench.ReadResult(path)
				if err != nil {
					return err
				}
				all.Cells = append(all.Cells, r.Cells...)
			}
			var err error
			if all.Pooled, err = bench.Pool(all.Cells, score.Options{}); err != nil {
				return err
			}
			return a.print(all, format)
		},
	}
	c.Flags().StringVar(&format, "format", "table", resultFormats)
	return c
}
