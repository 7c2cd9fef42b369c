package stats

import (
	"errors"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

func isMissing(err error) bool {
	var m *Missing
	return errors.As(err, &m) && m.Reason != ""
}

func TestMcNemar(t *testing.T) {
	got := McNemar(9, 1)
	if !near(got.Exact, .021484, 5e-7) || !near(got.MidP, .011719, 5e-7) || !near(got.ChiSquare, 6.4, 1e-12) || !near(got.Corrected, 4.9, 1e-12) {
		t.Errorf("McNemar(9, 1) = %+v", got)
	}
	if got := McNemar(0, 0); got.Exact != 1 || got.MidP != 1 || got.Missing == "" {
		t.Errorf("McNemar(0, 0) = %+v", got)
	}
	if got := McNemar(4, 4); got.Exact != 1 || !near(got.MidP, 1, 1e-12) || got.ChiSquare != 0 || got.Corrected != 0 || got.Missing != "" {
		t.Errorf("McNemar(4, 4) = %+v", got)
	}
}

// TestMcNemarAgainstTheBinomial adds up the binomial terms one by one.
func TestMcNemarAgainstTheBinomial(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, c := rapid.Int64Range(0, 300).Draw(t, "b"), rapid.Int64Range(0, 300).Draw(t, "c")
		if b+c == 0 {
			t.Skip("no disagreement")
		}
		coin := distuv.Binomial{N: float64(b + c), P: .5}
		var below float64
		for k := range min(b, c) {
			below += coin.Prob(float64(k))
		}
		at := coin.Prob(float64(min(b, c)))
		r := McNemar(b, c)
		if want := min(1, 2*(below+at)); !near(r.Exact, want, 1e-9) {
			t.Errorf("exact %v, want %v", r.Exact, want)
		}
		if want := 2*below + at; !near(r.MidP, want, 1e-9) {
			t.Errorf("mid-p %v, want %v", r.MidP, want)
		}
		if r.MidP > r.Exact || r.Corrected > r.ChiSquare {
			t.Errorf("the cautious form is the bolder one: %+v", r)
		}
		other := McNemar(c, b)
		if other.Exact != r.Exact || other.MidP != r.MidP || other.ChiSquare != r.ChiSquare {
			t.Errorf("%+v, exchanged %+v", r, other)
		}
	})
}

// TestMcNemarOfMany: with many disagreements the mid-p is the tail of the chi-square.
func TestMcNemarOfMany(t *testing.T) {
	r := McNemar(50_500, 49_500)
	if want := (distuv.ChiSquared{K: 1}).Survival(r.ChiSquare); !near(r.MidP/want, 1, .01) {
		t.Errorf("mid-p %v, chi-square's %v", r.MidP, want)
	}
}

// TestMcNemarLevel takes the chance of a false finding under the null hypothesis from the binomial itself: the exact test never
// exceeds its level, the mid-p does so by little and is closer to it.
func TestMcNemarLevel(t *testing.T) {
	for _, n := range []int64{6, 10, 24, 60, 200} {
		coin := distuv.Binomial{N: float64(n), P: .5}
		var exact, mid float64
		for b := range n + 1 {
			r := McNemar(b, n-b)
			if r.Exact <= .05 {
				exact += coin.Prob(float64(b))
			}
			if r.MidP <= .05 {
				mid += coin.Prob(float64(b))
			}
		}
		if exact > .05 || mid < exact || mid > .065 {
			t.Errorf("%d disagreements: false findings by the exact test %.4f, by the mid-p %.4f", n, exact, mid)
		}
	}
}
