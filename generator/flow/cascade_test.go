package flow

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/model"
)

// However time is cut into stretches, the same happens in it, and no block has more or less than its length.
func TestPaceIsTheSameInAnyWindow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := &model.Cascade{Bias: rapid.SliceOfN(rapid.Float64Range(0.5, 1), 0, 9).Draw(t, "bias")}
		seed := draw.NewSeed(rapid.Uint64().Draw(t, "seed"))
		start := rapid.Int64Range(-5000*second, 5000*second).Draw(t, "start")
		whole := paceOf(c, seed, start, start+2*model.CascadeSeconds*second)
		cut := start + rapid.Int64Range(1, 2*model.CascadeSeconds*second-1).Draw(t, "cut")
		head, tail := paceOf(c, seed, start, cut), paceOf(c, seed, cut, start+2*model.CascadeSeconds*second)
		last := func(p *pace) float64 { return p.mass[len(p.mass)-1] }
		if a, b := last(&head)+last(&tail), last(&whole); math.Abs(a-b) > 1e-6 {
			t.Fatalf("%g s' worth in two windows, %g in one", a, b)
		}
		if a, b := whole.upTo(cut), last(&head); math.Abs(a-b) > 1e-6 {
			t.Fatalf("%g s' worth up to the cut, %g in the window before it", a, b)
		}
		mass := rapid.Float64Range(0, 1).Draw(t, "mass") * last(&whole)
		if got := whole.upTo(whole.when(mass)); math.Abs(got-mass) > 1e-3 {
			t.Fatalf("when %g has happened %g has", mass, got)
		}
	})
	block := int64(model.CascadeSeconds) * second
	p := paceOf(&model.Cascade{Bias: []float64{0.9, 0.6, 0.75}}, draw.NewSeed(1), 7*block, 8*block)
	if got := p.mass[len(p.mass)-1]; math.Abs(got-model.CascadeSeconds) > 1e-9 {
		t.Errorf("%g s' worth in a block", got)
	}
	for i, half := range []float64{p.upTo(7*block + block/2), p.mass[len(p.mass)-1] - p.upTo(7*block+block/2)} {
		if share := half / model.CascadeSeconds; math.Abs(math.Abs(share-0.5)-0.4) > 1e-9 {
			t.Errorf("half %d has a share of %g, want .9 or .1", i, share)
		}
	}
}
