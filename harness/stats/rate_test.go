package stats

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

// TestRateRatio: lung cancer in Fredericia against three other towns (P. Dalgaard, Introductory Statistics with R, 2nd ed. 2008,
// §15.1; R prints the interval for poisson.test). Central p: both tails are the smaller one's.
func TestRateRatio(t *testing.T) {
	r, err := RateRatio(11, 800, 6+8+7, 1083+1050+878)
	if err != nil || !near(r.Ratio, 1.971488, 5e-7) || !near(r.Interval.Low, .8584264, 5e-7) || !near(r.Interval.High, 4.2772659, 5e-7) {
		t.Errorf("%+v, %v", r, err)
	}
	tail := 1 - distuv.Binomial{N: 32, P: 800. / 3811}.CDF(10)
	if !near(r.P, 2*tail, 1e-9) {
		t.Errorf("p %v, want %v", r.P, 2*tail)
	}
}

func TestRateRatioAtItsEnds(t *testing.T) {
	for name, c := range map[string]struct {
		k1 int64
		t1 float64
		k2 int64
		t2 float64
	}{"no events": {0, 1, 0, 1}, "no exposure": {1, 0, 1, 1}} {
		if _, err := RateRatio(c.k1, c.t1, c.k2, c.t2); !isMissing(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	r, err := RateRatio(0, 1, 5, 1)
	if err != nil || r.Ratio != 0 || r.Interval.Low != 0 || !near(r.P, 2./32, 1e-12) {
		t.Errorf("none of five: %+v, %v", r, err)
	}
	r, err = RateRatio(5, 1, 0, 1)
	if err != nil || !math.IsInf(r.Ratio, 1) || !math.IsInf(r.Interval.High, 1) || !(r.Interval.Low > .9) {
		t.Errorf("five to none: %+v, %v", r, err)
	}
}

func TestRateRatioExchanged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k1, k2 := rapid.Int64Range(0, 5000).Draw(t, "k1"), rapid.Int64Range(0, 5000).Draw(t, "k2")
		t1, t2 := rapid.Float64Range(.1, 1e6).Draw(t, "t1"), rapid.Float64Range(.1, 1e6).Draw(t, "t2")
		if k1+k2 == 0 {
			t.Skip("no events")
		}
		r, err := RateRatio(k1, t1, k2, t2)
		if err != nil {
			t.Fatal(err)
		}
		s, err := RateRatio(k2, t2, k1, t1)
		if err != nil {
			t.Fatal(err)
		}
		if !(r.Interval.Low <= r.Ratio && r.Ratio <= r.Interval.High && 0 <= r.P && r.P <= 1) {
			t.Errorf("%+v", r)
		}
		if r.Interval.Low > 0 && !near(r.Interval.Low*s.Interval.High, 1, 1e-6) {
			t.Errorf("%+v, exchanged %+v", r, s)
		}
		if !near(r.P, s.P, 1e-12) {
			t.Errorf("p %v, exchanged %v", r.P, s.P)
		}
		// The test and the interval say the same, but for rounding at the edge.
		if inside := r.Interval.Low <= 1 && 1 <= r.Interval.High; inside != (r.P > .05) && !near(r.P, .05, 1e-6) {
			t.Errorf("p %v beside %v", r.P, r.Interval)
		}
	})
}

// TestRateRatioCoverage adds up the Poisson probabilities of all pairs of counts whose interval holds the true ratio.
func TestRateRatioCoverage(t *testing.T) {
	first, second := distuv.Poisson{Lambda: 12}, distuv.Poisson{Lambda: 5}
	var covered, all float64
	for k1 := range int64(50) {
		for k2 := range int64(40) {
			p := first.Prob(float64(k1)) * second.Prob(float64(k2))
			all += p
			if r, err := RateRatio(k1, 2, k2, 1); err != nil || r.Interval.Low <= 1.2 && 1.2 <= r.Interval.High {
				covered += p
			}
		}
	}
	if !near(all, 1, 1e-9) || covered < Level || covered > .995 {
		t.Errorf("the interval holds the ratio with the probability %v of %v", covered, all)
	}
}
