package chronicle

import "math"

const (
	gapBuckets  = 64
	gapsPerBits = 2.0 // buckets a doubling of the gap
)

// gapCounts are the times between two rows of a pattern's windows, by size.
type gapCounts struct {
	times   [gapBuckets]int
	integer float64 // bits of all of them as integers, which only the published code asks for
	most    int64
}

func (g *gapCounts) add(code Code, gap int64) {
	g.times[bucket(gap)]++
	if code == Published {
		g.integer += integerBits(float64(gap) + 1)
	}
	g.most = max(g.most, gap)
}

// gaps is the length of the times between two rows, of which the second comes within the limit (0 = at any time). The published code
// writes each as an integer. Exact learns how they lie: an adaptive code (R. Krichevsky and V. Trofimov, IEEE Trans. Inf. Theory 27,
// 1981) says which half of which power of two, and all times in it are equally long.
func (c Code) gaps(within int64, g *gapCounts) float64 {
	if c == Published {
		return g.integer
	}
	sizes := gapBuckets
	if within > 0 {
		sizes = bucket(within) + 1
	}
	bits, total := 0.0, 0
	for b, n := range g.times {
		if n > 0 {
			bits += float64(n)*math.Log2(bucketWidth(b)) - logRising(0.5, n)
			total += n
		}
	}
	return bits + logRising(float64(sizes)/2, total)
}

// logRising is log2 of x (x+1) ... (x+n-1).
func logRising(x float64, n int) float64 {
	a, _ := math.Lgamma(x + float64(n))
	b, _ := math.Lgamma(x)
	return (a - b) / math.Ln2
}

func bucket(gap int64) int {
	return min(gapBuckets-1, int(gapsPerBits*math.Log2(float64(gap)+1)))
}

// bucketEnd is the longest gap of a bucket.
func bucketEnd(b int) int64 {
	return max(1, int64(math.Ceil(math.Exp2(float64(b+1)/gapsPerBits)))-2)
}

// bucketWidth is how many gaps are in a bucket, at least 1.
func bucketWidth(b int) float64 {
	return max(1, math.Ceil(math.Exp2(float64(b+1)/gapsPerBits))-math.Ceil(math.Exp2(float64(b)/gapsPerBits)))
}

// between counts the times between each two rows of those windows that are asked for.
func (p Pattern) between(t *Table, code Code, found []int32, asked func(window int) bool) []gapCounts {
	length := len(p.Rows)
	out := make([]gapCounts, length-1)
	for i := range len(found) / length {
		if !asked(i) {
			continue
		}
		for k := 1; k < length; k++ {
			out[k-1].add(code, t.Time[found[i*length+k]]-t.Time[found[i*length+k-1]])
		}
	}
	return out
}

// gapsOf is the length of the times between all rows of a pattern.
func (c Code) gapsOf(p Pattern, g []gapCounts) float64 {
	bits := 0.0
	for k := range g {
		bits += c.gaps(p.Rows[k+1].Within, &g[k])
	}
	return bits
}

// tighten draws the limits in to the longest of these times.
func (p Pattern) tighten(g []gapCounts) {
	for k := range g {
		if row := &p.Rows[k+1]; row.Within > 0 {
			row.Within = min(row.Within, max(1, g[k].most))
		}
	}
}

func every(int) bool { return true }
