package bench

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/evilbench/evilbench/ids"
	"github.com/evilbench/evilbench/ids/rules"
)

// A run keeps its rules, those that were commented out too, and the engine's configuration; in a store several share one file.
func TestRunKeepsEvidence(t *testing.T) {
	source := filepath.Join(t.TempDir(), "some.rules")
	text := "alert ip any any -> any any (msg:\"on\"; sid:1;)\n#alert ip any any -> any any (msg:\"off\"; sid:2;)\n"
	if err := os.WriteFile(source, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	set, err := rules.Load(source)
	if err != nil {
		t.Fatal(err)
	}
	e := speaking()
	dir, in := tiny(t, e)
	in.Rules = set
	alone := filepath.Join(t.TempDir(), "run")
	if _, err := Run(t.Context(), in, alone); err != nil {
		t.Fatal(err)
	}
	result, err := Plan{
		Store: filepath.Join(t.TempDir(), "store"), Corpora: []CorpusSource{{Dir: dir}}, Detectors: []string{"fake:1", "fake:2"},
		Rules: []*rules.Set{set}, Version: "test",
		Open: func(_ context.Context, spec string) (ids.Detector, ids.Runner, error) {
			e := speaking()
			e.version = spec
			return e, fakeRunner{e}, nil
		},
	}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	runs := []string{alone}
	for _, c := range result.Cells {
		runs = append(runs, c.Places.Run)
	}
	for _, run := range runs {
		back, err := rules.Load(filepath.Join(run, RulesFile))
		if err != nil || back.Digest != set.Digest || len(back.Dormant) != 1 {
			t.Errorf("%s: kept %+v, %v", run, back, err)
		}
		if config, err := os.ReadFile(filepath.Join(run, ConfigDir, "config")); err != nil || string(config) != "[10.0.0.0/8]" {
			t.Errorf("%s: configuration %q, %v", run, config, err)
		}
	}
	first, err1 := os.Stat(filepath.Join(runs[1], RulesFile))
	second, err2 := os.Stat(filepath.Join(runs[2], RulesFile))
	if err1 != nil || err2 != nil || runs[1] == runs[2] || !os.SameFile(first, second) {
		t.Errorf("two runs of one ruleset hold two files of it: %v, %v", err1, err2)
	}
}
