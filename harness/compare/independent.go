package compare

import (
	"fmt"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/harness/stats"
)

// independent compares samples that have nothing in common: nothing is paired, so that no campaign is lost or gained by name.
func (w *work) independent(v *Versus, a, b *Side) error {
	if _, err := w.compareRules(v, a, b); err != nil {
		return err
	}
	v.Notes = append(v.Notes, "the sides are compared as independent samples: campaigns are not paired, and only large differences show")
	for _, c := range a.cells {
		if b.on(c.Corpus.Digest) != nil {
			v.Notes = append(v.Notes, fmt.Sprintf("corpus %s is on both sides: without --independent the comparison says more", c.Corpus.Name))
		}
	}
	seed := w.seed.Word(b.Letter)
	v.Measures = []Measure{detectedApart(a, b, false), detectedApart(a, b, true)}
	flows, err := recallApart(a, b, seed)
	if err != nil {
		return err
	}
	load, err := loadApart(a, b)
	if err != nil {
		return err
	}
	v.Measures = append(v.Measures, flows, load)
	v.Cost = []Cost{}
	return nil
}

func detectedApart(a, b *Side, strict bool) Measure {
	m := Measure{Name: lenientName, Unit: "campaign", Share: true, Test: "interval of two independent shares (Newcombe)", Basis: basisResult,
		P: score.Number{Missing: "the interval is the test"}}
	if strict {
		m.Name = strictName
	}
	count := func(s *Side) (r share) {
		for _, c := range s.cells {
			for i := range c.Details {
				if r.n++; caught(&c.Details[i], strict) {
					r.k++
				}
			}
		}
		return r
	}
	x, y := count(a), count(b)
	m.A, m.B = ratio(x.k, x.n, "no campaign in the corpora"), ratio(y.k, y.n, "no campaign in the corpora")
	diff, i, err := stats.NewcombeIndependent(y.k, y.n, x.k, x.n)
	m.Difference = number(diff, i, err)
	if err == nil {
		m.Detectable = leastApart(x, y.n)
	}
	return m
}

// leastApart is the smallest difference of the shares from A's that n campaigns on the other side could tell from chance, towards
// whichever side is nearer.
func leastApart(a share, n int64) *score.Number {
	rate, best := float64(a.k)/float64(a.n), 2.0
	for k := range n + 1 {
		diff, i, err := stats.NewcombeIndependent(k, n, a.k, a.n)
		if err == nil && (i.Low > 0 || i.High < 0) {
			best = min(best, max(diff, -diff))
		}
	}
	if best > 1 {
		return &score.Number{Missing: fmt.Sprintf("%d and %d campaigns cannot show any difference from %.3g %%", a.n, n, 100*rate)}
	}
	return &score.Number{Value: best}
}

// recallApart draws the campaigns, or corpora, of both sides together.
func recallApart(a, b *Side, seed draw.Seed) (Measure, error) {
	m := Measure{Name: flowName, Unit: "flow", Share: true, P: score.Number{Missing: "the interval is the test"}}
	x, y := aparts(a), aparts(b)
	m.A, m.B = ratio(x.k, x.n, "no malicious flow in the corpora"), ratio(y.k, y.n, "no malicious flow in the corpora")
	m.Basis = basisTables
	clusters := campaignUnit
	var rows [][]float64
	for at, s := range []*Side{a, b} {
		for _, c := range s.cells {
			if c.evidence == nil {
				m.Basis, clusters = basisResult, corpusUnit
			}
		}
		for _, c := range s.cells {
			for _, f := range c.apart(clusters) {
				row := make([]float64, 4)
				row[2*at], row[2*at+1] = float64(f.k), float64(f.n)
				rows = append(rows, row)
			}
		}
	}
	m.Test = fmt.Sprintf("bootstrap over %s (BCa)", clustersOf(len(rows), clusters))
	if x.n == 0 || y.n == 0 {
		m.Difference = score.Number{Missing: "no malicious flow in the corpora of one side"}
		return m, nil
	}
	i, err := stats.BCaSums(rows, draws, seed.Word(flowName), func(s []float64) float64 { return s[2]/s[3] - s[0]/s[1] })
	if err != nil && !isMissing(err) {
		return m, err
	}
	m.Difference = number(m.B.Value()-m.A.Value(), i, nil)
	switch {
	case err != nil:
		m.Difference.Bounded = false
		m.Why = err.Error()
	case len(rows) < 2*stats.MinClusters:
		m.Why = "an interval over " + clustersOf(len(rows), clusters) + " cannot be relied on"
	}
	return m, nil
}

// apart are the cell's malicious flows by cluster.
func (c *loaded) apart(clusters string) []share {
	if clusters == corpusUnit {
		return []share{{c.Flows.TP, c.Flows.TP + c.Flows.FN}}
	}
	var out []share
	for i := range c.Details {
		if f := c.evidence.flows[c.Details[i].Campaign]; f.n > 0 {
			out = append(out, f)
		}
	}
	return out
}

func aparts(s *Side) (all share) {
	for _, c := range s.cells {
		all.k, all.n = all.k+c.Flows.TP, all.n+c.Flows.TP+c.Flows.FN
	}
	return all
}

// loadApart compares hosts with other hosts.
func loadApart(a, b *Side) (Measure, error) {
	m := Measure{Name: loadName, Unit: "alert", Basis: basisTables}
	var counts [2][]stats.Count
	unit := hostUnit
	for i, s := range []*Side{a, b} {
		var pairs []pair
		for _, c := range s.cells {
			pairs = append(pairs, pair{c, c})
		}
		var of string
		if counts[i], _, of, _ = loadCounts(pairs); of != unit {
			unit, m.Basis = of, basisResult
		}
	}
	m.Test = fmt.Sprintf("quasi-Poisson over %s and %s", clustersOf(len(counts[0]), unit), clustersOf(len(counts[1]), unit))
	m.NumberA, m.NumberB = rate(counts[0]), rate(counts[1])
	r, err := stats.DispersionRateRatio(counts[1], counts[0])
	switch {
	case err != nil && !isMissing(err):
		return m, err
	case err != nil:
		m.Difference = ratioAlone(counts[0], counts[1], err)
		m.P, m.Why = score.Number{Missing: err.Error()}, err.Error()
	default:
		m.Difference, m.P = number(r.Ratio, r.Interval, nil), score.Number{Value: r.P}
	}
	return m, nil
}
