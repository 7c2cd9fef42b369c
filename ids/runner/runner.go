// Package runner starts detectors: in a container, as a local process, or not at all, from recorded logs.
package runner

import (
	"context"
	"errors"
	"regexp"
	"time"

	"github.com/evilbench/evilbench/ids"
)

// Limits bound one engine start. Zero fields mean the defaults below.
type Limits struct {
	Memory   int64         // bytes, 4 GiB
	CPUs     float64       // 0 = all of the machine
	PIDs     int64         // processes and threads, 256
	Deadline time.Duration // wall clock, 30 minutes
}

func (l Limits) withDefaults() Limits {
	if l.Memory == 0 {
		l.Memory = 4 << 30
	}
	if l.PIDs == 0 {
		l.PIDs = 256
	}
	if l.Deadline == 0 {
		l.Deadline = 30 * time.Minute
	}
	return l
}

// Image is a container image that holds an engine.
type Image struct {
	Ref    string // name it is started by, e.g. evilbench/suricata:7
	ID     string // sha256:...
	Detail string // what is inside
}

// Binary is an engine installed on this machine.
type Binary struct {
	Path   string
	Detail string // where it came from, e.g. Debian suricata 1:7.0.10-1
}

// Choice says where an engine may come from. A source that finds nothing returns *ids.Missing.
type Choice struct {
	Engine string                                // e.g. suricata
	Mode   string                                // auto, container or local
	Image  func(context.Context) (Image, error)  // asked only where a container engine answers
	Binary func(context.Context) (Binary, error) // asked only where a local process will do
	Limits Limits
}

// Auto opens a runner: a container where a container engine answers, else the local binary. Where neither is to be had it returns
// *ids.Missing. why says what was passed over and is empty where nothing was.
func Auto(ctx context.Context, c Choice) (r ids.Runner, why string, err error) {
	if c.Mode == "local" {
		r, err = openLocal(ctx, c)
		return r, "", err
	}
	contained, err := openContainer(ctx, c)
	var missing *ids.Missing
	if err == nil || c.Mode == "container" || !errors.As(err, &missing) {
		return contained, "", err
	}
	r, localErr := openLocal(ctx, c)
	if localErr == nil {
		return r, missing.Error(), nil
	}
	var alsoMissing *ids.Missing
	if !errors.As(localErr, &alsoMissing) {
		return nil, "", localErr
	}
	return nil, "", &ids.Missing{
		Want: c.Engine,
		Why:  missing.Error() + "; " + alsoMissing.Error(),
		Hint: missing.Hint + ", or " + alsoMissing.Hint,
	}
}

func openContainer(ctx context.Context, c Choice) (ids.Runner, error) {
	cli, err := Connect(ctx)
	if err != nil {
		return nil, err
	}
	cli.Close()
	image, err := c.Image(ctx)
	if err != nil {
		return nil, err
	}
	return NewContainer(ctx, c.Engine, image, c.Limits)
}

func openLocal(ctx context.Context, c Choice) (ids.Runner, error) {
	binary, err := c.Binary(ctx)
	if err != nil {
		return nil, err
	}
	return NewLocal(c.Engine, binary, c.Limits), nil
}

var versionNumber = regexp.MustCompile(`\d+\.\d+(?:\.\d+)*(?:-[a-z]+\d*)?`)

// engineVersion finds the version in what an engine prints about itself.
func engineVersion(o ids.Outcome) string {
	return versionNumber.FindString(o.Stdout + "\n" + o.Stderr)
}
