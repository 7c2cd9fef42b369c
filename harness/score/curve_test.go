package score

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/evilbench/evilbench/labels"
)

// example is one flow of a curve: its score, NaN = none.
type example struct {
	malicious bool
	score     float64
	cluster   int
}

// curveOf scores a corpus that has these flows and no other, each malicious one in the campaign, each benign one on the host of its
// cluster.
func curveOf(t interface{ Fatal(...any) }, examples []example) *Curve {
	in := Input{Packets: list[labels.Packet](), Kinds: func(*labels.Alert) []string { return nil }}
	var flows []labels.Flow
	var alerts []labels.Alert
	var matches []labels.Match
	known := map[string]bool{}
	for i, e := range examples {
		f := labels.Flow{Flow: int64(i + 1), Class: labels.Benign}
		m := labels.Match{Verdict: labels.VerdictFalse, Flow: f.Flow}
		f.Src = addr(e.cluster)
		if e.malicious {
			f.Class, f.Campaign = labels.Malicious, fmt.Sprint("c", e.cluster)
			m.Verdict, m.Campaign = labels.VerdictTrue, f.Campaign
			if !known[f.Campaign] {
				known[f.Campaign] = true
				in.Campaigns = append(in.Campaigns, labels.Campaign{Campaign: f.Campaign})
			}
		}
		flows = append(flows, f)
		if !math.IsNaN(e.score) {
			m.Alert = int64(len(alerts) + 1)
			alerts, matches = append(alerts, labels.Alert{Alert: m.Alert, Score: e.score}), append(matches, m)
		}
	}
	in.Flows, in.Alerts, in.Matches = list(flows...), list(alerts...), list(matches...)
	s, err := Compute(in)
	if err != nil {
		t.Fatal(err)
	}
	return s.Curve
}

func TestCurveOfKnownScores(t *testing.T) {
	none := math.NaN()
	for name, c := range map[string]struct {
		examples []example
		auc, ap  float64
	}{
		// The example of scikit-learn's average_precision_score and roc_auc_score.
		"four":            {[]example{{false, .1, 1}, {false, .4, 2}, {true, .35, 1}, {true, .8, 2}}, .75, .5 + .5*2./3},
		"perfect":         {[]example{{true, 3, 1}, {true, 2, 2}, {false, 1, 1}}, 1, 1},
		"upside down":     {[]example{{false, 3, 1}, {true, 1, 1}}, 0, .5},
		"all tied":        {[]example{{true, 1, 1}, {false, 1, 1}, {false, 1, 2}, {true, 1, 2}}, .5, .5},
		"missed one":      {[]example{{true, 1, 1}, {true, none, 1}, {false, none, 1}, {false, none, 2}}, .75, .5},
		"only false ones": {[]example{{false, 1, 1}, {true, none, 1}}, 0, 0},
	} {
		got := curveOf(t, c.examples)
		near(t, name+": AUC", got.AUC.Value, c.auc, 1e-12)
		near(t, name+": AP", got.AP.Value, c.ap, 1e-12)
	}
	if curveOf(t, []example{{true, none, 1}, {false, none, 1}}) != nil {
		t.Error("a detector without scores has a curve")
	}
	if c := curveOf(t, []example{{true, 1, 1}}); c.AUC.Missing == "" || c.AP.Missing == "" {
		t.Errorf("without benign flows there is a curve: %+v", c)
	}
}

