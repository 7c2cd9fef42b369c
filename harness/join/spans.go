package join

import (
	"cmp"
	"slices"
	"time"
)

// span is a stretch of time with both ends, in ns since the epoch.
type span struct{ from, to int64 }

func (s span) overlaps(o span) bool { return s.from <= o.to && s.to >= o.from }

// around is the span that reaches so far to both sides; times near the ends of the range stay within it.
func around(at, before, after int64) span { return span{minus(at, before), plus(at, after)} }

// plus and minus do not go round. The second number is not negative.
func plus(a, b int64) int64 {
	if c := a + b; c >= a {
		return c
	}
	return 1<<63 - 1
}

func minus(a, b int64) int64 {
	if c := a - b; c <= a {
		return c
	}
	return -1 << 63
}

// spans is when something went on. What lies less than a second apart is one stretch.
type spans []span

// add books a moment. They come nearly in order.
func (s *spans) add(at int64) {
	if n := len(*s); n > 0 {
		last := &(*s)[n-1]
		if around(at, int64(time.Second), int64(time.Second)).overlaps(*last) {
			last.from, last.to = min(last.from, at), max(last.to, at)
			return
		}
	}
	*s = append(*s, span{at, at})
}

// settle puts the stretches in order, those that overlap as one.
func (s *spans) settle() {
	slices.SortFunc(*s, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	kept := (*s)[:0]
	for _, x := range *s {
		if n := len(kept); n > 0 && kept[n-1].overlaps(x) {
			kept[n-1].to = max(kept[n-1].to, x.to)
			continue
		}
		kept = append(kept, x)
	}
	*s = kept
}

// overlap tells whether something went on then. The stretches are in order.
func (s spans) overlap(then span) bool {
	i, _ := slices.BinarySearchFunc(s, then.from, func(x span, from int64) int { return cmp.Compare(x.to, from) })
	return i < len(s) && s[i].overlaps(then)
}
