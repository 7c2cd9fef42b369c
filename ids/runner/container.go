package runner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"

	"github.com/evilbench/evilbench/ids"
)

// Container runs an engine in a container of its own for every start: no network, read-only root, no capabilities, limits and a
// deadline. No container outlives its run.
type Container struct {
	engine string
	image  Image
	limits Limits
	docker *client.Client
}

var _ ids.Runner = (*Container)(nil)

// NewContainer makes a runner for an image that is present, and removes containers whose owner was killed before it could.
func NewContainer(ctx context.Context, engine string, image Image, l Limits) (*Container, error) {
	docker, err := Connect(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := docker.ImageInspect(ctx, image.Ref); errdefs.IsNotFound(err) {
		docker.Close()
		return nil, &ids.Missing{Want: "image " + image.Ref, Why: "not on this machine", Hint: "evilbench images build " + engine}
	} else if err != nil {
		docker.Close()
		return nil, fmt.Errorf("image %s: %w", image.Ref, err)
	}
	quietTestcontainers()
	c := &Container{engine: engine, image: image, limits: l.withDefaults(), docker: docker}
	if err := c.sweep(ctx, orphaned); err != nil {
		docker.Close()
		return nil, err
	}
	return c, nil
}

// Identity asks the engine in the image for its version.
func (c *Container) Identity(ctx context.Context) (ids.Identity, error) {
	o, err := c.start(ctx, &stage{}, c.engine, []string{"-V"})
	if err != nil {
		return ids.Identity{}, err
	}
	version := engineVersion(o)
	if version == "" {
		return ids.Identity{}, fmt.Errorf("image %s: %s prints no version with -V: is it in there?", c.image.Ref, c.engine)
	}
	return ids.Identity{
		Runner: "container", Engine: c.engine, Version: version,
		Image: c.image.Ref, Digest: c.image.ID, Detail: c.image.Detail,
	}, nil
}

// Run starts the engine and waits for it. Cancelling removes the container.
func (c *Container) Run(ctx context.Context, inv ids.Invocation, in ids.Input) (ids.Outcome, error) {
	s, err := newStage(inv, in)
	if err != nil {
		return ids.Outcome{}, err
	}
	defer s.remove()
	return c.start(ctx, s, inv.Engine, s.arguments(inv.Args, inside, outputInside))
}

// Close removes what this process may have left behind in a cancelled start.
func (c *Container) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), cleanupTime)
	defer cancel()
	mine := ownLabels()
	err := c.sweep(ctx, func(l map[string]string) bool {
		return l[labelMachine] == mine[labelMachine] && l[labelOwner] == mine[labelOwner] && l[labelStart] == mine[labelStart]
	})
	return errors.Join(err, c.docker.Close())
}

// start runs one command in the image.
func (c *Container) start(ctx context.Context, s *stage, command string, args []string) (o ids.Outcome, err error) {
	limited, cancel := context.WithTimeout(ctx, c.limits.Deadline)
	defer cancel()
	labels := ownLabels()
	fence, err := c.fence(s, labels, command, args)
	if err != nil {
		return o, err
	}
	defer fence.lift()
	// The removal names the label and not the container: a start that was cancelled half-way returns no container.
	defer func() { err = errors.Join(err, c.remove(labels[labelRun])) }()

	started, err := testcontainers.Run(limited, c.image.Ref, fence.options...)
	if err != nil {
		if ctx.Err() != nil {
			return o, ctx.Err()
		}
		return o, fmt.Errorf("container of %s: %w", c.image.Ref, err)
	}
	id := started.GetContainerID()
	usage, err := c.wait(limited, id)
	switch {
	case ctx.Err() != nil:
		return o, ctx.Err()
	case limited.Err() != nil:
		o.Killed = fmt.Sprintf("deadline of %s", c.limits.Deadline)
		if err := c.kill(id); err != nil {
			return o, err
		}
	case err != nil:
		return o, fmt.Errorf("container of %s: %w", c.image.Ref, err)
	}
	o.Usage.CPUSeconds, o.Usage.PeakBytes = usage.cpu, usage.peak
	err = c.collect(ctx, id, s, &o)
	return o, err
}

