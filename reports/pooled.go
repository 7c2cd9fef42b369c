package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/evilbench/evilbench/harness/bench"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/reports/table"
)

// pooledView shows what is aggregated over seeds: a row stands for all of a detector's cells.
type pooledView struct {
	*view
	pooled []bench.Pooled
}

func newPooledView(r *bench.Result) *pooledView {
	if len(r.Pooled) == 0 {
		return nil
	}
	v := &pooledView{pooled: r.Pooled}
	var cells []bench.Cell
	for i := range r.Pooled {
		p := &r.Pooled[i]
		cells = append(cells, bench.Cell{Detector: p.Detector, Ruleset: p.Ruleset, Corpus: bench.Corpus{Name: p.Scenario, Synthetic: true}, Warnings: p.Warnings})
	}
	v.view = newView(&bench.Result{Cells: cells})
	return v
}

// tables are all tables of what is pooled; nil where nothing is.
func (v *pooledView) tables() []*table.Table {
	if v == nil {
		return nil
	}
	return []*table.Table{v.campaigns(), v.flows(), v.load(), v.attacks()}
}

const overSeeds = "Sums over seeds; 95% intervals by drawing whole seeds (BCa): they speak for other seeds of the scenario, not for other attacks. SD: " +
	"standard deviation between seeds."

// rows makes a table with a row for each pool.
func (v *pooledView) rows(name, title string, row func(*bench.Pooled) []table.Cell, columns ...table.Column) *table.Table {
	t := v.table(name, title, append([]table.Column{{Name: "seeds", Title: "Seeds", Kind: table.KindCount}}, columns...)...)
	t.Note = strings.TrimSpace(t.Note + " " + overSeeds)
	for i, c := range v.cells {
		p := &v.pooled[i]
		if p.Pooled == nil {
			continue
		}
		t.Add(append(append(v.row(c), table.Count(int64(len(p.Seeds))).With(p.Warnings...)), row(p)...)...)
	}
	return t
}

func (v *pooledView) campaigns() *table.Table {
	return v.rows("pooled", "What was detected, over all seeds", func(p *bench.Pooled) []table.Cell {
		return slices.Concat(pooledCases(p.Detected), pooledCases(p.Strict))
	},
		table.Column{Name: "campaigns_detected", Title: "Campaigns", Kind: table.KindCases}, deviation("campaigns_detected"),
		table.Column{Name: "campaigns_strict", Title: "Right kind", Kind: table.KindCases}, deviation("campaigns_strict"),
	)
}

func (v *pooledView) flows() *table.Table {
	return v.rows("pooled-flows", "Flows, over all seeds", func(p *bench.Pooled) []table.Cell {
		return slices.Concat(pooledRate(p.FlowRecall), pooledRate(p.FPR))
	},
		table.Column{Name: "flow_recall", Title: "Flow recall", Kind: table.KindRate}, deviation("flow_recall"),
		table.Column{Name: "flow_fpr", Title: "Flow FPR", Kind: table.KindRate}, deviation("flow_fpr"),
	)
}

func (v *pooledView) load() *table.Table {
	return v.rows("pooled-load", "False alarms, over all seeds", func(p *bench.Pooled) []table.Cell {
		return slices.Concat([]table.Cell{table.Count(p.AlarmsByHostDay.Sum.N)}, pooledEstimate(p.AlarmsByHostDay), pooledEstimate(p.AlarmsByGB))
	},
		table.Column{Name: "false_alarms", Title: "Alerts", Kind: table.KindCount},
		table.Column{Name: "false_alarms_per_host_day", Title: "/host-day", Kind: table.KindEstimate}, deviation("false_alarms_per_host_day"),
		table.Column{Name: "false_alarms_per_gb", Title: "/GB", Kind: table.KindEstimate}, deviation("false_alarms_per_gb"),
	)
}

