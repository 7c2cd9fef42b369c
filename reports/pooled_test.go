package reports

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/evilbench/evilbench/harness/bench"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/reports/table"
)

// seeded is a result of two detectors on three seeds, of which one detector is not at one with itself.
func seeded(t *testing.T) *bench.Result {
	t.Helper()
	r := &bench.Result{Format: bench.ResultFormat, Version: "0.1.0"}
	for seed := range uint64(3) {
		for version, k := range map[string]int64{"7.0.10": 2 + int64(seed%2), "8.0.3": 3} {
			c := office(version, k)
			c.Corpus.Seed, c.Corpus.Family, c.Corpus.Digest = seed+1, "f", fmt.Sprint("digest", seed)
			r.Cells = append(r.Cells, c)
		}
	}
	slices.SortStableFunc(r.Cells, func(a, b bench.Cell) int { return strings.Compare(a.Detector.Version, b.Detector.Version) })
	failed := office("8.0.3", 3)
	failed.Score, failed.Error, failed.Corpus.Seed, failed.Corpus.Family, failed.Corpus.Digest = nil, "exit code 1", 4, "f", ""
	r.Cells = append(r.Cells, failed)
	r.Cells[0].Repeats = &bench.Repeats{
		Runs: 2, Alerts: []int64{1010, 1009}, Differing: []int64{0, 3}, Failed: []string{"run 3: exit code 1\nstderr"},
		Signatures: []bench.RepeatedSignature{{GID: 1, SID: 5, Name: "a | rule", Alerts: []int64{4, 3}, Differing: 3}},
		Campaigns:  []bench.RepeatedCampaign{{Campaign: "tcp-syn-scan-1", Alerts: []int64{1, 0}, Strict: []int64{0, 0}}},
	}
	r.Cells[1].Repeats = &bench.Repeats{Runs: 2, Alerts: []int64{7, 7}, Differing: []int64{0, 0}}
	var err error
	if r.Pooled, err = bench.Pool(r.Cells, score.Options{}); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestPooledGolden(t *testing.T) {
	r := seeded(t)
	path, got := filepath.Join("testdata", "pooled.txt"), render(t, Terminal, r)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("want (-), got (+); -update accepts:\n%s", diff)
	}
	for line := range strings.Lines(got) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > table.Width {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

func TestSumsStandAboveTheSeeds(t *testing.T) {
	r := seeded(t)
	var shown []string
	for _, tab := range For("table", Tables(r)) {
		shown = append(shown, tab.Name)
	}
	if diff := cmp.Diff([]string{"pooled", "pooled-flows", "pooled-load", "pooled-attacks", "summary", "repeats", "failures"}, shown); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
	all := Tables(r)
	if !slices.ContainsFunc(all, func(tab *table.Table) bool { return tab.Name == "false-alarms" }) {
		t.Error("the seeds' own tables are lost")
	}
	for _, tab := range all {
		if err := tab.CSV(&bytes.Buffer{}); err != nil {
			t.Error(err)
		}
	}
}

// What agrees is not shown, and one seed needs no column.
func TestNothingIsSaidOfWhatAgrees(t *testing.T) {
	r := result()
	r.Cells[0].Repeats = &bench.Repeats{Runs: 2, Alerts: []int64{7, 7}, Differing: []int64{0, 0}}
	for _, tab := range Tables(r) {
		if tab.Name == "repeats" || strings.HasPrefix(tab.Name, "pooled") {
			t.Errorf("there is a table %s", tab.Name)
		}
		if slices.ContainsFunc(tab.Columns, func(c table.Column) bool { return c.Name == "seed" }) {
			t.Errorf("%s has a column of seeds", tab.Name)
		}
	}
}

func TestLaTeXOfAResult(t *testing.T) {
	got := render(t, LaTeX, seeded(t))
	for _, want := range []string{
		`\label{tab:evilbench-pooled}`, `n = 9 campaigns.`, `\textbf{9/9} `, `Made with evilbench 0.1.0. Detectors: suricata 7.0.10 (sha256 dddddddddddd); suricata 8.0.3 `,
		`Corpora: office (synthetic), seeds 1, 2, 3, 4.`, `% \usepackage{booktabs}`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q", want)
		}
	}
	if strings.Contains(got, "tab:evilbench-provenance") || strings.Contains(got, "tab:evilbench-curve-points") {
		t.Error("there are tables that a paper does not want")
	}
}