// wait returns when the container has stopped or ctx has ended.
func (c *Container) wait(ctx context.Context, id string) (sample, error) {
	ended := c.docker.ContainerWait(ctx, id, client.ContainerWaitOptions{Condition: container.WaitConditionNotRunning})
	watched, stop := context.WithCancel(ctx)
	defer stop()
	used := make(chan sample, 1)
	go func() {
		inspected, err := c.docker.ContainerInspect(watched, id, client.ContainerInspectOptions{})
		if err != nil || inspected.Container.State == nil {
			used <- sample{}
			return
		}
		used <- watch(watched, inspected.Container.State.Pid, id)
	}()
	var err error
	select {
	case <-ended.Result:
	case err = <-ended.Error:
	}
	stop()
	return <-used, err
}

func (c *Container) kill(id string) error {
	ctx, cancel := context.WithTimeout(context.Background(), cleanupTime)
	defer cancel()
	_, err := c.docker.ContainerKill(ctx, id, client.ContainerKillOptions{Signal: "KILL"})
	if errdefs.IsConflict(err) || errdefs.IsNotFound(err) {
		return nil // it ended by itself just now
	}
	if err != nil {
		return fmt.Errorf("stopping the container: %w", err)
	}
	wait := c.docker.ContainerWait(ctx, id, client.ContainerWaitOptions{Condition: container.WaitConditionNotRunning})
	select {
	case <-wait.Result:
		return nil
	case err := <-wait.Error:
		return fmt.Errorf("stopping the container: %w", err)
	}
}

// collect reads how the container ended, what it said, and, where nothing could be mounted, what it wrote.
func (c *Container) collect(ctx context.Context, id string, s *stage, o *ids.Outcome) error {
	inspected, err := c.docker.ContainerInspect(ctx, id, client.ContainerInspectOptions{})
	if err != nil {
		return fmt.Errorf("container of %s: %w", c.image.Ref, err)
	}
	state := inspected.Container.State
	o.ExitCode = state.ExitCode
	if state.OOMKilled {
		o.Killed = fmt.Sprintf("out of memory: more than %d MiB", c.limits.Memory>>20)
	}
	o.Usage.WallSeconds = between(state.StartedAt, state.FinishedAt)
	if o.Usage.WallSeconds == 0 { // over before the container engine had noted its start: counted from when the container was made
		o.Usage.WallSeconds = between(inspected.Container.Created, state.FinishedAt)
	}
	if err := c.readStreams(ctx, id, s.output, o); err != nil {
		return err
	}
	if s.output == "" || local(c.docker) {
		return nil
	}
	return c.copyOut(ctx, id, s.output)
}

func (c *Container) readStreams(ctx context.Context, id, output string, o *ids.Outcome) error {
	stdout, err := newStream(output, "stdout.log")
	if err != nil {
		return fmt.Errorf("output folder: %w", err)
	}
	defer stdout.close()
	stderr, err := newStream(output, "stderr.log")
	if err != nil {
		return fmt.Errorf("output folder: %w", err)
	}
	defer stderr.close()
	logs, err := c.docker.ContainerLogs(ctx, id, client.ContainerLogsOptions{ShowStdout: true, ShowStderr: true})
	if err != nil {
		return fmt.Errorf("container output: %w", err)
	}
	defer logs.Close()
	if _, err := stdcopy.StdCopy(stdout, stderr, logs); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("container output: %w", err)
	}
	o.Stdout, o.Stderr = stdout.String(), stderr.String()
	return nil
}

// between is the time from one of the container engine's clock readings to another, 0 where one is missing or they
// contradict each other.
func between(start, end string) float64 {
	a, err1 := time.Parse(time.RFC3339Nano, start)
	b, err2 := time.Parse(time.RFC3339Nano, end)
	if err1 != nil || err2 != nil || b.Before(a) {
		return 0
	}
	return b.Sub(a).Seconds()
}
