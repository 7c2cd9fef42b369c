package stats

import (
	"testing"

	"github.com/evilbench/evilbench/generator/draw"
)

func TestPairedRateRatio(t *testing.T) {
	// Two hosts make nearly all alerts under either detector; the first has a tenth more on every one of them.
	a := counts(1100, 550, 22, 11, 33, 22, 11, 44, 22, 11, 33, 22)
	b := counts(1000, 500, 20, 10, 30, 20, 10, 40, 20, 10, 30, 21)
	r, err := PairedRateRatio(a, b, MinDraws, draw.NewSeed(1))
	if err != nil || !near(r.Ratio, 1881./1711, 1e-12) {
		t.Fatalf("%+v, %v", r, err)
	}
	if !(1.09 < r.Interval.Low && r.Interval.High < 1.101) {
		t.Errorf("a ratio that is the same on every host: %v", r.Interval)
	}
	// Twelve coins all on one side come twice in 4096 tosses.
	if r.P > .0025 {
		t.Errorf("p %v", r.P)
	}
	apart, err := DispersionRateRatio(a, b)
	if err != nil || apart.P < .5 {
		t.Errorf("without the pairs nothing can be told: %+v, %v", apart, err)
	}
	again, err := PairedRateRatio(a, b, MinDraws, draw.NewSeed(1))
	if err != nil || again != r {
		t.Errorf("%+v, again %+v, %v", r, again, err)
	}
}

func TestPairedRateRatioWithout(t *testing.T) {
	some := counts(1, 2, 3, 4)
	for name, c := range map[string][2][]Count{
		"events on the second side": {some, counts(0, 0, 0, 0)},
		"exposure":                  {make([]Count, 4), some},
		"hosts":                     {nil, nil},
		"spread":                    {counts(2, 2, 2, 2), counts(1, 1, 1, 1)},
	} {
		if r, err := PairedRateRatio(c[0], c[1], MinDraws, draw.NewSeed(1)); !isMissing(err) {
			t.Errorf("without %s: %+v, %v", name, r, err)
		}
	}
	if _, err := PairedRateRatio(some, counts(1), MinDraws, draw.NewSeed(1)); err == nil || isMissing(err) {
		t.Errorf("lists of different lengths: %v", err)
	}
}

// TestExchange: the rates of six hosts all to one side are met or their mirror image twice in 64 tosses; equal ones always, and of
// forty hosts never but in what was observed.
func TestExchange(t *testing.T) {
	pairs := func(n int, a, b float64) [][]float64 {
		rows := make([][]float64, n)
		for i := range rows {
			rows[i] = []float64{a, .1 * float64(i+1), b, .1 * float64(i+1)}
		}
		return rows
	}
	const draws = 20_000
	if p := exchange(pairs(6, 3, 2), draws, draw.NewSeed(1)); !near(p, 2./64, .005) {
		t.Errorf("six hosts to one side: %v", p)
	}
	if p := exchange(pairs(6, 3, 3), draws, draw.NewSeed(1)); p != 1 {
		t.Errorf("equal rates: %v", p)
	}
	if p := exchange(pairs(40, 3, 2), draws, draw.NewSeed(1)); p != 1./(draws+1) {
		t.Errorf("forty hosts to one side: %v", p)
	}
}

// TestExchangeLevel: where the detectors are alike, p is below .05 in at most one try of twenty.
func TestExchangeLevel(t *testing.T) {
	const tries = 300
	small := 0
	for try := range uint64(tries) {
		seed := draw.NewSeed(21).Number(try)
		r := seed.Stream()
		rows := make([][]float64, 20)
		for i := range rows {
			busy := float64(1 + r.IntN(30))
			rows[i] = []float64{float64(r.Poisson(busy)), 1, float64(r.Poisson(busy)), 1}
		}
		if exchange(rows, MinDraws, seed.Word("exchange")) <= .05 {
			small++
		}
	}
	// 15 are expected, with a standard deviation of 3.8.
	if small < 3 || small > 28 {
		t.Errorf("%d of %d tries have p below .05", small, tries)
	}
}
