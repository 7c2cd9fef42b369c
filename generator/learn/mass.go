package learn

import (
	"math"

	"github.com/evilbench/evilbench/generator/model"
)

// masses are what is tried for the weight of all sightings beside those under the same parents' values.
var masses = []float64{0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500}

// massOf is the weight under which each sighting is likeliest given all others (leave-one-out, as in M. Stone, J. R. Stat. Soc. B 36, 1974).
// Values that were seen once say nothing of it. 0 = there are no parents, and nothing to weigh.
func massOf(v *model.Variable) float64 {
	if len(v.Parents) == 0 {
		return 0
	}
	every := make([]float64, v.Size())
	total := 0.0
	for _, s := range v.Seen {
		for _, c := range s.Count {
			every[c[0]] += float64(c[1])
			total += float64(c[1])
		}
	}
	best, most := masses[0], math.Inf(-1)
	for _, m := range masses {
		sum := 0.0
		for _, s := range v.Seen {
			here := 0.0
			for _, c := range s.Count {
				here += float64(c[1])
			}
			for _, c := range s.Count {
				n := float64(c[1])
				if every[c[0]] < 2 {
					continue
				}
				other := (every[c[0]] - 1) / (total - 1)
				sum += n * math.Log((n-1+m*other)/(here-1+m))
			}
		}
		if sum > most {
			best, most = m, sum
		}
	}
	return best
}
