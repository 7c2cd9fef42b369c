package bench

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evilbench/evilbench/ids"
)

func made(makes *int) CorpusSource {
	return CorpusSource{Name: "tiny", Key: "tiny seed 1", Make: func(_ context.Context, dir string, progress func(done, total int64)) error {
		*makes++
		progress(1, 1)
		return fillCorpus(dir, 1)
	}}
}

func TestPlanRunsEveryCellAndNothingTwice(t *testing.T) {
	engines := map[string]*fakeEngine{"fake:1": speaking(), "fake:2": {version: "2.0"}}
	makes, shown := 0, &talk{}
	p := Plan{
		Store: t.TempDir(), Corpora: []CorpusSource{made(&makes)}, Detectors: []string{"fake:1", "fake:2"}, Open: opener(engines),
		Version: "test", Display: shown,
	}
	first, err := p.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := []int{len(first.Cells), makes, int(engines["fake:1"].starts.Load())}; !cmp.Equal(got, []int{2, 1, 1}) {
		t.Errorf("cells, corpora made, runs: %v, want 2, 1, 1", got)
	}
	c := first.Cells[0]
	if c.Campaigns.N != 1 || c.Campaigns.Detected != 1 || c.Campaigns.Strict != 1 || c.Flows.TP != 1 || c.Flows.FP != 1 || c.Alerts.Read != 3 {
		t.Errorf("cell 1: %+v", c.Score)
	}
	if c := first.Cells[1]; c.Detector.Version != "2.0" || c.Campaigns.Detected != 0 || c.Flows.FN != 1 {
		t.Errorf("cell 2: %+v %+v", c.Detector, c.Score)
	}
	for _, capture := range engines["fake:1"].captures {
		if hasTaint(capture) {
			t.Error("the engine was given the taint")
		}
	}
	archive, err := os.ReadFile(filepath.Join(c.Places.Corpus, "traffic.pcap"))
	if err != nil || !hasTaint(archive) {
		t.Errorf("the archive has no taint, so that its absence proves nothing: %v", err)
	}

	*shown = talk{}
	second, err := p.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("first (-) and second (+) differ:\n%s", diff)
	}
	if makes != 1 || engines["fake:1"].starts.Load() != 1 || len(shown.steps) > 0 {
		t.Errorf("a finished step was done again: %v", shown.steps)
	}
	entries, err := os.ReadDir(filepath.Join(p.Store, "tmp"))
	if err != nil || len(entries) > 0 {
		t.Errorf("left over: %v, %v", entries, err)
	}
}

