package anomaly

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/harness/stats"
	"pgregory.net/rapid"
)

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-12 {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// Four usual and four foreign words; the third score from above is shared by one of each.
func TestFiguresByHand(t *testing.T) {
	trials := []Trial{{9, true}, {8, true}, {7, true}, {7, false}, {6, false}, {5, true}, {4, false}, {3, false}}
	f, err := Measure(trials, 0.5, 0, draw.NewSeed(1))
	if err != nil {
		t.Fatal(err)
	}
	// Of the 16 pairs the foreign one wins 4 + 4 + 3 + 2, and one is a tie.
	near(t, "AU-ROC", f.AUROC.Value, 13.5/16)
	near(t, "TPR", f.TPR.Value, 0.5) // .5 - 0 equals .75 - .25: the higher threshold
	near(t, "FPR", f.FPR.Value, 0)
	near(t, "F1", f.F1.Value, 2*0.5/(2*0.5+0.5))
	near(t, "FPR at TPR .99", f.FPR99.Value, 0.5)
	rare, err := Measure(trials, 0.1, 0, draw.NewSeed(1))
	if err != nil {
		t.Fatal(err)
	}
	near(t, "F1 at a tenth", rare.F1.Value, 2*0.05/(2*0.05+0.05))
	var missing *stats.Missing
	if _, err := Measure(trials[:3], 0.5, 0, draw.NewSeed(1)); !errors.As(err, &missing) {
		t.Errorf("no usual words: %v", err)
	}
}

// The deck's own TPR and FPR of TADAM imply its F1 at the share of anomalies in HDFS_v1.
func TestF1AtTheShareOfHDFS(t *testing.T) {
	r := sweep([]step{{usual: 25, foreign: 998}, {usual: 975, foreign: 2}}, HDFSShare)
	if math.Abs(r[3]-0.705) > 0.002 {
		t.Errorf("F1 %.4f, want .705", r[3])
	}
}

func TestAUROCIsThatOfAllPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		usual := rapid.SliceOfN(rapid.IntRange(0, 5), 1, 20).Draw(t, "usual")
		foreign := rapid.SliceOfN(rapid.IntRange(0, 5), 1, 20).Draw(t, "foreign")
		var trials []Trial
		var won float64
		for _, f := range foreign {
			trials = append(trials, Trial{float64(f), true})
			for _, u := range usual {
				if f > u {
					won++
				} else if f == u {
					won += 0.5
				}
			}
		}
		for _, u := range usual {
			trials = append(trials, Trial{float64(u), false})
		}
		f, err := Measure(trials, 0.5, 40, draw.NewSeed(2))
		if err != nil {
			t.Fatal(err)
		}
		if want := won / float64(len(usual)*len(foreign)); math.Abs(f.AUROC.Value-want) > 1e-12 {
			t.Fatalf("AU-ROC %v, pairs %v", f.AUROC.Value, want)
		}
		for _, x := range []Figure{f.AUROC, f.TPR, f.FPR, f.F1, f.FPR99} {
			if !(0 <= x.Low && x.Low <= x.High && x.High <= 1) {
				t.Fatalf("interval %v", x)
			}
		}
	})
}

// Normal scores one standard deviation apart have an AU-ROC of .760; nine intervals of ten or more should hold it.
func TestIntervalsHoldTheTruth(t *testing.T) {
	const tries = 200
	held := 0
	for try := range tries {
		r := draw.NewSeed(7).Number(uint64(try)).Stream()
		var trials []Trial
		for range 60 {
			trials = append(trials, Trial{r.Normal(), false}, Trial{r.Normal() + 1, true})
		}
		f, err := Measure(trials, 0.5, 300, draw.NewSeed(uint64(try)))
		if err != nil {
			t.Fatal(err)
		}
		if f.AUROC.Low <= 0.7602 && 0.7602 <= f.AUROC.High {
			held++
		}
	}
	if held < 180 || held > 199 {
		t.Errorf("%d of %d intervals hold the truth, want some 190", held, tries)
	}
}

func TestGradesByHand(t *testing.T) {
	// Of three words of the first service two are named right; of two of the second one.
	r, f1 := grades([]int{2, 1, 0, 1, 1, 0, 0, 0, 0}, 3)
	near(t, "accuracy", r[0], 3.0/5)
	near(t, "F1 of the first", f1[0], 4.0/6)
	near(t, "F1 of the second", f1[1], 2.0/4)
	near(t, "macro F1", r[1], (4.0/6+2.0/4)/2)
}

func TestFigureString(t *testing.T) {
	f := Figure{Value: 0.5, Interval: stats.Interval{Low: 0.25, High: 0.75}}
	if got := fmt.Sprint(f, Figure{}); got != "0.5000 [0.2500, 0.7500] 0.0000" {
		t.Error(got)
	}
}
