package bench

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// workshop is a directory beside the final place in which one process at a time makes something. A process that is killed loses
// its lock with its life, and whoever comes next clears what it left.
type workshop struct {
	path string
	lock *os.File
}

var errBusy = errors.New("another evilbench is writing it; wait for it, or stop it")

const patience = 200 * time.Millisecond // between two tries of a lock

// enter locks the workshop at path. Where another process has it, enter calls busy once and waits; without busy it is an error.
func enter(ctx context.Context, path string, busy func()) (*workshop, error) {
	for {
		lock, err := try(path)
		if err == nil {
			return &workshop{path, lock}, nil
		}
		if !errors.Is(err, errBusy) || busy == nil {
			return nil, err
		}
		busy()
		busy = func() {}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(patience):
		}
	}
}

func try(path string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return nil, err
	}
	// MkdirAll would fail where its owner removes the directory just then.
	if err := os.Mkdir(path, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errBusy // its owner removed it just now
	}
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errBusy
		}
		return nil, fmt.Errorf("%s: cannot be locked: %w; put it on a local disk", path, err)
	}
	// The owner may have removed the directory between our opening and our locking it.
	mine, err := f.Stat()
	if err == nil {
		var there fs.FileInfo
		if there, err = os.Stat(path); err == nil && os.SameFile(mine, there) {
			return f, nil
		}
	}
	f.Close()
	return nil, errBusy
}

// leave removes the workshop with all that is in it.
func (w *workshop) leave() error {
	return errors.Join(os.RemoveAll(w.path), w.lock.Close())
}

// make calls fill on an empty directory and moves it to dir, which must not exist.
func (w *workshop) make(dir string, fill func(tmp string) error) error {
	made := filepath.Join(w.path, "made")
	if err := os.RemoveAll(made); err != nil {
		return err
	}
	if err := os.Mkdir(made, 0o777); err != nil {
		return err
	}
	if err := fill(made); err != nil {
		return err
	}
	if err := syncDirectory(made); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o777); err != nil {
		return err
	}
	if err := os.Rename(made, dir); err != nil {
		return err
	}
	return syncDirectory(filepath.Dir(dir))
}

// replace makes dir whole or not at all. A dir that exists is replaced if it holds the file marker, and refused otherwise.
func replace(ctx context.Context, dir, marker string, fill func(tmp string) error) (err error) {
	if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	if err := replaceable(dir, marker); err != nil {
		return err
	}
	w, err := enter(ctx, filepath.Join(filepath.Dir(dir), "."+filepath.Base(dir)+".partial"), nil)
	if err != nil {
		return fmt.Errorf("%s: %w", dir, err)
	}
	defer func() { err = errors.Join(err, w.leave()) }()
	done, old := filepath.Join(w.path, "done"), filepath.Join(w.path, "old")
	// Whoever died between the two renames below left the earlier directory here.
	if os.Rename(old, dir) != nil {
		err = os.RemoveAll(old)
	}
	if err := errors.Join(err, os.RemoveAll(done)); err != nil {
		return err
	}
	if err := w.make(done, fill); err != nil {
		return err
	}
	if err := replaceable(dir, marker); err != nil {
		return err
	}
	if err := os.Rename(dir, old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Rename(done, dir)
}

func replaceable(dir, marker string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, marker)); err != nil {
		return fmt.Errorf("%s: exists and has no %s; give another directory, or remove it first", dir, marker)
	}
	return nil
}

func syncDirectory(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
