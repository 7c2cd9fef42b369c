package compare

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/harness/stats"
)

const loadName = "false alarms per host-day"

// alarmLoad compares false alarms per host and day. Alarms come in bursts, so hosts are drawn, or whole corpora where the tables are
// not at hand.
func alarmLoad(pairs []pair, seed draw.Seed) (Measure, error) {
	a, b, unit, basis := loadCounts(pairs)
	m := Measure{Name: loadName, Unit: "alert", Basis: basis, Test: fmt.Sprintf("exchange of the two sides on %s; interval: bootstrap over them (BCa)", clustersOf(len(a), unit))}
	m.NumberA, m.NumberB = rate(a), rate(b)
	if slices.IndexFunc(append(slices.Clip(a), b...), func(c stats.Count) bool { return c.Events > 0 }) < 0 {
		m.P = score.Number{Missing: "no false alarm on either side"}
		m.Difference = m.P
		return m, nil
	}
	r, err := stats.PairedRateRatio(b, a, draws, seed.Word(loadName)) // B over A
	if err != nil && !isMissing(err) {
		return m, err
	}
	if err == nil {
		m.Difference = number(r.Ratio, r.Interval, nil)
		m.P = score.Number{Value: r.P}
	} else {
		m.Difference = ratioAlone(a, b, err)
		more, fewer := signs(a, b)
		m.Test = "sign test over " + clustersOf(len(a), unit)
		m.P = score.Number{Value: stats.McNemar(more, fewer).Exact}
	}
	if len(a) < stats.MinClusters {
		m.Why = "an interval over " + clustersOf(len(a), unit) + " cannot be relied on"
	}
	return m, nil
}

// ratioAlone is the ratio without an interval.
func ratioAlone(a, b []stats.Count, why error) score.Number {
	x, y := rate(a), rate(b)
	if x.Missing != "" || y.Missing != "" || x.Value == 0 {
		return score.Number{Missing: why.Error()}
	}
	return score.Number{Value: y.Value / x.Value}
}

func signs(a, b []stats.Count) (more, fewer int64) {
	for i := range a {
		switch {
		case b[i].Events > a[i].Events:
			more++
		case b[i].Events < a[i].Events:
			fewer++
		}
	}
	return more, fewer
}

func rate(counts []stats.Count) *score.Number {
	events, exposure := int64(0), 0.0
	for _, c := range counts {
		events, exposure = events+c.Events, exposure+c.Exposure
	}
	if exposure <= 0 {
		return &score.Number{Missing: "no host of the home network was watched for any time"}
	}
	return &score.Number{Value: float64(events) / exposure}
}

// loadCounts are the false alarms of each host on both sides, in host-days.
func loadCounts(pairs []pair) (a, b []stats.Count, unit, basis string) {
	unit, basis = hostUnit, basisTables
	if slices.ContainsFunc(pairs, func(p pair) bool { return !p.tables() }) {
		unit, basis = corpusUnit, basisResult
	}
	for _, p := range pairs {
		if unit == corpusUnit {
			exposure := float64(p.a.Load.Hosts) * p.a.Load.Days
			a = append(a, stats.Count{Events: p.a.Alerts.False, Exposure: exposure})
			b = append(b, stats.Count{Events: p.b.Alerts.False, Exposure: exposure})
			continue
		}
		hosts := slices.Clone(p.a.evidence.hosts)
		for _, h := range p.b.evidence.hosts {
			if !slices.Contains(hosts, h) {
				hosts = append(hosts, h)
			}
		}
		slices.SortFunc(hosts, netip.Addr.Compare)
		// Alarms that name no local host are one more unit, which adds no host-days.
		if nobody := (netip.Addr{}); total(p.a.evidence.false[nobody])+total(p.b.evidence.false[nobody]) > 0 {
			a = append(a, stats.Count{Events: total(p.a.evidence.false[nobody])})
			b = append(b, stats.Count{Events: total(p.b.evidence.false[nobody])})
		}
		for _, h := range hosts {
			a = append(a, stats.Count{Events: total(p.a.evidence.false[h]), Exposure: p.a.Corpus.Days})
			b = append(b, stats.Count{Events: total(p.b.evidence.false[h]), Exposure: p.a.Corpus.Days})
		}
	}
	return a, b, unit, basis
}

func total(counts map[sigID]int64) (n int64) {
	for _, c := range counts {
		n += c
	}
	return n
}
