package model

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/evilbench/evilbench/generator/fault"
)

// Bounds of a model: far above what a network needs, low enough that a hostile file cannot exhaust a machine.
const (
	maxPatterns = 100_000
	maxRows     = 256
	maxRepeat   = 10_000
	maxNodes    = 1024 // variables of a pattern
	maxCells    = 1 << 22
	maxRate     = 1e7 // instances a day
	maxFlows    = 1e8 // flows a day
	maxSeconds  = 7 * 86400
	maxWeights  = 100_000
	maxKnots    = 1000
	maxHalvings = 16 // of ten minutes by a cascade
	maxHosts    = 1_000_000
	maxBinEnd   = 1e12
	tolerance   = 1e-6 // of a table row's sum
)

// checker gathers the faults of one model.
type checker struct {
	faults []fault.Fault
	known  map[string]bool // the model's own hosts, nil = it has none
}

func (c *checker) fail(path, remedy, format string, args ...any) {
	c.faults = append(c.faults, fault.Fault{Path: path, Remedy: remedy, Message: fmt.Sprintf(format, args...)})
}

// check finds everything wrong with a decoded model.
func check(m *Model) []fault.Fault {
	c := &checker{}
	if m.Format != Format && m.Format != first {
		c.fail("/format", "write "+Format, "format %q is not %s", m.Format, Format)
	}
	if m.Provenance.Name == "" {
		c.fail("/provenance/name", "give the model a name", "no name")
	}
	if m.Provenance.Rows < 0 {
		c.fail("/provenance/rows", "", "%d rows", m.Provenance.Rows)
	}
	profiles := slices.Sorted(maps.Keys(m.Profiles))
	for _, name := range profiles {
		at := "/profiles/" + escape(name)
		p := m.Profiles[name]
		c.weights(at+"/hours", p.Hours, max(24, len(p.Hours)/24*24))
		c.weights(at+"/weekdays", p.Weekdays, 7)
		c.trend(at+"/trend", p.Trend)
	}
	c.cascade(m.Cascade)
	c.hosts(m.Hosts)
	for _, source := range slices.Sorted(maps.Keys(m.Popularity)) {
		c.source("/popularity/"+escape(source), source, "")
		c.weights("/popularity/"+escape(source), m.Popularity[source], len(m.Popularity[source]))
	}
	c.headers(m.Headers)
	if n := len(m.Patterns); n == 0 || n > maxPatterns {
		c.fail("/patterns", "", "%d patterns, must be 1 to %d", n, maxPatterns)
		return c.faults
	}
	seen := map[string]int{}
	for i := range m.Patterns {
		p, at := &m.Patterns[i], fmt.Sprintf("/patterns/%d", i)
		if first, twice := seen[p.Name]; twice {
			c.fail(at+"/name", "names are unique", "pattern %d has the name %s too", first, p.Name)
		}
		seen[p.Name] = i
		c.pattern(at, p, profiles, m.Provenance.From)
	}
	return c.faults
}

// escape is RFC 6901's escaping of a reference token.
func escape(s string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(s) }

func (c *checker) weights(at string, w []float64, n int) {
	if len(w) != n {
		c.fail(at, "", "%d weights, must be %d", len(w), n)
		return
	}
	if n > maxWeights {
		c.fail(at, "", "%d weights, must be at most %d", n, maxWeights)
		return
	}
	var sum float64
	for i, x := range w {
		if !within(x, 0, 1e9) {
			c.fail(fmt.Sprintf("%s/%d", at, i), "weights are not negative", "weight %g", x)
			return
		}
		sum += x
	}
	if sum == 0 {
		c.fail(at, "at least one weight must be above 0", "all weights are 0")
	}
}

func (c *checker) cascade(m *Cascade) {
	if m == nil {
		return
	}
	if len(m.Bias) > maxHalvings {
		c.fail("/cascade/bias", "", "%d shares, must be at most %d", len(m.Bias), maxHalvings)
	}
	for i, x := range m.Bias {
		if !within(x, 0.5, 1) {
			c.fail(fmt.Sprintf("/cascade/bias/%d", i), "write the share of the busier half", "share %g, must be 0.5 to 1", x)
		}
	}
}

// within is false for NaN too.
func within(x, low, high float64) bool { return x >= low && x <= high }

func (c *checker) pattern(at string, p *Pattern, profiles []string, from string) {
	if p.Name == "" {
		c.fail(at+"/name", "give the pattern a name", "no name")
	}
	if p.Per != "site" {
		c.source(at+"/per", p.Per, "site, ")
	}
	if !within(p.Rate, 0, maxRate) {
		c.fail(at+"/rate", "", "rate of %g a day, must be 0 to %g", p.Rate, float64(maxRate))
	}
	if b := p.Burst; b != nil && !(within(b.More, 0, 1e6) && within(b.Gap, 0, maxSeconds)) {
		c.fail(at+"/burst", "", "%g more at a mean distance of %g s, must be 0 to 1e6 and 0 to %d", b.More, b.Gap, maxSeconds)
	}
	c.starts(at+"/starts", p.Starts, from)
	if !slices.Contains(profiles, p.Profile) {
		c.fail(at+"/profile", fault.Suggest(p.Profile, profiles), "unknown profile %q", p.Profile)
	}
	vars := c.network(at, p)
	if n := len(p.Rows); n == 0 || n > maxRows {
		c.fail(at+"/rows", "", "%d rows, must be 1 to %d", n, maxRows)
		return
	}
	if flows := p.Rate * float64(p.most()); flows > maxFlows {
		c.fail(at+"/rate", "lower the rate or the repetitions", "up to %g flows a day, must be at most %g", flows, float64(maxFlows))
	}
	scope := scope{vars: vars, known: map[string]bool{}, later: placeholders(p)}
	if p.Per != "site" {
		scope.known[Self] = true
	}
	for i := range p.Rows {
		c.row(fmt.Sprintf("%s/rows/%d", at, i), &p.Rows[i], &scope)
	}
}

// most is how many flows an instance can have.
func (p *Pattern) most() int {
	n := 0
	for i := range p.Rows {
		n++
		if r := p.Rows[i].Repeat; r != nil {
			n += min(max(r.High, 1), maxRepeat) - 1
		}
	}
	return n
}

func (c *checker) repeat(at string, r *Repeat, s *scope) {
	if r.Low < 1 || r.High < r.Low || r.High > maxRepeat {
		c.fail(at, "", "%d to %d times, must be 1 to %d and in order", r.Low, r.High, maxRepeat)
	}
	for i, name := range r.Redraw {
		if s.vars[name] == nil {
			c.fail(fmt.Sprintf("%s/redraw/%d", at, i), fault.Suggest(name, s.variables()), "unknown variable %q", name)
		}
	}
	if r.Gap == nil {
		if r.High > 1 {
			c.fail(at, "give a gap", "a repetition without gap")
		}
		return
	}
	c.delay(at+"/gap", r.Gap)
}

// placeholders are all those the pattern's rows set.
func placeholders(p *Pattern) []string {
	var out []string
	for i := range p.Rows {
		for _, cell := range []Cell{p.Rows[i].Src, p.Rows[i].Dst, p.Rows[i].Answer} {
			if cell.Set != "" {
				out = append(out, cell.Set)
			}
		}
	}
	return out
}

// number tells whether a value is a whole number in [low, high].
func number(v Value, low, high float64) bool {
	return !v.Quoted && within(v.Number, low, high) && v.Number == math.Trunc(v.Number)
}
