package score

import "math"

// PPV is how likely an alarmed flow is malicious where the share BaseRate of all flows is.
type PPV struct {
	BaseRate float64 `json:"base_rate"`
	PPV      Number  `json:"ppv"`
}

// AtBase is what a detector with this recall and FPR, in the unit of flows, is worth where the share BaseRate of all flows is
// malicious. Bounds come from the far ends of both rates' intervals: at least as wide as an interval at their level.
type AtBase struct {
	BaseRate   float64 `json:"base_rate"`
	PPV        Number  `json:"ppv"`
	NPV        Number  `json:"npv"`
	FPRCeiling Number  `json:"fpr_ceiling"` // the FPR at which the PPV would just be Settings.MinPPV
	CID        Number  `json:"c_id"`
	Costs      []Cost  `json:"costs"`
}

// Cost is what a detector costs for each flow, in the unit of an answer to a flow that was benign, where ignoring an intrusion
// costs Ratio.
type Cost struct {
	Ratio    float64 `json:"ratio"`
	Expected Number  `json:"expected"` // with the best response to an alarm, and to its absence
	Relative Number  `json:"relative"` // where every alarm is answered and nothing else
	Value    Number  `json:"value"`    // over having no detector
}

// AtBaseRate is the positive predictive value, B·TPR / (B·TPR + (1−B)·FPR): the Bayesian detection rate (S. Axelsson, "The
// base-rate fallacy and its implications for the difficulty of intrusion detection", CCS 1999). It is false where the detector
// never alarms.
func AtBaseRate(base, tpr, fpr float64) (float64, bool) {
	hit := base * tpr
	all := hit + (1-base)*fpr
	if all == 0 {
		return 0, false
	}
	return hit / all, true
}

// Negative is the negative predictive value, (1−B)(1−FPR) / ((1−B)(1−FPR) + B(1−TPR)). It is false where the detector always
// alarms.
func Negative(base, tpr, fpr float64) (float64, bool) { return AtBaseRate(1-base, 1-fpr, 1-tpr) }

// Ceiling is the FPR that gives at least the PPV p: B·TPR·(1−p) / (p·(1−B)), at most 1.
func Ceiling(base, tpr, p float64) float64 { return min(1, base*tpr*(1-p)/(p*(1-base))) }

// Capability is C_ID, the share of the uncertainty about a flow that the detector's word on it removes: I(X;Y)/H(X) (G. Gu,
// P. Fogla, D. Dagon, W. Lee and B. Skorić, "Measuring intrusion detection capability", ASIACCS 2006). From 0 to 1; NaN where the
// base rate is 0 or 1.
func Capability(base, tpr, fpr float64) float64 {
	alarm := base*tpr + (1-base)*fpr
	var left float64 // H(X|Y)
	if ppv, ok := AtBaseRate(base, tpr, fpr); ok {
		left += alarm * entropy(ppv)
	}
	if npv, ok := Negative(base, tpr, fpr); ok {
		left += (1 - alarm) * entropy(npv)
	}
	// Rounding may leave a hair more than there was.
	return max(0, 1-left/entropy(base))
}

// entropy of a coin, in bits.
func entropy(p float64) float64 {
	if p <= 0 || p >= 1 {
		return 0
	}
	return -p*math.Log2(p) - (1-p)*math.Log2(1-p)
}

// ExpectedCost is min(CβB, (1−α)(1−B)) + min(C(1−β)B, α(1−B)) for the FPR α, the miss rate β and the cost ratio C (J. E. Gaffney
// and J. W. Ulvila, "Evaluation of intrusion detectors: a decision theory approach", S&P 2001): whoever gets the alarms may find it
// cheaper to ignore them.
func ExpectedCost(base, tpr, fpr, c float64) float64 {
	return min(c*(1-tpr)*base, (1-fpr)*(1-base)) + min(c*tpr*base, fpr*(1-base))
}

// RelativeCost is CβB + α(1−B): every alarm is answered.
func RelativeCost(base, tpr, fpr, c float64) float64 { return c*(1-tpr)*base + fpr*(1-base) }

// DetectorValue is what a detector saves over having none, where each is answered in the cheapest way: never negative, as alarms
// can be ignored.
func DetectorValue(base, tpr, fpr, c float64) float64 {
	none := withoutDetector(base, c)
	saved := none - ExpectedCost(base, tpr, fpr, c)
	if saved < none*1e-12 { // what the arithmetic leaves of nothing
		return 0
	}
	return saved
}

