package runner

import (
	"context"
	"fmt"
	"os"

	"github.com/evilbench/evilbench/ids"
)

// Recorded serves a folder of logs an engine wrote earlier instead of starting one.
type Recorded struct {
	engine string
	folder string
}

var _ ids.Runner = (*Recorded)(nil)

// NewRecorded makes a runner that answers every run with the files of a folder.
func NewRecorded(engine, folder string) *Recorded { return &Recorded{engine, folder} }

// Identity knows the engine's name; its version is in the logs.
func (r *Recorded) Identity(context.Context) (ids.Identity, error) {
	return ids.Identity{Runner: "recorded", Engine: r.engine, Detail: r.folder}, nil
}

// Run copies the recorded files into the output folder, which must not hold files of the same names.
func (r *Recorded) Run(ctx context.Context, _ ids.Invocation, in ids.Input) (ids.Outcome, error) {
	if err := ctx.Err(); err != nil {
		return ids.Outcome{}, err
	}
	if err := os.CopyFS(in.Output, os.DirFS(r.folder)); err != nil {
		return ids.Outcome{}, fmt.Errorf("recorded logs in %s: %w", r.folder, err)
	}
	return ids.Outcome{}, nil
}

// Close has nothing to release.
func (*Recorded) Close() error { return nil }
