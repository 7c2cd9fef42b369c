package stats

import (
	"fmt"
	"math"
)

// FisherExact is the two-sided probability of so uneven a split of k1 in n1 and k2 in n2, counted over different campaigns or flows,
// where both have one rate: the sum over all splits of the same k1+k2 that are at most as likely (R. A. Fisher, Statistical Methods
// for Research Workers, 5th ed. 1934, §21.02). Counts outside 0..n are an error. It is *Missing where a side has nothing to count.
func FisherExact(k1, n1, k2, n2 int64) (float64, error) {
	if k1 < 0 || k2 < 0 || k1 > n1 || k2 > n2 {
		return 0, fmt.Errorf("%d of %d and %d of %d are no proportions", k1, n1, k2, n2)
	}
	if n1 == 0 || n2 == 0 {
		return 0, &Missing{"nothing was counted on one side"}
	}
	k := k1 + k2
	at := func(x int64) float64 { return logChoose(n1, x) + logChoose(n2, k-x) }
	seen := at(k1)
	// Likelihoods that are equal but for rounding count as equal.
	const slack = 1e-7
	sum, all := 0.0, 0.0
	for x := max(0, k-n2); x <= min(k, n1); x++ {
		p := math.Exp(at(x) - seen)
		all += p
		if p <= 1+slack {
			sum += p
		}
	}
	return min(1, sum/all), nil
}

func logChoose(n, k int64) float64 {
	a, _ := math.Lgamma(float64(n) + 1)
	b, _ := math.Lgamma(float64(k) + 1)
	c, _ := math.Lgamma(float64(n-k) + 1)
	return a - b - c
}
