package headers

import (
	"math"

	"github.com/evilbench/evilbench/generator/packet"
)

// fitSizes brings each side's payload to what was promised, as far as its packets hold it: all sizes grow or shrink by one factor, and none
// beyond what a packet has room for.
func fitSizes(c *packet.Conversation, word []packet.Header, w *Want) {
	room := c.Room()
	for side, want := range w.payload(c, word) {
		var sizes []*int
		for i := range word {
			h := &word[i]
			if h.Size > 0 && int(h.From) == side {
				h.Size = min(h.Size, room)
				sizes = append(sizes, &h.Size)
			}
		}
		if want >= 0 && len(sizes) > 0 {
			scale(sizes, want, room)
		}
	}
}

// scale brings numbers from 1 to most to a sum, or as near to it as they can come.
func scale(sizes []*int, sum int64, most int) {
	n := int64(len(sizes))
	sum = min(max(sum, n), n*int64(most))
	drawn := make([]float64, len(sizes))
	for i, s := range sizes {
		drawn[i] = float64(*s)
	}
	set := func(factor float64) (total int64) {
		for i, s := range sizes {
			*s = int(min(max(1, math.Floor(drawn[i]*factor)), float64(most)))
			total += int64(*s)
		}
		return total
	}
	low, high := 0.0, 1.0
	for set(high) < sum {
		high *= 2
	}
	for range 40 {
		if middle := (low + high) / 2; set(middle) <= sum {
			low = middle
		} else {
			high = middle
		}
	}
	left := sum - set(low)
	for i := 0; left > 0; i = (i + 1) % len(sizes) {
		if *sizes[i] < most {
			*sizes[i]++
			left--
		}
	}
}

// precision of a flow's time.
const precision = 1e-3

// fitTime stretches the times between packets until the conversation takes as long as promised. What its ends are apart cannot shrink.
func fitTime(c *packet.Conversation, word []packet.Header, duration int64) {
	if duration <= 0 || len(word) < 2 {
		return
	}
	gaps := make([]int64, len(word))
	for i := range word {
		gaps[i] = word[i].Gap
	}
	take := func(factor float64) float64 {
		for i := range word {
			word[i].Gap = int64(min(float64(gaps[i])*factor, 1e15))
		}
		return float64(c.Elapsed(word))
	}
	low, high := 0.0, 1.0
	for range 40 {
		if take(high) >= float64(duration) {
			break
		}
		low, high = high, high*2
	}
	for range 60 {
		middle := (low + high) / 2
		t := take(middle)
		if math.Abs(t-float64(duration)) <= precision*float64(duration) {
			return
		}
		if t < float64(duration) {
			low = middle
		} else {
			high = middle
		}
	}
}
