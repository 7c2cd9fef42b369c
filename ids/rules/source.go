package rules

import (
	"archive/tar"
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/ulikunitz/xz"
)

const (
	maxText  = 256 << 20 // bytes of unpacked rules in one set: ten times the largest public ruleset
	maxFiles = 10_000    // entries of an archive
)

// budget is what a source may still unpack to. Archives come from anywhere, and a few kilobytes can hold gigabytes.
type budget struct{ left int64 }

// read takes the files of a source in order.
func read(source string) ([]file, error) {
	root, err := filepath.EvalSymlinks(source)
	if err != nil {
		return nil, plain(err)
	}
	info, err := os.Stat(root)
	if err != nil {
		return nil, plain(err)
	}
	b := &budget{left: maxText}
	if !info.IsDir() {
		return b.open(source, filepath.Base(source))
	}
	var files []file
	err = filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !isRules(d.Name()) {
			return err
		}
		name, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		more, err := b.open(p, filepath.ToSlash(name))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		files = append(files, more...)
		return nil
	})
	return inOrder(files), plain(err)
}

// plain takes the path out of an error that will be told with the source's name anyway.
func plain(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) && errors.Is(err, fs.ErrNotExist) {
		return errors.New("no such file or folder: give a path, or bundled for the rules that come with evilbench")
	}
	return err
}

// isRules tells a rules file from the licences and configuration beside it.
func isRules(name string) bool {
	for _, end := range []string{".rules", ".rules.xz", ".rules.gz", ".tar.gz", ".tgz"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

// open reads one file of any of the known kinds.
func (b *budget) open(at, name string) ([]file, error) {
	if !isRules(name) {
		return nil, errors.New("not a ruleset by its name: want .rules, .rules.xz, .rules.gz, .tar.gz or .tgz")
	}
	f, err := os.Open(at)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in := bufio.NewReader(f)
	switch {
	case strings.HasSuffix(name, ".rules.xz"):
		unpacked, err := xz.NewReader(in)
		if err != nil {
			return nil, damaged(err)
		}
		return b.one(strings.TrimSuffix(name, ".xz"), unpacked)
	case strings.HasSuffix(name, ".rules"):
		return b.one(name, in)
	}
	unpacked, err := gzip.NewReader(in)
	if err != nil {
		return nil, damaged(err)
	}
	if strings.HasSuffix(name, ".rules.gz") {
		return b.one(strings.TrimSuffix(name, ".gz"), unpacked)
	}
	return b.archive(tar.NewReader(unpacked))
}

func (b *budget) one(name string, r io.Reader) ([]file, error) {
	text, err := b.take(r)
	if err != nil {
		return nil, err
	}
	return []file{{name, text}}, nil
}

// archive reads the rules files of a tar stream. Nothing is written, so a name may be anything.
func (b *budget) archive(t *tar.Reader) ([]file, error) {
	var files []file
	for n := 0; ; n++ {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return inOrder(files), nil
		}
		if err != nil {
			return nil, damaged(err)
		}
		if n == maxFiles {
			return nil, fmt.Errorf("more than %d entries: pack the rules alone", maxFiles)
		}
		if h.Typeflag != tar.TypeReg || !strings.HasSuffix(h.Name, ".rules") {
			continue
		}
		text, err := b.take(t)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", h.Name, err)
		}
		files = append(files, file{path.Clean(h.Name), text})
	}
}

// take reads a text whole, as long as the budget lasts.
func (b *budget) take(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r, b.left+1))
	if err != nil {
		return nil, damaged(err)
	}
	b.left -= int64(len(text))
	if b.left < 0 {
		return nil, fmt.Errorf("more than %d MiB of rules once unpacked: split the set", maxText>>20)
	}
	return text, nil
}

func damaged(err error) error {
	return fmt.Errorf("cannot be unpacked: %w: fetch or pack it again", err)
}
