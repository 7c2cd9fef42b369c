package bench

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evilbench/evilbench/ids/rules"
	"github.com/evilbench/evilbench/ids/runner"
	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/corpus"
)

func openCorpus(t *testing.T, dir string) *corpus.Corpus {
	t.Helper()
	c, err := corpus.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// tiny is a corpus on disk and the input of a run on it.
func tiny(t *testing.T, e *fakeEngine) (string, RunInput) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "corpus")
	writeCorpus(t, dir)
	return dir, RunInput{Corpus: openCorpus(t, dir), Spec: "fake:1", Detector: e, Runner: fakeRunner{e}, Version: "test"}
}

func TestRunDirectory(t *testing.T) {
	e := speaking()
	e.torn = 4
	_, in := tiny(t, e)
	set, err := rules.Load("bundled")
	if err != nil {
		t.Fatal(err)
	}
	in.Rules = set
	out := filepath.Join(t.TempDir(), "run")
	r, err := Run(t.Context(), in, out)
	if err != nil {
		t.Fatal(err)
	}
	back, err := ReadRun(out)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r, back); diff != "" {
		t.Errorf("returned (-), written (+):\n%s", diff)
	}
	if r.Format != "evilbench.run/1" || r.Identity.Digest != "sha256:1" || r.Ruleset.Digest != set.Digest || !r.Ruleset.Bundled ||
		r.Ruleset.Enabled != set.Enabled || r.Alerts != 3 || r.Unread != 4 || r.Usage.WallSeconds != 1 || r.Corpus != in.Corpus.Digest() {
		t.Errorf("run.json: %+v", r)
	}
	alerts, err := labels.Alerts.Load(filepath.Join(out, AlertsFile))
	if err != nil || len(alerts) != 3 || alerts[2].Alert != 3 {
		t.Errorf("alerts: %+v, %v", alerts, err)
	}
	if got := r.Signatures[1].Kinds; !cmp.Equal(got, []string{"scan"}) {
		t.Errorf("kinds of a network scan: %v", got)
	}
	all := strings.Join(r.Warnings, "\n")
	for _, want := range []string{"eve.json:1: torn", "4 lines of the engine's log", "1 of 1 campaigns stay between local hosts"} {
		if !strings.Contains(all, want) {
			t.Errorf("no warning with %q in:\n%s", want, all)
		}
	}
	if strings.Contains(all, "eve.json:4") {
		t.Errorf("every torn line is quoted:\n%s", all)
	}
	for _, gone := range []string{sensorCapture, "sensor.rules", "check"} {
		if _, err := os.Stat(filepath.Join(out, gone)); err == nil {
			t.Errorf("%s is left in the run", gone)
		}
	}
	if hasTaint(e.captures[0]) {
		t.Error("the engine was given the taint")
	}
}

func TestTaintIsKeptOnlyOnRequest(t *testing.T) {
	e := speaking()
	dir, in := tiny(t, e)
	in.KeepTaint = true
	base := t.TempDir()
	if _, err := Run(t.Context(), in, filepath.Join(base, "run")); err != nil {
		t.Fatal(err)
	}
	if !hasTaint(e.captures[0]) {
		t.Error("the engine was not given the archive")
	}
	c, err := Score(t.Context(), ScoreInput{Corpus: dir, Run: filepath.Join(base, "run")}, filepath.Join(base, "result"))
	if err != nil || !strings.Contains(strings.Join(c.Warnings, "\n"), "tainted archive") {
		t.Errorf("no warning about the taint: %v, %v", c, err)
	}
}

