package runner_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/moby/moby/client"

	"github.com/evilbench/evilbench/ids"
	"github.com/evilbench/evilbench/ids/images"
	"github.com/evilbench/evilbench/ids/runner"
)

const role = "EVILBENCH_TEST_ROLE"

// TestMain lets the test binary play the process that is killed, and the one that talks to a far engine.
func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "sleeper":
		runSleeper()
	case "far":
		runFar()
	default:
		os.Exit(m.Run())
	}
}

// skipWithout skips where the machine lacks something, and fails where EVILBENCH_REQUIRE says that it must not.
func skipWithout(t *testing.T, what string, err error) {
	t.Helper()
	var m *ids.Missing
	if !errors.As(err, &m) {
		return
	}
	if slices.Contains(strings.Split(os.Getenv("EVILBENCH_REQUIRE"), ","), what) {
		t.Fatalf("EVILBENCH_REQUIRE names %s: %v (%s)", what, m, m.Hint)
	}
	t.Skipf("%v (%s)", m, m.Hint)
}

func dockerClient(t *testing.T) *client.Client {
	t.Helper()
	docker, err := runner.Connect(t.Context())
	skipWithout(t, "docker", err)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { docker.Close() })
	return docker
}

func newContainer(t *testing.T, l runner.Limits) *runner.Container {
	t.Helper()
	image, err := images.Ensure(t.Context(), "suricata:7", func(s string) { t.Log(s) })
	skipWithout(t, "suricata", err)
	if err != nil {
		t.Fatal(err)
	}
	c, err := runner.NewContainer(t.Context(), "suricata", image, l)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// containers lists the containers a process of this machine has started.
func containers(t *testing.T, docker *client.Client, pid int) []string {
	t.Helper()
	filters := make(client.Filters).Add("label", fmt.Sprintf("org.evilbench.owner=%d", pid))
	list, err := docker.ContainerList(t.Context(), client.ContainerListOptions{All: true, Filters: filters})
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, c := range list.Items {
		found = append(found, c.ID)
	}
	return found
}

func shell(script string) ids.Invocation {
	return ids.Invocation{Engine: "sh", Args: []string{"-c", script}, Files: map[string][]byte{"config": []byte("a file\n")}}
}

func TestContainerIsFenced(t *testing.T) {
	docker := dockerClient(t)
	c := newContainer(t, runner.Limits{})
	capture := filepath.Join(t.TempDir(), "capture.pcap")
	if err := os.WriteFile(capture, []byte("capture"), 0o644); err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	script := `cat {capture} {config} > {output}/seen
		ls /sys/class/net > {output}/interfaces
		grep -E '^(CapEff|CapBnd|NoNewPrivs|Uid)' /proc/self/status > {output}/status
		touch /forbidden 2>{output}/root; touch {capture} 2>{output}/input
		cat /sys/fs/cgroup/pids.max /sys/fs/cgroup/pids/pids.max 2>/dev/null > {output}/pids
		echo said; echo complained >&2; exit 3`
	o, err := c.Run(t.Context(), shell(script), ids.Input{Capture: capture, Output: out})
	if err != nil {
		t.Fatal(err)
	}
	if o.ExitCode != 3 || o.Stdout != "said\n" || o.Stderr != "complained\n" || o.Killed != "" {
		t.Errorf("outcome %+v", o)
	}
	if err := o.Err("sh", out); err == nil || !strings.Contains(err.Error(), "exit code 3") || !strings.Contains(err.Error(), "complained") {
		t.Errorf("Err() = %v", err)
	}
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if got := read("seen"); got != "capturea file\n" {
		t.Errorf("inputs inside: %q", got)
	}
	if got := strings.Fields(read("interfaces")); !slices.Equal(got, []string{"lo"}) {
		t.Errorf("network interfaces %v, want only lo", got)
	}
	status := strings.Join(strings.Fields(read("status")), " ")
	for _, want := range []string{"CapEff: 0000000000000000", "CapBnd: 0000000000000000", "NoNewPrivs: 1"} {
		if !strings.Contains(status, want) {
			t.Errorf("process status %q lacks %q", status, want)
		}
	}
	if strings.Contains(status, "Uid: 0 ") {
		t.Errorf("runs as root: %q", status)
	}
	for _, name := range []string{"root", "input"} {
		if got := read(name); !strings.Contains(got, "Read-only file system") && !strings.Contains(got, "Permission denied") {
			t.Errorf("writing to the %s: %q", name, got)
		}
	}
	if got := strings.TrimSpace(read("pids")); got != "256" {
		t.Errorf("pids limit %q, want 256", got)
	}
	if read("stdout.log") != "said\n" {
		t.Error("stdout.log does not hold the whole stream")
	}
	if o.Usage.WallSeconds <= 0 {
		t.Errorf("usage %+v", o.Usage)
	}
	if left := containers(t, docker, os.Getpid()); len(left) != 0 {
		t.Errorf("containers left: %v", left)
	}
}

func TestContainerMeasuresWork(t *testing.T) {
	dockerClient(t)
	c := newContainer(t, runner.Limits{})
	o, err := c.Run(t.Context(), shell(`i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done`), ids.Input{Output: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if o.Usage.CPUSeconds == 0 || o.Usage.PeakBytes == 0 {
		t.Skipf("the container engine's processes cannot be seen from here: %+v", o.Usage)
	}
	if o.Usage.CPUSeconds > o.Usage.WallSeconds*1.5+.1 || o.Usage.PeakBytes > 64<<20 {
		t.Errorf("one busy shell used %+v", o.Usage)
	}
}

func TestContainerEnds(t *testing.T) {
	docker := dockerClient(t)
	t.Run("deadline", func(t *testing.T) {
		c := newContainer(t, runner.Limits{Deadline: 3 * time.Second})
		o, err := c.Run(t.Context(), shell("echo begun; sleep 300"), ids.Input{Output: t.TempDir()})
		if err != nil || !strings.Contains(o.Killed, "deadline") || o.Stdout != "begun\n" {
			t.Errorf("outcome %+v, %v", o, err)
		}
	})
	t.Run("memory", func(t *testing.T) {
		c := newContainer(t, runner.Limits{Memory: 32 << 20})
		o, err := c.Run(t.Context(), shell("exec tail /dev/zero"), ids.Input{Output: t.TempDir()})
		if err != nil || !strings.Contains(o.Killed, "out of memory") {
			t.Errorf("outcome %+v, %v", o, err)
		}
	})
	t.Run("cancel", func(t *testing.T) {
		c := newContainer(t, runner.Limits{})
		ctx, cancel := context.WithCancel(t.Context())
		out := t.TempDir()
		go func() {
			defer cancel()
			waitFor(func() bool { _, err := os.Stat(filepath.Join(out, "begun")); return err == nil })
		}()
		_, err := c.Run(ctx, shell("touch {output}/begun; sleep 300"), ids.Input{Output: out})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want context.Canceled", err)
		}
	})
	t.Run("absent command", func(t *testing.T) {
		c := newContainer(t, runner.Limits{})
		_, err := c.Run(t.Context(), ids.Invocation{Engine: "no-such-engine"}, ids.Input{Output: t.TempDir()})
		if err == nil || !strings.Contains(err.Error(), "no-such-engine") {
			t.Errorf("error %v, want one that names the command", err)
		}
	})
	if left := containers(t, docker, os.Getpid()); len(left) != 0 {
		t.Errorf("containers left: %v", left)
	}
}

func TestKilledOwnersContainerIsSwept(t *testing.T) {
	docker := dockerClient(t)
	newContainer(t, runner.Limits{}) // the image is there before the other process starts
	out := t.TempDir()
	cmd := exec.Command(os.Args[0], out)
	cmd.Env = append(os.Environ(), role+"=sleeper")
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	begun := waitFor(func() bool { _, err := os.Stat(filepath.Join(out, "begun")); return err == nil })
	newContainer(t, runner.Limits{}) // a sweep while the owner lives
	if alive := containers(t, docker, cmd.Process.Pid); !begun || len(alive) != 1 {
		t.Errorf("the other process's containers: %v, want one at work", alive)
	}
	if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed, and says so
	if said.Len() > 0 {
		t.Errorf("the other process: %s", said.String())
	}
	newContainer(t, runner.Limits{})
	if left := containers(t, docker, cmd.Process.Pid); len(left) != 0 {
		t.Errorf("containers of the killed process: %v", left)
	}
}

func runSleeper() {
	ctx := context.Background()
	image, err := images.Ensure(ctx, "suricata:7", nil)
	exitOn(err)
	c, err := runner.NewContainer(ctx, "suricata", image, runner.Limits{})
	exitOn(err)
	_, err = c.Run(ctx, shell("touch {output}/begun; sleep 300"), ids.Input{Output: os.Args[1]})
	exitOn(err)
}

// TestFarEngine reaches the container engine over TCP, as one on another machine is: files are copied, not mounted. It is a process
// of its own, because the container library looks for the engine once per process.
func TestFarEngine(t *testing.T) {
	docker := dockerClient(t)
	socket, ok := strings.CutPrefix(docker.DaemonHost(), "unix://")
	if !ok {
		t.Skipf("the container engine is far already: %s", docker.DaemonHost())
	}
	newContainer(t, runner.Limits{})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go forward(listener, socket)
	out := t.TempDir()
	cmd := exec.Command(os.Args[0], out)
	cmd.Env = append(os.Environ(), role+"=far", "DOCKER_HOST=tcp://"+listener.Addr().String())
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	got, err := os.ReadFile(filepath.Join(out, "seen"))
	if err != nil || string(got) != "a file\n" {
		t.Errorf("output of the far engine: %q, %v", got, err)
	}
	if left := containers(t, docker, cmd.Process.Pid); len(left) != 0 {
		t.Errorf("containers left: %v", left)
	}
}

func runFar() {
	ctx := context.Background()
	image, err := images.Ensure(ctx, "suricata:7", nil)
	exitOn(err)
	c, err := runner.NewContainer(ctx, "suricata", image, runner.Limits{})
	exitOn(err)
	o, err := c.Run(ctx, shell("cat {config} > {output}/seen"), ids.Input{Output: os.Args[1]})
	exitOn(err)
	exitOn(o.Err("sh", os.Args[1]))
	exitOn(c.Close())
}

func forward(listener net.Listener, socket string) {
	for {
		in, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer in.Close()
			out, err := net.Dial("unix", socket)
			if err != nil {
				return
			}
			defer out.Close()
			go io.Copy(out, in)
			io.Copy(in, out)
		}()
	}
}

func exitOn(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// waitFor polls for up to a minute.
func waitFor(done func() bool) bool {
	for range 1200 {
		if done() {
			return true
		}
		time.Sleep(50 * time.Millisecond)
	}
	return false
}
