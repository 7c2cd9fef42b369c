package compare

import (
	"fmt"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/harness/stats"
)

// detectable is the smallest difference that n campaigns show with the power: where one side catches all that the other does and
// more, which shows soonest, or at the disagreement that was seen, whichever is larger.
func detectable(n, disagreements int64) *score.Number {
	least := leastOneSided()
	if n < least {
		return &score.Number{Missing: fmt.Sprintf("%s cannot show any difference: it takes %d that only one side catches to exclude chance", plural(n, "campaign"), least)}
	}
	d := oneSided(n, least)
	if seen, err := stats.MinimumDetectable(n, float64(disagreements)/float64(n), alpha, power); err == nil {
		d = max(d, seen)
	}
	return &score.Number{Value: d}
}

// leastOneSided is how many disagreements, all to one side, the exact test does not take for chance.
func leastOneSided() int64 {
	n := int64(1)
	for stats.McNemar(n, 0).Exact >= alpha {
		n++
	}
	return n
}

// oneSided is the chance with which each campaign must be caught by the better side alone for at least so many to be, with the power:
// the exact test's own binomial, since the normal approximation is too hopeful of a handful.
func oneSided(n, least int64) float64 {
	low, high := 0.0, 1.0
	for range 50 {
		middle := (low + high) / 2
		if 1-(distuv.Binomial{N: float64(n), P: middle}).CDF(float64(least-1)) < power {
			low = middle
		} else {
			high = middle
		}
	}
	return high
}
