package stats

import (
	"fmt"
	"runtime"
	"sync"

	"github.com/evilbench/evilbench/generator/draw"
)

// BCaSums is BCa for a figure of sums over clusters, such as a ratio of two: rows has one row of addends for every cluster, all of
// one length, and the statistic gets their sums in the same order. A draw costs one addition for every addend and a cluster's
// jackknife value one for every column, so that 10,000 campaigns cost no more than their draws. A row of another length is an
// error; else as BCa.
func BCaSums(rows [][]float64, draws int, seed draw.Seed, statistic func(sums []float64) float64) (Interval, error) {
	if err := checkBootstrap(len(rows), draws); err != nil {
		return Interval{}, err
	}
	width := len(rows[0])
	flat := make([]float64, 0, len(rows)*width)
	whole := make([]float64, width)
	for i, row := range rows {
		if len(row) != width {
			return Interval{}, fmt.Errorf("stats: cluster %d has %d addends, not %d", i, len(row), width)
		}
		flat = append(flat, row...)
		for j, v := range row {
			whole[j] += v
		}
	}
	b := bootstrap{drawn: make([]float64, draws), without: make([]float64, len(rows))}
	b.figure = statistic(whole)
	parallel(draws, func(from, to int) {
		sums := make([]float64, width)
		for d := from; d < to; d++ {
			clear(sums)
			r := seed.Number(uint64(d)).Stream()
			for range rows {
				at := r.IntN(len(rows)) * width
				for j, v := range flat[at : at+width] {
					sums[j] += v
				}
			}
			b.drawn[d] = statistic(sums)
		}
	})
	parallel(len(rows), func(from, to int) {
		sums := make([]float64, width)
		for i := from; i < to; i++ {
			for j, v := range rows[i] {
				sums[j] = whole[j] - v
			}
			b.without[i] = statistic(sums)
		}
	})
	return b.interval()
}

func checkBootstrap(clusters, draws int) error {
	if draws < MinDraws {
		return fmt.Errorf("stats: %d bootstrap draws are too few, take at least %d", draws, MinDraws)
	}
	if clusters < 2 {
		return missing("fewer than two clusters to draw from")
	}
	return nil
}

// parallel calls work for adjoining ranges of 0..n-1, one for every processor. Which range an index falls into must not matter.
func parallel(n int, work func(from, to int)) {
	var all sync.WaitGroup
	workers := min(n, runtime.GOMAXPROCS(0))
	for w := range workers {
		all.Go(func() { work(n*w/workers, n*(w+1)/workers) })
	}
	all.Wait()
}
