package main

import (
	"github.com/spf13/cobra"

	"github.com/evilbench/evilbench/harness/bench"
)

func (a *app) report() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "report RESULT...",
		Short: "Print the tables of results",
		Example: `  evilbench report out
  evilbench report out/result.json --format markdown`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			all := &bench.Result{Format: bench.ResultFormat, Version: toolVersion}
			for _, path := range args {
				r, err := bench.ReadResult(path)
				if err != nil {
					return err
				}
				all.Cells = append(all.Cells, r.Cells...)
			}
			return a.print(all, format)
		},
	}
	c.Flags().StringVar(&format, "format", "table", formats)
	return c
}
