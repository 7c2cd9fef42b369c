package chronicle

import (
	"fmt"
	"math"
	"slices"

	"github.com/evilbench/evilbench/generator/draw"
)

// Rhythm is when the windows of a pattern start: a profile of the day, and how they come in bursts. It is played for any time, and
// keeps no start of those it was learnt from.
type Rhythm struct {
	PerDay float64   `json:"per_day"` // windows, as a mean
	Day    []float64 `json:"day"`     // weights of equal parts of a day from midnight UTC, their mean 1

	// A burst is so many windows more behind the one that begins it, as a mean, each at an exponential distance from it: a
	// Neyman–Scott process (J. Neyman and E. L. Scott, J. R. Stat. Soc. B 20, 1958). 0 is a Poisson process.
	Burst float64 `json:"burst,omitempty"`
	Gap   float64 `json:"gap_seconds,omitempty"` // mean of that distance
}

const (
	dayParts   = 144 // of ten minutes
	day        = 86_400.0
	burstBin   = 60.0 // s: bursts are looked for in counts per minute
	burstIndex = 1.3  // dispersion above which a Poisson process is not believed
)

// FitRhythm learns a rhythm from start times in seconds since the epoch, ascending, of flows that were watched from begin to end.
func FitRhythm(starts []float64, begin, end float64) (Rhythm, error) {
	watched := end - begin
	if len(starts) == 0 || watched <= 0 {
		return Rhythm{}, fmt.Errorf("%d start times in %g s: a rhythm needs at least one, and time", len(starts), watched)
	}
	r := Rhythm{PerDay: float64(len(starts)) / watched * day, Day: profile(starts, begin, end)}
	r.Burst, r.Gap = bursts(starts, begin, end, r.Day)
	return r, nil
}

// profile is the weight of each part of the day: starts in it for each second of it that was watched, drawn towards the mean where
// little was seen, and smoothed with its neighbours.
func profile(starts []float64, begin, end float64) []float64 {
	counts, watched := make([]float64, dayParts), make([]float64, dayParts)
	const length = day / dayParts
	for t := begin; t < end; {
		next := min(end, (math.Floor(t/length)+1)*length)
		watched[partOf(t)] += next - t
		t = next
	}
	for _, s := range starts {
		counts[partOf(s)]++
	}
	mean := float64(len(starts)) / (end - begin)
	raw := make([]float64, dayParts)
	for i := range raw {
		// One start at the mean rate is taken to have been seen in every part.
		raw[i] = (counts[i] + 1) / (watched[i] + 1/mean) / mean
	}
	out := make([]float64, dayParts)
	sum := 0.0
	for i := range out {
		out[i] = (raw[(i+dayParts-1)%dayParts] + 2*raw[i] + raw[(i+1)%dayParts]) / 4
		sum += out[i] / dayParts
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

func partOf(t float64) int {
	return int(math.Mod(t, day)/day*dayParts) % dayParts
}

// bursts compares the variance of counts a minute with what the profile alone would give.
func bursts(starts []float64, begin, end float64, weights []float64) (size, gap float64) {
	bins := int((end - begin) / burstBin)
	if bins < 30 || len(starts) < 30 {
		return 0, 0
	}
	counts := make([]float64, bins)
	total := 0.0
	for _, s := range starts {
		if i := int((s - begin) / burstBin); i >= 0 && i < bins {
			counts[i]++
			total++
		}
	}
	scale := 0.0
	for i := range counts {
		scale += weights[partOf(begin+float64(i)*burstBin)]
	}
	chi := 0.0
	for i, n := range counts {
		expected := total * weights[partOf(begin+float64(i)*burstBin)] / scale
		chi += (n - expected) * (n - expected) / expected
	}
	index := chi / float64(bins-1)
	if index < burstIndex {
		return 0, 0
	}
	var close []float64
	for i := 1; i < len(starts); i++ {
		if g := starts[i] - starts[i-1]; g < burstBin {
			close = append(close, g)
		}
	}
	if len(close) == 0 {
		return 0, 0
	}
	slices.Sort(close)
	// Of n windows at exponential distances from the first, neighbours lie about 1/n of the mean distance apart.
	size = index - 1
	return size, close[len(close)/2] / math.Ln2 * max(1, size/2)
}

// weight is the rate at t over the mean rate.
func (r *Rhythm) weight(t float64) float64 { return r.Day[partOf(t)] }

// Starts draws the starts of bursts that begin in [from, to), seconds since the epoch, with those that follow in each, and hands
// them to each; a burst may run beyond to. rate multiplies how many there are. What comes depends on seed, from and to alone.
func (r *Rhythm) Starts(seed draw.Seed, from, to, rate float64, each func(at float64)) {
	s := seed.Stream()
	mean := rate * r.PerDay / day * (to - from) / (1 + r.Burst) * r.weight((from+to)/2)
	for range s.Poisson(mean) {
		at := from + s.Float64()*(to-from)
		each(at)
		for range s.Poisson(r.Burst) {
			each(at + s.Exp(r.Gap))
		}
	}
}
