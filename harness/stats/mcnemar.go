package stats

import "gonum.org/v1/gonum/stat/distuv"

// McNemarResult says whether two detectors differ on the same campaigns: B campaigns only the first caught, C only the second.
// The probabilities are two-sided.
type McNemarResult struct {
	B, C int64
	// Exact is the binomial probability, never too small; MidP is less cautious and closer to its level (M. W. Fagerland,
	// S. Lydersen and P. Laake, BMC Medical Research Methodology 13:91, 2013).
	Exact, MidP float64
	// ChiSquare has one degree of freedom, Corrected has Edwards' correction for continuity too.
	ChiSquare, Corrected float64
	// Missing is why ChiSquare and Corrected mean nothing, empty where they do.
	Missing string
}

// McNemar compares two detectors on the campaigns on which they disagree (Q. McNemar, Psychometrika 12, 1947): b were caught by
// the first alone, c by the second alone. Without any, both probabilities are 1 and the chi-squares are missing.
func McNemar(b, c int64) McNemarResult {
	checkCounts(b, b+c)
	r := McNemarResult{B: b, C: c, Exact: 1, MidP: 1}
	if b+c == 0 {
		r.Missing = "no campaign on which the detectors disagree"
		return r
	}
	coin := distuv.Binomial{N: float64(b + c), P: .5}
	least := float64(min(b, c))
	tails := 2 * coin.CDF(least)
	r.Exact = min(1, tails)
	// Taken from the tails before they are capped: twice the mid-p of one side is 1 where b is c.
	r.MidP = min(1, tails-coin.Prob(least))
	d, n := float64(b-c), float64(b+c)
	r.ChiSquare = d * d / n
	if d = max(d, -d) - 1; d > 0 {
		r.Corrected = d * d / n
	}
	return r
}
