package fidelity

import (
	"fmt"
	"math"
	"slices"
)

// mostBins is where counting bins in floating point ends.
const mostBins = 1 << 52

// bins are equal bins from lo to hi, the last one closed, with the edges that NumPy's linspace gives.
type bins struct{ lo, hi, step, n float64 }

// freedmanDiaconis cuts the range of ascending values into bins of 2 IQR n^(-1/3) (D. Freedman and P. Diaconis, 1981), as
// numpy.histogram does; one bin where the quartiles are equal.
func freedmanDiaconis(sorted []float64) (bins, error) {
	b := bins{lo: sorted[0], hi: sorted[len(sorted)-1], n: 1}
	if b.lo == b.hi {
		b.lo, b.hi = b.lo-0.5, b.hi+0.5
	}
	width := 2 * (percentile(sorted, 0.75) - percentile(sorted, 0.25)) * math.Pow(float64(len(sorted)), -1.0/3)
	if width > 0 {
		b.n = math.Ceil((b.hi - b.lo) / width)
	}
	if b.n > mostBins || math.IsInf(b.hi-b.lo, 0) {
		return b, fmt.Errorf("the Freedman-Diaconis rule asks for %.0e bins", b.n)
	}
	b.step = (b.hi - b.lo) / b.n
	return b, nil
}

// percentile interpolates linearly between the two values next to it, rounding as NumPy does.
func percentile(sorted []float64, q float64) float64 {
	place := q * float64(len(sorted)-1)
	below := int(place)
	t := place - float64(below)
	lo, hi := sorted[below], sorted[min(below+1, len(sorted)-1)]
	if t >= 0.5 {
		return hi - (hi-lo)*(1-t)
	}
	return lo + (hi-lo)*t
}

func (b bins) edge(i float64) float64 {
	if i >= b.n {
		return b.hi
	}
	return i*b.step + b.lo
}

// of is the bin that a value is in, false outside of all.
func (b bins) of(v float64) (float64, bool) {
	if v < b.lo || v > b.hi {
		return 0, false
	}
	i := min(max(0, math.Floor((v-b.lo)/(b.hi-b.lo)*b.n)), b.n-1)
	for i > 0 && v < b.edge(i) {
		i--
	}
	for i < b.n-1 && v >= b.edge(i+1) {
		i++
	}
	return i, true
}

// place is the bins of a sample's values, ascending; values outside are dropped.
func (b bins) place(sorted []float64) []float64 {
	out := make([]float64, 0, len(sorted))
	for _, v := range sorted {
		if i, inside := b.of(v); inside {
			out = append(out, i)
		}
	}
	return out
}

// histogrammed is the published earth mover's distance. Both samples are counted in the first one's Freedman-Diaconis bins, and
// the shares added up from bin to bin; the two arrays of sums, one a bin, are then compared as if they were data, by Wasserstein-1.
// Such arrays ascend, so that this is the mean over the bins of how far the sums are apart. Bins without a value change no sum, which
// is why only the others are visited: there may be billions.
func histogrammed(train, generated []float64) (distance float64, missing string) {
	train, generated = slices.Clone(train), slices.Clone(generated)
	slices.Sort(train)
	slices.Sort(generated)
	b, err := freedmanDiaconis(train)
	if err != nil {
		return 0, err.Error()
	}
	p, q := b.place(train), b.place(generated)
	var sum, bin float64
	for i, j := 0, 0; bin < b.n; {
		next := b.n
		if i < len(p) {
			next = p[i]
		}
		if j < len(q) {
			next = min(next, q[j])
		}
		sum += (next - bin) * math.Abs(float64(i)/float64(len(train))-float64(j)/float64(len(generated)))
		bin = next
		for i < len(p) && p[i] == bin {
			i++
		}
		for j < len(q) && q[j] == bin {
			j++
		}
	}
	return sum / b.n, ""
}
