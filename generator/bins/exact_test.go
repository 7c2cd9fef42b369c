package bins

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/evilbench/evilbench/generator/draw"
)

func TestExactKeepsWhatRecurs(t *testing.T) {
	// 64 recurs in two pieces of time; 70 is repeated in one alone.
	values := []float64{0, 64, 64, 64, 64, 64, 70, 70, 70, 70, 70, 90}
	pieces := []int32{0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1}
	b, err := Exact(values, pieces)
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Bins) != 2 {
		t.Fatalf("%d bins, must be 2: %+v", len(b.Bins), b.Bins)
	}
	if own := b.Bins[0]; own.Low != 64 || own.High != 64 {
		t.Errorf("64 lies in a bin from %g to %g, must be alone", own.Low, own.High)
	}
	// From the whole number above sqrt(64·70) = 66.9 to the one below 90·1.05 = 94.5.
	if between := b.Bins[1]; between.Low != 67 || between.High != 94 {
		t.Errorf("the others lie in a bin from %g to %g, must be from 67 to 94", between.Low, between.High)
	}
	if code := b.Code(0); code != 0 {
		t.Errorf("0 has code %d, must be 0", code)
	}
}

func TestExactRefuses(t *testing.T) {
	for name, try := range map[string]func() error{
		"a negative number":  func() error { _, err := Exact([]float64{-1}, []int32{0}); return err },
		"no number":          func() error { _, err := Exact([]float64{math.NaN()}, []int32{0}); return err },
		"too few pieces":     func() error { _, err := Exact([]float64{1, 2}, []int32{0}); return err },
		"an infinite number": func() error { _, err := Exact([]float64{math.Inf(1)}, []int32{0}); return err },
	} {
		if try() == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestExactDrawsNearWhatItCodes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.Bool().Draw(t, "whole")
		values := rapid.SliceOfN(rapid.Float64Range(1e-6, 1e9), 1, 200).Draw(t, "values")
		pieces := make([]int32, len(values))
		for i := range values {
			pieces[i] = int32(i % 3)
			if whole {
				values[i] = math.Ceil(values[i])
			}
		}
		b, err := Exact(values, pieces)
		if err != nil {
			t.Fatal(err)
		}
		r := draw.NewSeed(1).Stream()
		for i := 1; i < len(b.Bins); i++ {
			if b.Bins[i].Low < b.Bins[i-1].High {
				t.Fatalf("bin %d begins at %g, before %g where the one before ends", i, b.Bins[i].Low, b.Bins[i-1].High)
			}
		}
		for _, v := range values {
			code := b.Code(v)
			bin := b.Bins[code-1]
			if v < bin.Low || v > bin.High {
				t.Fatalf("%g is coded as the bin from %g to %g", v, bin.Low, bin.High)
			}
			if got := b.Draw(&r, code); got < bin.Low || got > bin.High {
				t.Fatalf("%g was drawn of the bin from %g to %g", got, bin.Low, bin.High)
			}
		}
	})
}
