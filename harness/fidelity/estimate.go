package fidelity

import (
	"math"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/harness/stats"
)

// pieces is into how many clusters of adjoining flows a table is cut for a bootstrap: flows come in bursts, and a burst is one
// observation.
const pieces = 50

// overPieces is what the clusters of a bootstrap are called.
const overPieces = "pieces of adjoining flows"

// pieceOf is the cluster of each of n rows that are in the order of time.
func pieceOf(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i * min(pieces, n) / n
	}
	return out
}

// bounded is a figure with the interval of a bootstrap, or with the reason why it has none.
func bounded(value float64, n int, c score.Cluster, i stats.Interval, err error) score.Number {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return score.Number{Missing: "numbers too large to compute with"}
	}
	out := score.Number{Value: value, N: int64(n)}
	if err != nil {
		out.Note = err.Error()
		return out
	}
	out.Low, out.High, out.Bounded, out.Cluster = i.Low, i.High, true, c
	return out
}

// shareOf is the mean of what each row of a table in the order of time counts, from 0 to 1, with an interval over pieces of it. Where
// all count the same, the interval is Wilson's, which takes the rows for independent.
func (r *reality) shareOf(counts []float64, unit string, seed draw.Seed) score.Number {
	n := len(counts)
	rows := make([][]float64, min(pieces, n))
	for i, piece := range pieceOf(n) {
		if rows[piece] == nil {
			rows[piece] = make([]float64, 2)
		}
		rows[piece][0] += counts[i]
		rows[piece][1]++
	}
	var sum float64
	for _, c := range counts {
		sum += c
	}
	i, err := stats.BCaSums(rows, r.options.Draws, seed, func(s []float64) float64 { return s[0] / s[1] })
	out := bounded(sum/float64(n), n, score.Cluster{Unit: unit, Over: overPieces, Clusters: int64(len(rows))}, i, err)
	if err != nil && (sum == 0 || sum == float64(n)) {
		w := stats.Wilson(int64(sum), int64(n))
		out.Low, out.High, out.Bounded, out.Unit = w.Low, w.High, true, unit
	}
	return out
}

// distance is a figure from 0 to most that noise can only make greater. The statistic gets how often each cluster was drawn.
func (r *reality) distance(n int, c score.Cluster, most float64, seed draw.Seed, statistic func(weight []int) float64) score.Number {
	once := make([]int, c.Clusters)
	for i := range once {
		once[i] = 1
	}
	i, err := stats.Distance(len(once), r.options.Draws, seed, statistic)
	i.Low, i.High = max(0, i.Low), min(most, i.High)
	return bounded(statistic(once), n, c, i, err)
}
