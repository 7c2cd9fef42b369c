package stats

import (
	"math"
	"testing"

	"github.com/evilbench/evilbench/generator/draw"
)

func counts(events ...int64) []Count {
	var c []Count
	for _, k := range events {
		c = append(c, Count{k, 1})
	}
	return c
}

// TestDispersionRateRatio: both means are 5, Pearson's chi-square is (9+9)/5 + (1+1)/5 = 4 of 2 degrees of freedom, Student's
// quantile there 4.3027. The squares beyond Poisson's are 2·18 - 10 and 2·2 - 10, the squared means 4·25.
func TestDispersionRateRatio(t *testing.T) {
	r, err := DispersionRateRatio(counts(2, 8), counts(4, 6))
	if err != nil || r.Ratio != 1 || !near(r.Dispersion, 2, 1e-12) || !near(r.Alpha, .2, 1e-12) || !near(r.P, 1, 1e-12) {
		t.Errorf("%+v, %v", r, err)
	}
	if reach := math.Exp(4.302653 * math.Sqrt(2*.2)); !near(r.Interval.High, reach, 1e-4) || !near(r.Interval.Low, 1/reach, 1e-6) {
		t.Errorf("%v, want the ends %v and its inverse", r.Interval, reach)
	}
}

func TestDispersionRateRatioExposure(t *testing.T) {
	idle := append(counts(2, 8), Count{})
	r, err := DispersionRateRatio(idle, counts(4, 6))
	if err != nil || !near(r.Dispersion, 2, 1e-12) {
		t.Errorf("a host without exposure counts: %+v, %v", r, err)
	}
	double, err := DispersionRateRatio([]Count{{20, 2}, {22, 2}}, []Count{{10, 1}, {11, 1}})
	if err != nil || !near(double.Ratio, 1, 1e-12) {
		t.Errorf("twice the events in twice the time: %+v, %v", double, err)
	}
	if reach := math.Exp(4.302653 * math.Sqrt(1./42+1./21)); !(double.Dispersion < 1 && double.Alpha == 0) || !near(double.Interval.High, reach, 1e-4) {
		t.Errorf("counts more even than chance make it too sure: %+v", double)
	}
	for name, c := range map[string][2][]Count{
		"an empty side":             {nil, counts(1, 2, 3)},
		"a side without events":     {counts(0, 0), counts(1, 2)},
		"one count on either side":  {counts(4), counts(5)},
		"a side without exposure":   {{{0, 0}}, counts(1, 2, 3)},
		"nothing anywhere, at last": {nil, nil},
	} {
		if _, err := DispersionRateRatio(c[0], c[1]); !isMissing(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// bursts are the alerts of hosts that see a Poisson number of bursts of twenty alerts.
func bursts(r *draw.Stream, hosts int, mean float64) []Count {
	c := make([]Count, hosts)
	for i := range c {
		c[i] = Count{20 * int64(r.Poisson(mean)), 1}
	}
	return c
}

// TestBurstsCoverage: with alerts in bursts of twenty the interval of the dispersion holds the true ratio about as often as it
// says; the Poisson interval, which believes every alert, does not.
func TestBurstsCoverage(t *testing.T) {
	const tries = 1000
	var allowing, believing int
	var dispersion float64
	for try := range uint64(tries) {
		r := draw.NewSeed(5).Number(try).Stream()
		a, b := bursts(&r, 25, 3), bursts(&r, 25, 2)
		d, err := DispersionRateRatio(a, b)
		if err != nil {
			t.Fatal(err)
		}
		dispersion += d.Dispersion / tries
		if d.Interval.Low <= 1.5 && 1.5 <= d.Interval.High {
			allowing++
		}
		p, err := RateRatio(int64(sum(a).events), 25, int64(sum(b).events), 25)
		if err != nil {
			t.Fatal(err)
		}
		if p.Interval.Low <= 1.5 && 1.5 <= p.Interval.High {
			believing++
		}
	}
	if share := float64(allowing) / tries; share < .93 || share > .98 {
		t.Errorf("the interval allowing for bursts holds the ratio in %.3f of the tries", share)
	}
	if share := float64(believing) / tries; share > .6 {
		t.Errorf("the Poisson interval holds the ratio in %.3f of the tries: these are no bursts", share)
	}
	if !near(dispersion, 20, 1) {
		t.Errorf("the dispersion of bursts of twenty is %.2f", dispersion)
	}
}
