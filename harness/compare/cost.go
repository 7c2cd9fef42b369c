package compare

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/harness/stats"
	"github.com/evilbench/evilbench/ids"
)

// Cost is what the runs of both sides took, B over A. A run that was measured once has no variance, so there is no verdict.
type Cost struct {
	Name  string       `json:"name"` // wall, cpu or peak
	A     score.Number `json:"a"`    // seconds, summed over corpora, or bytes, of the largest
	B     score.Number `json:"b"`
	Ratio score.Number `json:"ratio"`
}

// costs adds up what both sides measured.
func costs(pairs []pair) []Cost {
	var out []Cost
	for _, k := range []struct {
		name string
		of   func(ids.Usage) float64
		sum  bool
	}{
		{"wall", func(u ids.Usage) float64 { return u.WallSeconds }, true},
		{"cpu", func(u ids.Usage) float64 { return u.CPUSeconds }, true},
		{"peak", func(u ids.Usage) float64 { return float64(u.PeakBytes) }, false},
	} {
		c := Cost{Name: k.name}
		var x, y float64
		measured := 0
		for _, p := range pairs {
			if p.a.Run == nil || p.b.Run == nil {
				continue
			}
			a, b := k.of(p.a.Run.Usage), k.of(p.b.Run.Usage)
			if a <= 0 || b <= 0 {
				continue
			}
			if measured++; k.sum {
				x, y = x+a, y+b
			} else {
				x, y = max(x, a), max(y, b)
			}
		}
		c.A, c.B, c.Ratio = score.Number{Value: x}, score.Number{Value: y}, score.Number{Value: y / x}
		if measured < len(pairs) {
			none := score.Number{Missing: fmt.Sprintf("not measured on both sides for %d of %d corpora", len(pairs)-measured, len(pairs))}
			c.A, c.B, c.Ratio = none, none, none
		}
		out = append(out, c)
	}
	return out
}

const delayName = "time to detect"

// delay compares how soon campaigns were detected that both sides detected: the medians, and the sign test over those that one side
// saw first. Campaigns that one side missed are in the other figures.
func delay(pairs []pair) Measure {
	m := Measure{Name: delayName, Unit: "campaign", Test: "sign test over campaigns that both detected", Basis: basisResult}
	var a, b []float64
	var sooner, later int64
	for _, p := range pairs {
		for i := range p.a.Details {
			x, y := p.a.Details[i].Seconds, p.b.Details[i].Seconds
			if x.Missing != "" || y.Missing != "" {
				continue
			}
			a, b = append(a, x.Value), append(b, y.Value)
			switch {
			case y.Value < x.Value:
				sooner++
			case y.Value > x.Value:
				later++
			}
		}
	}
	if len(a) == 0 {
		none := score.Number{Missing: "no campaign was detected by both at a time that is known"}
		m.NumberA, m.NumberB, m.Difference, m.P = &none, &none, none, none
		return m
	}
	m.NumberA, m.NumberB = &score.Number{Value: median(a)}, &score.Number{Value: median(b)}
	m.Difference = score.Number{Missing: "the median of one side was reached at once"}
	if m.NumberA.Value > 0 {
		m.Difference = score.Number{Value: m.NumberB.Value / m.NumberA.Value}
	}
	m.Paired = &Agreement{Both: int64(len(a)) - sooner - later, OnlyA: later, OnlyB: sooner}
	m.P = score.Number{Value: stats.McNemar(sooner, later).Exact}
	return m
}

// median of a list that is not empty.
func median(x []float64) float64 {
	x = slices.SortedFunc(slices.Values(x), cmp.Compare[float64])
	return (x[(len(x)-1)/2] + x[len(x)/2]) / 2
}
