package compare

import (
	"errors"
	"testing"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/harness/bench"
	"github.com/evilbench/evilbench/ids/rules"
)

func seedOf(n uint64) draw.Seed { return draw.NewSeed(n) }

func digestOf(t *testing.T, dir string) string {
	t.Helper()
	s, err := rules.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s.Digest
}

// A selector chooses cells, or is refused as one: it is never half understood.
func FuzzSelector(f *testing.F) {
	for _, seed := range []string{"out", "out#2", "out#detector=suricata:7,rules=et", "out##", "#corpus=one", "out#seed=3,", "out#-1", "out#99999999999999999999"} {
		f.Add(seed)
	}
	r := &bench.Result{Cells: []bench.Cell{cellOf("7.0.10", "et", "one", "D"), cellOf("8.0.3", "et", "two", "D")}}
	f.Fuzz(func(t *testing.T, argument string) {
		s, err := parseSelector(argument)
		var cells []*loaded
		if err == nil {
			cells, err = s.choose(r)
		}
		var refused *SelectorError
		switch {
		case err != nil && (!errors.As(err, &refused) || refused.Argument != argument || refused.Problem == ""):
			t.Errorf("%q: %v", argument, err)
		case err == nil && len(cells) == 0:
			t.Errorf("%q chooses nothing and says nothing", argument)
		}
	})
}
