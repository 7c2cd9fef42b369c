package main

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// start starts evilbench as a process of its own that can be killed without warning.
func start(t *testing.T, args ...string) (cmd *exec.Cmd, talk *bufio.Scanner) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd = &exec.Cmd{Path: self, Args: append([]string{"evilbench"}, args...)}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	return cmd, bufio.NewScanner(stderr)
}

// slay kills a process that must still be at work.
func slay(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatalf("it had ended before it was killed: %v", err)
	}
	var ended *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &ended) {
		t.Fatalf("it ended before it was killed: %v", err)
	}
	if status := ended.Sys().(syscall.WaitStatus); !status.Signaled() || status.Signal() != syscall.SIGKILL {
		t.Fatalf("it was not killed but ended with %v", ended)
	}
}

// until waits for something to become true.
func until(t *testing.T, what string, true func() bool) {
	t.Helper()
	for range 600 {
		if true() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("waited in vain for %s", what)
}

func absent(t *testing.T, path string) {
	t.Helper()
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is there (%v)", path, err)
	}
}

func hidden(t *testing.T, dir string) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(dir, ".*"))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestKilledGenerate(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "corpus")
	cmd, _ := start(t, "generate", "--scenario", "smoke", "--rate", "500", "-o", out)
	until(t, "packets on disk", func() bool {
		parts, _ := filepath.Glob(filepath.Join(dir, ".corpus.partial-*", "traffic.pcap"))
		if len(parts) != 1 {
			return false
		}
		info, err := os.Stat(parts[0])
		return err == nil && info.Size() > 100_000
	})
	slay(t, cmd)
	absent(t, out)
	if left := hidden(t, dir); len(left) != 1 {
		t.Fatalf("a killed process leaves its own folder, found %v", left)
	}
	call(t, "generate", "--scenario", "smoke", "-o", out)
	call(t, "taint", "audit", out)
	if left := hidden(t, dir); len(left) != 0 {
		t.Errorf("the next call did not sweep %v", left)
	}
}

func TestKilledRun(t *testing.T) {
	engine(t, "suricata:8")
	dir := t.TempDir()
	corpus, out := filepath.Join(dir, "corpus"), filepath.Join(dir, "run")
	call(t, "generate", "--scenario", "smoke", "--rate", "40", "-o", corpus)
	args := []string{"run", "--ids", "suricata:8", "--runner", "container", "--progress", "plain", corpus, "-o", out}
	containers := func(pid int) []string {
		return strings.Fields(docker(t, "ps", "-aq", "--filter", "label=org.evilbench.owner="+strconv.Itoa(pid)))
	}
	cmd, talk := start(t, args...)
	running := false
	for !running && talk.Scan() {
		running = strings.HasPrefix(talk.Text(), "evilbench: run: ")
	}
	if !running {
		t.Fatalf("it ended without a run: %v", cmd.Wait())
	}
	pid := cmd.Process.Pid
	// What is there while the process lives, it cannot remove once it is dead. Others may, so nobody looks again before the next call.
	until(t, "its container", func() bool { return len(containers(pid)) > 0 })
	slay(t, cmd)
	absent(t, out)
	if left := hidden(t, dir); len(left) != 1 {
		t.Errorf("a killed process leaves its own folder, found %v", left)
	}
	call(t, args...)
	if len(containers(pid)) > 0 {
		// The engine was still making a container for the process when it died, and had it ready after the call had swept. It does
		// not outlive the next call.
		call(t, args...)
	}
	if left := containers(pid); len(left) > 0 {
		t.Errorf("containers of the killed process remain: %v", left)
		docker(t, append([]string{"rm", "-f"}, left...)...)
	}
	if left := containers(os.Getpid()); len(left) > 0 {
		t.Errorf("containers of the finished call remain: %v", left)
	}
	if left := hidden(t, dir); len(left) != 0 {
		t.Errorf("the next call did not sweep %v", left)
	}
	call(t, "score", corpus, out, "-o", filepath.Join(dir, "result"))
}
