package compare

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evilbench/evilbench/harness/bench"
)

func TestSelector(t *testing.T) {
	other := cellOf("8.0.3", "mine", "two", "D")
	other.Run.Config = "abcdef99"
	publish(t, map[string][]bench.Cell{"out": {cellOf("7.0.10", "et", "one", "D"), cellOf("7.0.10", "mine", "one", "D"), other}, "a#b": {other}})
	for _, c := range []struct {
		argument, want, problem string
	}{
		{"out", "out#1 out#2 out#3", ""},
		{"out/result.json#2", "out/result.json#2", ""},
		{"out#3", "out#3", ""},
		{"out#detector=suricata:7", "out#1 out#2", ""},
		{"out#detector=suricata:7.0", "out#1 out#2", ""},
		{"out#detector=suricata:8.0.3", "out#3", ""},
		{"out#detector=suricata", "out#1 out#2 out#3", ""},
		{"out#detector=suricata:7,rules=mine", "out#2", ""},
		{"out#rules=digest of m", "out#2 out#3", ""},
		{"out#corpus=two", "out#3", ""},
		{"out#seed=3", "out#1 out#2 out#3", ""},
		{"out#config=abcdef", "out#3", ""},
		{"a#b", "a#b#1", ""},
		{"a#b#1", "a#b#1", ""},
		{"out#4", "", "out has cells 1 to 3"},
		{"out#0", "", "counted from 1"},
		{"out#", "", `"" chooses no cell`},
		{"out#ids=7", "", "detector, rules, corpus, seed, config"},
		{"out#rules=", "", `"rules=" chooses no cell`},
		{"out#rules=nothing", "", "no cell with rules=nothing; there is et, mine"},
		{"out#detector=suricata:7,corpus=two", "", "no cell with corpus=two; there is one"},
		{"out#detector=suricata:70", "", "there is suricata:7.0.10, suricata:8.0.3"},
		{"out#config=abc", "", "no cell with config=abc"},
	} {
		got, err := choice(c.argument)
		if c.problem != "" {
			var selector *SelectorError
			if !errors.As(err, &selector) || !strings.Contains(err.Error(), c.problem) {
				t.Errorf("%s: error is %v, want one with %q", c.argument, err, c.problem)
			}
			continue
		}
		if err != nil || got != c.want {
			t.Errorf("%s: chose %q, %v; want %q", c.argument, got, err, c.want)
		}
	}
}

func choice(argument string) (string, error) {
	s, err := parseSelector(argument)
	if err != nil {
		return "", err
	}
	r, err := bench.ReadResult(s.path)
	if err != nil {
		return "", err
	}
	cells, err := s.choose(r)
	var from []string
	for _, c := range cells {
		from = append(from, c.from)
	}
	return strings.Join(from, " "), err
}

func TestSidesAndTheirNames(t *testing.T) {
	failed := cellOf("8.0.3", "et", "two", "")
	failed.Score, failed.Error = nil, "it went wrong\nbadly"
	again := cellOf("7.0.10", "et", "one", "M")
	again.Alerts.Read = 5
	strange := cellOf("7.0.10", "et", "one", "D")
	strange.Run.Config = "another"
	publish(t, map[string][]bench.Cell{
		"out":   {cellOf("7.0.10", "et", "one", "D"), cellOf("8.0.3", "et", "one", "D"), cellOf("7.0.10", "et", "two", "D"), failed, again, strange},
		"other": {cellOf("7.0.10", "et", "one", "D")},
		"bad":   {failed, cellOf("7.0.10", "et", "one", "D")},
	})
	sides, notes, err := Load([]string{"out", "other"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range sides {
		got = append(got, fmt.Sprintf("%s %s: %s, %d repeats", s.Letter, s.Label, strings.Join(s.From, " "), s.Repeats))
	}
	want := []string{
		"A out#1: out#1 out#3 out#5, 1 repeats", "B out#2: out#2, 0 repeats", "C out#6: out#6, 0 repeats", "D other#1: other#1, 0 repeats",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
	if len(notes) != 1 || !strings.Contains(notes[0], "out#4") || !strings.Contains(notes[0], "it went wrong") {
		t.Errorf("the failed cell is told as %q", notes)
	}
	if got := variance(sides[0]); len(got) != 1 || !strings.Contains(got[0], "1 of 1 campaigns and 5 of 0 alerts") {
		t.Errorf("the variance between runs is told as %q", got)
	}
	if sides := load(t, "out#1", "out#2"); sides[0].Label != "suricata:7.0.10" || sides[1].Label != "suricata:8.0.3" {
		t.Errorf("sides are labelled %q and %q", sides[0].Label, sides[1].Label)
	}
	if _, _, err := Load([]string{"bad#1", "out"}); err == nil || !strings.Contains(err.Error(), "every cell failed") {
		t.Errorf("a side of failed cells: %v", err)
	}
	if _, _, err := Load([]string{"other"}); err == nil || !strings.Contains(err.Error(), "one detector with one ruleset") {
		t.Errorf("a single side: %v", err)
	}
	if _, _, err := Load([]string{"nowhere", "out"}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a path that is not there: %v", err)
	}
}
