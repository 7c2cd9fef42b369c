package reports

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/evilbench/evilbench/harness/bench"
	"github.com/evilbench/evilbench/harness/join"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/ids"
	"github.com/evilbench/evilbench/labels/corpus"
	"github.com/evilbench/evilbench/reports/table"
)

var update = flag.Bool("update", false, "write golden files")

// office is a scored cell of a detector that catches the first k of three campaigns.
func office(version string, k int64) bench.Cell {
	c := bench.Cell{
		Detector: bench.Detector{
			Spec: "suricata:" + version[:1], Engine: "suricata", Version: version, Image: "evilbench/suricata:" + version[:1],
			Digest: "sha256:" + strings.Repeat("d", 64), Runner: "container", Detail: "Debian trixie",
		},
		Ruleset: bench.Ruleset{Name: "bundled", Digest: strings.Repeat("a", 64), Enabled: 80, Bundled: true, Fired: 9},
		Corpus: bench.Corpus{
			Name: "office", Digest: strings.Repeat("c", 64), Packets: 180_000, Flows: 6000, Campaigns: 3, Bytes: 98_000_000, Days: .02,
			Synthetic: true, Seed: 1, Scenario: &corpus.Scenario{Name: "office", Digest: "beef"}, Model: "cafe", Version: "0.1.0",
		},
		Score: &score.Score{
			Campaigns: score.Campaigns{N: 3, Detected: k, Strict: k - 1,
				DetectedRate: score.NewRatio(k, 3, ""), StrictRate: score.NewRatio(k-1, 3, "")},
			Flows: score.Flows{TP: 900, FN: 100, FP: 3, TN: 4997,
				Recall: score.NewRatio(900, 1000, ""), Precision: score.NewRatio(900, 903, ""), FPR: score.NewRatio(3, 5000, "")},
			Alerts: score.Alerts{Read: 1010, True: 1000, False: 7, Ambiguous: 2, Unmatchable: 1},
			Load:   score.Load{Hosts: 14, Days: .02, Bytes: 98_000_000, PerHostDay: score.Number{Value: 25}, PerGB: score.Number{Value: 71.4}},
			Delay:  score.Delay{MedianSeconds: score.Number{Value: 1.5}, MedianPackets: score.Number{Value: 12}, Detected: int(k), Censored: int(3 - k)},
			FalseAlarms: []score.Signature{
				{GID: 1, SID: 9_000_001, Name: "EVILBENCH | a <b>noisy</b> rule", Alerts: 6}, {GID: 1, SID: 9_000_002, Name: "\x1b[2Jquiet", Alerts: 1},
			},
		},
		Rungs: []join.Rung{{Rung: "packet", Alerts: 1007}, {Rung: "none", Alerts: 1}},
		Run:   &bench.RunSummary{Config: "f00d", Usage: ids.Usage{WallSeconds: 3.21, PeakBytes: 200 << 20}, Report: ids.Report{RulesLoaded: 80}},
		Warnings: []string{
			"2 of 1010 alerts could mean benign or malicious traffic alike and are in no figure", "few campaigns (3): read their rates with the intervals",
		},
	}
	for _, base := range []float64{1e-2, 1e-6} {
		c.PPV = append(c.PPV, score.PPV{BaseRate: base, PPV: score.Number{Value: base * 90, Low: base * 50, High: base * 95, Bounded: true}})
	}
	for i := range int64(3) {
		d := score.Campaign{Campaign: fmt.Sprintf("tcp-syn-scan-%d", i+1), Attack: "tcp-syn-scan", Technique: "T1046", Packets: 2000}
		if i < k {
			d.Alerts, d.Strict = 5, k-1-i
			d.Seconds, d.Until = score.Number{Value: .25}, score.Number{Value: 12}
		} else {
			d.Seconds, d.Until = score.Number{Missing: "not detected"}, score.Number{Missing: "not detected"}
		}
		c.Details = append(c.Details, d)
	}
	deepen(&c)
	return c
}

