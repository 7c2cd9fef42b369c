package stats

import (
	"cmp"
	"math"
	"slices"
)

// Observation is how long something was watched, and whether the event came at the end of that time or the watching just ended
// (a censored observation). Value has any unit.
type Observation struct {
	Value float64
	Event bool
}

// SurvivalPoint is a step of a Kaplan–Meier curve: the share of the observations for which the event came later than Value.
type SurvivalPoint struct {
	Value float64
	// AtRisk were still watched without the event just before Value, those censored at Value among them; Events of them had it
	// there.
	AtRisk, Events int
	Surviving      float64
	// Interval is pointwise at Level: Greenwood's variance on the logarithm of minus the logarithm, which stays within 0 and 1.
	Interval Interval
}

// KaplanMeier is the curve of the time to an event, censored observations counted as what they are (E. L. Kaplan and P. Meier,
// JASA 53, 1958; intervals: J. D. Kalbfleisch and R. L. Prentice, The Statistical Analysis of Failure Time Data, 1980, §1.3). It
// has a point for every value at which an event came, in rising order: before the first it is 1, after the last it stays.
func KaplanMeier(observations []Observation) []SurvivalPoint {
	sorted := slices.Clone(observations)
	slices.SortFunc(sorted, func(a, b Observation) int { return cmp.Compare(a.Value, b.Value) })
	var curve []SurvivalPoint
	surviving, variance, ceiling := 1.0, 0.0, 1.0
	for i := 0; i < len(sorted); {
		p := SurvivalPoint{Value: sorted[i].Value, AtRisk: len(sorted) - i}
		for ; i < len(sorted) && sorted[i].Value == p.Value; i++ {
			if sorted[i].Event {
				p.Events++
			}
		}
		if p.Events == 0 {
			continue
		}
		spared := float64(p.AtRisk - p.Events)
		surviving *= spared / float64(p.AtRisk)
		variance += float64(p.Events) / (float64(p.AtRisk) * spared)
		p.Surviving = surviving
		p.Interval = greenwood(surviving, variance, ceiling)
		ceiling = p.Interval.High
		curve = append(curve, p)
	}
	return curve
}

// greenwood is the interval of a share of survivors, variance being that of its logarithm. Where nobody survives the variance has
// no value; the curve never rises, so that the ceiling of the point before still holds.
func greenwood(surviving, variance, ceiling float64) Interval {
	if surviving == 0 {
		return Interval{0, ceiling}
	}
	spread := math.Exp(normal() * math.Sqrt(variance) / -math.Log(surviving))
	return Interval{math.Pow(surviving, spread), math.Pow(surviving, 1/spread)}
}

// KaplanMeierMedian is the smallest value by which half of the observations have had the event. It is false where the curve never
// falls to one half: the median is then beyond what was watched.
func KaplanMeierMedian(observations []Observation) (float64, bool) {
	for _, p := range KaplanMeier(observations) {
		// Half of an even number of events is reached exactly, whatever the products' rounding says.
		if p.Surviving <= 0.5+1e-12 {
			return p.Value, true
		}
	}
	return 0, false
}
