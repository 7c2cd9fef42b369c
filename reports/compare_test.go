package reports

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/evilbench/evilbench/harness/bench"
	"github.com/evilbench/evilbench/harness/compare"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/reports/table"
)

// compared is what compare makes of two engines and of a ruleset that lost a campaign.
func compared(t *testing.T) *compare.Comparison {
	t.Helper()
	before, after := office("7.0.10", 3), office("7.0.10", 2)
	after.Ruleset.Name, after.Ruleset.Digest, after.Ruleset.Enabled = "bundled-less", strings.Repeat("b", 64), 79
	after.Alerts.False, after.FalseAlarms = 40, []score.Signature{{GID: 1, SID: 9_000_002, Name: "\x1b[2Jquiet", Alerts: 40}}
	for i := range before.Details { // a campaign has one fate: the fixture's are those of its detector
		before.Details[i].Strict = 1
		after.Details[i].Strict = after.Details[i].Alerts
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	r := bench.Result{Format: bench.ResultFormat, Version: "0.1.0", Cells: []bench.Cell{before, after, office("8.0.3", 3)}}
	for i := range r.Cells {
		r.Cells[i].Flows.Lookalikes = score.NewRatio(0, 0, "no lookalike in the corpus")
	}
	if err := r.Publish("out"); err != nil {
		t.Fatal(err)
	}
	sides, _, err := compare.Load([]string{"out"})
	if err != nil {
		t.Fatal(err)
	}
	c, err := compare.Compare(t.Context(), sides, compare.Options{})
	if err != nil {
		t.Fatal(err)
	}
	// Tables and rulesets are not beside this result: what they would add is written here.
	v := &c.Versus[0]
	v.Lost[0].Missing = ""
	v.Lost[0].Fired = []compare.Fired{
		{Signature: compare.Signature{GID: 1, SID: 9_000_001, Name: "EVILBENCH | a <b>scan</b> rule", Alerts: 5}, Other: "absent"},
		{Signature: compare.Signature{GID: 1, SID: 9_000_004, Name: "EVILBENCH another", Alerts: 1}, Other: "changed"},
	}
	v.Signatures = []compare.SignatureChange{{GID: 1, SID: 9_000_001, Name: "EVILBENCH | a <b>scan</b> rule", A: 1, AlertsA: 5, Alone: 1, Other: "absent"}}
	v.Rules = &compare.RulesChange{Categories: []compare.Category{{Name: "EVILBENCH SCAN", A: 12, OnlyA: 12}, {Name: "ET INFO", A: 4, B: 5, OnlyB: 1, Changed: 2}}}
	t.Chdir(here)
	return c
}

func TestComparisonGolden(t *testing.T) {
	c := compared(t)
	for name, write := range map[string]func(*table.Table, io.Writer) error{"compare.txt": (*table.Table).Terminal, "compare.md": (*table.Table).Markdown} {
		var b bytes.Buffer
		for _, tab := range Comparison(c) {
			if err := write(tab, &b); err != nil {
				t.Fatal(err)
			}
			b.WriteByte('\n')
		}
		for line := range strings.Lines(b.String()) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > table.Width && strings.HasSuffix(name, ".txt") {
				t.Errorf("%d columns: %s", n, line)
			}
		}
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), b.String()); diff != "" {
			t.Errorf("%s: want (-), got (+); -update accepts:\n%s", name, diff)
		}
	}
}

func TestComparisonCanBeData(t *testing.T) {
	for _, tab := range Comparison(compared(t)) {
		if err := tab.CSV(io.Discard); err != nil {
			t.Error(err)
		}
		if err := tab.JSON(io.Discard); err != nil {
			t.Error(err)
		}
		seen := map[string]bool{}
		for _, c := range tab.Columns {
			if seen[c.Name] {
				t.Errorf("%s: two columns are named %s", tab.Name, c.Name)
			}
			seen[c.Name] = true
		}
	}
}
