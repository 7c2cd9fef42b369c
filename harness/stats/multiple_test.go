package stats

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestHolm(t *testing.T) {
	got := Holm([]float64{.01, .04, .03, .005})
	for i, want := range []float64{.03, .06, .06, .02} {
		if !near(got[i], want, 1e-12) {
			t.Errorf("%v, want %v at %d", got, want, i)
		}
	}
	if got := Holm(nil); len(got) != 0 {
		t.Errorf("of nothing %v", got)
	}
}

// thrombolysis is the example of Benjamini and Hochberg 1995: at .05 their procedure rejects four hypotheses, Bonferroni's three.
var thrombolysis = []float64{
	.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719, .6528, .7590, 1,
}

func TestBenjaminiHochberg(t *testing.T) {
	q := BenjaminiHochberg(thrombolysis)
	if !near(q[3], .0095*15/4, 1e-12) || !near(q[4], .0201*15/5, 1e-12) || !near(q[5], .0298*15/7, 1e-12) {
		t.Errorf("adjusted %v", q)
	}
	if n := findings(q); n != 4 {
		t.Errorf("%d findings at .05, want 4", n)
	}
	if n := findings(Holm(thrombolysis)); n != 3 {
		t.Errorf("%d findings by Holm at .05, want 3", n)
	}
}

func findings(p []float64) int {
	n := 0
	for _, v := range p {
		if v <= .05 {
			n++
		}
	}
	return n
}

func TestAdjustedProbabilities(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOfN(rapid.Float64Range(0, 1), 0, 50).Draw(t, "p")
		before := slices.Clone(p)
		holm, bh := Holm(p), BenjaminiHochberg(p)
		if !slices.Equal(p, before) {
			t.Fatal("the input was changed")
		}
		for i := range p {
			if !(p[i] <= bh[i] && bh[i] <= holm[i]+1e-12 && holm[i] <= 1) {
				t.Errorf("%v becomes %v by Benjamini and Hochberg, %v by Holm", p[i], bh[i], holm[i])
			}
			for j := range p {
				if p[i] < p[j] && (holm[i] > holm[j] || bh[i] > bh[j]) {
					t.Errorf("%v and %v changed places", p[i], p[j])
				}
			}
		}
		// The textbook's step-down procedure at .05 finds the same.
		sorted := slices.Clone(p)
		slices.Sort(sorted)
		steps := 0
		for steps < len(sorted) && sorted[steps]*float64(len(sorted)-steps) <= .05 {
			steps++
		}
		if got := findings(holm); got != steps {
			t.Errorf("%d findings by Holm, %d by stepping down", got, steps)
		}
	})
}

func TestWhatIsNoProbability(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("1.5 passed")
		}
	}()
	Holm([]float64{1.5})
}
