package bench

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// moody is an engine that gives the attack away in its first run only, and moves one alert to another packet in the third.
func moody() *fakeEngine {
	e := speaking()
	all := slices.Clone(e.alerts)
	e.onRun = func() {
		e.alerts = slices.Clone(all)
		switch e.starts.Load() {
		case 2:
			e.alerts = e.alerts[:1]
		case 3:
			e.alerts[0].Time++
		}
	}
	return e
}

func TestRunsThatDiffer(t *testing.T) {
	e, makes, shown := moody(), 0, &talk{}
	p := Plan{
		Store: t.TempDir(), Corpora: []CorpusSource{made(&makes)}, Detectors: []string{"f"}, Open: opener(map[string]*fakeEngine{"f": e}),
		Version: "test", Repeats: 3, Display: shown,
	}
	first, err := p.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := &Repeats{
		Runs: 3, Alerts: []int64{3, 1, 3}, Differing: []int64{0, 2, 2},
		Signatures: []RepeatedSignature{
			{GID: 1, SID: 5, Name: "rule 5", Alerts: []int64{1, 1, 1}, Differing: 2}, // as many, but not the same
			{GID: 1, SID: 7, Name: "rule 7", Alerts: []int64{1, 0, 1}, Differing: 1},
			{GID: 1, SID: 8, Name: "rule 8", Alerts: []int64{1, 0, 1}, Differing: 1},
		},
		Campaigns: []RepeatedCampaign{{Campaign: "attack-1", Attack: "probe", Alerts: []int64{2, 0, 2}, Strict: []int64{1, 0, 1}}},
	}
	got := first.Cells[0].Repeats
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
	if !got.Differ() || got.Flipped() != 1 {
		t.Errorf("differ %v, flipped %d", got.Differ(), got.Flipped())
	}
	const said = "3 runs on identical input gave 1 to 3 alerts, up to 2 of them other ones than in the first run; campaigns caught in some runs only: 1"
	if !slices.Contains(first.Cells[0].Warnings, said) || !slices.Contains(shown.warnings, said) {
		t.Errorf("the cell warns %q, its reader is told %q", first.Cells[0].Warnings, shown.warnings)
	}
	if c := first.Cells[0]; c.Campaigns.Detected != 1 || c.Alerts.Read != 3 {
		t.Errorf("the figures are not those of the first run: %+v", c.Score)
	}

	again, err := p.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, again); diff != "" || e.starts.Load() != 3 || makes != 1 {
		t.Errorf("%d runs, %d corpora; first (-), from the store (+):\n%s", e.starts.Load(), makes, diff)
	}
	p.Repeats = 0
	once, err := p.Run(t.Context())
	if err != nil || once.Cells[0].Repeats != nil || e.starts.Load() != 3 {
		t.Errorf("%v: the run itself was not found beside its repetitions: %d runs", err, e.starts.Load())
	}
}

func TestRunsThatAgreeSaySoInDataOnly(t *testing.T) {
	e, makes, shown := speaking(), 0, &talk{}
	e.onRun = func() { slices.Reverse(e.alerts) } // the order is the engine's own affair
	p := Plan{
		Store: t.TempDir(), Corpora: []CorpusSource{made(&makes)}, Detectors: []string{"f"}, Open: opener(map[string]*fakeEngine{"f": e}),
		Repeats: 2, Display: shown,
	}
	r, err := p.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&Repeats{Runs: 2, Alerts: []int64{3, 3}, Differing: []int64{0, 0}}, r.Cells[0].Repeats); diff != "" || r.Cells[0].Repeats.Differ() {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
	if all := strings.Join(append(shown.warnings, r.Cells[0].Warnings...), "\n"); strings.Contains(all, "identical input") {
		t.Errorf("a warning about nothing:\n%s", all)
	}
	if results, _ := filepath.Glob(filepath.Join(p.Store, kindResult, "*")); len(results) != 1 || e.starts.Load() != 2 {
		t.Errorf("%d results of %d runs, want 1 of 2", len(results), e.starts.Load())
	}
}

func TestARepetitionThatFailsIsVariance(t *testing.T) {
	e, makes := speaking(), 0
	e.onRun = func() { e.exit = int(e.starts.Load()) - 1 }
	p := Plan{
		Store: t.TempDir(), Corpora: []CorpusSource{made(&makes)}, Detectors: []string{"f"}, Open: opener(map[string]*fakeEngine{"f": e}), Repeats: 2,
	}
	r, err := p.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := r.Cells[0]
	if c.Score == nil || c.Repeats.Runs != 1 || len(c.Repeats.Failed) != 1 || !strings.Contains(strings.Join(c.Warnings, "\n"), "1 of 2 runs on identical input failed: run 2: ") {
		t.Errorf("figures %v, repeats %+v, warnings %q", c.Score, c.Repeats, c.Warnings)
	}
}
