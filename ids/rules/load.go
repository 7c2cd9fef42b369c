package rules

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evilbench/evilbench/benchmarks"
)

// Bundled is the source name of evilbench's own rules.
const Bundled = "bundled"

// file is one text of a ruleset.
type file struct {
	name string
	text []byte
}

// Load reads a ruleset: the embedded one for "" or "bundled", else a file (.rules, .rules.xz, .rules.gz, .tar.gz) or a folder,
// which is searched in depth and taken in the order of its paths. The first fault ends it, as a *Fault where it has a line.
func Load(source string) (*Set, error) {
	if source == "" || source == Bundled {
		files, err := bundled()
		if err != nil {
			return nil, err
		}
		s, err := newSet(Bundled, files)
		if err != nil {
			return nil, err
		}
		s.Bundled = true
		return s, nil
	}
	files, err := read(source)
	if err != nil {
		return nil, fmt.Errorf("rules %s: %w", source, err)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("rules %s: no file named .rules, .rules.xz, .rules.gz or .tar.gz in it: name a folder or file that has some", source)
	}
	s, err := newSet(baseName(source), files)
	if err != nil {
		return nil, fmt.Errorf("rules %s: %w", source, err)
	}
	return s, nil
}

// bundled reads the embedded files in the order of their names.
func bundled() ([]file, error) {
	names, err := fs.Glob(benchmarks.Rules, "rules/*.rules")
	if err != nil {
		return nil, err
	}
	var files []file
	for _, name := range names {
		text, err := benchmarks.Rules.ReadFile(name)
		if err != nil {
			return nil, err
		}
		files = append(files, file{strings.TrimPrefix(name, "rules/"), text})
	}
	return files, nil
}

// Classification is the classification.config that gives classtypes their categories and priorities.
func Classification() ([]byte, error) {
	return benchmarks.Rules.ReadFile("rules/classification.config")
}

// References is the reference.config that gives reference types their addresses.
func References() ([]byte, error) { return benchmarks.Rules.ReadFile("rules/reference.config") }

// baseName is the last part of a path without the endings a ruleset file may have.
func baseName(path string) string {
	name := filepath.Base(filepath.Clean(path))
	for _, end := range []string{".gz", ".xz", ".tgz", ".tar", ".rules"} {
		name = strings.TrimSuffix(name, end)
	}
	return name
}

// newSet parses the files and makes their one text.
func newSet(name string, files []file) (*Set, error) {
	s := &Set{Name: name, index: map[ID]int{}}
	var text bytes.Buffer
	for _, f := range files {
		if err := s.add(f, &text); err != nil {
			return nil, err
		}
	}
	s.text = text.Bytes()
	s.Enabled = len(s.Rules)
	digest := sha256.Sum256(s.text)
	s.Digest = hex.EncodeToString(digest[:])
	return s, nil
}

func (s *Set) add(f file, text *bytes.Buffer) error {
	lines := splitter{rest: bytes.TrimPrefix(f.text, []byte("\xef\xbb\xbf"))}
	for {
		l, ok := lines.next()
		if !ok {
			return nil
		}
		r, fault := parse(l.text)
		if l.comment {
			if fault == nil {
				r.File, r.Line, r.Text = f.name, l.line, l.text
				s.Dormant = append(s.Dormant, r)
				s.Disabled++
			}
			continue
		}
		if fault != nil {
			return &Fault{File: f.name, Line: l.line, What: fault.what, Remedy: fault.remedy}
		}
		r.File, r.Line, r.Text = f.name, l.line, l.text
		s.enter(r)
		text.WriteString(l.text)
		text.WriteByte('\n')
	}
}

func (s *Set) enter(r Rule) {
	s.Rules = append(s.Rules, r)
	if i, known := s.index[r.ID]; !known || s.Rules[i].Rev < r.Rev {
		s.index[r.ID] = len(s.Rules) - 1
	}
}

// inOrder sorts by name, so that an archive's or a disk's own order does not matter.
func inOrder(files []file) []file {
	slices.SortFunc(files, func(a, b file) int { return strings.Compare(a.name, b.name) })
	return files
}
