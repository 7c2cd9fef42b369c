package compare

import (
	"errors"
	"fmt"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/harness/stats"
)

const (
	lenientName = "campaigns detected"
	strictName  = "campaigns detected (strict)"
	flowName    = "malicious flows marked"
)

// caught tells whether a campaign counts as detected.
func caught(d *score.Campaign, strict bool) bool {
	if strict {
		return d.Strict > 0
	}
	return d.Detected()
}

// detected compares the shares of campaigns over the same campaigns.
func detected(pairs []pair, strict bool) Measure {
	var g Agreement
	for _, p := range pairs {
		for i := range p.a.Details {
			switch a, b := caught(&p.a.Details[i], strict), caught(&p.b.Details[i], strict); {
			case a && b:
				g.Both++
			case a:
				g.OnlyA++
			case b:
				g.OnlyB++
			default:
				g.Neither++
			}
		}
	}
	m := Measure{Name: lenientName, Unit: "campaign", Share: true, Paired: &g, Test: "McNemar, exact", Basis: basisResult}
	if strict {
		m.Name = strictName
	}
	n := g.Both + g.OnlyA + g.OnlyB + g.Neither
	const none = "no campaign in the corpora"
	m.A, m.B = ratio(g.Both+g.OnlyA, n, none), ratio(g.Both+g.OnlyB, n, none)
	diff, i, err := stats.NewcombePaired(g.Both, g.OnlyB, g.OnlyA, g.Neither) // B minus A
	m.Difference = number(diff, i, err)
	if n == 0 {
		m.P = score.Number{Missing: none}
		return m
	}
	t := stats.McNemar(g.OnlyB, g.OnlyA)
	m.P, m.MidP = score.Number{Value: t.Exact}, &score.Number{Value: t.MidP}
	m.Detectable = detectable(n, g.OnlyA+g.OnlyB)
	return m
}

// Where the figures of a measure come from.
const (
	basisResult = "counts of result.json"
	basisTables = "the tables of every corpus"
)

// flowRecall compares flow recall. Flows of one campaign are found or missed together, so whole campaigns are drawn, and whole
// corpora where there are enough of them.
func flowRecall(pairs []pair, seed draw.Seed) (Measure, error) {
	m := Measure{Name: flowName, Unit: "flow", Share: true, P: score.Number{Missing: "the interval is the test"}}
	var a, b share
	for _, p := range pairs {
		a.k, a.n = a.k+p.a.Flows.TP, a.n+p.a.Flows.TP+p.a.Flows.FN
		b.k, b.n = b.k+p.b.Flows.TP, b.n+p.b.Flows.TP+p.b.Flows.FN
	}
	const none = "no malicious flow in the corpora"
	m.A, m.B = ratio(a.k, a.n, none), ratio(b.k, b.n, none)
	rows, clusters, basis := flowRows(pairs)
	m.Basis, m.Test = basis, fmt.Sprintf("bootstrap over %s (BCa)", clustersOf(len(rows), clusters))
	if a.n == 0 {
		m.Difference = score.Number{Missing: none}
		return m, nil
	}
	diff := m.B.Value() - m.A.Value()
	i, err := stats.BCaSums(rows, draws, seed.Word(flowName), func(s []float64) float64 { return s[2]/s[3] - s[0]/s[1] })
	if err != nil && !isMissing(err) {
		return m, err
	}
	switch {
	case err != nil && len(rows) < 2:
		err = fmt.Errorf("flows of one campaign are found or missed together, and there is one %s only", clusters)
	case err == nil && len(rows) < stats.MinClusters:
		err = fmt.Errorf("an interval over %s cannot be relied on", clustersOf(len(rows), clusters))
	}
	m.Difference = number(diff, i, nil)
	if err != nil {
		m.Difference = score.Number{Value: diff}
		m.Why = err.Error()
	}
	return m, nil
}

// Units that are drawn whole.
const (
	campaignUnit = "campaign"
	corpusUnit   = "corpus"
	hostUnit     = "host"
)

// clustersOf writes how many there are.
func clustersOf(n int, unit string) string {
	if unit == corpusUnit && n != 1 {
		return fmt.Sprintf("%d corpora", n)
	}
	return plural(int64(n), unit)
}

// flowRows are the addends of each cluster: alarmed flows and all of A, the same of B. Clusters are corpora where there are enough,
// else campaigns, whose flows only the tables tell.
func flowRows(pairs []pair) (rows [][]float64, clusters, basis string) {
	var byCorpus, byCampaign [][]float64
	tables := true
	for _, p := range pairs {
		a, b := p.a.Flows, p.b.Flows
		if n := a.TP + a.FN; n > 0 {
			byCorpus = append(byCorpus, []float64{float64(a.TP), float64(n), float64(b.TP), float64(b.TP + b.FN)})
		}
		if !p.tables() {
			tables = false
			continue
		}
		for i := range p.a.Details {
			name := p.a.Details[i].Campaign
			x, y := p.a.evidence.flows[name], p.b.evidence.flows[name]
			if x.n > 0 {
				byCampaign = append(byCampaign, []float64{float64(x.k), float64(x.n), float64(y.k), float64(y.n)})
			}
		}
	}
	if len(byCorpus) >= stats.MinClusters || !tables {
		return byCorpus, corpusUnit, basisResult
	}
	return byCampaign, campaignUnit, basisTables
}

func (p pair) tables() bool { return p.a.evidence != nil && p.b.evidence != nil }

// number makes a figure of a statistic that may be missing.
func number(x float64, i stats.Interval, err error) score.Number {
	if err != nil {
		return score.Number{Missing: err.Error()}
	}
	return score.Number{Value: x, Low: i.Low, High: i.High, Bounded: true}
}

func ratio(k, n int64, missing string) *score.Ratio {
	r := score.NewRatio(k, n, missing)
	return &r
}

func isMissing(err error) bool {
	var m *stats.Missing
	return errors.As(err, &m)
}
