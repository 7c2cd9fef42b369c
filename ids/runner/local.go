package runner

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/evilbench/evilbench/ids"
)

// Local runs an engine as a process of this machine. It has no fence around it but its deadline: the network and the file system
// are the caller's.
type Local struct {
	engine string
	binary Binary
	limits Limits
}

var _ ids.Runner = (*Local)(nil)

// NewLocal makes a runner for an installed engine.
func NewLocal(engine string, b Binary, l Limits) *Local {
	return &Local{engine: engine, binary: b, limits: l.withDefaults()}
}

// Identity asks the binary for its version.
func (l *Local) Identity(ctx context.Context) (ids.Identity, error) {
	o, err := l.start(ctx, []string{"-V"}, "")
	if err != nil {
		return ids.Identity{}, err
	}
	version := engineVersion(o)
	if version == "" {
		return ids.Identity{}, fmt.Errorf("%s: prints no version with -V: is it %s?", l.binary.Path, l.engine)
	}
	return ids.Identity{Runner: "local", Engine: l.engine, Version: version, Detail: l.binary.Detail}, nil
}

// Run starts the engine and waits for it. Cancelling ends its whole process group.
func (l *Local) Run(ctx context.Context, inv ids.Invocation, in ids.Input) (ids.Outcome, error) {
	s, err := newStage(inv, in)
	if err != nil {
		return ids.Outcome{}, err
	}
	defer s.remove()
	args := s.arguments(inv.Args, func(f file) string { return f.path }, s.output)
	return l.start(ctx, args, s.output)
}

// Close has nothing to release.
func (*Local) Close() error { return nil }

func (l *Local) start(ctx context.Context, args []string, output string) (ids.Outcome, error) {
	var o ids.Outcome
	stdout, err := newStream(output, "stdout.log")
	if err != nil {
		return o, fmt.Errorf("output folder: %w", err)
	}
	defer stdout.close()
	stderr, err := newStream(output, "stderr.log")
	if err != nil {
		return o, fmt.Errorf("output folder: %w", err)
	}
	defer stderr.close()

	limited, cancel := context.WithTimeout(ctx, l.limits.Deadline)
	defer cancel()
	cmd := exec.CommandContext(limited, l.binary.Path, args...)
	cmd.Stdout, cmd.Stderr = stdout, stderr
	cmd.Env = append(os.Environ(), "TZ=UTC", "LC_ALL=C")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second // a grandchild that left the group may hold the pipes

	began := time.Now()
	err = cmd.Run()
	o.Usage.WallSeconds = time.Since(began).Seconds()
	o.Stdout, o.Stderr = stdout.String(), stderr.String()
	if ctx.Err() != nil {
		return o, ctx.Err()
	}
	if cmd.ProcessState == nil {
		return o, fmt.Errorf("%s: %w", l.binary.Path, err)
	}
	o.ExitCode = cmd.ProcessState.ExitCode()
	if limited.Err() != nil {
		o.Killed = fmt.Sprintf("deadline of %s", l.limits.Deadline)
	}
	o.Usage.CPUSeconds = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	if r, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		o.Usage.PeakBytes = r.Maxrss * maxrssUnit
	}
	return o, nil
}

// maxrssUnit: Linux counts ru_maxrss in KiB (getrusage(2)).
const maxrssUnit = 1 << 10
