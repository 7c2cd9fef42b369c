package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/evilbench/evilbench/ids/images"
	"github.com/evilbench/evilbench/reports/table"
)

func (a *app) images() *cobra.Command {
	var format string
	list := func(cmd *cobra.Command, _ []string) error {
		found, err := images.List(cmd.Context())
		if err != nil {
			return err
		}
		if format == "json" {
			return a.printJSON(found)
		}
		t := &table.Table{Name: "images", Title: "Detector images", Columns: []table.Column{
			{Name: "name", Title: "name"}, {Name: "image", Title: "image"}, {Name: "present", Title: "present"},
			{Name: "bytes", Title: "bytes", Kind: table.KindCount}, {Name: "inside", Title: "inside"},
		}}
		for _, s := range found {
			present, size := "no", table.Missing("not there yet")
			if s.Present {
				present, size = "yes", table.Count(s.Bytes)
			}
			t.Add(table.Text(s.Name), table.Text(s.Ref), table.Text(present), size, table.Text(s.Detail))
		}
		return a.printTables(format, t)
	}
	c := &cobra.Command{
		Use:   "images",
		Short: "List the detectors' container images, or build them",
		Example: `  evilbench images
  evilbench images build
  evilbench images build suricata:7`,
		Args: cobra.NoArgs,
		RunE: list,
	}
	c.PersistentFlags().StringVar(&format, "format", "table", formats)
	c.AddCommand(&cobra.Command{
		Use: "list", Short: "List the images", Args: cobra.NoArgs, RunE: list, Example: "  evilbench images list --format json",
	}, &cobra.Command{
		Use:     "build [NAME...]",
		Short:   "Find, pull or build the images; all of them without a name",
		Example: "  evilbench images build suricata:8",
		RunE: func(cmd *cobra.Command, names []string) error {
			d, err := a.display()
			if err != nil {
				return err
			}
			if len(names) == 0 {
				names = []string{"suricata:6", "suricata:7", "suricata:8"}
			}
			for _, name := range names {
				image, err := images.Ensure(cmd.Context(), name, func(s string) { d.Step("images", s) })
				if err != nil {
					return err
				}
				d.Step("images", fmt.Sprintf("%s is %s (%s)", image.Ref, strings.TrimPrefix(image.ID, "sha256:")[:12], image.Detail))
			}
			return nil
		},
	})
	return c
}
