package stats

import (
	"fmt"
	"math"
	"sync/atomic"

	"github.com/evilbench/evilbench/generator/draw"
)

// PairedRateRatio compares the rates of a and b counted on the same hosts or days: a[i] and b[i] belong to one of them. The
// interval is BCaSums over hosts, so that bursts and their being the same on both sides count for what they are. P is
// Fisher's randomisation: under equal rates a host's two counts might as well be exchanged, and P is the share of the draws of
// exchanges, the observed one among them, with rates at least as far apart (B. Phipson and G. K. Smyth, Statistical Applications
// in Genetics and Molecular Biology 9:39, 2010, on why it is never 0). Lists of different lengths and fewer than MinDraws draws
// are an error. It is *Missing where BCaSums is, and where a side has no exposure or b has no events.
func PairedRateRatio(a, b []Count, draws int, seed draw.Seed) (RateRatioResult, error) {
	if len(a) != len(b) {
		return RateRatioResult{}, fmt.Errorf("stats: %d counts cannot be paired with %d", len(a), len(b))
	}
	first, second := sum(a), sum(b)
	if first.exposure == 0 || second.exposure == 0 {
		return RateRatioResult{}, missing("no exposure on one of the two sides")
	}
	if second.events == 0 {
		return RateRatioResult{}, missing("no events on the second side")
	}
	rows := make([][]float64, len(a))
	for i := range a {
		rows[i] = []float64{float64(a[i].Events), a[i].Exposure, float64(b[i].Events), b[i].Exposure}
	}
	interval, err := BCaSums(rows, draws, seed.Word("interval"), func(s []float64) float64 { return s[0] / s[1] * s[3] / s[2] })
	if err != nil {
		return RateRatioResult{}, err
	}
	return RateRatioResult{
		Ratio:    first.rate() / second.rate(),
		Interval: interval,
		P:        exchange(rows, draws, seed.Word("exchange")),
	}, nil
}

// exchange is the probability of rates as far apart as these if the two halves of every row are exchanged by the toss of a coin.
func exchange(rows [][]float64, draws int, seed draw.Seed) float64 {
	apart := func(s [4]float64) float64 { return math.Abs(s[0]/s[1] - s[2]/s[3]) }
	add := func(s *[4]float64, row []float64, swap int) {
		for j, v := range row {
			s[j^swap] += v
		}
	}
	var observed [4]float64
	for _, row := range rows {
		add(&observed, row, 0)
	}
	// A sum in another order differs in its last digits; what is equal must be counted as such.
	limit := apart(observed) * (1 - 1e-9)
	var extreme atomic.Int64
	parallel(draws, func(from, to int) {
		for d := from; d < to; d++ {
			r := seed.Number(uint64(d)).Stream()
			var s [4]float64
			for _, row := range rows {
				add(&s, row, r.IntN(2)*2)
			}
			// A side that an exchange left without exposure has no rate: it counts against a finding.
			if !(apart(s) < limit) {
				extreme.Add(1)
			}
		}
	})
	return float64(extreme.Load()+1) / float64(draws+1)
}
