package bench

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/ids/rules"
)

// enabledRules reads the rules that a run had; none where it had none, or is of an engine that has none.
func enabledRules(run string) ([]score.Rule, error) {
	path := filepath.Join(run, RulesFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	set, err := rules.Load(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; run again", path, err)
	}
	out := make([]score.Rule, 0, len(set.Rules))
	for i := range set.Rules {
		r := &set.Rules[i]
		out = append(out, score.Rule{GID: r.GID, SID: r.SID, Name: r.Message, Kinds: r.Kinds(), Silent: r.Silent || r.Action == "pass"})
	}
	return out, nil
}

// writeNever lists the rules that a corpus never exercised, one a line: gid:sid and the quoted message.
func writeNever(path string, never []score.Rule) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	for _, r := range never {
		fmt.Fprintf(w, "%d:%d %q\n", r.GID, r.SID, r.Name)
	}
	return errors.Join(w.Flush(), f.Close())
}