func TestRunReplacesARunAndNothingElse(t *testing.T) {
	e := speaking()
	_, in := tiny(t, e)
	base := t.TempDir()
	out := filepath.Join(base, "run")
	for range 2 {
		if _, err := Run(t.Context(), in, out); err != nil {
			t.Fatal(err)
		}
	}
	e.exit = 1
	if _, err := Run(t.Context(), in, out); err == nil || !strings.Contains(err.Error(), "it went wrong") {
		t.Errorf("%v: want the engine's own words", err)
	}
	if r, err := ReadRun(out); err != nil || r.Alerts != 3 {
		t.Errorf("a failed run harmed the one before: %v", err)
	}
	foreign := filepath.Join(base, "papers")
	if err := os.MkdirAll(filepath.Join(foreign, "thesis"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(t.Context(), in, foreign); err == nil || !strings.Contains(err.Error(), "has no run.json") {
		t.Errorf("%v: want a refusal", err)
	}
	entries, err := os.ReadDir(base)
	if err != nil || len(entries) != 2 {
		t.Errorf("left over: %v, %v", entries, err)
	}
}

func TestRulesTheEngineRefuses(t *testing.T) {
	e := speaking()
	e.rulesBad = 5
	_, in := tiny(t, e)
	r, err := Run(t.Context(), in, filepath.Join(t.TempDir(), "run"))
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(r.Warnings, "\n")
	if !strings.Contains(all, "5 of 10 rules cannot be loaded") || !strings.Contains(all, "line 1: no such keyword") || strings.Contains(all, "line 4") {
		t.Errorf("warnings:\n%s", all)
	}
	if r.Ruleset.Failed != 5 {
		t.Errorf("failed = %d", r.Ruleset.Failed)
	}
}

func TestLinkTypeNoEngineReads(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "corpus")
	if err := fillCorpus(dir, 105); err != nil {
		t.Fatal(err)
	}
	e := speaking()
	_, err := Run(t.Context(), RunInput{Corpus: openCorpus(t, dir), Detector: e, Runner: fakeRunner{e}}, filepath.Join(t.TempDir(), "run"))
	if err == nil || !strings.Contains(err.Error(), "link type 105") || e.starts.Load() > 0 {
		t.Errorf("%v after %d starts: want a refusal before any", err, e.starts.Load())
	}
}

func TestRecordedLogsAreNotChecked(t *testing.T) {
	logs := t.TempDir()
	if err := os.WriteFile(filepath.Join(logs, "eve.json"), []byte("log\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	e := speaking()
	_, in := tiny(t, e)
	in.Runner = runner.NewRecorded("fake", logs)
	out := filepath.Join(t.TempDir(), "run")
	r, err := Run(t.Context(), in, out)
	if err != nil {
		t.Fatal(err)
	}
	if r.Identity.Version != "1.2" || r.Identity.Runner != "recorded" || e.starts.Load() != 0 {
		t.Errorf("identity %+v, %d starts", r.Identity, e.starts.Load())
	}
	if _, err := os.Stat(filepath.Join(out, LogsDir, "eve.json")); err != nil {
		t.Error(err)
	}
}

func TestScoreWantsTheCorpusOfTheRun(t *testing.T) {
	_, in := tiny(t, speaking())
	base := t.TempDir()
	run := filepath.Join(base, "run")
	if _, err := Run(t.Context(), in, run); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(base, "other")
	if err := fillCorpus(other, 101); err != nil {
		t.Fatal(err)
	}
	_, err := Score(t.Context(), ScoreInput{Corpus: other, Run: run}, filepath.Join(base, "result"))
	if err == nil || !strings.Contains(err.Error(), "score it against the corpus it read") {
		t.Errorf("%v: want a refusal", err)
	}
}

func TestFilesThatAreNotOurs(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct {
		file, text, want string
		read             func(string) error
	}{
		"another format":    {ResultFile, `{"format":"evilbench.result/9","cells":[{}]}`, `"evilbench.result/9"`, readsResult},
		"no cells":          {ResultFile, `{"format":"evilbench.result/1"}`, "no cell", readsResult},
		"no figures":        {ResultFile, `{"format":"evilbench.result/1","cells":[{}]}`, "neither figures nor an error", readsResult},
		"torn":              {ResultFile, `{"format":"evil`, "damaged", readsResult},
		"a list":            {ResultFile, `[]`, "damaged", readsResult},
		"run of the future": {RunFile, `{"format":"evilbench.run/2"}`, "run again", func(p string) error { _, err := ReadRun(p); return err }},
	} {
		path := filepath.Join(dir, c.file)
		if err := os.WriteFile(path, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		for _, p := range []string{dir, path} {
			if err := c.read(p); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("%s: %v, want an error with %q and the path", name, err, c.want)
			}
		}
	}
	if err := readsResult(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

func readsResult(path string) error {
	_, err := ReadResult(path)
	return err
}

func FuzzReadResult(f *testing.F) {
	f.Add([]byte(`{"format":"evilbench.result/1","cells":[{"error":"x"}]}`))
	f.Add([]byte(`{"format":"evilbench.result/1","cells":[{"campaigns":{"n":1,"detected_rate":{"k":1,"n":1,"low":0,"high":1}}}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), ResultFile)
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
		if r, err := ReadResult(path); err == nil && len(r.Cells) == 0 {
			t.Error("an empty result was taken")
		}
	})
}
