package stats

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// MinimumDetectable is the smallest difference of two detection rates that n campaigns, seen by both detectors, show at the
// two-sided level alpha with the probability power, where the detectors disagree on the share discordance of the campaigns:
// McNemar's test in the normal approximation (O. S. Miettinen, Biometrics 24, 1968; R. J. Connor, Biometrics 43, 1987), good from
// some ten disagreements on. Shares outside of their ranges are an error. It is *Missing without campaigns or disagreement, and
// where even disagreements all to one side would be too few.
func MinimumDetectable(n int64, discordance, alpha, power float64) (float64, error) {
	checkCounts(0, n)
	if !(0 <= discordance && discordance <= 1 && 0 < alpha && alpha < 1 && 0.5 <= power && power < 1) {
		return 0, fmt.Errorf("stats: discordance %v must be in [0, 1], alpha %v in (0, 1), power %v in [0.5, 1)", discordance, alpha, power)
	}
	if n == 0 || discordance == 0 {
		return 0, missing("no campaign on which the detectors disagree")
	}
	test := distuv.UnitNormal.Quantile(1-alpha/2) * math.Sqrt(discordance)
	z := distuv.UnitNormal.Quantile(power)
	// sqrt(n)·d = test + z·sqrt(discordance - d²), squared and solved for its greater root, which alone is not below test.
	root, lead := math.Sqrt(float64(n)), float64(n)+z*z
	d := (test*root + z*math.Sqrt(lead*discordance-test*test)) / lead
	// Below test even a difference of no variance is not significant, and the square has no root or the wrong one.
	if root*root*discordance < test*test || d > discordance {
		return 0, missing("%d campaigns are too few to show any difference with %.3g %% disagreement", n, 100*discordance)
	}
	return d, nil
}
