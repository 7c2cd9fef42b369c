package stats

import "math"

// NewcombePaired is the difference of the detection rates of A and B over the same campaigns, from the campaigns that both
// caught, that only A, only B and neither caught, with its interval at Level: the method 10 of R. G. Newcombe, Statistics in
// Medicine 17:2635, 1998, which joins the two Wilson intervals by the correlation of the detectors, corrected for continuity.
// Without campaigns it is *Missing.
func NewcombePaired(both, onlyA, onlyB, neither int64) (diff float64, i Interval, err error) {
	n := both + onlyA + onlyB + neither
	for _, k := range []int64{both, onlyA, onlyB, neither} {
		checkCounts(k, n)
	}
	if n == 0 {
		return 0, Interval{}, missing("no campaign that both detectors saw")
	}
	diff = float64(onlyA-onlyB) / float64(n)
	i = hybrid(diff, both+onlyA, n, both+onlyB, n, correlation(both, onlyA, onlyB, neither))
	return diff, i, nil
}

// NewcombeIndependent is the difference of k1 in n1 and k2 in n2, counted over different campaigns, with its interval at Level:
// the method 10 of R. G. Newcombe, Statistics in Medicine 17:873, 1998 (hybrid of two Wilson intervals). Where one side has no
// campaigns it is *Missing.
func NewcombeIndependent(k1, n1, k2, n2 int64) (diff float64, i Interval, err error) {
	checkCounts(k1, n1)
	checkCounts(k2, n2)
	if n1 == 0 || n2 == 0 {
		return 0, Interval{}, missing("no campaigns on one of the two sides")
	}
	diff = float64(k1)/float64(n1) - float64(k2)/float64(n2)
	return diff, hybrid(diff, k1, n1, k2, n2, 0), nil
}

// hybrid squares and adds the distances of two rates from the ends of their Wilson intervals, less what their correlation phi
// lets cancel.
func hybrid(diff float64, k1, n1, k2, n2 int64, phi float64) Interval {
	p1, p2 := float64(k1)/float64(n1), float64(k2)/float64(n2)
	w1, w2 := Wilson(k1, n1), Wilson(k2, n2)
	join := func(a, b float64) float64 { return math.Sqrt(max(0, a*a-2*phi*a*b+b*b)) }
	return Interval{
		max(-1, diff-join(p1-w1.Low, w2.High-p2)),
		min(1, diff+join(w1.High-p1, p2-w2.Low)),
	}
}

// correlation is the phi of a two by two table. A positive one is drawn towards 0 by half an observation, not beyond it; where a
// margin is empty it is 0.
func correlation(a, b, c, d int64) float64 {
	margins := float64(a+b) * float64(c+d) * float64(a+c) * float64(b+d)
	if margins == 0 {
		return 0
	}
	cross := float64(a)*float64(d) - float64(b)*float64(c)
	if cross > 0 {
		cross = max(0, cross-float64(a+b+c+d)/2)
	}
	return cross / math.Sqrt(margins)
}
