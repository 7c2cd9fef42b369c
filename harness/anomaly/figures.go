// Package anomaly measures how well models of usual words tell others from them: sessions of a log, words of a service among those of
// others, and which service a word is of.
package anomaly

import (
	"cmp"
	"slices"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/harness/stats"
)

// Trial is a scored word. A greater score is more foreign.
type Trial struct {
	Score   float64
	Foreign bool
}

// Figure is a figure with its interval at stats.Level.
type Figure struct {
	Value float64 `json:"value"`
	stats.Interval
}

// Figures are those of the published table of detectors of anomalous sessions.
type Figures struct {
	Usual   int    `json:"usual"`
	Foreign int    `json:"foreign"`
	AUROC   Figure `json:"auroc"` // ties count half
	TPR     Figure `json:"tpr"`   // at the threshold with the greatest TPR - FPR, the highest of several
	FPR     Figure `json:"fpr"`   // there
	F1      Figure `json:"f1"`    // there, at the share of foreign words that was asked for
	FPR99   Figure `json:"fpr99"` // the least with a TPR of .99 or more
}

// step is all trials of one score, the greatest score first.
type step struct{ usual, foreign float64 }

// rates are the five figures of one sample, in the order of Figures.
type rates [5]float64

// Measure computes the figures and, by a bootstrap of draws samples in which both kinds keep their number, percentile intervals; fewer
// than two draws leave the intervals at the figures. The share, in (0, 1), is that of foreign words for F1. The result depends on the
// trials' scores, the seed and the draws alone. It is *stats.Missing where either kind is absent.
func Measure(trials []Trial, share float64, draws int, seed draw.Seed) (Figures, error) {
	sorted := slices.Clone(trials)
	slices.SortStableFunc(sorted, func(a, b Trial) int { return cmp.Compare(b.Score, a.Score) })
	var steps []step
	var of [2][]int32 // steps of usual and foreign trials
	for i, t := range sorted {
		if i == 0 || t.Score != sorted[i-1].Score {
			steps = append(steps, step{})
		}
		last := len(steps) - 1
		if t.Foreign {
			steps[last].foreign++
			of[1] = append(of[1], int32(last))
		} else {
			steps[last].usual++
			of[0] = append(of[0], int32(last))
		}
	}
	if len(of[0]) == 0 || len(of[1]) == 0 {
		return Figures{}, &stats.Missing{Reason: "words of both kinds are wanted, usual and foreign"}
	}
	value := sweep(steps, share)
	drawn := make([]rates, draws)
	sample := make([]step, len(steps))
	for d := range draws {
		s := seed.Number(uint64(d)).Stream()
		clear(sample)
		for range of[0] {
			sample[of[0][s.IntN(len(of[0]))]].usual++
		}
		for range of[1] {
			sample[of[1][s.IntN(len(of[1]))]].foreign++
		}
		drawn[d] = sweep(sample, share)
	}
	figure := func(i int) Figure { return Figure{Value: value[i], Interval: percentiles(drawn, i, value[i])} }
	return Figures{
		Usual: len(of[0]), Foreign: len(of[1]),
		AUROC: figure(0), TPR: figure(1), FPR: figure(2), F1: figure(3), FPR99: figure(4),
	}, nil
}

func percentiles(drawn []rates, i int, value float64) stats.Interval {
	if len(drawn) < 2 {
		return stats.Interval{Low: value, High: value}
	}
	of := make([]float64, len(drawn))
	for d := range drawn {
		of[d] = drawn[d][i]
	}
	slices.Sort(of)
	tail := int((1 - stats.Level) / 2 * float64(len(of)))
	return stats.Interval{Low: of[tail], High: of[len(of)-1-tail]}
}

func sweep(steps []step, share float64) rates {
	var usual, foreign float64
	for _, s := range steps {
		usual += s.usual
		foreign += s.foreign
	}
	var r rates
	r[4] = 1
	var fp, tp float64
	best := -1.0
	for _, s := range steps {
		r[0] += s.usual * (tp + s.foreign/2)
		fp += s.usual
		tp += s.foreign
		tpr, fpr := tp/foreign, fp/usual
		if tpr-fpr > best {
			best, r[1], r[2] = tpr-fpr, tpr, fpr
		}
		if tpr >= 0.99 {
			r[4] = min(r[4], fpr)
		}
	}
	r[0] /= usual * foreign
	hits := share * r[1]
	if hits > 0 {
		r[3] = 2 * hits / (2*hits + (1-share)*r[2] + share*(1-r[1]))
	}
	return r
}
