package gate

import (
	"errors"
	"fmt"
	"math"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/evilbench/evilbench/generator/fault"
	"github.com/evilbench/evilbench/harness/stats"
)

// Status is how a check ended.
type Status string

// The statuses. A check whose figure does not exist on one side is skipped, with the reason.
const (
	Passed  Status = "passed"
	Failed  Status = "failed"
	Skipped Status = "skipped"
)

// Check is one limit held against one pair of cells.
type Check struct {
	Name     string `json:"name"`
	Cell     string `json:"cell"` // engine and corpus, "" = the whole result
	Status   Status `json:"status"`
	Evidence string `json:"evidence"`
	Remedy   string `json:"remedy,omitempty"` // of a failed one

	// chance is the probability of so large a difference without any, for checks that rest on a test.
	chance *float64
}

// Verdict is all checks.
type Verdict struct {
	Checks []Check `json:"checks"`
}

// Failures are the checks that failed.
func (v *Verdict) Failures() []Check {
	return slices.DeleteFunc(slices.Clone(v.Checks), func(c Check) bool { return c.Status != Failed })
}

// OtherCorpus says that baseline and result do not speak of the same traffic.
type OtherCorpus struct{ Text string }

func (o *OtherCorpus) Error() string { return o.Text }

// Hint says what to do about it.
func (o *OtherCorpus) Hint() string {
	return "run on the baseline's corpus; or make a new baseline with gate --update; or, where other seeds are meant, write samples: independent into the gate file"
}

// Run holds the result against the baseline. today decides which allowances have expired. An error is for what cannot be held against
// each other at all.
func Run(baseline, current *Baseline, c *Config, today time.Time) (*Verdict, error) {
	v := &Verdict{}
	pairs, err := pairUp(baseline, current, c.Independent)
	if err != nil {
		return nil, err
	}
	if err := v.musts(current, c.MustCatch); err != nil {
		return nil, err
	}
	for _, p := range pairs {
		p.hold(v, c)
	}
	v.doubt()
	v.allowances(baseline, current, c, today)
	return v, nil
}

// doubt lets checks pass that failed by what chance does among so many: their probabilities are adjusted for the number of tests (S.
// Holm, 1979), so that a detector that has not changed passes all of them 95 times of 100.
func (v *Verdict) doubt() {
	var p []float64
	var at []int
	for i := range v.Checks {
		if c := v.Checks[i].chance; c != nil {
			p, at = append(p, *c), append(at, i)
		}
	}
	for j, adjusted := range stats.Holm(p) {
		c := &v.Checks[at[j]]
		c.Evidence += fmt.Sprintf(", p %.2g over %d tests", adjusted, len(p))
		if c.Status == Failed && adjusted >= 1-stats.Level {
			c.Status, c.Remedy = Passed, ""
		}
	}
}

// pair is what is held against each other: the cells of one engine on one corpus, or on corpora of one kind.
type pair struct {
	name    string
	old     []*Cell
	current []*Cell
	paired  bool
}

func pairUp(baseline, current *Baseline, independent bool) ([]pair, error) {
	var out []pair
	for i := range baseline.Cells {
		b := &baseline.Cells[i]
		at := slices.IndexFunc(out, func(p pair) bool { return independent && p.old[0].side() == b.side() })
		if at < 0 {
			out = append(out, pair{name: b.side(), paired: !independent})
			at = len(out) - 1
		}
		out[at].old = append(out[at].old, b)
	}
	for i := range current.Cells {
		c := &current.Cells[i]
		at, err := counterpart(out, c, independent)
		if err != nil {
			return nil, err
		}
		if at < 0 {
			return nil, stranger(c, baseline)
		}
		out[at].current = append(out[at].current, c)
	}
	for _, p := range out {
		if len(p.current) == 0 {
			return nil, fmt.Errorf("%s is in the baseline and not in the result: run it too, or make a new baseline with gate --update", p.name)
		}
		if p.paired && len(p.current) > 1 {
			return nil, fmt.Errorf("%s and %s of the result would both be held against %s of the baseline: hold one at a time",
				p.current[0].side(), p.current[1].side(), p.name)
		}
	}
	return out, nil
}

