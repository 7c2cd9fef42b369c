package learn

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// starts are those of a Poisson process whose rate a second is at(t), by thinning.
func starts(seed uint64, end, most float64, at func(t float64) float64) []float64 {
	r := rand.New(rand.NewPCG(seed, 0))
	var out []float64
	for t := r.ExpFloat64() / most; t < end; t += r.ExpFloat64() / most {
		if r.Float64() < at(t)/most {
			out = append(out, t)
		}
	}
	return out
}

func TestProfileFollowsTheDay(t *testing.T) {
	work := func(t float64) float64 {
		if h := math.Mod(t, day) / 3600; h >= 9 && h < 17 {
			return 0.05
		}
		return 0.005
	}
	got := profileOf(starts(1, 10*day, 0.05, work), 0, 10*day, nil)
	if len(got) != dayParts {
		t.Fatalf("%d parts", len(got))
	}
	mean := (8*0.05 + 16*0.005) / 24
	for i, w := range got {
		h := float64(i) / 6
		if math.Abs(h-9) < 0.4 || math.Abs(h-17) < 0.4 {
			continue // smoothing blurs the edges
		}
		if want := work(h*3600) / mean; math.Abs(w-want) > 0.35*want {
			t.Errorf("weight %.2f at %.1f h, want %.2f", w, h, want)
		}
	}
}

func TestLittleSeenFollowsThePrior(t *testing.T) {
	prior := make([]float64, dayParts)
	for i := range prior {
		prior[i] = 0.5
		if i >= 72 {
			prior[i] = 1.5
		}
	}
	got := profileOf([]float64{100}, 0, day, prior)
	if got[36] >= got[108] {
		t.Errorf("weight %g in the morning and %g in the evening, the prior has .5 and 1.5", got[36], got[108])
	}
}

func TestWeekdays(t *testing.T) {
	weekend := func(t float64) float64 {
		if weekday(t) >= 5 {
			return 0.001
		}
		return 0.01
	}
	got := weekdaysOf(starts(2, 28*day, 0.01, weekend), 0, 28*day)
	mean := (5*0.01 + 2*0.001) / 7
	for d, w := range got {
		if want := weekend((float64(d)+4)*day) / mean; math.Abs(w-want) > 0.2*want+0.02 {
			t.Errorf("weight %.2f of day %d, want %.2f", w, d, want)
		}
	}
	if short := weekdaysOf(starts(2, 7*day, 0.01, weekend), 0, 7*day); !slices.Equal(short, []float64{1, 1, 1, 1, 1, 1, 1}) {
		t.Errorf("a week's watching gives weekdays %v", short)
	}
}

func TestTrend(t *testing.T) {
	growing := func(t float64) float64 { return 0.01 * math.Exp(math.Log(1.5)*t/(7*day)) }
	got := trendOf(starts(3, 21*day, 0.04, growing), 0, 21*day)
	if got == nil || math.Abs(got.Weekly-1.5) > 0.08 {
		t.Errorf("trend %+v, want 1.5 a week", got)
	}
	if flat := trendOf(starts(4, 21*day, 0.02, func(float64) float64 { return 0.02 }), 0, 21*day); flat != nil && math.Abs(flat.Weekly-1) > 0.05 {
		t.Errorf("a steady rate has the trend %+v", flat)
	}
}

func TestBursts(t *testing.T) {
	flat := profileOf(nil, 0, day, nil)
	if b := burstOf(starts(5, day, 0.01, func(float64) float64 { return 0.01 }), 0, day, flat, 0); b != nil {
		t.Errorf("a Poisson process has bursts %+v", b)
	}
	r := rand.New(rand.NewPCG(6, 0))
	var clustered []float64
	for _, t := range starts(7, day, 0.002, func(float64) float64 { return 0.002 }) {
		for range 5 {
			clustered = append(clustered, t+10*r.ExpFloat64())
		}
	}
	slices.Sort(clustered)
	if b := burstOf(clustered, 0, day, flat, 0); b == nil || b.More < 2 || b.More > 6 {
		t.Errorf("clusters of five have bursts %+v", b)
	}
}
