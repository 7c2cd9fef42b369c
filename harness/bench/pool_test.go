package bench

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evilbench/evilbench/harness/score"
)

// seeds are sources of one scenario; those in bad cannot be made.
func seeds(n int, bad ...uint64) (out []CorpusSource) {
	for seed := range uint64(n) {
		out = append(out, CorpusSource{Name: "tiny", Key: string(rune('a' + seed)), Family: "tiny", Seed: seed,
			Make: func(_ context.Context, dir string, _ func(done, total int64)) error {
				if slices.Contains(bad, seed) {
					return errors.New("no such luck")
				}
				return fillSeed(dir, 1, seed)
			}})
	}
	return out
}

func TestSeedsArePooled(t *testing.T) {
	silent := &fakeEngine{version: "2"}
	// An engine that misses the attack on every third corpus.
	moods := speaking()
	all := moods.alerts
	moods.onRun = func() {
		if moods.alerts = all; moods.starts.Load()%3 == 0 {
			moods.alerts = all[:1]
		}
	}
	shown := &talk{}
	p := Plan{
		Store: t.TempDir(), Corpora: seeds(12, 4), Detectors: []string{"a", "b", "gone"}, Display: shown,
		Open: opener(map[string]*fakeEngine{"a": moods, "b": silent}),
	}
	r, err := p.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Cells) != 36 || len(r.Pooled) != 2 {
		t.Fatalf("%d cells, %d pooled, want 36 and 2", len(r.Cells), len(r.Pooled))
	}
	a := r.Pooled[0]
	if diff := cmp.Diff([]uint64{0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11}, a.Seeds); diff != "" || !cmp.Equal(a.Failed, []uint64{4}) {
		t.Errorf("failed %v, seeds:\n%s", a.Failed, diff)
	}
	if a.Detected.Sum.K != 8 || a.Detected.Sum.N != 11 || a.FlowRecall.Sum.K != 8 || a.FPR.Sum.K != 11 || a.Scenario != "tiny" {
		t.Errorf("%+v", a)
	}
	if want := math.Sqrt(8. / 11 * 3 / 11 * 11 / 10); math.Abs(a.Detected.Spread.Value-want) > 1e-12 || a.Detected.Spread.N != 11 {
		t.Errorf("deviation %+v, want %v", a.Detected.Spread, want)
	}
	if !cmp.Equal(a.Warnings, []string{"1 of 12 seeds have no figures: their cells failed"}) {
		t.Errorf("warnings %q", a.Warnings)
	}
	if b := r.Pooled[1]; b.Detector.Version != "2" || b.Detected.Sum.K != 0 || b.Attacks[0].All != 0 || b.Attacks[0].Corpora != 11 {
		t.Errorf("%+v", b)
	}
	if !slices.Contains(shown.warnings, "a on tiny, seed 4: corpus tiny, seed 4: no such luck") {
		t.Errorf("nobody is told which seed failed: %q", shown.warnings)
	}
	if err := r.Publish(t.TempDir() + "/out"); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsPooled(t *testing.T) {
	cell := func(family, digest, config string) Cell {
		return Cell{
			Corpus: Corpus{Family: family, Digest: digest}, Run: &RunSummary{Config: config},
			Score: &score.Score{Campaigns: score.Campaigns{DetectedRate: score.NewRatio(1, 2, ""), StrictRate: score.NewRatio(0, 2, "")}},
		}
	}
	for name, cells := range map[string][]Cell{
		"no family":           {cell("", "a", ""), cell("", "b", "")},
		"one corpus twice":    {cell("f", "a", ""), cell("f", "a", "")},
		"two families":        {cell("f", "a", ""), cell("g", "b", "")},
		"two configurations":  {cell("f", "a", "1"), cell("f", "b", "2")},
		"all but one failed":  {cell("f", "a", ""), {Corpus: Corpus{Family: "f", Digest: "b"}, Error: "no"}},
		"nothing":             nil,
		"one that is alone":   {cell("f", "a", "")},
		"failed of no family": {{Error: "no"}, {Error: "no"}},
	} {
		if got, err := Pool(cells, score.Options{}); err != nil || len(got) > 0 {
			t.Errorf("%s: %d pooled, %v", name, len(got), err)
		}
	}
	got, err := Pool([]Cell{cell("f", "a", ""), cell("f", "b", ""), cell("f", "b", "")}, score.Options{})
	if err != nil || len(got) != 1 || len(got[0].Seeds) != 2 || len(got[0].Warnings) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAnotherBuildOfTheToolDoesAllAgain(t *testing.T) {
	e, makes := speaking(), 0
	p := Plan{Store: t.TempDir(), Corpora: []CorpusSource{made(&makes)}, Detectors: []string{"f"}, Open: opener(map[string]*fakeEngine{"f": e}), Version: "1"}
	var results []*Result
	for _, build := range []string{"x", "y", "x"} {
		p.Build = build
		r, err := p.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		r.Cells[0].Places = Places{}
		results = append(results, r)
	}
	if makes != 2 || e.starts.Load() != 2 {
		t.Errorf("%d corpora, %d runs, want 2 and 2", makes, e.starts.Load())
	}
	if diff := cmp.Diff(results[0], results[1]); diff != "" {
		t.Errorf("the build shows in the result:\n%s", diff)
	}
}
