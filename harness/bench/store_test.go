package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// childOf is set where this binary plays a process that is killed in the middle of a step.
const childOf = "EVILBENCH_TEST_STORE"

func TestMain(m *testing.M) {
	if root := os.Getenv(childOf); root != "" {
		dieInTheMiddle(root)
		return
	}
	os.Exit(m.Run())
}

func dieInTheMiddle(root string) {
	s, err := newStore(root, silent{})
	if err != nil {
		panic(err)
	}
	_, err = s.step(context.Background(), kindRun, "k", func(tmp string) error {
		if err := os.WriteFile(filepath.Join(tmp, "half"), []byte("half"), 0o644); err != nil {
			return err
		}
		time.Sleep(time.Minute)
		return nil
	})
	panic(fmt.Sprint("survived: ", err))
}

func TestKilledStepIsMadeAgain(t *testing.T) {
	root := t.TempDir()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childOf+"="+root)
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	half := filepath.Join(root, "tmp", kindRun+"-k", "made", "half")
	for tries := 0; ; tries++ {
		if _, err := os.Stat(half); err == nil {
			break
		}
		if tries == 1000 {
			t.Fatal("the child never came to the middle of its step")
		}
		time.Sleep(10 * time.Millisecond)
	}
	shown := &talk{}
	s, err := newStore(root, shown)
	if err != nil {
		t.Fatal(err)
	}
	// While the child lives, its step is its own.
	short, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	if _, err := s.step(short, kindRun, "k", whole); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("beside a living process: %v", err)
	}
	if len(shown.steps) != 1 || shown.steps[0] != "wait" {
		t.Errorf("nobody was told of the wait: %v", shown.steps)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := child.Wait(); err == nil {
		t.Error("the child was not killed")
	}
	if _, done, _ := s.find(kindRun, "k"); done {
		t.Fatal("half a step is taken for whole")
	}
	dir, err := s.step(t.Context(), kindRun, "k", whole)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "half")); err == nil {
		t.Error("what the dead process left is in the new step")
	}
	if _, err := os.Stat(filepath.Join(dir, "whole")); err != nil {
		t.Error(err)
	}
}

func whole(tmp string) error { return os.WriteFile(filepath.Join(tmp, "whole"), nil, 0o644) }

func TestManyWantOneStep(t *testing.T) {
	s, err := newStore(t.TempDir(), silent{})
	if err != nil {
		t.Fatal(err)
	}
	var made atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			dir, err := s.step(t.Context(), kindRun, "k", func(tmp string) error {
				made.Add(1)
				time.Sleep(10 * time.Millisecond) // long enough for the others to come
				return whole(tmp)
			})
			if _, missing := os.Stat(filepath.Join(dir, "whole")); err != nil || missing != nil {
				t.Error(err, missing)
			}
		})
	}
	all.Wait()
	if made.Load() != 1 {
		t.Errorf("made %d times", made.Load())
	}
}

func TestFailedStepLeavesNothing(t *testing.T) {
	s, err := newStore(t.TempDir(), silent{})
	if err != nil {
		t.Fatal(err)
	}
	full := errors.New("disk full")
	if _, err := s.step(t.Context(), kindRun, "k", func(tmp string) error { return errors.Join(whole(tmp), full) }); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
	if _, done, _ := s.find(kindRun, "k"); done {
		t.Error("a failed step is in the store")
	}
	left, err := os.ReadDir(filepath.Join(s.root, "tmp"))
	if err != nil || len(left) > 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
}

func TestInterruptedReplacementIsUndone(t *testing.T) {
	base := t.TempDir()
	dir := filepath.Join(base, "run")
	// As left by a process that died after it had moved the earlier run aside.
	old := filepath.Join(base, ".run.partial", "old")
	if err := os.MkdirAll(old, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(old, RunFile), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	failed := errors.New("failed")
	if err := replace(t.Context(), dir, RunFile, func(string) error { return failed }); !errors.Is(err, failed) {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, RunFile)); err != nil {
		t.Errorf("the earlier run is lost: %v", err)
	}
}

func TestKeysDoNotRunIntoEachOther(t *testing.T) {
	if key("ab", "c") == key("a", "bc") || key("a") == key("a", "") {
		t.Error("different parts, one key")
	}
}
