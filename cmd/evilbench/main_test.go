package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"
)

// TestMain lets the test binary be evilbench: scripts and the tests that kill a process start it under that name.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"evilbench": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                "testdata/script",
		RequireUniqueNames: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":    exits,
			"shorten":  shorten,
			"replaced": replaced,
			"count":    count,
		},
	})
}

// exits runs a command that must end with one exit code: exits 2 evilbench ...
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARGUMENT...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var ended *exec.ExitError
		if !errors.As(err, &ended) {
			ts.Fatalf("%s: %v", args[1], err)
		}
		got = ended.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// shorten copies the first bytes of a file: shorten 1000 FROM TO.
func shorten(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: shorten BYTES FROM TO")
	}
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	text := ts.ReadFile(args[1])
	if n >= len(text) {
		ts.Fatalf("%s has %d bytes only", args[1], len(text))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(text[:n]), 0o666))
}

// replaced copies a file with one string exchanged, which must be there once: replaced OLD NEW FROM TO.
func replaced(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 4 {
		ts.Fatalf("usage: replaced OLD NEW FROM TO")
	}
	text := ts.ReadFile(args[2])
	if n := strings.Count(text, args[0]); n != 1 {
		ts.Fatalf("%s: %q is there %d times, want once", args[2], args[0], n)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[3]), []byte(strings.Replace(text, args[0], args[1], 1)), 0o666))
}

// count says how often a string is in a file or stream: count 3 stderr TEXT.
func count(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: count N FILE TEXT")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := strings.Count(ts.ReadFile(args[1]), args[2]); got != want {
		ts.Fatalf("%s: %q is there %d times, want %d", args[1], args[2], got, want)
	}
}

// commands are all commands of the tree that a user can call, the root included.
func commands(c *cobra.Command) []*cobra.Command {
	list := []*cobra.Command{c}
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() && sub.Name() != "help" {
			list = append(list, commands(sub)...)
		}
	}
	return list
}

func TestEveryCommandHasAnExample(t *testing.T) {
	var a app
	root := a.root()
	all := commands(root)
	if len(all) < len(root.Commands()) {
		t.Fatalf("%d commands found, the root alone has %d", len(all), len(root.Commands()))
	}
	for _, c := range all {
		if c.Short == "" {
			t.Errorf("%s: no short description", c.CommandPath())
		}
		if c.Example == "" {
			t.Errorf("%s: no example", c.CommandPath())
		}
		for line := range strings.Lines(c.Example) {
			if !strings.HasPrefix(strings.TrimSpace(line), c.CommandPath()) {
				t.Errorf("%s: the example %q is of something else", c.CommandPath(), strings.TrimSpace(line))
			}
		}
	}
}

// Examples are typed in by people: their verbs and flags must exist.
func TestExamplesParse(t *testing.T) {
	var a app
	for _, c := range commands(a.root()) {
		for line := range strings.Lines(c.Example) {
			words := strings.Fields(line)
			if i := slices.Index(words, ">"); i >= 0 {
				words = words[:i]
			}
			if len(words) == 0 {
				t.Errorf("%s: an empty line among the examples", c.CommandPath())
				continue
			}
			root := (&app{}).root()
			found, rest, err := root.Find(words[1:])
			if err != nil {
				t.Errorf("%q: %v", line, err)
				continue
			}
			if found == root {
				t.Errorf("%q: no verb", line)
			}
			if err := found.ParseFlags(rest); err != nil {
				t.Errorf("%q: %v", line, err)
			}
		}
	}
}

// A cancelled call says so and fails; it is not a fault to be explained.
func TestCancelled(t *testing.T) {
	var stdout, stderr strings.Builder
	a := &app{stdout: &stdout, stderr: &stderr}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := t.TempDir() + "/corpus"
	if code := a.main(ctx, []string{"generate", "--scenario", "smoke", "-o", dir}); code != exitFailed {
		t.Errorf("exit code %d, want %d", code, exitFailed)
	}
	if !strings.Contains(stderr.String(), "interrupted") {
		t.Errorf("stderr does not say what happened: %q", stderr.String())
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a cancelled call left %s behind (%v)", dir, err)
	}
}
