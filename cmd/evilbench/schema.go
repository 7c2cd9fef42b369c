package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/generator/scenario"
)

func (a *app) schema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema [scenario | model]",
		Short: "Print the JSON Schema of scenarios or of models, for editors",
		Example: `  evilbench schema > scenario.schema.json
  evilbench schema model > model.schema.json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			schema := scenario.Schema
			switch {
			case len(args) == 0 || args[0] == "scenario":
			case args[0] == "model":
				schema = model.Schema
			default:
				return usageError{fmt.Errorf("schema of %q: choose scenario or model", args[0])}
			}
			_, err := fmt.Fprintf(a.stdout, "%s", schema)
			return err
		},
	}
}
