package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// DispersionResult is a rate ratio that allows for bursts.
type DispersionResult struct {
	RateRatioResult
	// Dispersion is the variance of a count over its mean (Pearson's estimate): 1 for events that come one by one, above it for
	// bursts, 50 where alerts come fifty at a time.
	Dispersion float64
	// Alpha is the negative binomial's: a count of mean m has the variance m + Alpha m², by moments, at least 0.
	Alpha float64
}

// DispersionRateRatio compares the rates of a and b, counted over different hosts or days, each of which may burst: quasi-Poisson,
// the variance of a count is Dispersion times its mean, never less than its mean, estimated over both sides by Pearson's
// chi-square over its degrees of freedom; the interval and the test are Student's on the logarithm of the ratio (P. McCullagh and
// J. A. Nelder, Generalized Linear Models, 2nd ed. 1989, §6.2.3; J. M. Ver Hoef and P. L. Boveng, Ecology 88, 2007, on when it
// is to be preferred to the negative binomial, whose Alpha is given beside it). For the same hosts or days under two detectors
// use PairedRateRatio. Counts without exposure are left out. It is *Missing with fewer than three counts, with an empty side, and
// where a side has no events, as its logarithm has no end.
func DispersionRateRatio(a, b []Count) (DispersionResult, error) {
	first, second := sum(a), sum(b)
	n := first.hosts + second.hosts
	switch {
	case first.hosts == 0 || second.hosts == 0:
		return DispersionResult{}, missing("no exposure on one of the two sides")
	case first.events == 0 || second.events == 0:
		return DispersionResult{}, missing("no events on one of the two sides")
	case n < 3:
		return DispersionResult{}, missing("one host or day on each side shows no spread")
	}
	df := float64(n - 2)
	chi1, over1, squares1 := first.spread(a)
	chi2, over2, squares2 := second.spread(b)
	r := DispersionResult{
		Dispersion: (chi1 + chi2) / df,
		Alpha:      max(0, (over1+over2)/(squares1+squares2)),
	}
	r.Ratio = first.rate() / second.rate()
	// Counts more even than chance are no reason to be surer than chance allows.
	deviation := math.Sqrt(max(1, r.Dispersion) * (1/first.events + 1/second.events))
	student := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}
	reach := math.Exp(student.Quantile(1-(1-Level)/2) * deviation)
	r.Interval = Interval{r.Ratio / reach, r.Ratio * reach}
	r.P = 2 * student.CDF(-math.Abs(math.Log(r.Ratio))/deviation)
	return r, nil
}

// total is one side of a comparison of rates.
type total struct {
	hosts            int
	events, exposure float64
}

func sum(counts []Count) total {
	var t total
	for _, c := range counts {
		checkCounts(c.Events, c.Events)
		checkExposure(c.Exposure)
		if c.Exposure == 0 {
			continue
		}
		t.hosts++
		t.events += float64(c.Events)
		t.exposure += c.Exposure
	}
	return t
}

func (t total) rate() float64 { return t.events / t.exposure }

// spread is Pearson's chi-square of the counts about the mean their exposure gives them, the sum of squares beyond Poisson's and
// the sum of squared means. The sum is scaled by hosts/(hosts-1), as the mean is of the same counts.
func (t total) spread(counts []Count) (chi, over, squares float64) {
	for _, c := range counts {
		if c.Exposure == 0 {
			continue
		}
		mean := t.rate() * c.Exposure
		d := float64(c.Events) - mean
		chi += d * d / mean
		over -= mean
		squares += mean * mean
		if t.hosts > 1 {
			over += d * d * float64(t.hosts) / float64(t.hosts-1)
		}
	}
	return chi, over, squares
}
