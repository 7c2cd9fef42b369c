package learn

import (
	"math"
	"slices"
	"strconv"

	"github.com/evilbench/evilbench/generator/model"
)

const (
	dayParts   = 144 // of ten minutes
	day        = 86_400.0
	burstBin   = 60.0 // s: bursts are looked for in counts per minute
	burstIndex = 1.3  // dispersion above which a Poisson process is not believed
	weekLong   = 14   // days of watching from which weekdays are told apart
	trendLong  = 7    // days from which a trend is looked for
)

// profileOf is the weight of each part of the day: starts in it for each second of it that was watched, drawn towards the prior
// (nil = the same at all times) where little was seen, and smoothed with its neighbours as far as chance tells them apart. starts are ascending.
func profileOf(starts []float64, begin, end float64, prior []float64) []float64 {
	if len(starts) == 0 {
		return slices.Repeat([]float64{1}, dayParts)
	}
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
		expected := 1.0
		if prior != nil {
			expected = prior[i]
		}
		// One start at the mean rate is taken to have been seen in every part.
		raw[i] = (counts[i] + expected) / (watched[i] + 1/mean) / mean
	}
	chance := chanceOf(counts)
	out := make([]float64, dayParts)
	sum := 0.0
	for i := range out {
		out[i] = (1-chance/2)*raw[i] + chance/4*(raw[(i+dayParts-1)%dayParts]+raw[(i+1)%dayParts])
		sum += out[i] / dayParts
	}
	for i := range out {
		out[i] = round(out[i] / sum)
	}
	return out
}

// chanceOf is the share of chance in how counts differ from their neighbours': all of it where they are those of a Poisson process. The median
// difference tells, so that the edges of a working day do not.
func chanceOf(counts []float64) float64 {
	var ratios []float64
	for i, n := range counts {
		if m := counts[(i+1)%len(counts)]; n+m > 0 {
			ratios = append(ratios, (n-m)*(n-m)/(n+m))
		}
	}
	if len(ratios) == 0 {
		return 1
	}
	slices.Sort(ratios)
	return medianOfChance / max(ratios[len(ratios)/2], medianOfChance)
}

// medianOfChance is the median of a chi-squared variable of one degree of freedom.
const medianOfChance = 0.4549

// round keeps four digits: weights are read by people.
func round(x float64) float64 { return digits(x, 4) }

// digits keeps n significant digits.
func digits(x float64, n int) float64 {
	y, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', n, 64), 64)
	if err != nil {
		return x
	}
	return y
}

func partOf(t float64) int { return int(math.Mod(t, day)/day*dayParts) % dayParts }

// weekdaysOf are the weights of the days of the week, from Monday; all the same where too few days were watched.
func weekdaysOf(starts []float64, begin, end float64) []float64 {
	out := []float64{1, 1, 1, 1, 1, 1, 1}
	if end-begin < weekLong*day {
		return out
	}
	var counts, watched [7]float64
	for t := begin; t < end; {
		next := min(end, (math.Floor(t/day)+1)*day)
		watched[weekday(t)] += (next - t) / day
		t = next
	}
	for _, s := range starts {
		counts[weekday(s)]++
	}
	mean := float64(len(starts)) / (end - begin) * day
	for i := range out {
		out[i] = round((counts[i] + 1) / (watched[i]*mean + 1))
	}
	return out
}

// weekday counts from Monday; the epoch was a Thursday.
func weekday(t float64) int { return (int(math.Floor(t/day)) + 3) % 7 }

// trendOf fits exponential growth to counts by day, by least squares on logarithms weighted by the counts; nil where the watching was short
// or the slope lies within two of its standard errors of none.
func trendOf(starts []float64, begin, end float64) *model.Trend {
	days := int((end - begin) / day)
	if days < trendLong || len(starts) < 10*days {
		return nil
	}
	counts := make([]float64, days)
	for _, s := range starts {
		if i := int((s - begin) / day); i < days {
			counts[i]++
		}
	}
	var w, wx, wy float64
	for i, n := range counts {
		y := math.Log(n + 1)
		w, wx, wy = w+n+1, wx+(n+1)*float64(i), wy+(n+1)*y
	}
	mx, my := wx/w, wy/w
	var sxx, sxy, rest float64
	for i, n := range counts {
		sxx += (n + 1) * (float64(i) - mx) * (float64(i) - mx)
		sxy += (n + 1) * (float64(i) - mx) * (math.Log(n+1) - my)
	}
	slope := sxy / sxx
	for i, n := range counts {
		e := math.Log(n+1) - my - slope*(float64(i)-mx)
		rest += (n + 1) * e * e
	}
	if math.Abs(slope) < 2*math.Sqrt(rest/float64(days-2)/sxx) {
		return nil
	}
	weekly := min(max(math.Exp(7*slope), 0.01), 100)
	return &model.Trend{Weekly: round(weekly), From: stamp(begin), To: stamp(end)}
}

// burstOf compares the variance of counts a minute with what the profile and the crowding of all patterns would give, of which crowded is the
// relative variance. starts are ascending; nil = a Poisson process.
func burstOf(starts []float64, begin, end float64, weights []float64, crowded float64) *model.Burst {
	minutes := int((end - begin) / burstBin)
	if minutes < 30 || len(starts) < 30 {
		return nil
	}
	minutes = min(minutes, 1<<20)
	counts := make([]float64, minutes)
	total, scale := 0.0, 0.0
	for _, s := range starts {
		if i := int((s - begin) / burstBin); i >= 0 && i < minutes {
			counts[i]++
			total++
		}
	}
	for i := range counts {
		scale += weights[partOf(begin+float64(i)*burstBin)]
	}
	chi, shared := 0.0, 0.0
	for i, n := range counts {
		expected := total * weights[partOf(begin+float64(i)*burstBin)] / scale
		chi += (n - expected) * (n - expected) / expected
		shared += expected * crowded
	}
	index := (chi - shared) / float64(minutes-1)
	var near []float64
	for i := 1; i < len(starts); i++ {
		if g := starts[i] - starts[i-1]; g < burstBin {
			near = append(near, g)
		}
	}
	if index < burstIndex || len(near) == 0 {
		return nil
	}
	slices.Sort(near)
	more := min(index-1, 1e6)
	// Of n windows at exponential distances from the first, neighbours lie about 1/n of the mean distance apart.
	return &model.Burst{More: round(more), Gap: round(near[len(near)/2] / math.Ln2 * max(1, more/2))}
}
