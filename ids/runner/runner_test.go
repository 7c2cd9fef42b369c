package runner_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/evilbench/evilbench/ids"
	"github.com/evilbench/evilbench/ids/runner"
)

func newLocal(t *testing.T, l runner.Limits) *runner.Local {
	t.Helper()
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Skip("this machine has no /bin/sh")
	}
	return runner.NewLocal("sh", runner.Binary{Path: "/bin/sh"}, l)
}

func TestLocalRuns(t *testing.T) {
	capture := filepath.Join(t.TempDir(), "a capture.pcap")
	if err := os.WriteFile(capture, []byte("capture "), 0o600); err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	inv := shell(`cat '{capture}' {config} > {output}/seen; echo said $TZ; echo complained >&2; exit 3`)
	o, err := newLocal(t, runner.Limits{}).Run(t.Context(), inv, ids.Input{Capture: capture, Output: out})
	if err != nil {
		t.Fatal(err)
	}
	if o.ExitCode != 3 || o.Stdout != "said UTC\n" || o.Stderr != "complained\n" || o.Killed != "" {
		t.Errorf("outcome %+v", o)
	}
	for name, want := range map[string]string{"seen": "capture a file\n", "stdout.log": "said UTC\n", "stderr.log": "complained\n"} {
		if got, err := os.ReadFile(filepath.Join(out, name)); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, want)
		}
	}
	if o.Usage.WallSeconds <= 0 || o.Usage.PeakBytes <= 0 {
		t.Errorf("usage %+v", o.Usage)
	}
	said := fmt.Sprint(o.Err("sh", out))
	for _, want := range []string{"sh: exit code 3", "stdout: said UTC", "stderr: complained", out} {
		if !strings.Contains(said, want) {
			t.Errorf("error %q lacks %q", said, want)
		}
	}
}

func TestLocalKeepsTheEndOfLongOutput(t *testing.T) {
	out := t.TempDir()
	inv := shell(`i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done`)
	o, err := newLocal(t, runner.Limits{}).Run(t.Context(), inv, ids.Input{Output: out})
	if err != nil {
		t.Fatal(err)
	}
	if len(o.Stdout) != 32<<10 || !strings.HasSuffix(o.Stdout, "line 19998\nline 19999\n") {
		t.Errorf("kept %d bytes ending %q", len(o.Stdout), o.Stdout[max(0, len(o.Stdout)-30):])
	}
	whole, err := os.ReadFile(filepath.Join(out, "stdout.log"))
	if err != nil || strings.Count(string(whole), "\n") != 20000 || !strings.HasSuffix(string(whole), o.Stdout) {
		t.Errorf("stdout.log has %d lines, %v", strings.Count(string(whole), "\n"), err)
	}
}

func TestLocalEnds(t *testing.T) {
	inv := shell(`sleep 300 & echo $! > {output}/child.part; mv {output}/child.part {output}/child; wait`)
	t.Run("cancel", func(t *testing.T) {
		out := t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			defer cancel()
			waitFor(func() bool { _, err := os.Stat(filepath.Join(out, "child")); return err == nil })
		}()
		if _, err := newLocal(t, runner.Limits{}).Run(ctx, inv, ids.Input{Output: out}); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want context.Canceled", err)
		}
		childIsGone(t, out)
	})
	t.Run("deadline", func(t *testing.T) {
		out := t.TempDir()
		o, err := newLocal(t, runner.Limits{Deadline: 2 * time.Second}).Run(t.Context(), inv, ids.Input{Output: out})
		if err != nil || !strings.Contains(o.Killed, "deadline") {
			t.Errorf("outcome %+v, %v", o, err)
		}
		childIsGone(t, out)
	})
}

// childIsGone checks that the whole process group ended.
func childIsGone(t *testing.T, out string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(out, "child"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	gone := waitFor(func() bool {
		if syscall.Kill(pid, 0) == syscall.ESRCH {
			return true
		}
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)) // dead, and not yet buried by whoever adopted it
		return err == nil && strings.Contains(string(stat), ") Z ")
	})
	if !gone {
		t.Errorf("the engine's child %d still runs", pid)
	}
}

func TestLocalWithoutBinary(t *testing.T) {
	l := runner.NewLocal("suricata", runner.Binary{Path: "/nonexistent/suricata"}, runner.Limits{})
	if _, err := l.Identity(t.Context()); err == nil || !strings.Contains(err.Error(), "/nonexistent/suricata") {
		t.Errorf("error %v, want one that names the binary", err)
	}
}

func TestInputsMustExist(t *testing.T) {
	_, err := newLocal(t, runner.Limits{}).Run(t.Context(), shell("true"), ids.Input{Capture: "/nonexistent.pcap", Output: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "/nonexistent.pcap") {
		t.Errorf("error %v, want one that names the capture", err)
	}
}

func TestRecorded(t *testing.T) {
	logs, out := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(logs, "eve.json"), []byte("{}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	r := runner.NewRecorded("suricata", logs)
	o, err := r.Run(t.Context(), ids.Invocation{}, ids.Input{Output: out})
	if err != nil || o.ExitCode != 0 {
		t.Fatalf("outcome %+v, %v", o, err)
	}
	if got, err := os.ReadFile(filepath.Join(out, "eve.json")); err != nil || string(got) != "{}\n" {
		t.Errorf("eve.json: %q, %v", got, err)
	}
	if _, err := r.Run(t.Context(), ids.Invocation{}, ids.Input{Output: out}); err == nil {
		t.Error("a second run into the same folder mixed two runs' logs")
	}
}

func TestAuto(t *testing.T) {
	ctx := t.Context()
	noBinary := func(context.Context) (runner.Binary, error) {
		return runner.Binary{}, &ids.Missing{Want: "suricata", Why: "not installed", Hint: "apt-get install suricata"}
	}
	binary := func(context.Context) (runner.Binary, error) { return runner.Binary{Path: "/bin/sh"}, nil }
	image := func(context.Context) (runner.Image, error) {
		t.Error("asked for an image where no container engine answers")
		return runner.Image{}, nil
	}
	t.Setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")

	r, why, err := runner.Auto(ctx, runner.Choice{Engine: "sh", Mode: "auto", Image: image, Binary: binary})
	if _, ok := r.(*runner.Local); !ok || err != nil || !strings.Contains(why, "/nonexistent/docker.sock") {
		t.Errorf("Auto with a binary only: %T, %q, %v; want a local runner and why", r, why, err)
	}
	for _, mode := range []string{"auto", "container", "local"} {
		_, _, err := runner.Auto(ctx, runner.Choice{Engine: "suricata", Mode: mode, Image: image, Binary: noBinary})
		var m *ids.Missing
		if !errors.As(err, &m) || m.Hint == "" {
			t.Errorf("Auto in mode %s with nothing: %v; want *ids.Missing with a hint", mode, err)
			continue
		}
		if mode == "auto" && (!strings.Contains(m.Hint, "docker") || !strings.Contains(m.Hint, "apt-get install suricata")) {
			t.Errorf("hint %q names only one of the two ways out", m.Hint)
		}
	}
	fault := errors.New("disk full")
	_, _, err = runner.Auto(ctx, runner.Choice{Mode: "local", Binary: func(context.Context) (runner.Binary, error) { return runner.Binary{}, fault }})
	if !errors.Is(err, fault) {
		t.Errorf("Auto hid a fault: %v", err)
	}
}
