package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/evilbench/evilbench/generator/scenario"
)

func (a *app) schema() *cobra.Command {
	return &cobra.Command{
		Use:     "schema",
		Short:   "Print the JSON Schema of scenarios, for editors",
		Example: "  evilbench schema > scenario.schema.json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(a.stdout, "%s", scenario.Schema)
			return err
		},
	}
}
