package main

import (
	"errors"
	"os/exec"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/evilbench/evilbench/ids"
	"github.com/evilbench/evilbench/ids/images"
	"github.com/evilbench/evilbench/ids/runner"
	"github.com/evilbench/evilbench/reports/table"
)

// finding is one line of the doctor's.
type finding struct {
	Need   string `json:"need"`
	Found  bool   `json:"found"`
	Detail string `json:"detail"`
	Hint   string `json:"hint,omitempty"`
}

func (a *app) doctor() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:     "doctor",
		Short:   "Say what this machine has and what is missing",
		Example: "  evilbench doctor\n  evilbench doctor --format json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			found := a.examine(cmd)
			if format == "json" {
				return a.printJSON(found)
			}
			t := &table.Table{Name: "doctor", Title: "This machine", Columns: []table.Column{
				{Name: "need", Title: "need"}, {Name: "found", Title: "found"}, {Name: "detail", Title: "detail"}, {Name: "hint", Title: "what to do"},
			}}
			for _, f := range found {
				yes := "no"
				if f.Found {
					yes = "yes"
				}
				t.Add(table.Text(f.Need), table.Text(yes), table.Text(f.Detail), table.Text(f.Hint))
			}
			return a.printTables(format, t)
		},
	}
	c.Flags().StringVar(&format, "format", "table", formats)
	return c
}

func (a *app) examine(cmd *cobra.Command) []finding {
	out := []finding{{Need: "processors", Found: true, Detail: runtime.GOOS + "/" + runtime.GOARCH}}
	engine := finding{Need: "container engine", Detail: "answers"}
	docker, err := runner.Connect(cmd.Context())
	if err == nil {
		docker.Close()
		engine.Found = true
	} else {
		engine.Detail = err.Error()
		var m *ids.Missing
		if errors.As(err, &m) {
			engine.Hint = m.Hint
		}
	}
	out = append(out, engine)
	if engine.Found {
		out = append(out, imageFindings(cmd)...)
	}
	for _, tool := range []struct{ name, hint string }{
		{"suricata", "needed only without a container engine; bench installs it as root where apt is there"},
		{"mmdebstrap", "needed only to build images; bench installs it as root where apt is there"},
	} {
		f := finding{Need: tool.name + " (local)"}
		if path, err := exec.LookPath(tool.name); err == nil {
			f.Found, f.Detail = true, path
		} else {
			f.Detail, f.Hint = "not in PATH", tool.hint
		}
		out = append(out, f)
	}
	return out
}

func imageFindings(cmd *cobra.Command) []finding {
	list, err := images.List(cmd.Context())
	if err != nil {
		return []finding{{Need: "images", Detail: err.Error()}}
	}
	var out []finding
	for _, s := range list {
		f := finding{Need: "image " + s.Name, Found: s.Present, Detail: s.Detail}
		if !s.Present {
			f.Hint = "evilbench images build " + s.Name
		}
		out = append(out, f)
	}
	return out
}
