// Package stats says how sure a figure is.
package stats

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Level is the confidence level of every interval in a report.
const Level = 0.95

// Interval is a closed interval of plausible values.
type Interval struct{ Low, High float64 }

// Wilson is the score interval of k in n at Level (E. B. Wilson, JASA 22, 1927). Without observations it is [0, 1], which
// excludes nothing.
func Wilson(k, n int64) Interval {
	checkCounts(k, n)
	if n == 0 {
		return Interval{0, 1}
	}
	z := normal()
	total := float64(n)
	p := float64(k) / total
	centre := p + z*z/(2*total)
	half := z * math.Sqrt(p*(1-p)/total+z*z/(4*total*total))
	scale := 1 + z*z/total
	i := Interval{max(0, (centre-half)/scale), min(1, (centre+half)/scale)}
	// The formula's own ends at 0 and n are exact; its arithmetic is not.
	if k == 0 {
		i.Low = 0
	}
	if k == n {
		i.High = 1
	}
	return i
}

// ClopperPearson is the interval of k in n that covers with at least the probability Level whatever the rate is (C. J. Clopper
// and E. S. Pearson, Biometrika 26, 1934): for a gate or a claim of safety.
func ClopperPearson(k, n int64) Interval {
	checkCounts(k, n)
	i := Interval{0, 1}
	const tail = (1 - Level) / 2
	if k > 0 {
		i.Low = distuv.Beta{Alpha: float64(k), Beta: float64(n - k + 1)}.Quantile(tail)
	}
	if k < n {
		i.High = distuv.Beta{Alpha: float64(k + 1), Beta: float64(n - k)}.Quantile(1 - tail)
	}
	return i
}

// RuleOfThree is the rate that n observations without one event exclude at the one-sided level .95: 3/n, at most 1
// (J. A. Hanley and A. Lippman-Hand, JAMA 249, 1983).
func RuleOfThree(n int64) float64 {
	checkCounts(0, n)
	return min(1, 3/float64(n))
}

// checkCounts stops a caller that counts wrongly; no input can cause it.
func checkCounts(k, n int64) {
	if k < 0 || n < k {
		panic(fmt.Sprintf("stats: %d of %d", k, n))
	}
}