// attacks shows on how many seeds each was caught, the detectors one below the other.
func (v *pooledView) attacks() *table.Table {
	t := &table.Table{Name: "pooled-attacks", Title: "Attacks, over all seeds", Columns: []table.Column{
		{Name: "attack", Title: "Attack"}, {Name: "technique", Title: "ATT&CK"},
	}}
	for _, id := range v.idents {
		t.Columns = append(t.Columns, id.column)
	}
	t.Columns = append(t.Columns,
		table.Column{Name: "campaigns_detected", Title: "Detected", Kind: table.KindCases},
		table.Column{Name: "campaigns_strict", Title: "Right kind", Kind: table.KindCases},
		table.Column{Name: "seeds", Title: "Seeds", Kind: table.KindCount},
		table.Column{Name: "seeds_some", Title: "some", Kind: table.KindCount, Data: true},
		table.Column{Name: "seeds_all", Title: "all", Kind: table.KindCount},
	)
	t.Note = strings.TrimSpace(v.note + " Campaigns over all seeds; seeds: those that have the attack; all: seeds on which each of its campaigns was detected.")
	var names []string
	for i := range v.pooled {
		for _, a := range attacksOf(&v.pooled[i]) {
			if !slices.Contains(names, a.Attack) {
				names = append(names, a.Attack)
			}
		}
	}
	for _, name := range names {
		for i, c := range v.cells {
			for _, a := range attacksOf(&v.pooled[i]) {
				if a.Attack != name {
					continue
				}
				row := append([]table.Cell{table.Text(a.Attack), table.Text(a.Technique)}, v.row(c)...)
				t.Add(append(row, cases(a.Detected.Sum), cases(a.Strict.Sum), table.Count(a.Corpora), table.Count(a.Some), table.Count(a.All))...)
			}
		}
	}
	return t
}

func attacksOf(p *bench.Pooled) []score.PooledAttack {
	if p.Pooled == nil {
		return nil
	}
	return p.Attacks
}

func deviation(of string) table.Column {
	return table.Column{Name: of + "_sd", Title: "SD", Kind: table.KindNumber}
}

func pooledCases(r score.PooledRatio) []table.Cell {
	return []table.Cell{cases(r.Sum), number(r.Spread)}
}

func pooledRate(r score.PooledRatio) []table.Cell { return []table.Cell{rate(r.Sum), number(r.Spread)} }

func pooledEstimate(n score.PooledNumber) []table.Cell {
	return []table.Cell{estimate(n.Sum), number(n.Spread)}
}

// repeats shows where runs on identical input differ.
func (v *view) repeats() *table.Table {
	t := v.table("repeats", fmt.Sprintf("Runs on identical input that differ (at most %d signatures each)", worst),
		table.Column{Name: "what", Title: "What"}, table.Column{Name: "name", Title: "Name"}, table.Column{Name: "by_run", Title: "Alerts by run"},
		table.Column{Name: "differing", Title: "Other alerts", Kind: table.KindCount, Data: true},
	)
	t.Note = strings.TrimSpace(t.Note + " All other figures are those of the first run.")
	for _, c := range v.cells {
		r := c.Repeats
		if r == nil || !r.Differ() {
			continue
		}
		add := func(what, name string, byRun []int64, differing table.Cell) {
			t.Add(append(v.row(c), table.Text(what), table.Text(name), table.Text(counts(byRun)), differing)...)
		}
		add("all alerts", "", r.Alerts, table.Count(slices.Max(r.Differing)))
		for _, f := range r.Failed {
			add("failed", firstLine(f), nil, table.Missing("the run failed"))
		}
		for _, x := range r.Campaigns {
			add("campaign", x.Campaign, x.Alerts, table.Missing("counted by signature"))
		}
		for _, s := range r.Signatures[:min(worst, len(r.Signatures))] {
			add(fmt.Sprintf("%d:%d", s.GID, s.SID), s.Name, s.Alerts, table.Count(s.Differing))
		}
	}
	return t
}

func counts(list []int64) string {
	var out []string
	for _, n := range list {
		out = append(out, fmt.Sprint(n))
	}
	return strings.Join(out, ", ")
}
