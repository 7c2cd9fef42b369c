package stats

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/evilbench/evilbench/generator/draw"
)

func TestNewcombePaired(t *testing.T) {
	for _, c := range []struct {
		source                      string
		both, onlyA, onlyB, neither int64
		diff, low, high, tolerance  float64
	}{
		{"Newcombe 1998, table II", 36, 12, 2, 0, .2, .0569, .3404, 5e-5},
		{"Fagerland, Lydersen and Laake 2014, airway", 1, 1, 7, 12, -.2857, -.507, -.026, 5e-4},
		{"Fagerland, Lydersen and Laake 2017, chapter 8, complete response", 59, 6, 16, 80, -.0621, -.1186, -.0046, 5e-5},
	} {
		diff, i, err := NewcombePaired(c.both, c.onlyA, c.onlyB, c.neither)
		if err != nil || !near(diff, c.diff, 5e-5) || !near(i.Low, c.low, c.tolerance) || !near(i.High, c.high, c.tolerance) {
			t.Errorf("%s: %v %v %v, want %v [%v, %v]", c.source, diff, i, err, c.diff, c.low, c.high)
		}
	}
	if _, _, err := NewcombePaired(0, 0, 0, 0); !isMissing(err) {
		t.Errorf("no campaigns: %v", err)
	}
}

// TestNewcombeIndependent: the worked examples of Newcombe 1998, table II, method 10.
func TestNewcombeIndependent(t *testing.T) {
	for _, c := range []struct {
		k1, n1, k2, n2 int64
		low, high      float64
	}{
		{56, 70, 48, 80, .0524, .3339},
		{9, 10, 3, 10, .1705, .8090},
		{6, 7, 2, 7, .0582, .8062},
		{5, 56, 0, 29, -.0381, .1926},
		{0, 10, 0, 20, -.1611, .2775},
		{0, 10, 0, 10, -.2775, .2775},
		{10, 10, 0, 20, .6791, 1},
		{10, 10, 0, 10, .6075, 1},
	} {
		_, i, err := NewcombeIndependent(c.k1, c.n1, c.k2, c.n2)
		if err != nil || !near(i.Low, c.low, 5e-5) || !near(i.High, c.high, 5e-5) {
			t.Errorf("%d/%d - %d/%d: %v %v, want [%v, %v]", c.k1, c.n1, c.k2, c.n2, i, err, c.low, c.high)
		}
	}
	if _, _, err := NewcombeIndependent(1, 2, 0, 0); !isMissing(err) {
		t.Errorf("an empty side: %v", err)
	}
}

func TestNewcombeIsAntisymmetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.Int64Range(0, 500)
		both, a, b, neither := cell.Draw(t, "both"), cell.Draw(t, "a"), cell.Draw(t, "b"), cell.Draw(t, "neither")
		n := both + a + b + neither
		if n == 0 {
			t.Skip("no campaigns")
		}
		check := func(name string, d float64, i Interval, e float64, j Interval) {
			if !(-1 <= i.Low && i.Low <= d && d <= i.High && i.High <= 1) {
				t.Errorf("%s: %v outside of %v", name, d, i)
			}
			if d != -e || !near(i.Low, -j.High, 1e-12) || !near(i.High, -j.Low, 1e-12) {
				t.Errorf("%s: %v %v, exchanged %v %v", name, d, i, e, j)
			}
		}
		d, i, _ := NewcombePaired(both, a, b, neither)
		e, j, _ := NewcombePaired(both, b, a, neither)
		check("paired", d, i, e, j)
		d, i, _ = NewcombeIndependent(both+a, n, both+b, n)
		e, j, _ = NewcombeIndependent(both+b, n, both+a, n)
		check("independent", d, i, e, j)
	})
}

// TestNewcombeCoverage draws 4,000 comparisons of two detectors that mostly catch the same: the interval must hold the true
// difference in about 95 % of them, and be narrower than the one that forgets the pairs.
func TestNewcombeCoverage(t *testing.T) {
	const tries, campaigns = 4000, 60
	cells := []float64{.55, .15, .05, .25}
	covered, narrower := 0, 0
	for try := range uint64(tries) {
		r := draw.NewSeed(11).Number(try).Stream()
		var n [4]int64
		for range campaigns {
			n[r.Weighted(cells)]++
		}
		_, paired, _ := NewcombePaired(n[0], n[1], n[2], n[3])
		_, apart, _ := NewcombeIndependent(n[0]+n[1], campaigns, n[0]+n[2], campaigns)
		if paired.Low <= .1 && .1 <= paired.High {
			covered++
		}
		if paired.High-paired.Low < apart.High-apart.Low {
			narrower++
		}
	}
	if share := float64(covered) / tries; share < .935 || share > .98 {
		t.Errorf("the paired interval holds the difference in %.3f of the tries", share)
	}
	if share := float64(narrower) / tries; share < .95 {
		t.Errorf("the paired interval is narrower in %.3f of the tries only", share)
	}
}
