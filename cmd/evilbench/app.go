package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/evilbench/evilbench/ids"
)

// Exit codes are part of the interface (ARCHITECTURE.md, "The command line").
const (
	exitDone    = 0
	exitFailed  = 1
	exitUsage   = 2
	exitRefused = 3 // by the gate
	exitMissing = 4
)

// app is the command line's surroundings. Nothing below it touches the process's own streams.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	terminal       bool // stderr is one
	progress       string
}

// usageError is a wrong call, not a failed one.
type usageError struct{ error }

// hinted is an error that knows what to type next.
type hinted interface{ Hint() string }

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// main runs one call and returns the exit code.
func (a *app) main(ctx context.Context, args []string) int {
	root := a.root()
	root.SetArgs(args)
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	return a.explain(ctx, err)
}

// explain prints the error and its hints, and chooses the exit code.
func (a *app) explain(ctx context.Context, err error) int {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		fmt.Fprintln(a.stderr, "evilbench: interrupted; finished artefacts are kept")
		return exitFailed
	}
	var refused *gateError
	if errors.As(err, &refused) {
		fmt.Fprintf(a.stderr, "evilbench: %v\n", err)
		return exitRefused
	}
	for i, line := range strings.Split(strings.TrimRight(err.Error(), "\n"), "\n") {
		if i == 0 {
			fmt.Fprintf(a.stderr, "evilbench: %s\n", line)
			continue
		}
		fmt.Fprintln(a.stderr, line)
	}
	var missing *ids.Missing
	var hint hinted
	switch {
	case errors.As(err, &missing):
		fmt.Fprintf(a.stderr, "hint: %s\n", missing.Hint)
		return exitMissing
	case errors.As(err, &hint) && hint.Hint() != "":
		fmt.Fprintf(a.stderr, "hint: %s\n", hint.Hint())
	}
	var usage usageError
	if errors.As(err, &usage) {
		fmt.Fprintln(a.stderr, "hint: evilbench --help lists the verbs, evilbench VERB --help their flags")
		return exitUsage
	}
	return exitFailed
}

// root lists the verbs; nothing registers itself.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "evilbench",
		Short:         "Measure intrusion detection systems on traffic whose truth is known packet by packet",
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
		SilenceUsage:  true,
		Example: `  evilbench bench --ids suricata                 generate, run, score and report
  evilbench generate --scenario office -o corpus labelled traffic alone
  evilbench doctor                               what this machine has`,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.PersistentFlags().StringVar(&a.progress, "progress", "auto", "auto, plain, json or none")
	root.AddCommand(
		a.learn(), a.wordsVerb(), a.generate(), a.importVerb(), a.run(), a.score(), a.bench(), a.report(), a.compare(), a.gate(), a.inspect(), a.modelVerb(), a.explainVerb(), a.taint(), a.images(),
		a.quality(), a.doctor(), a.schema(), a.version(),
	)
	wrapArgs(root)
	return root
}

// wrapArgs makes a wrong number of arguments a usage error, as a wrong flag is.
func wrapArgs(c *cobra.Command) {
	if check := c.Args; check != nil {
		c.Args = func(cmd *cobra.Command, args []string) error {
			if err := check(cmd, args); err != nil {
				return usageError{fmt.Errorf("%s: %w", cmd.CommandPath(), err)}
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		wrapArgs(sub)
	}
}
