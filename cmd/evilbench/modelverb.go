package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/reports"
)

// modelVerb is what can be asked of models beside showing them.
func (a *app) modelVerb() *cobra.Command {
	c := &cobra.Command{
		Use:     "model",
		Short:   "Compare traffic models",
		Example: "  evilbench model diff site.json edited.json",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(&cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Say in words what changed from one model to another",
		Long: `Says in words what changed from one model to another: hosts, rhythms, patterns, rates, networks. Models are files or built in. Prints
nothing where both play the same.`,
		Example: "  evilbench model diff site.json edited.json",
		Args:    cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error {
			var pair [2]*model.Model
			for i, path := range args {
				m, err := model.Load(path)
				if err != nil {
					return err
				}
				pair[i] = m
			}
			for _, line := range model.Diff(pair[0], pair[1]) {
				if _, err := fmt.Fprintln(a.stdout, line); err != nil {
					return err
				}
			}
			return nil
		},
	})
	return c
}

// inspectModel explains a model, draws it, or prints it whole.
func (a *app) inspectModel(path, format string) error {
	m, err := model.Load(path)
	if err != nil {
		return fmt.Errorf("neither a result nor a run, and as a model: %w", err)
	}
	switch format {
	case "json":
		return a.printJSON(m)
	case "dot":
		_, err := fmt.Fprint(a.stdout, m.DOT())
		return err
	}
	if format != "table" {
		return a.printTables(format, reports.Model(m)...)
	}
	return reports.ModelText(a.stdout, m)
}