func TestAnotherVersionOfTheToolDoesAllAgain(t *testing.T) {
	e, makes := speaking(), 0
	p := Plan{Store: t.TempDir(), Corpora: []CorpusSource{made(&makes)}, Detectors: []string{"f"}, Open: opener(map[string]*fakeEngine{"f": e})}
	for _, version := range []string{"1", "2"} {
		p.Version = version
		if _, err := p.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if makes != 2 || e.starts.Load() != 2 {
		t.Errorf("%d corpora, %d runs, want 2 and 2", makes, e.starts.Load())
	}
}

func TestAFailedCellDoesNotLoseTheOthers(t *testing.T) {
	broken := speaking()
	broken.exit = 9
	makes := 0
	p := Plan{
		Store: t.TempDir(), Detectors: []string{"broken", "absent", "good"}, Open: opener(map[string]*fakeEngine{"broken": broken, "good": speaking()}),
		Corpora: []CorpusSource{{Name: "gone", Dir: filepath.Join(t.TempDir(), "none")}, made(&makes)},
	}
	r, err := p.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range r.Cells {
		got = append(got, c.Corpus.Name+" "+c.Detector.Spec+" "+c.Error[:min(len(c.Error), 12)])
		if (c.Score == nil) != (c.Error != "") {
			t.Errorf("%s: figures %v beside the error %q", c.Detector.Spec, c.Score, c.Error)
		}
	}
	where := p.Corpora[0].Dir[:12]
	want := []string{"gone broken " + where, "gone absent " + where, "gone good " + where, "tiny broken fake: exit c", "tiny absent absent: not ", "tiny good "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
	if r.Failed() != 5 {
		t.Errorf("failed = %d, want 5", r.Failed())
	}
	text, err := json.Marshal(r.Cells[0])
	if err != nil || strings.Contains(string(text), `"campaigns":{`) {
		t.Errorf("a failed cell has figures: %s, %v", text, err)
	}
}

func TestWhenNothingWorksTheReasonIsTyped(t *testing.T) {
	makes := 0
	p := Plan{Store: t.TempDir(), Corpora: []CorpusSource{made(&makes)}, Detectors: []string{"absent"}, Open: opener(nil)}
	_, err := p.Run(t.Context())
	var missing *ids.Missing
	if !errors.As(err, &missing) || missing.Hint != "install it" {
		t.Errorf("%v: want *ids.Missing", err)
	}
	if _, err := (Plan{Store: t.TempDir()}).Run(t.Context()); err == nil {
		t.Error("an empty plan gave a result")
	}
}

func TestCancelledPlanLeavesNothingHalf(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	e, makes := speaking(), 0
	e.onRun = cancel
	p := Plan{Store: t.TempDir(), Corpora: []CorpusSource{made(&makes)}, Detectors: []string{"f"}, Open: opener(map[string]*fakeEngine{"f": e})}
	if _, err := p.Run(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("%v, want context.Canceled", err)
	}
	if runs, _ := filepath.Glob(filepath.Join(p.Store, kindResult, "*")); len(runs) > 0 {
		t.Errorf("a cancelled plan has results: %v", runs)
	}
	e.onRun = nil
	if r, err := p.Run(t.Context()); err != nil || r.Failed() > 0 || makes != 1 {
		t.Errorf("the next call: %v, corpora made: %d", err, makes)
	}
}

// TestFieldsOtherToolsRelyOn holds the names of result.json.
func TestFieldsOtherToolsRelyOn(t *testing.T) {
	makes, out := 0, filepath.Join(t.TempDir(), "out")
	p := Plan{Store: t.TempDir(), Corpora: []CorpusSource{made(&makes)}, Detectors: []string{"f"}, Open: opener(map[string]*fakeEngine{"f": speaking()})}
	r, err := p.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // publishing again replaces
		if err := r.Publish(out); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(filepath.Join(out, ResultFile))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Format string
		Cells  []map[string]json.RawMessage
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if got.Format != "evilbench.result/1" || len(got.Cells) != 1 {
		t.Fatalf("format %q, %d cells", got.Format, len(got.Cells))
	}
	for field, want := range map[string][]string{
		"detector":  {"engine", "version", "image"},
		"ruleset":   {"name", "digest", "enabled", "failed"},
		"corpus":    {"digest", "packets", "flows", "campaigns"},
		"campaigns": {"n", "detected", "strict"},
		"flows":     {"tp", "fp", "fn", "tn"},
		"alerts":    {"read", "true", "false", "ambiguous", "unmatchable"},
	} {
		var object map[string]json.RawMessage
		if err := json.Unmarshal(got.Cells[0][field], &object); err != nil {
			t.Errorf("%s: %v", field, err)
		}
		for _, name := range want {
			if _, there := object[name]; !there {
				t.Errorf("%s has no %s", field, name)
			}
		}
	}
	var warnings []string
	if err := json.Unmarshal(got.Cells[0]["warnings"], &warnings); err != nil || warnings == nil {
		t.Errorf("warnings: %v, %v", warnings, err)
	}
	back, err := ReadResult(out)
	if err != nil {
		t.Fatal(err)
	}
	back.Cells[0].Places = r.Cells[0].Places
	if diff := cmp.Diff(r, back); diff != "" {
		t.Errorf("written (-), read (+):\n%s", diff)
	}
	for _, link := range []string{"corpus/corpus.json", "run/run.json", "run/alerts.arrow", "run/logs/eve.json", "result/matches.arrow"} {
		if _, err := os.Stat(filepath.Join(out, "cells", "1", link)); err != nil {
			t.Error(err)
		}
	}
	if !slices.Contains(warnings, "few campaigns (1): read their rates with the intervals") {
		t.Errorf("warnings %q", warnings)
	}
}