// counterpart finds the pair that a cell of the result belongs to: of those with its engine and corpus the one with its version and
// rules, else with its version, else with its rules, else the only one. It is -1 where there is none.
func counterpart(pairs []pair, c *Cell, independent bool) (int, error) {
	var fitting []int
	for i := range pairs {
		if b := pairs[i].old[0]; b.key() == c.key() && (independent || b.CorpusSum == c.CorpusSum) {
			fitting = append(fitting, i)
		}
	}
	for _, same := range []func(b *Cell) bool{
		func(b *Cell) bool { return b.Detector == c.Detector && b.Rules == c.Rules },
		func(b *Cell) bool { return b.Detector == c.Detector },
		func(b *Cell) bool { return b.Rules == c.Rules },
		func(*Cell) bool { return true },
	} {
		found := slices.DeleteFunc(slices.Clone(fitting), func(i int) bool { return !same(pairs[i].old[0]) })
		if len(found) == 1 {
			return found[0], nil
		}
		if len(found) > 1 {
			return -1, fmt.Errorf("%s could be held against %s and %s of the baseline: name the rules alike, or make a new baseline with gate --update",
				c.side(), pairs[found[0]].name, pairs[found[1]].name)
		}
	}
	return -1, nil
}

// stranger explains a cell of the result for which the baseline has nothing.
func stranger(c *Cell, baseline *Baseline) error {
	var names []string
	for i := range baseline.Cells {
		b := &baseline.Cells[i]
		if b.key() == c.key() {
			return &OtherCorpus{fmt.Sprintf("%s: the baseline's corpus has digest %.12s (seed %d), the result's %.12s (seed %d)",
				c.key(), b.CorpusSum, b.Seed, c.CorpusSum, c.Seed)}
		}
		names = append(names, b.key())
	}
	return &OtherCorpus{fmt.Sprintf("%s: the baseline has no such cell, only %s", c.key(), strings.Join(names, ", "))}
}

// musts holds that the named campaigns were caught. A name that no campaign has is an error: a must that holds nothing looks like one
// that is kept.
func (v *Verdict) musts(current *Baseline, list []Must) error {
	for _, m := range list {
		var missed []string
		found := 0
		var names []string
		for i := range current.Cells {
			for _, c := range current.Cells[i].Campaigns {
				names = append(names, c.Campaign)
				name, _ := path.Match(m.Campaign, c.Campaign)
				attack, _ := path.Match(m.Campaign, c.Attack)
				if !name && !attack {
					continue
				}
				found++
				if !c.Caught {
					missed = append(missed, fmt.Sprintf("%s by %s", c.Campaign, current.Cells[i].Detector))
				}
			}
		}
		if found == 0 {
			slices.Sort(names)
			return fmt.Errorf("line %d of the gate file: no campaign is called %q; %s", m.Line, m.Campaign, fault.Suggest(m.Campaign, slices.Compact(names)))
		}
		check := Check{Name: "must catch " + m.Campaign, Status: Passed, Evidence: fmt.Sprintf("caught, %d of %d", found-len(missed), found)}
		if len(missed) > 0 {
			check.Status = Failed
			check.Evidence = "missed: " + strings.Join(missed, ", ")
			check.Remedy = "evilbench explain " + strings.Fields(missed[0])[0] + " says why; take the rule change back, or take the campaign off must_catch"
		}
		v.Checks = append(v.Checks, check)
	}
	return nil
}

// hold applies the limits to a pair.
func (p *pair) hold(v *Verdict, c *Config) {
	add := func(name string, limit *float64, check func(limit float64) Check) {
		if limit == nil {
			return
		}
		x := check(*limit)
		x.Name, x.Cell = name, p.name
		v.Checks = append(v.Checks, x)
	}
	add("campaigns detected", c.Detection, func(l float64) Check {
		return p.drop(l, func(x *Campaign) bool { return x.Caught }, "evilbench compare names the campaigns that were lost, evilbench explain says why")
	})
	add("campaigns detected for the right reason", c.RightReason, func(l float64) Check {
		return p.drop(l, func(x *Campaign) bool { return x.Right }, "look at the campaigns that are caught by alerts of another kind only")
	})
	add("flow recall", c.Recall, func(l float64) Check {
		return p.share(l, -1, func(f *Flows) (int64, int64) { return f.TP, f.TP + f.FN }, "evilbench compare shows which campaigns lost flows")
	})
	add("flow false positive rate", c.FPR, func(l float64) Check {
		return p.share(l, 1, func(f *Flows) (int64, int64) { return f.FP, f.FP + f.TN }, "evilbench compare shows which signatures became noisy")
	})
	add("false alarms per host-day", c.Alarms, p.load)
	add("ambiguous alerts", c.Ambiguous, func(l float64) Check { return p.portion(l, func(a *Alerts) int64 { return a.Ambiguous }) })
	add("unmatchable alerts", c.Unmatchable, func(l float64) Check { return p.portion(l, func(a *Alerts) int64 { return a.Unmatchable }) })
	add("engine time", c.Time, func(l float64) Check { return p.cost(l, "s", func(x *Cell) float64 { return x.Wall }) })
	add("engine memory", c.Memory, func(l float64) Check {
		return p.cost(l, "MiB", func(x *Cell) float64 { return float64(x.Peak) / (1 << 20) })
	})
	if c.FailedRules != nil {
		v.Checks = append(v.Checks, p.loading(*c.FailedRules))
	}
}

