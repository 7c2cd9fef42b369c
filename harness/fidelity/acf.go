package fidelity

import (
	"fmt"
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/dsp/fourier"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/harness/stats"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// mostSteps is the longest series that is correlated with itself: 194 days of seconds.
const mostSteps = 1 << 24

// acfGaps tell how differently the traffic of one moment goes with that of a later one: the difference of the two tables'
// autocorrelations at the lags at which the training table's is significant.
func acfGaps(v *view) []Aspect {
	if v.options.Mode == Paper {
		return v.publishedGaps()
	}
	var out []Aspect
	for _, step := range []time.Duration{time.Minute, 10 * time.Minute} {
		for _, name := range numeric {
			a := Aspect{Group: GroupTime, Name: fmt.Sprintf("ACF gap %s, %v", name, short(step)), Best: "0"}
			a.Figure, a.Detail = v.gap(name, int64(step))
			out = append(out, a)
		}
	}
	return out
}

func short(d time.Duration) string { return fmt.Sprintf("%d min", int(d.Minutes())) }

func (v *view) publishedGaps() []Aspect {
	var out []Aspect
	for _, name := range numeric {
		a := Aspect{Group: GroupTime, Name: "ACF gap " + name + ", 1 s", Best: "0", Figure: publishedGap(v.train, v.table, name)}
		out = append(out, a)
	}
	return out
}

// publishedGap sums cells, cut to whole numbers, by the second, over the seconds from the later first flow to the earlier last one,
// and correlates each series with itself. At the lags (0 among them) at which the training table's correlation leaves the 95 % band
// of Bartlett's formula (J. R. Stat. Soc. Suppl. 8, 1946), the differences are added up, and the sum divided by the number of
// seconds. A constant series correlates with nothing, not even with itself.
func publishedGap(train, generated *flowlog.Table, name string) score.Number {
	var columns [2]*flowlog.Column
	var when [2][]int64
	from, to := int64(math.MinInt64), int64(math.MaxInt64)
	for i, t := range []*flowlog.Table{train, generated} {
		c, missing := columnsOf(t, []string{flowlog.FirstSeen, name})
		if missing != "" {
			return score.Number{Missing: missing}
		}
		when[i], columns[i] = c[0].Times, c[1]
		from = max(from, second(slices.Min(when[i])))
		to = min(to, second(slices.Max(when[i])))
	}
	switch {
	case to-from < 2:
		return score.Number{Missing: "the tables have no three seconds in common"}
	case to-from >= mostSteps:
		return score.Number{Missing: fmt.Sprintf("more than %d seconds to correlate", mostSteps)}
	}
	var of [2][]float64
	for i, c := range columns {
		series := make([]float64, to-from+1)
		for row, t := range when[i] {
			if s := second(t); s >= from && s <= to {
				series[s-from] += math.Trunc(c.Numbers[row])
			}
		}
		of[i] = autocorrelation(series)
	}
	if slices.Max(of[0]) == 0 {
		return score.Number{Missing: name + " of " + train.Name + " is the same in every second that the tables share"}
	}
	n := float64(len(of[0]))
	sum := math.Abs(of[0][0] - of[1][0])
	for _, lag := range significant(of[0], n) {
		sum += math.Abs(of[0][lag] - of[1][lag])
	}
	out := score.Number{Value: sum / n, N: int64(n)}
	out.Note = "the published figure is one of whole series, which has no repetitions"
	return out
}

func second(t int64) int64 { return floorDiv(t, int64(time.Second)) }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// autocorrelation is of all lags from 0, by the power spectrum (Wiener and Khinchin); 0 everywhere of a constant series.
func autocorrelation(series []float64) []float64 {
	n := len(series)
	size := 1
	for size < 2*n {
		size *= 2
	}
	lo, hi := slices.Min(series), slices.Max(series)
	out := make([]float64, n)
	if lo == hi {
		return out
	}
	var mean float64
	for _, x := range series {
		mean += x / float64(n)
	}
	padded := make([]float64, size)
	for i, x := range series {
		padded[i] = (x - mean) / (hi - lo)
	}
	fft := fourier.NewFFT(size)
	power := fft.Coefficients(nil, padded)
	for i, c := range power {
		power[i] = complex(real(c)*real(c)+imag(c)*imag(c), 0)
	}
	fft.Sequence(padded, power)
	for k := range out {
		out[k] = padded[k] / padded[0]
	}
	return out
}

// significant are the lags from 1 at which a series of n values correlates with itself beyond Bartlett's band.
func significant(acf []float64, n float64) (lags []int) {
	z := distuv.UnitNormal.Quantile((1 + stats.Level) / 2)
	before := 0.0
	for k := 1; k < len(acf); k++ {
		if k > 1 {
			before += acf[k-1] * acf[k-1]
		}
		if math.Abs(acf[k]) > z*math.Sqrt((1+2*before)/n) {
			lags = append(lags, k)
		}
	}
	return lags
}

// gap is the mean of the differences at the significant ones of the lags that are worth looking at. Sizes count by their logarithm,
// since a single transfer would hide everything else. Each table is taken by itself: what lies in a silence of a quarter of an hour
// or more was not watched, and pairs with it count for nothing (E. Parzen, Sankhya A 25, 1963), so that captures kept in pieces can
// be compared.
func (v *view) gap(name string, step int64) (score.Number, string) {
	train, missing := newSeries(v.train, name, step)
	if missing != "" {
		return score.Number{Missing: missing}, ""
	}
	other, missing := newSeries(v.table, name, step)
	if missing != "" {
		return score.Number{Missing: missing}, ""
	}
	least := min(train.watched, other.watched)
	most := min(int(10*math.Log10(float64(least))), least/4)
	acf := train.correlations(most)
	lags := slices.DeleteFunc(significant(acf, float64(train.watched)), func(lag int) bool {
		return train.pairs(lag) < fewestSteps || other.pairs(lag) < fewestSteps
	})
	if len(lags) == 0 {
		return score.Number{Missing: fmt.Sprintf("%s of %s correlates with itself at none of the %d lags of %v for which both tables have pairs",
			name, v.train.Name, most, short(time.Duration(step)))}, ""
	}
	rows := append(train.addends(lags, 0), other.addends(lags, 1)...)
	width := len(rows[0]) / 2
	if constant(train) || constant(other) {
		return score.Number{Missing: name + " is the same in every step of time"}, ""
	}
	c := score.Cluster{Unit: "lag", Over: "spans of time", Clusters: int64(len(rows))}
	figure := v.distance(len(lags), c, 2, v.seed.Word("acf").Word(name).Number(uint64(step)), func(weight []int) float64 {
		sums := make([]float64, 2*width)
		for i, row := range rows {
			for k, x := range row {
				sums[k] += float64(weight[i]) * x
			}
		}
		return meanGap(sums[:width], sums[width:])
	})
	return figure, fmt.Sprintf("%d of %d lags significant", len(lags), most)
}

// meanGap is the mean difference of correlations of two rows of sums: squares and their number, then products and their number, by
// lag.
func meanGap(a, b []float64) float64 {
	lags := len(a)/2 - 1
	var sum float64
	for k := 1; k <= lags; k++ {
		sum += math.Abs(a[2*k]/a[2*k+1]/(a[0]/a[1]) - b[2*k]/b[2*k+1]/(b[0]/b[1]))
	}
	return sum / float64(lags)
}
