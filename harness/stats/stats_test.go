package stats

import (
	"math"
	"testing"

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

func TestKaplanMeierMedian(t *testing.T) {
	seen := func(v float64) Observation { return Observation{v, true} }
	lost := func(v float64) Observation { return Observation{v, false} }
	for _, c := range []struct {
		name string
		in   []Observation
		want float64
		ok   bool
	}{
		{"nothing", nil, 0, false},
		{"all seen, odd", []Observation{seen(3), seen(1), seen(2)}, 2, true},
		{"all seen, even", []Observation{seen(4), seen(1), seen(2), seen(3)}, 2, true},
		{"never seen", []Observation{lost(5), lost(6)}, 0, false},
		{"one in three seen", []Observation{seen(1), lost(9), lost(9)}, 0, false},
		// A mean over the detected alone would say 1.5.
		{"half seen early", []Observation{seen(1), seen(2), lost(9), lost(9)}, 2, true},
		// 6-MP arm of Freireich et al., Blood 21, 1963: median remission of 23 weeks.
		{"remission", []Observation{
			seen(6), seen(6), seen(6), lost(6), seen(7), lost(9), seen(10), lost(10), lost(11), seen(13), seen(16),
			lost(17), lost(19), lost(20), seen(22), seen(23), lost(25), lost(32), lost(32), lost(34), lost(35),
		}, 23, true},
	} {
		got, ok := KaplanMeierMedian(c.in)
		if got != c.want || ok != c.ok {
			t.Errorf("%s: %v, %v; want %v, %v", c.name, got, ok, c.want, c.ok)
		}
	}
}
