package stats

import (
	"math"

	"gonum.org/v1/gonum/stat"

	"github.com/evilbench/evilbench/generator/draw"
)

// rounding is the relative deviation below which draws differ by nothing but their arithmetic.
const rounding = 1e-12

// Distance is the normal interval at Level of a figure that noise can only make greater, such as the distance of two samples, by
// its standard deviation in a bootstrap (B. Efron, Ann. Stat. 7, 1979): the draws of such a figure all lie above it, and what BCa
// makes of that need not hold the figure itself. Clusters, draws, seed, statistic and *Missing are as of BCa. The interval can
// reach below 0 or above what the figure can be, which the caller cuts.
func Distance(clusters, draws int, seed draw.Seed, statistic func(weight []int) float64) (Interval, error) {
	if err := checkBootstrap(clusters, draws); err != nil {
		return Interval{}, err
	}
	figure := statistic(ones(clusters))
	if !finite(figure) {
		return Interval{}, missing("the figure itself has no value")
	}
	all := make([]float64, draws)
	parallel(draws, func(from, to int) {
		weight := make([]int, clusters)
		for d := from; d < to; d++ {
			clear(weight)
			r := seed.Number(uint64(d)).Stream()
			for range clusters {
				weight[r.IntN(clusters)]++
			}
			all[d] = statistic(weight)
		}
	})
	drawn := all[:0]
	for _, v := range all {
		if finite(v) {
			drawn = append(drawn, v)
		}
	}
	if lost := draws - len(drawn); float64(lost) > undefinedShare*float64(draws) {
		return Interval{}, missing("no value in %d of %d bootstrap draws", lost, draws)
	}
	deviation := stat.StdDev(drawn, nil)
	if deviation <= rounding*math.Abs(figure) {
		return Interval{}, missing("the same value in all bootstrap draws: the clusters show no spread")
	}
	return Interval{figure - normal()*deviation, figure + normal()*deviation}, nil
}
