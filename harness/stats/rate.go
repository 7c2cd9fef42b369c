package stats

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// Count is the events of one host or one day, and the exposure in which they came: any unit of time, bytes or flows, the same in
// every Count that is compared.
type Count struct {
	Events   int64
	Exposure float64
}

// RateRatioResult is how many times the first rate is the second, with its interval at Level and the two-sided probability of so
// uneven counts under equal rates. Where only the second has no events, Ratio and Interval.High are +Inf, which JSON cannot carry.
type RateRatioResult struct {
	Ratio    float64
	Interval Interval
	P        float64
}

// RateRatio compares k1 events in the exposure t1 with k2 in t2, both in one unit, for events that come one by one (Poisson):
// the sum given, k1 is binomial, so that the interval is Clopper and Pearson's carried over and the test is exact, twice the
// smaller tail (J. Przyborowski and H. Wilenski, Biometrika 31, 1940; M. P. Fay, The R Journal 2, 2010, on why that test and this
// interval agree). Alerts come in bursts and make both too sure: see
// DispersionRateRatio and PairedRateRatio. It is *Missing without exposure, and where neither side has an event.
func RateRatio(k1 int64, t1 float64, k2 int64, t2 float64) (RateRatioResult, error) {
	checkCounts(k1, k1+k2)
	checkExposure(t1)
	checkExposure(t2)
	if t1 == 0 || t2 == 0 {
		return RateRatioResult{}, missing("no exposure on one of the two sides")
	}
	if k1+k2 == 0 {
		return RateRatioResult{}, missing("no events on either side")
	}
	n, exposures := k1+k2, t2/t1
	share := ClopperPearson(k1, n)
	return RateRatioResult{
		Ratio:    float64(k1) / float64(k2) * exposures,
		Interval: Interval{odds(share.Low) * exposures, odds(share.High) * exposures},
		P:        min(1, 2*min(atMost(k1, n, 1/(1+exposures)), atMost(k2, n, 1/(1+1/exposures)))),
	}, nil
}

func odds(p float64) float64 { return p / (1 - p) }

// atMost is the probability of k or fewer in n with the rate p. The incomplete beta function keeps the digits of a far tail that
// 1 less the other tail would lose.
func atMost(k, n int64, p float64) float64 {
	if k == n {
		return 1
	}
	return mathext.RegIncBeta(float64(n-k), float64(k+1), 1-p)
}

// checkExposure stops a caller that measures wrongly; no input can cause it.
func checkExposure(t float64) {
	if !(t >= 0) || math.IsInf(t, 1) {
		panic(fmt.Sprintf("stats: exposure %v", t))
	}
}

// normal is the quantile of the standard normal distribution at Level, both tails cut off: 1.96.
func normal() float64 { return distuv.UnitNormal.Quantile(1 - (1-Level)/2) }
