package stats

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance }

func TestWilson(t *testing.T) {
	for _, c := range []struct {
		k, n      int64
		low, high float64
	}{
		{0, 20, 0, .1611},
		{18, 20, .6990, .9721},
		{10, 10, .7225, 1},
		{0, 10_000, 0, 3.84e-4},
		{0, 0, 0, 1},
	} {
		if got := Wilson(c.k, c.n); !near(got.Low, c.low, 5e-5) || !near(got.High, c.high, 5e-5) {
			t.Errorf("Wilson(%d, %d) = %v, want [%v, %v]", c.k, c.n, got, c.low, c.high)
		}
	}
	if got := Wilson(0, 10_000).High; !near(got, 3.84e-4, 5e-7) {
		t.Errorf("Wilson(0, 10000) ends at %v, want 3.84e-4", got)
	}
}

func TestClopperPearson(t *testing.T) {
	for _, c := range []struct {
		k, n      int64
		low, high float64
	}{
		{0, 20, 0, .1684},
		{18, 20, .6830, .9877},
		{10, 10, .6915, 1},
		{0, 0, 0, 1},
	} {
		if got := ClopperPearson(c.k, c.n); !near(got.Low, c.low, 5e-5) || !near(got.High, c.high, 5e-5) {
			t.Errorf("ClopperPearson(%d, %d) = %v, want [%v, %v]", c.k, c.n, got, c.low, c.high)
		}
	}
}

func TestIntervalsHoldTheRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 1_000_000).Draw(t, "n")
		k := rapid.Int64Range(0, n).Draw(t, "k")
		p := float64(k) / float64(n)
		for name, i := range map[string]Interval{"Wilson": Wilson(k, n), "Clopper-Pearson": ClopperPearson(k, n)} {
			if !(0 <= i.Low && i.Low <= p && p <= i.High && i.High <= 1) {
				t.Fatalf("%s of %d in %d is %v", name, k, n, i)
			}
		}
	})
}

// TestClopperPearsonAgainstTheBinomial: at each end the tail beyond the count is half of what Level leaves.
func TestClopperPearsonAgainstTheBinomial(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 10_000).Draw(t, "n")
		k := rapid.Int64Range(0, n).Draw(t, "k")
		i := ClopperPearson(k, n)
		if k > 0 {
			if tail := 1 - (distuv.Binomial{N: float64(n), P: i.Low}).CDF(float64(k-1)); !near(tail, .025, 1e-6) {
				t.Errorf("%d or more of %d at %v: %v", k, n, i.Low, tail)
			}
		}
		if k < n {
			if tail := (distuv.Binomial{N: float64(n), P: i.High}).CDF(float64(k)); !near(tail, .025, 1e-6) {
				t.Errorf("%d or fewer of %d at %v: %v", k, n, i.High, tail)
			}
		}
	})
}

// TestWilsonSolvesTheScoreTest: each end is a rate from which k in n is just z standard errors away.
func TestWilsonSolvesTheScoreTest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(2, 100_000).Draw(t, "n")
		k := rapid.Int64Range(1, n-1).Draw(t, "k")
		i := Wilson(k, n)
		for _, rate := range []float64{i.Low, i.High} {
			if z := math.Abs(float64(k)/float64(n)-rate) / math.Sqrt(rate*(1-rate)/float64(n)); !near(z, 1.959964, 1e-4) {
				t.Errorf("%d of %d: %v is %v standard errors away", k, n, rate, z)
			}
		}
	})
}

func TestRuleOfThreeAgainstTheBinomial(t *testing.T) {
	for _, n := range []int64{30, 300, 30_000} {
		if p := (distuv.Binomial{N: float64(n), P: RuleOfThree(n)}).CDF(0); !(.04 < p && p <= .05) {
			t.Errorf("no event in %d at the rate %v has the probability %v", n, RuleOfThree(n), p)
		}
	}
}

func TestRuleOfThree(t *testing.T) {
	for n, want := range map[int64]float64{0: 1, 2: 1, 300: .01} {
		if got := RuleOfThree(n); got != want {
			t.Errorf("RuleOfThree(%d) = %v, want %v", n, got, want)
		}
	}
}

func TestCountsThatCannotBe(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("3 of 2 passed")
		}
	}()
	Wilson(3, 2)
}
