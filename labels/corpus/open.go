package corpus

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/evilbench/evilbench/labels"
)

// Corpus is a complete corpus on disk.
type Corpus struct {
	Dir string
	Manifest
}

// maxManifest bounds corpus.json, of which the longest part is a source for each imported file.
const maxManifest = 64 << 20

// Open reads the manifest at dir and checks that every file is there with its size. Verify checks the content too.
func Open(dir string) (*Corpus, error) {
	path := filepath.Join(dir, ManifestFile)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: not a corpus: it has no %s; make one with generate or import", dir, ManifestFile)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxManifest))
	if err != nil {
		return nil, err
	}
	c := &Corpus{Dir: dir}
	if err := json.Unmarshal(text, &c.Manifest); err != nil {
		return nil, fmt.Errorf("%s: damaged: %w; make the corpus again", path, err)
	}
	if c.Format != Format {
		return nil, fmt.Errorf("%s: format is %q, this version reads %s; make the corpus again", path, c.Format, Format)
	}
	for _, name := range Members() {
		if err := c.checkSize(name); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *Corpus) checkSize(name string) error {
	want, listed := c.Files[name]
	if !listed {
		return fmt.Errorf("%s: does not list %s; make the corpus again", c.Path(ManifestFile), name)
	}
	info, err := os.Stat(c.Path(name))
	if err != nil {
		return fmt.Errorf("%w; make the corpus again", err)
	}
	if info.Size() != want.Size {
		return fmt.Errorf("%s: %d bytes, the manifest says %d; make the corpus again", c.Path(name), info.Size(), want.Size)
	}
	return nil
}

// Verify reads every file and compares its digest, and the rows of the tables with the manifest's counts.
func (c *Corpus) Verify() error {
	for _, name := range Members() {
		got, err := digestFile(c.Path(name))
		if err != nil {
			return err
		}
		if want := c.Files[name].SHA256; !strings.EqualFold(got, want) {
			return fmt.Errorf("%s: SHA-256 is %s, the manifest says %s; make the corpus again", c.Path(name), got, want)
		}
	}
	return errors.Join(
		checkRows(c.Path(Packets), labels.Packets, c.Packets),
		checkRows(c.Path(Flows), labels.Flows, c.Flows),
		checkRows(c.Path(Campaigns), labels.Campaigns, c.Campaigns),
	)
}

func checkRows[T any](path string, table *labels.Table[T], want int64) error {
	r, err := table.Open(path)
	if err != nil {
		return err
	}
	defer r.Close()
	if r.Len() != want {
		return fmt.Errorf("%s: %d rows, the manifest says %d; make the corpus again", path, r.Len(), want)
	}
	return nil
}

func digestFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Path is the path of one of the corpus's files.
func (c *Corpus) Path(name string) string { return filepath.Join(c.Dir, name) }
