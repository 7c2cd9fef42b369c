package score

// baseRates are the shares of malicious flows for which a report gives the PPV: from a honeypot's to a quiet network's.
var baseRates = [...]float64{1e-2, 1e-3, 1e-4, 1e-5, 1e-6}

// PPV is how likely an alarmed flow is malicious where the share BaseRate of all flows is.
type PPV struct {
	BaseRate float64 `json:"base_rate"`
	PPV      Number  `json:"ppv"`
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

// ppvs gives the PPV with bounds from the far ends of both rates' intervals: at least as wide as an interval at their level.
func ppvs(recall, fpr Ratio) []PPV {
	out := make([]PPV, 0, len(baseRates))
	for _, base := range baseRates {
		out = append(out, PPV{BaseRate: base, PPV: ppv(base, recall, fpr)})
	}
	return out
}

func ppv(base float64, recall, fpr Ratio) Number {
	for _, r := range []Ratio{recall, fpr} {
		if r.Missing != "" {
			return Number{Missing: r.Missing}
		}
	}
	value, ok := AtBaseRate(base, recall.Value(), fpr.Value())
	if !ok {
		return Number{Missing: "no flow was alarmed"}
	}
	// Both upper ends are above 0, so that both bounds exist.
	low, _ := AtBaseRate(base, recall.Low, fpr.High)
	high, _ := AtBaseRate(base, recall.High, fpr.Low)
	return Number{Value: value, Low: low, High: high, Bounded: true}
}