// withoutDetector is the cost of the better of answering nothing and answering everything.
func withoutDetector(base, c float64) float64 { return min(c*base, 1-base) }

func ppvs(o Options, recall, fpr Ratio) []PPV {
	out := make([]PPV, 0, len(o.BaseRates))
	for _, base := range o.BaseRates {
		out = append(out, PPV{BaseRate: base, PPV: predictive(recall, fpr, "no flow was alarmed", func(tpr, fpr float64) (float64, bool) {
			return AtBaseRate(base, tpr, fpr)
		})})
	}
	return out
}

func atBases(o Options, recall, fpr Ratio) []AtBase {
	out := make([]AtBase, 0, len(o.BaseRates))
	for i, p := range ppvs(o, recall, fpr) {
		base := o.BaseRates[i]
		a := AtBase{BaseRate: base, PPV: p.PPV}
		a.NPV = predictive(recall, fpr, "every flow was alarmed", func(tpr, fpr float64) (float64, bool) { return Negative(base, tpr, fpr) })
		a.FPRCeiling = rising(recall, func(tpr float64) float64 { return Ceiling(base, tpr, o.MinPPV) })
		a.CID = distinct(recall, fpr, 0, func(tpr, fpr float64) float64 { return Capability(base, tpr, fpr) })
		for _, c := range o.CostRatios {
			none := withoutDetector(base, c)
			cost := Cost{
				Ratio:    c,
				Expected: distinct(recall, fpr, none, func(tpr, fpr float64) float64 { return ExpectedCost(base, tpr, fpr, c) }),
				Value:    distinct(recall, fpr, 0, func(tpr, fpr float64) float64 { return DetectorValue(base, tpr, fpr, c) }),
			}
			cost.Relative = predictive(recall, fpr, "", func(tpr, fpr float64) (float64, bool) { return RelativeCost(base, tpr, fpr, c), true })
			a.Costs = append(a.Costs, cost)
		}
		out = append(out, a)
	}
	return out
}

// predictive is a figure that rises or falls with the recall, and the other way with the FPR: its bounds are at two corners.
func predictive(recall, fpr Ratio, never string, of func(tpr, fpr float64) (float64, bool)) Number {
	n, missing := derived(recall, fpr)
	if missing {
		return n
	}
	value, ok := of(recall.Value(), fpr.Value())
	if !ok {
		return Number{Missing: never}
	}
	n.Value = value
	a, worst := of(recall.Low, fpr.High)
	b, best := of(recall.High, fpr.Low)
	if n.Bounded = worst && best; n.Bounded {
		n.Low, n.High = min(a, b), max(a, b)
	}
	return n
}

// distinct is a figure that is null, what it is without a detector, where TPR and FPR are the same, and gets away from it the further
// they are apart: bounds that hold the diagonal hold null.
func distinct(recall, fpr Ratio, null float64, of func(tpr, fpr float64) float64) Number {
	n, missing := derived(recall, fpr)
	if missing {
		return n
	}
	n.Value, n.Bounded = of(recall.Value(), fpr.Value()), true
	ends := []float64{of(recall.Low, fpr.High), of(recall.High, fpr.Low)}
	if recall.Low <= fpr.High && fpr.Low <= recall.High {
		ends = append(ends, null)
	}
	n.Low, n.High = ends[0], ends[0]
	for _, e := range ends {
		n.Low, n.High = min(n.Low, e), max(n.High, e)
	}
	return n
}

func rising(recall Ratio, of func(tpr float64) float64) Number {
	if recall.Missing != "" {
		return Number{Missing: recall.Missing}
	}
	return Number{
		Value: of(recall.Value()), Low: of(recall.Low), High: of(recall.High), Bounded: true, N: recall.N, Cluster: recall.Cluster,
	}
}

// derived begins a figure made of both rates, or says why there is none.
func derived(recall, fpr Ratio) (n Number, missing bool) {
	for _, r := range []Ratio{recall, fpr} {
		if r.Missing != "" {
			return Number{Missing: r.Missing}, true
		}
	}
	n.N, n.Unit = recall.N+fpr.N, recall.Unit
	if recall.Over != "" && fpr.Over != "" {
		n.Over, n.Clusters = recall.Over+" and "+fpr.Over, min(recall.Clusters, fpr.Clusters)
	}
	return n, false
}
