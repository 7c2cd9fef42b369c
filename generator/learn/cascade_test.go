package learn

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/evilbench/evilbench/generator/model"
)

// crowded are starts at a rate a second that follow a cascade, whose coins are tossed by the seed.
func crowded(coins, seed uint64, end, rate float64, bias []float64) []float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	var out []float64
	for _, t := range starts(seed, end, rate, func(float64) float64 { return rate }) {
		block := math.Floor(t / model.CascadeSeconds)
		from, length := block*model.CascadeSeconds, float64(model.CascadeSeconds)
		node := uint64(1)
		for _, b := range bias {
			length /= 2
			if rand.New(rand.NewPCG(coins+uint64(block), node)).Uint64()&1 == 1 {
				b = 1 - b
			}
			node *= 2
			if r.Float64() >= b {
				from, node = from+length, node+1
			}
		}
		out = append(out, from+length*r.Float64())
	}
	slices.Sort(out)
	return out
}

func TestCrowdingIsRecovered(t *testing.T) {
	bias := []float64{0.5, 0.8, 0.7, 0.9}
	end := 5 * day
	steady := starts(4, end, 0.05, func(float64) float64 { return 0.05 })
	got := crowdingOf([][]float64{crowded(9, 1, end, 0.03, bias), crowded(9, 2, end, 0.05, bias), crowded(9, 3, end, 0.01, bias), steady})
	if want := []bool{false, false, false, true}; !slices.Equal(got.steady, want) {
		t.Errorf("steady %v, want %v", got.steady, want)
	}
	c := got.cascade()
	if c == nil {
		t.Fatal("no cascade")
	}
	for k := range c.Bias {
		want := 0.5
		if k < len(bias) {
			want = bias[k]
		}
		slack := 0.06
		if k >= 8 { // pairs within two seconds are few
			slack = 0.2
		}
		if math.Abs(c.Bias[k]-want) > slack {
			t.Errorf("halving %d: bias of %.3f, want %.3f", k, c.Bias[k], want)
		}
	}
	if v := got.variance(); math.Abs(v-(1.36*1.16*math.Pow(1.64, math.Log2(10)-3)-1)) > 0.15 {
		t.Errorf("variance of a minute %.3f", v)
	}
}

// Each pattern's own bursts are no crowding: they come at other times than the others'.
func TestOwnBurstsDoNotCrowd(t *testing.T) {
	var patterns [][]float64
	for i := range uint64(4) {
		patterns = append(patterns, crowded(100+10000*i, i, 5*day, 0.02, []float64{0.9, 0.9, 0.8}))
	}
	got := crowdingOf(patterns)
	for k, x := range got.common {
		if x > 0.05 {
			t.Errorf("halving %d: patterns that have nothing in common have %.3f", k, x)
		}
	}
	if b := burstOf(patterns[0], 0, 5*day, profileOf(nil, 0, day, nil), 0); b == nil {
		t.Error("a pattern's own bursts are not seen")
	}
	if b := burstOf(crowded(7, 1, 5*day, 0.02, []float64{0.9, 0.9, 0.8}), 0, 5*day, profileOf(nil, 0, day, nil), 1.64*1.64*1.36-1); b != nil {
		t.Errorf("what all patterns have in common is taken for bursts of one: %+v", b)
	}
}
