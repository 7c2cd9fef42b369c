package bins

import (
	"fmt"
	"math"
	"slices"
)

const (
	exactTimes  = 5    // how often a number occurs that is a code of its own
	exactPieces = 2    // in so many pieces of time: what one piece repeats may never come back
	exactRows   = 24   // numbers of a bin between
	exactWide   = 1.5  // how many times its lower end a bin's upper end is at most
	exactReach  = 1.05 // how far a bin reaches beyond its own numbers at most
)

// Exact cuts numbers for drawing them again: a number that occurs again and again is a bin of its own, and those between make narrow bins
// that reach half way to their neighbours, so that numbers are drawn which were never seen. pieces says for each number in which piece of
// time it occurred.
func Exact(values []float64, pieces []int32) (*Bins, error) {
	some, whole, err := positive(values)
	if err != nil {
		return nil, err
	}
	if len(pieces) != len(values) {
		return nil, fmt.Errorf("%d pieces of time for %d numbers: give one for each", len(pieces), len(values))
	}
	again := recurring(values, pieces)
	b := &Bins{Whole: whole}
	var own []bool
	for i := 0; i < len(some); {
		from := i
		if again[some[from]] {
			i = after(some, some[from])
		} else {
			for i < len(some) && !again[some[i]] && some[i] <= some[from]*exactWide && (i-from < exactRows || some[i] == some[i-1]) {
				i++
			}
		}
		b.Bins, own = append(b.Bins, Bin{Low: some[from], High: some[i-1]}), append(own, again[some[from]])
	}
	b.widen(own)
	return b, nil
}

// recurring are the numbers that are codes of their own.
func recurring(values []float64, pieces []int32) map[float64]bool {
	type sight struct{ times, pieces, last int32 }
	seen := map[float64]*sight{}
	for i, v := range values {
		s := seen[v]
		if s == nil {
			s = &sight{last: pieces[i], pieces: 1}
			seen[v] = s
		}
		if pieces[i] != s.last {
			s.pieces, s.last = s.pieces+1, pieces[i]
		}
		s.times++
	}
	out := map[float64]bool{}
	for v, s := range seen {
		if s.times >= exactTimes && s.pieces >= exactPieces {
			out[v] = true
		}
	}
	return out
}

// widen lets each range reach half way to its neighbours, on the scale of logarithms. A number of its own stays alone.
func (b *Bins) widen(own []bool) {
	tight := slices.Clone(b.Bins)
	for i, t := range tight {
		if own[i] {
			continue
		}
		low, high := t.Low/exactReach, t.High*exactReach
		if i > 0 {
			low = max(low, math.Sqrt(tight[i-1].High*t.Low))
		}
		if i+1 < len(tight) {
			high = min(high, math.Sqrt(t.High*tight[i+1].Low))
		}
		if b.Whole {
			low, high = math.Ceil(low), math.Floor(high)
		}
		b.Bins[i].Low, b.Bins[i].High = min(low, t.Low), max(high, t.High)
	}
}
