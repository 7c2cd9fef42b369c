package score

import (
	"fmt"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/harness/stats"
)

// What bootstraps draw as a whole: flows of one campaign or host are not independent.
const (
	overCampaigns = "campaigns"
	overHosts     = "hosts"
	overBoth      = "campaigns and hosts"
)

// mostDrawn bounds the work of one bootstrap, in clusters times draws: a few seconds.
const mostDrawn = 1 << 30

// sampler gives figures their intervals over clusters. The draws of a figure depend on its name alone, so that two detectors on
// one corpus are seen by the same draws.
type sampler struct{ draws int }

func (s sampler) interval(name string, rows [][]float64, statistic func(sums []float64) float64) (stats.Interval, error) {
	if len(rows)*s.draws > mostDrawn {
		return stats.Interval{}, fmt.Errorf("%d clusters are too many to draw from", len(rows))
	}
	return stats.BCaSums(rows, s.draws, draw.NewSeed(0).Word("score").Word(name), statistic)
}

func quotient(sums []float64) float64 { return sums[0] / sums[1] }

// ratio widens Wilson's interval to one over clusters, whose rows are k and n. The bootstrap's own is too narrow where few clusters
// have a hit; that flows are worse than independent cannot make them better. Where there can be none, Wilson's stays and the note says
// why.
func (s sampler) ratio(r *Ratio, name, over string, rows [][]float64) {
	if r.Missing != "" {
		return
	}
	i, err := s.interval(name, rows, quotient)
	if err != nil {
		r.Note = fmt.Sprintf("no interval over %s (%v); Wilson's takes every %s for independent", over, err, r.Unit)
		return
	}
	// The correction may end a hair outside of what a share can be.
	r.Low, r.High = max(0, min(r.Low, i.Low)), min(1, max(r.High, i.High))
	r.Over, r.Clusters = over, int64(len(rows))
}

// number bounds a figure by its values over clusters.
func (s sampler) number(n *Number, name, over string, rows [][]float64, statistic func(sums []float64) float64) {
	if n.Missing != "" {
		return
	}
	i, err := s.interval(name, rows, statistic)
	if err != nil {
		n.Note = fmt.Sprintf("no interval over %s: %v", over, err)
		return
	}
	n.Low, n.High, n.Bounded = i.Low, i.High, true
	n.Over, n.Clusters = over, int64(len(rows))
}
