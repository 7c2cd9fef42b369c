package score

import "fmt"

// IDOC is a point of an intrusion detector operating characteristic: the PPV at a detection rate, for one base rate (A. A. Cárdenas,
// J. S. Baras and K. Seamon, "A framework for the evaluation of intrusion detection systems", S&P 2006).
type IDOC struct {
	Setting  string  `json:"setting"` // all alerts, a point of the sweep, or a threshold
	BaseRate float64 `json:"base_rate"`
	Recall   float64 `json:"recall"`
	PPV      float64 `json:"ppv"`
}

// mostIDOC bounds the thresholds of a curve for which points are given.
const mostIDOC = 100

func (s *Score) idoc(o Options) []IDOC {
	out := []IDOC{}
	add := func(setting string, tpr, fpr float64) {
		for _, base := range o.BaseRates {
			if ppv, ok := AtBaseRate(base, tpr, fpr); ok {
				out = append(out, IDOC{setting, base, tpr, ppv})
			}
		}
	}
	both := func(setting string, recall, fpr Ratio) {
		if recall.Missing == "" && fpr.Missing == "" {
			add(setting, recall.Value(), fpr.Value())
		}
	}
	both("all alerts", s.Flows.Recall, s.Flows.FPR)
	for i := range s.Sweeps {
		p := &s.Sweeps[i]
		both(p.Knob+" "+p.Setting, p.Recall, p.FPR)
	}
	if s.Curve != nil && len(s.Curve.Points) > 0 {
		n := min(mostIDOC, len(s.Curve.Points))
		for i := range n {
			p := s.Curve.Points[i*(len(s.Curve.Points)-1)/max(1, n-1)]
			add(fmt.Sprintf("score %v", p.Score), p.Recall, p.FPR)
		}
	}
	return out
}
