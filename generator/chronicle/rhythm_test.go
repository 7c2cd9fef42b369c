package chronicle

import (
	"math"
	"slices"
	"testing"

	"github.com/evilbench/evilbench/generator/draw"
)

// play draws days of a rhythm in windows of 30 s.
func play(r *Rhythm, days int) []float64 {
	var out []float64
	for w := range days * 2880 {
		from := float64(w) * 30
		r.Starts(draw.NewSeed(4).Number(uint64(w)), from, from+30, 1, func(at float64) { out = append(out, at) })
	}
	slices.Sort(out)
	return out
}

// working is a rhythm with a night, and bursts if they are wanted.
func working(burst float64) *Rhythm {
	r := &Rhythm{PerDay: 4000, Day: make([]float64, dayParts), Burst: burst, Gap: 5}
	for i := range r.Day {
		r.Day[i] = 0.2
		if i >= 48 && i < 108 { // eight to eighteen o'clock
			r.Day[i] = 0.2 + 0.8*dayParts/60
		}
	}
	return r
}

func TestRhythmIsLearntAgain(t *testing.T) {
	for _, burst := range []float64{0, 6} {
		r := working(burst)
		starts := play(r, 7)
		got, err := FitRhythm(starts, 0, 7*day)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(got.PerDay/r.PerDay-1) > 0.1 {
			t.Errorf("burst %g: %.0f a day, want %.0f", burst, got.PerDay, r.PerDay)
		}
		for _, at := range []int{20, 72, 130} {
			if math.Abs(got.Day[at]-r.Day[at]) > 0.3*max(0.5, r.Day[at]) {
				t.Errorf("burst %g: weight %.2f in part %d of the day, want %.2f", burst, got.Day[at], at, r.Day[at])
			}
		}
		switch {
		case burst == 0 && got.Burst > 0.3:
			t.Errorf("bursts of %.1f in a Poisson process", got.Burst)
		case burst > 0 && (got.Burst < 2 || got.Burst > 12 || got.Gap < 1 || got.Gap > 25):
			t.Errorf("bursts of %.1f, %.1f s apart: want 6 and 5", got.Burst, got.Gap)
		}
	}
}

func TestRhythmByWindows(t *testing.T) {
	r := working(3)
	var alone []float64
	r.Starts(draw.NewSeed(4).Number(1000), 30_000, 30_030, 1, func(at float64) { alone = append(alone, at) })
	if len(alone) == 0 {
		t.Fatal("nothing starts in the window")
	}
	all := play(r, 1)
	for _, at := range alone {
		if _, found := slices.BinarySearch(all, at); !found {
			t.Errorf("a start at %v in the window alone, and not in the day", at)
		}
	}
}

func TestRhythmFaults(t *testing.T) {
	if _, err := FitRhythm(nil, 0, 10); err == nil {
		t.Error("no starts: no error")
	}
	if _, err := FitRhythm([]float64{3}, 3, 3); err == nil {
		t.Error("no time: no error")
	}
	r, err := FitRhythm([]float64{3}, 0, 10)
	if err != nil || len(r.Day) != dayParts || r.Burst != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}
