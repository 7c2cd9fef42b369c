package main

import (
	"github.com/spf13/cobra"

	"github.com/evilbench/evilbench/harness/bench"
)

func (a *app) score() *cobra.Command {
	var output, format string
	var figures figureFlags
	c := &cobra.Command{
		Use:   "score CORPUS RUN",
		Short: "Join a run's alerts to a corpus's truth and measure",
		Example: `  evilbench score corpus run -o result
  evilbench score corpus run -o result --format json
  evilbench score corpus run --base-rates 0.001,0.00002 --cost-ratios 500`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkResultFormat(format); err != nil {
				return usageError{err}
			}
			options, err := figures.options()
			if err != nil {
				return err
			}
			d, err := a.display()
			if err != nil {
				return err
			}
			cell, err := bench.Score(cmd.Context(), bench.ScoreInput{
				Corpus: args[0], Run: args[1], Version: toolVersion, Options: options, Display: d,
			}, output)
			if err != nil {
				return err
			}
			return a.print(&bench.Result{Format: bench.ResultFormat, Version: toolVersion, Cells: []bench.Cell{*cell}}, format)
		},
	}
	c.Flags().StringVarP(&output, "output", "o", "result", "folder to make")
	c.Flags().StringVar(&format, "format", "table", resultFormats)
	figures.add(c.Flags())
	return c
}
