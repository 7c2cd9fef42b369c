package corpus

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Builder collects a corpus in a hidden directory beside its place. Nothing is in place before Commit.
type Builder struct {
	dir   string // where the corpus will be
	tmp   string
	open  map[string]*member
	files map[string]File
}

// Create begins a corpus that Commit will put at dir. It sweeps away what processes that died have left of earlier
// attempts, and refuses a dir that exists and is neither empty nor a corpus.
func Create(dir string) (*Builder, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := replaceable(dir); err != nil {
		return nil, err
	}
	parent := filepath.Dir(dir)
	if err := os.MkdirAll(parent, 0o777); err != nil {
		return nil, err
	}
	if err := sweep(dir); err != nil {
		return nil, err
	}
	tmp := partial(dir, os.Getpid())
	// A directory of this very process is left from an attempt that was neither committed nor aborted.
	if err := os.RemoveAll(tmp); err != nil {
		return nil, err
	}
	if err := os.Mkdir(tmp, 0o777); err != nil {
		return nil, err
	}
	return &Builder{dir: dir, tmp: tmp, open: map[string]*member{}, files: map[string]File{}}, nil
}

// replaceable says whether a corpus may be put at dir.
func replaceable(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, ManifestFile)); err != nil {
		return fmt.Errorf("%s: exists and is not a corpus; give another directory, or remove it first", dir)
	}
	for _, e := range entries {
		if e.Name() != ManifestFile && !slices.Contains(Members(), e.Name()) {
			return fmt.Errorf("%s: a corpus with a foreign file, %s, that would be lost; move it away first", dir, e.Name())
		}
	}
	return nil
}

// File begins a member; what is written to it is digested on the way. Close it before Commit. Errors name the file in
// its final place.
func (b *Builder) File(name string) (io.WriteCloser, error) {
	if !slices.Contains(Members(), name) {
		return nil, fmt.Errorf("%s: a corpus has no such file", name)
	}
	if b.open[name] != nil {
		return nil, fmt.Errorf("%s: begun twice", name)
	}
	f, err := os.Create(filepath.Join(b.tmp, name))
	if err != nil {
		return nil, b.explain(name, err)
	}
	m := &member{builder: b, name: name, file: f, sum: sha256.New()}
	b.open[name] = m
	return m, nil
}

// Commit completes the corpus with its manifest, whose Format and Files it fills in, and puts it in place, where it
// replaces an earlier corpus. After an error nothing of it remains.
func (b *Builder) Commit(m *Manifest) (err error) {
	defer func() {
		if err != nil {
			b.Abort()
		}
	}()
	for _, name := range Members() {
		if _, done := b.files[name]; !done {
			return fmt.Errorf("%s: never written to its end", filepath.Join(b.dir, name))
		}
	}
	m.Format, m.Files = Format, b.files
	if m.Warnings == nil {
		m.Warnings = []string{}
	}
	if m.HomeNet == nil {
		m.HomeNet = []string{}
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := b.writeManifest(append(text, '\n')); err != nil {
		return b.explain(ManifestFile, err)
	}
	if err := syncDirectory(b.tmp); err != nil {
		return err
	}
	if err := b.place(); err != nil {
		return err
	}
	return syncDirectory(filepath.Dir(b.dir))
}

func (b *Builder) writeManifest(text []byte) error {
	f, err := os.Create(filepath.Join(b.tmp, ManifestFile))
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// place renames the finished directory to its name. An earlier corpus steps aside first: between the two renames
// there is none, never half of one.
func (b *Builder) place() error {
	if err := replaceable(b.dir); err != nil {
		return err
	}
	old := b.tmp + "-old"
	err := os.Rename(b.dir, old)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(b.tmp, b.dir); err != nil {
		return errors.Join(err, os.Rename(old, b.dir))
	}
	return os.RemoveAll(old)
}

// Abort removes everything. After Commit it does nothing.
func (b *Builder) Abort() error {
	for _, m := range b.open {
		m.file.Close()
	}
	return os.RemoveAll(b.tmp)
}

// explain says in one line what went wrong, with the file's final name in place of the hidden one.
func (b *Builder) explain(name string, err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	hint := ""
	if noSpace(err) {
		hint = "; free some, or write the corpus elsewhere"
	}
	return fmt.Errorf("%s: %w%s", filepath.Join(b.dir, name), err, hint)
}

// member is one file on its way.
type member struct {
	builder *Builder
	name    string
	file    *os.File
	sum     hash.Hash
	size    int64
	closed  bool
}

func (m *member) Write(p []byte) (int, error) {
	n, err := m.file.Write(p)
	m.sum.Write(p[:n])
	m.size += int64(n)
	if err != nil {
		return n, m.builder.explain(m.name, err)
	}
	return n, nil
}

func (m *member) Close() error {
	if m.closed {
		return nil
	}
	m.closed = true
	if err := errors.Join(m.file.Sync(), m.file.Close()); err != nil {
		return m.builder.explain(m.name, err)
	}
	m.builder.files[m.name] = File{SHA256: hex.EncodeToString(m.sum.Sum(nil)), Size: m.size}
	return nil
}

func partial(dir string, pid int) string {
	return filepath.Join(filepath.Dir(dir), fmt.Sprintf(".%s.partial-%d", filepath.Base(dir), pid))
}

// sweep removes the hidden directories of dead processes, and puts an earlier corpus back that one of them had moved
// aside.
func sweep(dir string) error {
	prefix := strings.TrimSuffix(filepath.Base(partial(dir, 0)), "0")
	entries, err := os.ReadDir(filepath.Dir(dir))
	if err != nil {
		return err
	}
	for _, e := range entries {
		rest, ours := strings.CutPrefix(e.Name(), prefix)
		if !ours || alive(strings.TrimSuffix(rest, "-old")) {
			continue
		}
		left := filepath.Join(filepath.Dir(dir), e.Name())
		if strings.HasSuffix(rest, "-old") && os.Rename(left, dir) == nil {
			continue
		}
		if err := os.RemoveAll(left); err != nil {
			return err
		}
	}
	return nil
}
