package stats

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/evilbench/evilbench/generator/draw"
)

// TestMinimumDetectable puts the difference back into Connor's formula: it must ask for the campaigns it was made from.
func TestMinimumDetectable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 1_000_000).Draw(t, "n")
		share := rapid.Float64Range(.001, 1).Draw(t, "discordance")
		d, err := MinimumDetectable(n, share, .05, .8)
		if isMissing(err) {
			if float64(n)*share > 10 {
				t.Errorf("%d campaigns of which %v differ: %v", n, share, err)
			}
			return
		}
		if err != nil || !(0 < d && d <= share) {
			t.Fatalf("%v, %v", d, err)
		}
		root := 1.959964*math.Sqrt(share) + .841621*math.Sqrt(share-d*d)
		if needed := root * root / (d * d); !near(needed/float64(n), 1, 1e-4) {
			t.Errorf("%v needs %v campaigns, not %d", d, needed, n)
		}
		if more, err := MinimumDetectable(4*n, share, .05, .8); err != nil || more >= d {
			t.Errorf("four times the campaigns show %v, not less than %v: %v", more, d, err)
		}
	})
}

// TestMinimumDetectablePower draws comparisons with just that difference: the mid-p finds it about as often as promised.
func TestMinimumDetectablePower(t *testing.T) {
	const tries, campaigns, share = 4000, 300, .2
	d, err := MinimumDetectable(campaigns, share, .05, .8)
	if err != nil {
		t.Fatal(err)
	}
	cells := []float64{(share + d) / 2, (share - d) / 2, 1 - share}
	found := 0
	for try := range uint64(tries) {
		r := draw.NewSeed(31).Number(try).Stream()
		var n [3]int64
		for range campaigns {
			n[r.Weighted(cells)]++
		}
		if McNemar(n[0], n[1]).MidP <= .05 {
			found++
		}
	}
	if power := float64(found) / tries; power < .76 || power > .84 {
		t.Errorf("a difference of %.4f is found in %.3f of the tries", d, power)
	}
}

func TestMinimumDetectableRefuses(t *testing.T) {
	for _, c := range []struct {
		n                   int64
		share, alpha, power float64
		missing             bool
	}{
		{0, .2, .05, .8, true},
		{100, 0, .05, .8, true},
		{3, 1, .05, .8, true},
		{10, .1, .05, .8, true},
		{100, 1.2, .05, .8, false},
		{100, .2, 0, .8, false},
		{100, .2, .05, 1, false},
	} {
		if d, err := MinimumDetectable(c.n, c.share, c.alpha, c.power); err == nil || isMissing(err) != c.missing {
			t.Errorf("%+v: %v, %v", c, d, err)
		}
	}
}
