package flow

import (
	"math"
	"testing"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/model"
)

// Means of 20,000 draws lie within 5 standard errors (false alarm below 1e-6 each), and every draw within its bounds.
func TestDelaysFollowTheirLaws(t *testing.T) {
	const n = 20_000
	for _, c := range []struct {
		delay     model.Delay
		mean, sd  float64 // seconds
		low, high float64
	}{
		{model.Delay{Law: "constant", Mean: 2.5}, 2.5, 0, 2.5, 2.5},
		{model.Delay{Law: "uniform", Low: 1, High: 3}, 2, 2 / math.Sqrt(12), 1, 3},
		{model.Delay{Law: "exponential", Mean: 4}, 4, 4, 0, math.Inf(1)},
		{model.Delay{Law: "lognormal", Median: 2, Sigma: 0.5}, 2 * math.Exp(0.125), 2 * math.Exp(0.125) * math.Sqrt(math.Exp(0.25)-1), 0, math.Inf(1)},
		{model.Delay{Law: "lognormal", Median: 1, Sigma: 2, Low: 0.5, High: 1.5}, math.NaN(), 0, 0.5, 1.5},
	} {
		l := compileDelay(&c.delay)
		r := draw.NewSeed(4).Word(c.delay.Law).Stream()
		sum := 0.0
		for range n {
			x := float64(l.draw(&r)) / float64(second)
			if x < c.low || x > c.high {
				t.Fatalf("%+v draws %g s", c.delay, x)
			}
			sum += x
		}
		if tolerance := 5*c.sd/math.Sqrt(n) + 1e-6; math.Abs(sum/n-c.mean) > tolerance {
			t.Errorf("%+v has mean %g, expected %g ± %g", c.delay, sum/n, c.mean, tolerance)
		}
	}
}

// A repetition draws the variables it names anew and keeps the others: same destination and family, other sizes.
func TestRepetitionsRedrawWhatTheyName(t *testing.T) {
	s, _ := office(t)
	type visit struct {
		first Record
		sizes map[int64]bool
		n     int
	}
	visits := map[draw.Seed]*visit{}
	for _, r := range s.Window(draw.NewSeed(9), 0, tuesday, tuesday+60*minute, nil) {
		if r.Pattern != "visit" || r.Service == "dns" {
			continue
		}
		v := visits[r.Instance]
		if v == nil {
			v = &visit{first: r, sizes: map[int64]bool{}}
			visits[r.Instance] = v
		}
		if r.Dst != v.first.Dst || r.IPv6 != v.first.IPv6 || r.Service != v.first.Service {
			t.Fatalf("a repetition goes elsewhere: %+v after %+v", r, v.first)
		}
		v.n++
		v.sizes[r.InBytes] = true
	}
	repeated, same := 0, 0
	for _, v := range visits {
		if v.n > 3 {
			t.Errorf("%d repetitions, at most 3 are in the model", v.n)
		}
		if v.n > 1 {
			repeated++
			if len(v.sizes) == 1 {
				same++
			}
		}
	}
	if repeated < 50 || same > repeated/10 {
		t.Errorf("%d of %d repeated visits have one size only", same, repeated)
	}
}
