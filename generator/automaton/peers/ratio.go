package peers

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// add compares the next letters, if there are enough on both sides: symbols, and bins of whatever symbol.
func (f *folding) add(t *ratio, least float64, a, b []tail) bool {
	if f.weight(a) < least || f.weight(b) < least {
		return false
	}
	symbols, bins := make([][2]float64, f.letters.known+1), make([][2]float64, f.cells)
	for side, tails := range [2][]tail{a, b} {
		for _, of := range tails {
			x, n := f.next(of), f.texts[of.text].times
			symbols[min(int(x/f.cells), f.letters.known)][side] += n
			if x < f.letters.End() {
				bins[x%f.cells][side] += n
			}
		}
	}
	t.add(symbols, least)
	t.add(bins, least)
	return true
}

// ratio is a likelihood-ratio test in the making: twice the natural logarithm by which two distributions fit better than one, and how
// many parameters more they have.
type ratio struct{ statistic, freedom float64 }

// add tests the counts of two sides; those that both sides together have fewer than least times are one.
func (t *ratio) add(counts [][2]float64, least float64) {
	var rare, all [2]float64
	var kinds float64
	gain := func(c [2]float64) float64 { return xlogx(c[0]) + xlogx(c[1]) - xlogx(c[0]+c[1]) }
	var statistic float64
	for _, c := range counts {
		all[0] += c[0]
		all[1] += c[1]
		if c[0]+c[1] < least {
			rare[0] += c[0]
			rare[1] += c[1]
			continue
		}
		kinds++
		statistic += gain(c)
	}
	if rare[0]+rare[1] > 0 {
		kinds++
		statistic += gain(rare)
	}
	if kinds < 2 {
		return
	}
	t.statistic += 2 * (statistic - gain(all))
	t.freedom += kinds - 1
}

// p is the probability of so great a difference among words of one automaton.
func (t *ratio) p() float64 {
	if t.freedom == 0 {
		return 1
	}
	return distuv.ChiSquared{K: t.freedom}.Survival(max(0, t.statistic))
}

func xlogx(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return x * math.Log(x)
}
