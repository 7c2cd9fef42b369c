package flow

import (
	"math"
	"time"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/model"
)

const (
	day      = 86400 * second
	weekdays = 7
)

// rhythm is when a pattern's instances begin.
type rhythm struct {
	parts  int64     // of a day, all of one length
	weekly []float64 // bursts per second and member, by part of the week, Monday 00:00 UTC first

	burst, gap float64 // how many more, and the mean distance in seconds

	growth   float64 // natural logarithm of the factor of a second
	from, to int64   // the growth is believed in, ns since the epoch
}

func compileRhythm(p *model.Pattern, profile model.Profile, rate float64) rhythm {
	out := rhythm{parts: int64(len(profile.Hours))}
	perSecond := p.Rate * rate / 86400
	if b := p.Burst; b != nil {
		out.burst, out.gap = b.More, b.Gap
		perSecond /= 1 + b.More
	}
	hours, days := mean(profile.Hours), mean(profile.Weekdays)
	for _, w := range profile.Weekdays {
		for _, h := range profile.Hours {
			out.weekly = append(out.weekly, perSecond*h/hours*w/days)
		}
	}
	if t := profile.Trend; t != nil {
		from, _ := time.Parse(time.RFC3339, t.From) // checked with the model
		to, _ := time.Parse(time.RFC3339, t.To)
		out.from, out.to = from.UnixNano(), to.UnixNano()
		out.growth = math.Log(t.Weekly) / (weekdays * 86400)
	}
	return out
}

func mean(xs []float64) float64 {
	var sum float64
	for _, x := range xs {
		sum += x
	}
	return sum / float64(len(xs))
}

// part counts parts of the day from Monday 00:00 UTC; the epoch was a Thursday.
func (r *rhythm) part(t int64) int {
	length := day / r.parts
	n := t / length
	if t < 0 && t%length != 0 {
		n--
	}
	week := r.parts * weekdays
	return int(((n+3*r.parts)%week + week) % week)
}

// next is when the part that t lies in ends.
func (r *rhythm) next(t int64) int64 {
	length := day / r.parts
	return t + length - ((t%length)+length)%length
}

// rate is how many bursts begin in a second at t.
func (r *rhythm) rate(t int64) float64 {
	rate := r.weekly[r.part(t)]
	if r.growth != 0 {
		// The model's rate is that of the middle of the time it was learned from.
		at := min(max(t, r.from), r.to)
		rate *= math.Exp(r.growth * float64(at-(r.from+(r.to-r.from)/2)) / float64(second))
	}
	return rate
}

// more is how many follow the first of a burst.
func (r *rhythm) more(s *draw.Stream) int {
	if r.burst == 0 {
		return 0
	}
	return s.Poisson(r.burst)
}
