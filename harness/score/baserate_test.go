package score

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func near(t *testing.T, name string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s = %v, want %v", name, got, want)
	}
}

func TestCapability(t *testing.T) {
	for _, c := range []struct{ base, tpr, fpr, want float64 }{
		{1e-5, .9, 1e-3, .470551}, {2e-5, .7, 1e-5, .600488}, {.1, .9, .01, .738182},
		{.1, 1, 0, 1}, {.1, .3, .3, 0}, {.1, 0, 0, 0}, {.1, 1, 1, 0}, {.5, 0, 1, 1},
	} {
		near(t, "C_ID", Capability(c.base, c.tpr, c.fpr), c.want, 5e-7)
	}
	if !math.IsNaN(Capability(0, .9, .1)) {
		t.Error("C_ID has a value where nothing is malicious")
	}
}

// I(X;Y)/H(X) as the sum over the four cells.
func TestCapabilityIsTheExpandedSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		share := func(name string) float64 { return rapid.Float64Range(1e-6, 1-1e-6).Draw(t, name) }
		b, tpr, fpr := share("base"), share("tpr"), share("fpr")
		alarm := b*tpr + (1-b)*fpr
		term := func(joint, x, y float64) float64 { return joint * math.Log2(joint/(x*y)) }
		sum := term(b*tpr, b, alarm) + term(b*(1-tpr), b, 1-alarm) + term((1-b)*fpr, 1-b, alarm) + term((1-b)*(1-fpr), 1-b, 1-alarm)
		want := sum / (-b*math.Log2(b) - (1-b)*math.Log2(1-b))
		if got := Capability(b, tpr, fpr); math.Abs(got-want) > 1e-9 {
			t.Errorf("C_ID(%v, %v, %v) = %v, the four terms give %v", b, tpr, fpr, got, want)
		}
	})
}

func TestExpectedCost(t *testing.T) {
	near(t, "cost at 100", ExpectedCost(1e-3, .9, .01, 100), .01999, 1e-9)
	near(t, "cost at 500", ExpectedCost(1e-3, .9, .01, 500), .05999, 1e-9)
	near(t, "relative cost at 100", RelativeCost(1e-3, .9, .01, 100), .01+.00999, 1e-9)
	// Where ignoring an intrusion costs little, the alarms are not worth answering: a detector is worth nothing.
	near(t, "cost at 5", ExpectedCost(1e-3, .9, .01, 5), withoutDetector(1e-3, 5), 1e-12)
	near(t, "value at 5", DetectorValue(1e-3, .9, .01, 5), 0, 0)
	near(t, "value at 100", DetectorValue(1e-3, .9, .01, 100), .1-.01999, 1e-12)
}

func TestCeilingOfTheFPR(t *testing.T) {
	near(t, "at 1e-3", Ceiling(1e-3, .9, .5), 9.0e-4, 1e-6)
	near(t, "at 1e-5", Ceiling(1e-5, .9, .5), 9.0e-6, 1e-9)
	rapid.Check(t, func(t *rapid.T) {
		base, tpr, p := rapid.Float64Range(1e-6, .4).Draw(t, "base"), rapid.Float64Range(.01, 1).Draw(t, "tpr"), rapid.Float64Range(.5, .99).Draw(t, "p")
		if ppv, _ := AtBaseRate(base, tpr, Ceiling(base, tpr, p)); math.Abs(ppv-p) > 1e-9 {
			t.Errorf("at its ceiling the PPV is %v, want %v", ppv, p)
		}
	})
}

func TestNegativePredictiveValue(t *testing.T) {
	got, ok := Negative(.1, .9, .01)
	near(t, "NPV", got, .9*.99/(.9*.99+.1*.1), 1e-12)
	if !ok {
		t.Error("there is no NPV")
	}
	if _, ok := Negative(.1, 1, 1); ok {
		t.Error("a detector that always alarms has an NPV")
	}
}

// A share of the flows 1000 times over, so that all cells are whole numbers.
func TestMeasuresDependOnTheBaseRate(t *testing.T) {
	for _, c := range []struct{ base, precision, f1, mcc float64 }{
		{.5, .989, .942, .894}, {.1, .909, .905, .894}, {.001, .083, .151, .271},
	} {
		tp, fn, fp, tn := c.base*.9, c.base*.1, (1-c.base)*.01, (1-c.base)*.99
		precision := tp / (tp + fp)
		near(t, "precision", precision, c.precision, 6e-4)
		near(t, "F1", FMeasure(1, precision, .9), c.f1, 6e-4)
		near(t, "MCC", MCC(tp, fp, fn, tn), c.mcc, 6e-4)
	}
	near(t, "F2", FMeasure(2, .5, .8), 5*.5*.8/(4*.5+.8), 1e-12)
	if !math.IsNaN(MCC(0, 0, 3, 9)) || !math.IsNaN(FMeasure(1, 0, 0)) {
		t.Error("an undefined measure has a value")
	}
}

// Every figure at a base rate lies within its bounds, whatever the rates are.
func TestBoundsHoldTheValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) Ratio {
			n := rapid.Int64Range(1, 500).Draw(t, name)
			return NewRatio(rapid.Int64Range(0, n).Draw(t, "k"), n, "")
		}
		recall, fpr := draw("recall"), draw("fpr")
		for _, a := range atBases(Options{}.withDefaults(), recall, fpr) {
			figures := []Number{a.PPV, a.NPV, a.FPRCeiling, a.CID}
			for _, c := range a.Costs {
				figures = append(figures, c.Expected, c.Relative, c.Value)
			}
			for i, n := range figures {
				if n.Missing == "" && n.Bounded && !(n.Low <= n.Value+1e-12 && n.Value <= n.High+1e-12) {
					t.Errorf("figure %d at %v of recall %v and FPR %v: %+v", i, a.BaseRate, recall.Value(), fpr.Value(), n)
				}
			}
		}
	})
}

func TestOptionsAreChecked(t *testing.T) {
	if err := (Options{}).Validate(); err != nil {
		t.Errorf("the defaults are wrong: %v", err)
	}
	for name, o := range map[string]Options{
		"base rate": {BaseRates: []float64{1e-3, 1}}, "NaN": {BaseRates: []float64{math.NaN()}}, "cost": {CostRatios: []float64{0}},
		"PPV": {MinPPV: 1}, "weight": {Beta: -1}, "gap": {Gap: -1}, "draws": {Draws: 10},
	} {
		if o.Validate() == nil {
			t.Errorf("%s: taken", name)
		}
		if in := day(); true {
			in.Options = o
			if _, err := Compute(in); err == nil {
				t.Errorf("%s: computed", name)
			}
		}
	}
}
