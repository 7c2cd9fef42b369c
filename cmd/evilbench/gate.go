package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/evilbench/evilbench/harness/bench"
	"github.com/evilbench/evilbench/harness/gate"
	"github.com/evilbench/evilbench/reports"
	"github.com/evilbench/evilbench/reports/junit"
)

type gateOptions struct {
	config string
	today  string
	junit  string
	github bool
	update bool
	format string
}

// gateError says that the gate refuses. Its reasons are printed already.
type gateError struct{ failures int }

func (e *gateError) Error() string {
	return fmt.Sprintf("the gate refuses: %d checks failed", e.failures)
}

func (a *app) gate() *cobra.Command {
	var o gateOptions
	c := &cobra.Command{
		Use:   "gate BASELINE RESULT",
		Short: "Refuse a result that is worse than a baseline",
		Long: `Holds a result against a baseline and the limits of a gate file, and exits with 3 where one is broken, with a line for each
reason and what to do about it. A rate fails only where its interval lies beyond the tolerance as a whole. Without a gate file: no
significant drop of the campaigns detected, caught for the right reason too, no significant rise of false alarms, no false alarms of
signatures that the baseline does not have, few ambiguous and unmatchable alerts, no rule that cannot be loaded.

With --update the result becomes the baseline, and what that changes is printed for review.`,
		Example: `  evilbench gate --update baseline.json out
  evilbench gate baseline.json out --config gate.yaml
  evilbench gate baseline.json out --junit gate.xml --github`,
		Args: cobra.ExactArgs(2),
		RunE: func(_ *cobra.Command, args []string) error { return a.runGate(args[0], args[1], o) },
	}
	f := c.Flags()
	f.StringVar(&o.config, "config", "", "gate file; default: gate.yaml beside the baseline, where there is one")
	f.StringVar(&o.today, "today", "", "the day on which allowances are judged, like 2027-01-31; default: today")
	f.StringVar(&o.junit, "junit", "", "write the checks as JUnit XML to this file")
	f.BoolVar(&o.github, "github", os.Getenv("GITHUB_ACTIONS") == "true", "print failed checks as annotations of GitHub Actions")
	f.BoolVar(&o.update, "update", false, "write the result as the new baseline")
	f.StringVar(&o.format, "format", "table", formats)
	return c
}

func (a *app) runGate(baselinePath, resultPath string, o gateOptions) error {
	result, err := bench.ReadResult(resultPath)
	if err != nil {
		return err
	}
	current, err := gate.FromResult(result)
	if err != nil {
		return fmt.Errorf("%s: %w", resultPath, err)
	}
	if o.update {
		return a.updateBaseline(baselinePath, current)
	}
	config, err := o.read(baselinePath)
	if err != nil {
		return err
	}
	today := time.Now()
	if o.today != "" {
		if today, err = time.Parse(time.DateOnly, o.today); err != nil {
			return usageError{fmt.Errorf("--today %q is not a day: write it like 2027-01-31", o.today)}
		}
	}
	baseline, err := gate.ReadBaseline(baselinePath)
	if err != nil {
		return err
	}
	verdict, err := gate.Run(baseline, current, config, today)
	if err != nil {
		return err
	}
	return a.tell(verdict, o)
}

// read finds the gate file: the one named, or the one beside the baseline.
func (o *gateOptions) read(baseline string) (*gate.Config, error) {
	path := o.config
	if path == "" {
		path = filepath.Join(filepath.Dir(baseline), "gate.yaml")
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && o.config == "" {
		return gate.Default(), nil
	}
	if err != nil {
		return nil, err
	}
	return gate.ParseConfig(path, data)
}

// tell prints the verdict in every form asked for.
func (a *app) tell(v *gate.Verdict, o gateOptions) error {
	if o.junit != "" {
		var text strings.Builder
		if err := junit.Write(&text, v); err != nil {
			return err
		}
		if err := os.WriteFile(o.junit, []byte(text.String()), 0o666); err != nil {
			return err
		}
	}
	var err error
	if o.format == "json" {
		err = a.printJSON(v)
	} else {
		err = a.printTables(o.format, reports.Gate(v))
	}
	if err != nil {
		return err
	}
	failures := v.Failures()
	for _, c := range failures {
		where := c.Name
		if c.Cell != "" {
			where += ", " + c.Cell
		}
		fmt.Fprintf(a.stderr, "evilbench: gate: %s: %s\nhint: %s\n", where, c.Evidence, c.Remedy)
		if o.github {
			fmt.Fprintf(a.stdout, "::error title=%s::%s\n", annotation(where, true), annotation(c.Evidence+". "+c.Remedy, false))
		}
	}
	if len(failures) > 0 {
		return &gateError{len(failures)}
	}
	return nil
}

// annotation escapes a text for a workflow command; a property needs more than a message.
func annotation(text string, property bool) string {
	text = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(text)
	if property {
		text = strings.NewReplacer(":", "%3A", ",", "%2C").Replace(text)
	}
	return text
}

// updateBaseline writes a new baseline and prints what it changes.
func (a *app) updateBaseline(path string, current *gate.Baseline) error {
	old, err := gate.ReadBaseline(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := current.Write(path); err != nil {
		return err
	}
	for _, line := range gate.Changes(old, current) {
		if _, err := fmt.Fprintln(a.stdout, line); err != nil {
			return err
		}
	}
	return nil
}
