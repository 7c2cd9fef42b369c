package stats

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/evilbench/evilbench/generator/draw"
)

const (
	// MinDraws is the fewest draws of a bootstrap whose 2.5 % tails are worth printing.
	MinDraws = 2000
	// MinClusters is how many clusters an interval of a bootstrap needs; with fewer it is given, and a report calls it unreliable.
	MinClusters = 10
	// undefinedShare is how many of the draws may have no figure, as where no drawn campaign was detected. They are left out; more
	// would make an interval for the lucky draws.
	undefinedShare = .05
)

// BCa is the interval at Level of a figure over clusters whose members are not independent: campaigns, seeds or hosts. Whole
// clusters are drawn with replacement, draws times, and the percentiles corrected for bias and acceleration (B. Efron, JASA 82,
// 1987; Efron and R. J. Tibshirani, An Introduction to the Bootstrap, 1993, §14.3), the bias from the draws below the figure and
// half of those equal to it, the acceleration from the jackknife. With fewer than MinClusters clusters it is unreliable.
//
// The statistic gets how often each cluster was drawn and must neither keep nor change the slice; NaN or infinity says that it has
// no value there. It is called from several goroutines at once, draws+clusters+1 times. Randomness is addressed: the result
// depends on seed and draws, never on the number of workers. Where all that matters are sums over clusters, BCaSums is faster.
//
// It is *Missing with fewer than two clusters; where the figure, the figure without one of the clusters or more than 5 % of the
// draws have no value; and where all draws agree, which says nothing about how sure the figure is. Fewer than MinDraws draws are
// an error.
func BCa(clusters, draws int, seed draw.Seed, statistic func(weight []int) float64) (Interval, error) {
	if err := checkBootstrap(clusters, draws); err != nil {
		return Interval{}, err
	}
	b := bootstrap{drawn: make([]float64, draws), without: make([]float64, clusters)}
	whole := ones(clusters)
	b.figure = statistic(whole)
	parallel(draws, func(from, to int) {
		weight := make([]int, clusters)
		for d := from; d < to; d++ {
			clear(weight)
			r := seed.Number(uint64(d)).Stream()
			for range clusters {
				weight[r.IntN(clusters)]++
			}
			b.drawn[d] = statistic(weight)
		}
	})
	parallel(clusters, func(from, to int) {
		weight := slices.Clone(whole)
		for i := from; i < to; i++ {
			weight[i] = 0
			b.without[i] = statistic(weight)
			weight[i] = 1
		}
	})
	return b.interval()
}

func ones(n int) []int {
	w := make([]int, n)
	for i := range w {
		w[i] = 1
	}
	return w
}

// bootstrap is a figure, what it is in every draw, and what it is without each cluster.
type bootstrap struct {
	figure         float64
	drawn, without []float64
}

func (b bootstrap) interval() (Interval, error) {
	if !finite(b.figure) {
		return Interval{}, missing("the figure itself has no value")
	}
	drawn := slices.DeleteFunc(b.drawn, func(v float64) bool { return !finite(v) })
	if lost := len(b.drawn) - len(drawn); float64(lost) > undefinedShare*float64(len(b.drawn)) {
		return Interval{}, missing("no value in %d of %d bootstrap draws", lost, len(b.drawn))
	}
	slices.Sort(drawn)
	if drawn[0] == drawn[len(drawn)-1] {
		return Interval{}, missing("the same value in all bootstrap draws: the clusters show no spread")
	}
	acceleration, err := b.acceleration()
	if err != nil {
		return Interval{}, err
	}
	below, _ := slices.BinarySearch(drawn, b.figure)
	upTo, _ := slices.BinarySearchFunc(drawn, b.figure, func(v, figure float64) int {
		if v <= figure {
			return -1
		}
		return 1
	})
	bias := distuv.UnitNormal.Quantile(float64(below+upTo) / 2 / float64(len(drawn)))
	if !finite(bias) {
		return Interval{}, missing("the figure lies outside of all its bootstrap draws")
	}
	// Only with some hundred thousand draws can the correction outrun itself.
	if acceleration*(bias+math.Copysign(normal(), acceleration)) >= 1 {
		return Interval{}, missing("the bootstrap draws are too skewed to correct")
	}
	end := func(z float64) float64 {
		w := bias + z
		return quantile(drawn, distuv.UnitNormal.CDF(bias+w/(1-acceleration*w)))
	}
	return Interval{end(-normal()), end(normal())}, nil
}

// acceleration is how fast the figure's deviation changes with the figure: the skewness of its jackknife values over six, 0 where
// they are all alike.
func (b bootstrap) acceleration() (float64, error) {
	var mean float64
	for i, v := range b.without {
		if !finite(v) {
			return 0, missing("no value without cluster %d: the figure hangs on it alone", i)
		}
		mean += v / float64(len(b.without))
	}
	var squares, cubes float64
	for _, v := range b.without {
		d := mean - v
		squares += d * d
		cubes += d * d * d
	}
	if squares == 0 {
		return 0, nil
	}
	return cubes / (6 * squares * math.Sqrt(squares)), nil
}

// quantile interpolates between sorted values (type 7 of R. J. Hyndman and Y. Fan, The American Statistician 50, 1996).
func quantile(sorted []float64, p float64) float64 {
	at := p * float64(len(sorted)-1)
	i := min(int(at), len(sorted)-2)
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