// drop fails where the interval of the difference lies below the tolerance as a whole: a drop that chance does not explain.
func (p *pair) drop(tolerance float64, caught func(*Campaign) bool, remedy string) Check {
	var difference float64
	var interval stats.Interval
	var err error
	var said string
	chance := 1.0
	if p.paired {
		both, lost, gained, neither, names, unknown := p.compare(caught)
		if unknown != nil {
			return Check{Status: Failed, Evidence: unknown.Error(), Remedy: "make a new baseline with gate --update"}
		}
		difference, interval, err = stats.NewcombePaired(both, gained, lost, neither)
		chance = stats.McNemar(gained, lost).MidP
		said = fmt.Sprintf("%d lost, %d gained of %d", lost, gained, both+lost+gained+neither)
		if len(names) > 0 {
			said += " (lost: " + strings.Join(names, ", ") + ")"
		}
	} else {
		k1, n1 := tally(p.current, caught)
		k0, n0 := tally(p.old, caught)
		difference, interval, err = stats.NewcombeIndependent(k1, n1, k0, n0)
		if err == nil {
			chance, err = stats.FisherExact(k1, n1, k0, n0)
		}
		said = fmt.Sprintf("%d of %d, in the baseline %d of %d", k1, n1, k0, n0)
	}
	return decide(difference, interval, chance, err, said, interval.High < -tolerance, remedy)
}

// decide turns a difference into a check.
func decide(difference float64, i stats.Interval, chance float64, err error, said string, failed bool, remedy string) Check {
	var missing *stats.Missing
	switch {
	case errors.As(err, &missing):
		return Check{Status: Skipped, Evidence: missing.Reason}
	case err != nil:
		return Check{Status: Failed, Evidence: err.Error(), Remedy: "this is a fault of evilbench: please report it"}
	}
	c := Check{Status: Passed, Evidence: fmt.Sprintf("%s: %+.1f points [%+.1f, %+.1f]", said, 100*difference, 100*i.Low, 100*i.High), chance: &chance}
	if failed {
		c.Status, c.Remedy = Failed, remedy
	}
	return c
}

// compare counts campaigns by what became of them on both sides.
func (p *pair) compare(caught func(*Campaign) bool) (both, lost, gained, neither int64, names []string, err error) {
	now := map[string]*Campaign{}
	for i := range p.current[0].Campaigns {
		c := &p.current[0].Campaigns[i]
		now[c.Campaign] = c
	}
	for i := range p.old[0].Campaigns {
		old := &p.old[0].Campaigns[i]
		c := now[old.Campaign]
		if c == nil {
			return 0, 0, 0, 0, nil, fmt.Errorf("campaign %s of the baseline is not in the result, though both are of one corpus", old.Campaign)
		}
		switch was, is := caught(old), caught(c); {
		case was && is:
			both++
		case was:
			lost++
			names = append(names, old.Campaign)
		case is:
			gained++
		default:
			neither++
		}
	}
	return both, lost, gained, neither, names, nil
}

func tally(cells []*Cell, caught func(*Campaign) bool) (k, n int64) {
	for _, c := range cells {
		for i := range c.Campaigns {
			n++
			if caught(&c.Campaigns[i]) {
				k++
			}
		}
	}
	return k, n
}

