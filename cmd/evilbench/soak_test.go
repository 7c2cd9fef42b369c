package main

import (
	"bufio"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/evilbench/evilbench/harness/bench"
	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/corpus"
)

// TestSoakJoin imports every capture of the shared data, each as one campaign, runs Suricata on it with rules that fire nearly
// everywhere, and scores: every alert in the engine's log must get one verdict, and since nothing benign is there, each must be true.
// It starts a container for each of some 450 captures: EVILBENCH_SOAK=1, or make soak.
func TestSoakJoin(t *testing.T) {
	if os.Getenv("EVILBENCH_SOAK") == "" {
		t.Skip("takes many minutes; make soak runs it")
	}
	captures := soakCaptures(t)
	engine(t, "suricata:7")
	total := tallied{rungs: map[string]int64{}}
	for _, path := range captures {
		t.Run(filepath.Join(filepath.Base(filepath.Dir(path)), filepath.Base(path)), func(t *testing.T) { soak(t, path, &total) })
	}
	t.Logf("%d captures, %d of them without alerts, %d not to be read by it; %d alerts; by rung %v", len(captures), total.silent, total.refused, total.alerts, total.rungs)
	if total.refused > len(captures)/100 || total.alerts == 0 {
		t.Errorf("%d of %d captures refused, %d alerts", total.refused, len(captures), total.alerts)
	}
}

// tallied is what all captures together came to.
type tallied struct {
	silent, refused int
	alerts          int64
	rungs           map[string]int64
}

func soakCaptures(t *testing.T) (paths []string) {
	root := os.Getenv("EVILBENCH_DATA")
	if root == "" {
		root = "../../../shared/data"
	}
	err := filepath.WalkDir(filepath.Join(root, "captures"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Ext(path) != ".tsv" {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Skip("no captures here; set EVILBENCH_DATA:", err)
	}
	return paths
}

func soak(t *testing.T, capture string, total *tallied) {
	dir := t.TempDir()
	truth, run, result := filepath.Join(dir, "corpus"), filepath.Join(dir, "run"), filepath.Join(dir, "result")
	var talk bytes.Buffer
	a := &app{stdin: strings.NewReader(""), stdout: &talk, stderr: &talk}
	code := a.main(t.Context(), []string{"import", "--campaign", "all", capture, "-o", truth, "--progress", "none"})
	if code != exitDone {
		t.Logf("not imported, exit code %d: %s", code, talk.String())
		total.refused++
		return
	}
	manifest, err := corpus.Open(truth)
	if err != nil {
		t.Fatal(err)
	}
	if link := manifest.LinkType; !slices.Contains([]int{0, 1, 12, 101, 113, 228, 229}, link) {
		t.Logf("link type %d, which Suricata 7 does not read", link)
		total.refused++
		return
	}
	call(t, "run", "--ids", "suricata:7", "--rules", "testdata/soak.rules", truth, "-o", run, "--progress", "none")
	call(t, "score", truth, run, "-o", result, "--progress", "none")

	record, err := bench.ReadResult(result)
	if err != nil {
		t.Fatal(err)
	}
	cell := record.Cells[0]
	if cell.Ruleset.Failed > 0 {
		t.Errorf("%d rules failed", cell.Ruleset.Failed)
	}
	logged := alertLines(t, filepath.Join(run, "logs", "eve.json"))
	verdicts := map[labels.Verdict]int64{}
	rungs := map[string]int64{}
	for m, err := range labels.Matches.Rows(t.Context(), filepath.Join(result, "matches.arrow")) {
		if err != nil {
			t.Fatal(err)
		}
		if verdicts[m.Verdict]++; m.Verdict != labels.VerdictTrue {
			t.Logf("alert %d: %s on rung %s: %s", m.Alert, m.Verdict, m.Rung, m.Reason)
		}
		rungs[m.Rung]++
	}
	if verdicts[labels.VerdictTrue] != logged || len(verdicts) > 1 {
		t.Errorf("%d alerts in the engine's log, verdicts %v; want all true", logged, verdicts)
	}
	if total.alerts += logged; logged == 0 {
		total.silent++
	}
	for r, n := range rungs {
		total.rungs[r] += n
	}
}

// alertLines counts the alerts in an EVE log by the bytes of its lines alone.
func alertLines(t *testing.T, path string) (n int64) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		if bytes.Contains(lines.Bytes(), []byte(`"event_type":"alert"`)) {
			n++
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return n
}
