package runner

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evilbench/evilbench/ids"
)

// file is one thing an engine needs, under the name its arguments use: capture, rules, config, ...
type file struct{ name, path string }

// stage lays out what an invocation needs.
type stage struct {
	dir    string // temporary, holds the invocation's own files
	inputs []file // read only
	output string // absolute
}

// newStage writes the invocation's files to a folder of their own, readable by whoever the engine runs as.
func newStage(inv ids.Invocation, in ids.Input) (*stage, error) {
	s := &stage{}
	var err error
	if s.output, err = filepath.Abs(in.Output); err != nil {
		return nil, fmt.Errorf("output folder: %w", err)
	}
	for _, f := range []file{{"capture", in.Capture}, {"rules", in.Rules}} {
		if f.path == "" {
			continue
		}
		if f.path, err = filepath.Abs(f.path); err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		if _, err := os.Stat(f.path); err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		s.inputs = append(s.inputs, f)
	}
	if s.dir, err = os.MkdirTemp("", "evilbench-"); err != nil {
		return nil, fmt.Errorf("files for the engine: %w", err)
	}
	if err := s.write(inv.Files); err != nil {
		s.remove()
		return nil, fmt.Errorf("files for the engine: %w", err)
	}
	return s, nil
}

func (s *stage) write(files map[string][]byte) error {
	if err := os.Chmod(s.dir, 0o755); err != nil {
		return err
	}
	for name, content := range files {
		path := filepath.Join(s.dir, name)
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
		if err := os.Chmod(path, 0o644); err != nil { // whatever the umask is
			return err
		}
		s.inputs = append(s.inputs, file{name, path})
	}
	slices.SortFunc(s.inputs, func(a, b file) int { return strings.Compare(a.name, b.name) })
	return nil
}

func (s *stage) remove() { os.RemoveAll(s.dir) }

// arguments puts paths in place of {placeholders}; where maps an input's path to the engine's view of it.
func (s *stage) arguments(args []string, where func(file) string, output string) []string {
	pairs := []string{"{output}", output}
	for _, f := range s.inputs {
		pairs = append(pairs, "{"+f.name+"}", where(f))
	}
	r := strings.NewReplacer(pairs...)
	filled := make([]string, len(args))
	for i, a := range args {
		filled[i] = r.Replace(a)
	}
	return filled
}

// worldReadable tells whether a stranger could read all inputs.
func (s *stage) worldReadable() bool {
	for _, f := range s.inputs {
		info, err := os.Stat(f.path)
		if err != nil || info.Mode().Perm()&0o004 == 0 {
			return false
		}
	}
	return true
}