// share compares a rate over flows. Flows come in campaigns and from hosts, so that an interval over flows is
// too narrow: give such a limit a tolerance, or leave it out.
func (p *pair) share(tolerance, bad float64, of func(*Flows) (k, n int64), remedy string) Check {
	sum := func(cells []*Cell) (k, n int64) {
		for _, c := range cells {
			x, y := of(&c.Flows)
			k, n = k+x, n+y
		}
		return k, n
	}
	k1, n1 := sum(p.current)
	k0, n0 := sum(p.old)
	d, i, err := stats.NewcombeIndependent(k1, n1, k0, n0)
	chance := 1.0
	if err == nil {
		chance, err = stats.FisherExact(k1, n1, k0, n0)
	}
	failed := bad < 0 && i.High < -tolerance || bad > 0 && i.Low > tolerance
	return decide(d, i, chance, err, fmt.Sprintf("%d of %d flows, in the baseline %d of %d", k1, n1, k0, n0), failed, remedy)
}

// load compares the false alarms per host and day.
func (p *pair) load(limit float64) Check {
	counts := func(cells []*Cell) (all []stats.Count, k int64, exposure float64) {
		for _, c := range cells {
			all = append(all, stats.Count{Events: c.Alerts.False, Exposure: c.HostDays})
			k, exposure = k+c.Alerts.False, exposure+c.HostDays
		}
		return all, k, exposure
	}
	now, k1, t1 := counts(p.current)
	old, k0, t0 := counts(p.old)
	if t1 == 0 || t0 == 0 {
		return Check{Status: Skipped, Evidence: "no host-days on one side"}
	}
	said := fmt.Sprintf("%.3g a host-day, in the baseline %.3g", float64(k1)/t1, float64(k0)/t0)
	var r stats.RateRatioResult
	var err error
	if burst, bursts := stats.DispersionRateRatio(now, old); bursts == nil {
		r = burst.RateRatioResult
	} else {
		r, err = stats.RateRatio(k1, t1, k0, t0)
	}
	var missing *stats.Missing
	if errors.As(err, &missing) {
		return Check{Status: Passed, Evidence: said + ": " + missing.Reason}
	}
	if err != nil {
		return Check{Status: Failed, Evidence: err.Error(), Remedy: "this is a fault of evilbench: please report it"}
	}
	c := Check{Status: Passed, Evidence: fmt.Sprintf("%s: ×%.3g [%.3g, %s]", said, r.Ratio, r.Interval.Low, unbounded(r.Interval.High)), chance: &r.P}
	if r.Interval.Low > limit {
		c.Status, c.Remedy = Failed, fmt.Sprintf("the ratio is above %g by more than chance; evilbench compare names the signatures", limit)
	}
	return c
}

func unbounded(x float64) string {
	if math.IsInf(x, 1) {
		return "no end"
	}
	return fmt.Sprintf("%.3g", x)
}

// portion holds a share of the alerts below its limit.
func (p *pair) portion(limit float64, of func(*Alerts) int64) Check {
	var k, n int64
	for _, c := range p.current {
		k, n = k+of(&c.Alerts), n+c.Alerts.Read
	}
	if n == 0 {
		return Check{Status: Skipped, Evidence: "no alert"}
	}
	c := Check{Status: Passed, Evidence: fmt.Sprintf("%d of %d alerts, %.2g %%, at most %.2g %%", k, n, 100*float64(k)/float64(n), 100*limit)}
	if float64(k)/float64(n) > limit {
		c.Status, c.Remedy = Failed, "figures that leave out so many alerts mislead; matches.arrow has their reasons"
	}
	return c
}

// cost compares what the engine took.
func (p *pair) cost(limit float64, unit string, of func(*Cell) float64) Check {
	sum := func(cells []*Cell) (total float64) {
		for _, c := range cells {
			if of(c) == 0 {
				return 0
			}
			total += of(c) / float64(len(cells))
		}
		return total
	}
	now, old := sum(p.current), sum(p.old)
	if now == 0 || old == 0 {
		return Check{Status: Skipped, Evidence: "not measured on one side"}
	}
	c := Check{Status: Passed, Evidence: fmt.Sprintf("%.3g %s, in the baseline %.3g %s: ×%.3g, at most ×%g", now, unit, old, unit, now/old, limit)}
	if now/old > limit {
		c.Status, c.Remedy = Failed, "run again on the machine of the baseline; if it stays so, a rule is expensive"
	}
	return c
}

func (p *pair) loading(limit int64) Check {
	most := 0
	for _, c := range p.current {
		most = max(most, c.Failed)
	}
	c := Check{Name: "rules that cannot be loaded", Cell: p.name, Status: Passed, Evidence: fmt.Sprintf("%d, at most %d", most, limit)}
	if int64(most) > limit {
		c.Status, c.Remedy = Failed, "the report quotes the engine on each; mend or disable the rules"
	}
	return c
}
