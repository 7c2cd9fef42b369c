package model

import (
	"maps"
	"slices"

	"github.com/evilbench/evilbench/generator/fault"
)

// laws lists which parameters each law has.
var laws = map[string]struct{ mean, median, high bool }{
	"constant": {mean: true}, "uniform": {high: true}, "exponential": {mean: true}, "lognormal": {median: true}, "quantiles": {},
}

func (c *checker) delay(at string, d *Delay) {
	law, ok := laws[d.Law]
	if !ok {
		names := slices.Sorted(maps.Keys(laws))
		c.fail(at+"/law", fault.Suggest(d.Law, names), "unknown law %q", d.Law)
		return
	}
	for _, p := range []struct {
		name string
		x    float64
	}{{"mean", d.Mean}, {"median", d.Median}, {"sigma", d.Sigma}, {"low", d.Low}, {"high", d.High}} {
		if !within(p.x, 0, maxSeconds) {
			c.fail(at+"/"+p.name, "", "%g s, must be 0 to %d", p.x, maxSeconds)
		}
	}
	if (d.Law == "quantiles") != (len(d.Knots) > 0) {
		c.fail(at+"/knots", "", "the quantiles law, and no other, has knots")
	}
	c.knots(at+"/knots", d.Knots, 0, maxSeconds)
	switch {
	case (d.Mean != 0) && !law.mean:
		c.fail(at+"/mean", "", "the %s law has no mean", d.Law)
	case (d.Median != 0 || d.Sigma != 0) && !law.median:
		c.fail(at, "", "the %s law has no median and sigma", d.Law)
	case law.median && d.Median == 0:
		c.fail(at, "give a median above 0", "the lognormal law without median")
	case law.median && d.Sigma > 10:
		c.fail(at+"/sigma", "", "sigma of %g, must be 0 to 10", d.Sigma)
	case d.Law == "exponential" && d.Mean == 0:
		c.fail(at, "give a mean above 0", "the exponential law without mean")
	case d.Law == "constant" && (d.Low != 0 || d.High != 0):
		c.fail(at, "", "the constant law has no low and high")
	case (law.high || d.High != 0) && d.High < d.Low:
		c.fail(at+"/high", "", "high %g is below low %g", d.High, d.Low)
	}
}
