package bins

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/evilbench/evilbench/generator/draw"
)

// sizes is n numbers as flows have them: many zeros, a few that come again and again, and a heavy tail.
func sizes(n int) []float64 {
	r := draw.NewSeed(6).Stream()
	out := make([]float64, n)
	for i := range out {
		switch u := r.Float64(); {
		case u < 0.2:
		case u < 0.5:
			out[i] = 60
		default:
			out[i] = math.Round(r.LogNormal(2000, 2)) + 1
		}
	}
	return out
}

func TestDrawsLieLikeTheNumbers(t *testing.T) {
	values := sizes(5000)
	for name, make := range map[string]func([]float64, int) (*Bins, error){"published": Published, "fine": Fine} {
		b, err := make(values, 40)
		if err != nil {
			t.Fatal(err)
		}
		drawn := slices.Clone(values)
		for i, v := range values {
			r := draw.NewSeed(7).Number(uint64(i)).Stream()
			drawn[i] = b.Draw(&r, b.Code(v))
		}
		mean := func(list []float64) (sum float64) {
			for _, v := range list {
				sum += v / float64(len(list))
			}
			return sum
		}
		ratio := mean(drawn) / mean(values)
		t.Logf("%s: mean %.2f of the true one, Kolmogorov's distance %.4f", name, ratio, distance(values, drawn))
		if name == "fine" && (math.Abs(ratio-1) > 0.15 || distance(values, drawn) > 0.02) {
			t.Errorf("fine: mean %.2f of the true one, distance %.4f", ratio, distance(values, drawn))
		}
	}
}

// distance is the largest difference between two distribution functions.
func distance(a, b []float64) float64 {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	worst := 0.0
	for _, x := range append(slices.Clone(a), b...) {
		worst = max(worst, math.Abs(float64(after(a, x))/float64(len(a))-float64(after(b, x))/float64(len(b))))
	}
	return worst
}

func TestDrawStaysInItsBin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOf(rapid.OneOf(rapid.Just(0.0), rapid.Just(3.0), rapid.Float64Range(0, 10), rapid.Float64Range(0, 1e12))).Draw(t, "values")
		seed := draw.NewSeed(rapid.Uint64().Draw(t, "seed"))
		for _, make := range []func([]float64, int) (*Bins, error){Published, Fine} {
			b, err := make(values, rapid.IntRange(1, 50).Draw(t, "bins"))
			if err != nil {
				t.Fatal(err)
			}
			for i, v := range values {
				code := b.Code(v)
				if (code == 0) != (v == 0) || int(code) >= b.Codes() {
					t.Fatalf("code %d of %v", code, v)
				}
				if code == 0 {
					continue
				}
				bin := b.Bins[code-1]
				if v < bin.Low || v > bin.High {
					t.Fatalf("%v in (%v, %v]", v, bin.Low, bin.High)
				}
				r := seed.Number(uint64(i)).Stream()
				slack := 1e-9 * bin.High
				if b.Whole {
					slack = 1
				}
				if got := b.Draw(&r, code); got < bin.Low-slack || got > bin.High+slack {
					t.Fatalf("draw %v of (%v, %v]", got, bin.Low, bin.High)
				}
			}
		}
	})
}

func TestCountsStayWhole(t *testing.T) {
	b, err := Fine([]float64{1, 2, 3, 4, 50, 600, 7000}, 3)
	if err != nil {
		t.Fatal(err)
	}
	for code := range int32(b.Codes()) {
		r := draw.NewSeed(uint64(code)).Stream()
		if v := b.Draw(&r, code); v != math.Trunc(v) {
			t.Errorf("drew %v", v)
		}
	}
}

func TestFaults(t *testing.T) {
	for _, v := range []float64{-1, math.NaN(), math.Inf(1)} {
		if _, err := Fine([]float64{1, v}, 4); err == nil {
			t.Errorf("%v: no error", v)
		}
	}
	b, err := Fine(nil, 40)
	if err != nil || b.Codes() != 1 || b.Code(5) != 0 {
		t.Errorf("no numbers: %+v, %v", b, err)
	}
}
