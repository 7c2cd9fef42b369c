package stats

import (
	"cmp"
	"slices"
)

// Observation is how long something was watched, and whether the event came at the end of that time or the watching just ended
// (a censored observation). Value has any unit.
type Observation struct {
	Value float64
	Event bool
}

// KaplanMeierMedian is the smallest value by which half of the observations have had the event, censored ones counted as what
// they are (E. L. Kaplan and P. Meier, JASA 53, 1958). It is false where the curve never falls to one half: the median is then
// beyond what was watched.
func KaplanMeierMedian(observations []Observation) (float64, bool) {
	sorted := slices.Clone(observations)
	// An observation censored at the value of an event was still at risk when it came.
	slices.SortFunc(sorted, func(a, b Observation) int {
		return cmp.Or(cmp.Compare(a.Value, b.Value), cmp.Compare(late(a), late(b)))
	})
	surviving, atRisk := 1.0, len(sorted)
	for i := 0; i < len(sorted); {
		value, events, left := sorted[i].Value, 0, 0
		for ; i < len(sorted) && sorted[i].Value == value; i++ {
			left++
			if sorted[i].Event {
				events++
			}
		}
		surviving *= 1 - float64(events)/float64(atRisk)
		atRisk -= left
		// Half of an even number of events is reached exactly, whatever the products' rounding says.
		if surviving <= 0.5+1e-12 {
			return value, true
		}
	}
	return 0, false
}

func late(o Observation) int {
	if o.Event {
		return 0
	}
	return 1
}