func result() *bench.Result {
	benign := office("7.0.10", 2)
	benign.Corpus = bench.Corpus{Name: "workstation", Digest: strings.Repeat("e", 64), Packets: 10, Flows: 5, Bytes: 1000,
		Sources: []corpus.Source{{Path: "workstation.pcap", SHA256: strings.Repeat("f", 64)}}}
	benign.Rungs = nil
	none := score.NewRatio(0, 0, "no campaign in the corpus")
	benign.Score = &score.Score{
		Campaigns: score.Campaigns{DetectedRate: none, StrictRate: none},
		Flows: score.Flows{TN: 5, Recall: score.NewRatio(0, 0, "no malicious flow in the corpus"),
			Precision: score.NewRatio(0, 0, "no flow was alarmed"), FPR: score.NewRatio(0, 5, "")},
		Delay: score.Delay{MedianSeconds: score.Number{Missing: "no campaign in the corpus"}},
		PPV:   []score.PPV{{BaseRate: 1e-2, PPV: score.Number{Missing: "no malicious flow in the corpus"}}},
		Load:  score.Load{PerHostDay: score.Number{Missing: "the capture has no length"}, PerGB: score.Number{}},
	}
	failed := bench.Cell{
		Detector: bench.Detector{Spec: "suricata:6"}, Ruleset: office("7.0.10", 2).Ruleset, Corpus: office("7.0.10", 2).Corpus, Warnings: []string{},
		Error: "suricata: exit code 1\n  stderr: it went wrong",
	}
	return &bench.Result{Format: bench.ResultFormat, Cells: []bench.Cell{office("7.0.10", 2), office("8.0.3", 3), failed, benign}}
}

func render(t *testing.T, write func(io.Writer, *bench.Result) error, r *bench.Result) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	for name, write := range map[string]func(io.Writer, *bench.Result) error{"report.txt": Terminal, "report.md": Markdown} {
		path, got := filepath.Join("testdata", name), render(t, write, result())
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
			t.Errorf("%s: want (-), got (+); -update accepts:\n%s", name, diff)
		}
	}
}

func TestTerminalFitsHundredColumns(t *testing.T) {
	for line := range strings.Lines(render(t, Terminal, result())) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > table.Width {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

func TestEveryTableCanBeData(t *testing.T) {
	names := map[string]bool{}
	for _, tab := range Tables(result()) {
		if names[tab.Name] {
			t.Errorf("two tables are named %s: one file would overwrite the other", tab.Name)
		}
		names[tab.Name] = true
		if err := tab.CSV(io.Discard); err != nil {
			t.Error(err)
		}
		if err := tab.JSON(io.Discard); err != nil {
			t.Error(err)
		}
		var columns []string
		for _, c := range tab.Columns {
			if slices.Contains(columns, c.Name) {
				t.Errorf("%s: two columns are named %s", tab.Name, c.Name)
			}
			columns = append(columns, c.Name)
		}
	}
	if len(names) != 23 {
		t.Errorf("%d tables, want all 23", len(names))
	}
}

func TestOneCellNeedsNoColumnToTellItApart(t *testing.T) {
	r := result()
	r.Cells = r.Cells[:1]
	text := render(t, Terminal, r)
	for _, want := range []string{"Corpus: office. Rules: bundled (evilbench's own). Synthetic traffic: office."} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
	for _, gone := range []string{"without a campaign", "Cells that failed"} {
		if strings.Contains(text, gone) {
			t.Errorf("an empty table is shown: %q", gone)
		}
	}
}

func TestResultOfAnotherProgram(t *testing.T) {
	r := &bench.Result{Cells: []bench.Cell{{Score: &score.Score{Campaigns: score.Campaigns{N: 3, Detected: 1}}}}}
	text := render(t, Terminal, r)
	if !strings.Contains(text, "not in the result") || strings.Contains(text, "NaN") {
		t.Errorf("absent rates are not told:\n%s", text)
	}
}