// The areas are those of the definitions: of all pairs, how many are in the right order; and precision by every gain of recall.
func TestCurveIsTheBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		examples := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) example {
			return example{
				rapid.Bool().Draw(t, "malicious"),
				rapid.SampledFrom([]float64{math.NaN(), 0, 1, 2, 3, 4, math.Inf(-1)}).Draw(t, "score"),
				rapid.IntRange(0, 3).Draw(t, "cluster"),
			}
		}), 2, 25).Draw(t, "flows")
		// Both classes, and one score.
		examples = append(examples, example{true, 2, 0}, example{false, 3, 0})
		var pairs, right, positives, ap, last float64
		for _, p := range examples {
			if !p.malicious {
				continue
			}
			positives++
			for _, n := range examples {
				if n.malicious {
					continue
				}
				pairs++
				switch {
				case math.IsNaN(p.score) && math.IsNaN(n.score), p.score == n.score:
					right += .5
				case math.IsNaN(n.score), p.score > n.score:
					right++
				}
			}
		}
		for _, at := range []float64{4, 3, 2, 1, 0, math.Inf(-1)} {
			var tp, fp float64
			for _, e := range examples {
				if e.score >= at && e.malicious {
					tp++
				} else if e.score >= at {
					fp++
				}
			}
			if tp > last {
				ap += (tp - last) / positives * tp / (tp + fp)
				last = tp
			}
		}
		c := curveOf(t, examples)
		if math.Abs(c.AUC.Value-right/pairs) > 1e-9 || math.Abs(c.AP.Value-ap) > 1e-9 {
			t.Errorf("AUC %v, want %v; AP %v, want %v", c.AUC.Value, right/pairs, c.AP.Value, ap)
		}
		if c.AUC.Bounded && !(c.AUC.Low <= c.AUC.High && c.AUC.Low >= 0 && c.AUC.High <= 1) {
			t.Errorf("AUC %+v", c.AUC)
		}
		for i, p := range c.Points {
			if i > 0 && (p.Score >= c.Points[i-1].Score || p.Recall < c.Points[i-1].Recall || p.FPR < c.Points[i-1].FPR) {
				t.Errorf("point %d goes back: %+v behind %+v", i, p, c.Points[i-1])
			}
		}
	})
}

func TestLongCurvesAreThinned(t *testing.T) {
	var examples []example
	for i := range 3 * MostPoints {
		examples = append(examples, example{i%3 == 0, float64(i), i % 20})
	}
	c := curveOf(t, examples)
	if len(c.Points) != MostPoints || c.Of != 3*MostPoints || c.Points[0].Score != float64(3*MostPoints-1) || c.Points[MostPoints-1].Score != 0 {
		t.Errorf("%d points of %d, from %v to %v", len(c.Points), c.Of, c.Points[0].Score, c.Points[len(c.Points)-1].Score)
	}
	if !c.AUC.Bounded || c.AUC.Over != overBoth || c.AUC.Clusters != 40 || c.AUC.Unreliable() {
		t.Errorf("AUC %+v, want bounds over 40 clusters", c.AUC)
	}
}

func TestAFlowHasItsHighestScore(t *testing.T) {
	w := newWorld()
	w.campaign("a", "scan", "x")
	w.flow(labels.Benign, 2)
	for i, score := range []float64{.2, .9, .4} {
		w.alert(int64(i), "scan", sec, 1).Score = score
	}
	w.alert(1, "x", sec, 2).Score = .5
	w.alert(1, "x", sec, 2)
	s := w.score(t)
	if c := s.Curve; c.AUC.Value != 1 || c.Of != 2 || c.Points[0].Score != .9 || c.Scored != 2 || c.Unscored != 1 {
		t.Errorf("curve %+v", c)
	}
	if last := s.IDOC[len(s.IDOC)-1]; last.Setting != "score 0.5" || last.Recall != 1 {
		t.Errorf("the last IDOC point is %+v, want that of the lowest score", last)
	}
}

// What is written is what is read, with infinite scores too.
func TestScoresInJSON(t *testing.T) {
	w := newWorld()
	w.campaign("a", "scan", "x")
	w.flow(labels.Benign, 2)
	w.in.Rules = []Rule{{GID: 1, SID: 1, Kinds: []string{"scan"}}}
	w.alert(1, "scan", sec, 1).Score = math.Inf(1)
	w.alert(2, "x", sec, 2).Score = math.Inf(-1)
	s := w.score(t)
	s.Never = nil // written beside the result
	s.Warnings = nil
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back Score
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s, &back, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("written (-), read (+):\n%s", diff)
	}
}
