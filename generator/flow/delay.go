package flow

import (
	"math"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/model"
)

// delay is a compiled model.Delay, in ns.
type delay struct {
	law             string
	mean, sigma     float64 // the lognormal's median stands in mean
	low, high, span float64
	knots           []float64
}

func compileDelay(d *model.Delay) delay {
	if d == nil {
		return delay{}
	}
	c := delay{law: d.Law, mean: d.Mean, sigma: d.Sigma, low: d.Low, high: d.High, span: d.High - d.Low, knots: d.Knots}
	if d.Law == "lognormal" {
		c.mean = d.Median
	}
	if c.high == 0 {
		c.high = math.Inf(1)
	}
	return c
}

// longest keeps an unbounded law's tail inside what time can hold: four weeks.
const longest = 4 * 7 * 86400.0

// draw returns ns; the zero delay draws nothing.
func (l *delay) draw(r *draw.Stream) int64 {
	var x float64
	switch l.law {
	case "":
		return 0
	case "constant":
		x = l.mean
	case "uniform":
		x = l.low + r.Float64()*l.span
	case "exponential":
		x = min(max(r.Exp(l.mean), l.low), l.high)
	case "quantiles":
		x = between(l.knots, r.Float64())
	case "lognormal":
		x = min(max(r.LogNormal(l.mean, l.sigma), l.low), l.high)
	}
	return int64(min(x, longest) * float64(second))
}
