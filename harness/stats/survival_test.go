package stats

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func seen(v float64) Observation { return Observation{v, true} }
func lost(v float64) Observation { return Observation{v, false} }

// remission is the 6-MP arm of Freireich et al., Blood 21, 1963: weeks of remission, of which the median is 23.
var remission = []Observation{
	seen(6), seen(6), seen(6), lost(6), seen(7), lost(9), seen(10), lost(10), lost(11), seen(13), seen(16),
	lost(17), lost(19), lost(20), seen(22), seen(23), lost(25), lost(32), lost(32), lost(34), lost(35),
}

func TestKaplanMeierMedian(t *testing.T) {
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
		{"remission", remission, 23, true},
	} {
		got, ok := KaplanMeierMedian(c.in)
		if got != c.want || ok != c.ok {
			t.Errorf("%s: %v, %v; want %v, %v", c.name, got, ok, c.want, c.ok)
		}
	}
}

// TestKaplanMeier holds the curve against the published table of the remission data (D. G. Kleinbaum and M. Klein, Survival
// Analysis, 3rd ed. 2012, chapter 2); at 6 weeks Greenwood's standard error is .0764, from which the interval follows.
func TestKaplanMeier(t *testing.T) {
	curve := KaplanMeier(remission)
	want := []SurvivalPoint{
		{Value: 6, AtRisk: 21, Events: 3, Surviving: .8571},
		{Value: 7, AtRisk: 17, Events: 1, Surviving: .8067},
		{Value: 10, AtRisk: 15, Events: 1, Surviving: .7529},
		{Value: 13, AtRisk: 12, Events: 1, Surviving: .6902},
		{Value: 16, AtRisk: 11, Events: 1, Surviving: .6275},
		{Value: 22, AtRisk: 7, Events: 1, Surviving: .5378},
		{Value: 23, AtRisk: 6, Events: 1, Surviving: .4482},
	}
	if len(curve) != len(want) {
		t.Fatalf("%d points, want %d", len(curve), len(want))
	}
	for i, w := range want {
		p := curve[i]
		if p.Value != w.Value || p.AtRisk != w.AtRisk || p.Events != w.Events || !near(p.Surviving, w.Surviving, 5e-5) {
			t.Errorf("point %d is %+v, want %+v", i, p, w)
		}
	}
	spread := 1.959964 * .0764 / (.8571 * -math.Log(.8571))
	low, high := math.Pow(.8571, math.Exp(spread)), math.Pow(.8571, math.Exp(-spread))
	if i := curve[0].Interval; !near(i.Low, low, 5e-4) || !near(i.High, high, 5e-4) {
		t.Errorf("at 6 weeks %v, want [%v, %v]", i, low, high)
	}
}

// TestKaplanMeierReachesZero: who is censored at the value of an event was still at risk, and where nobody is left the upper limit
// of the point before holds.
func TestKaplanMeierReachesZero(t *testing.T) {
	curve := KaplanMeier([]Observation{lost(1), seen(1), seen(2), seen(1), seen(2), seen(3)})
	if len(curve) != 3 || curve[0].AtRisk != 6 || !near(curve[0].Surviving, 4./6, 1e-12) {
		t.Fatalf("%+v", curve)
	}
	if last := curve[2]; last.Surviving != 0 || last.Interval.Low != 0 || last.Interval.High != curve[1].Interval.High || last.Interval.High > .9 {
		t.Errorf("%+v", curve)
	}
}

// TestKaplanMeierUncensored: without censoring the curve is the share of the observations beyond the value.
func TestKaplanMeierUncensored(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.IntRange(0, 20), 1, 60).Draw(t, "values")
		var observations []Observation
		for _, v := range values {
			observations = append(observations, seen(float64(v)))
		}
		for _, p := range KaplanMeier(observations) {
			beyond := 0
			for _, v := range values {
				if float64(v) > p.Value {
					beyond++
				}
			}
			if share := float64(beyond) / float64(len(values)); !near(p.Surviving, share, 1e-12) {
				t.Fatalf("beyond %v are %v, the curve says %v", p.Value, share, p.Surviving)
			}
		}
	})
}

func TestKaplanMeierCurveFalls(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		observations := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Observation {
			return Observation{float64(rapid.IntRange(0, 9).Draw(t, "value")), rapid.Bool().Draw(t, "event")}
		}), 0, 40).Draw(t, "observations")
		last := SurvivalPoint{Value: -1, Surviving: 1}
		for _, p := range KaplanMeier(observations) {
			if p.Value <= last.Value || p.Surviving >= last.Surviving || p.Events < 1 || p.Events > p.AtRisk {
				t.Fatalf("%+v after %+v", p, last)
			}
			if i := p.Interval; !(0 <= i.Low && i.Low <= p.Surviving && p.Surviving <= i.High && i.High <= 1) {
				t.Fatalf("the interval of %+v", p)
			}
			last = p
		}
	})
}
