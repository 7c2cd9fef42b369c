package bench

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Kinds of things a store keeps.
const (
	kindCorpus = "corpus" // by what it is made from
	kindSensor = "sensor" // captures as detectors get them
	kindCheck  = "check"  // what an engine said of a ruleset
	kindRules  = "rules"  // rulesets, those of runs are links to them
	kindRun    = "run"
	kindAudit  = "audit" // of a corpus
	kindResult = "result"
)

// store keeps finished steps in directories named after the digest of all that went into them. A directory that is there is
// whole.
type store struct {
	root    string
	display Display
	build   string // what made all that can be found here, "" = not told
}

func newStore(root string, d Display) (*store, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	return &store{root: root, display: d}, nil
}

// step returns the directory of a finished step, and makes it first where it is not there. Two processes that want the same step
// make it once.
func (s *store) step(ctx context.Context, kind, key string, fill func(tmp string) error) (dir string, err error) {
	key = s.named(key)
	if dir, done, err := s.find(kind, key); done || err != nil {
		return dir, err
	}
	w, err := enter(ctx, filepath.Join(s.root, "tmp", kind+"-"+key), func() {
		s.display.Step("wait", fmt.Sprintf("another evilbench is making this %s", kind))
	})
	if err != nil {
		return "", fmt.Errorf("store %s: %w", s.root, err)
	}
	defer func() { err = errors.Join(err, w.leave()) }()
	dir, done, err := s.find(kind, key)
	if done || err != nil {
		return dir, err
	}
	return dir, w.make(dir, fill)
}

func (s *store) find(kind, key string) (dir string, done bool, err error) {
	dir = filepath.Join(s.root, kind, key)
	_, err = os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return dir, false, nil
	}
	return dir, err == nil, err
}

// named is the name of a step's directory: what another build of the tool made may be other bytes.
func (s *store) named(name string) string {
	if s.build == "" {
		return name
	}
	return key(s.build, name)
}

// key is the digest of what goes into a step. Lengths are part of it, so that no two lists run into each other.
func key(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s\n", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))[:32]
}
