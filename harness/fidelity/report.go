package fidelity

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/harness/stats"
)

// Report is the table of generators and metrics.
type Report struct {
	Mode       Mode     `json:"mode"`
	Rows       int      `json:"rows"` // drawn from each table in a repetition; 0 = all
	Repeat     int      `json:"repetitions"`
	Seed       uint64   `json:"seed"`
	Metrics    []Metric `json:"metrics"`
	Reference  *Line    `json:"reference,omitempty"`
	Generators []Line   `json:"generators"`
	Notes      []string `json:"notes,omitempty"`
}

// Line is what one generator scores.
type Line struct {
	Name    string       `json:"name"`
	Rows    int          `json:"rows"`             // of its table
	Figures []Figure     `json:"figures"`          // by metric
	Ranks   []int        `json:"ranks,omitempty"`  // by metric; 0 = the metric ranks nobody
	Average score.Number `json:"average"`          // of the ranks, with a bootstrap interval over the repetitions
	Copies  bool         `json:"copies,omitempty"` // strict: most of its rows are copies, so that it ranks behind all that do not copy
}

// Figure is the mean over the repetitions that have a value, with Student's interval at stats.Level. It covers the draw of rows, not
// that of the data. Where the repetitions do not differ, as with tables that have no more rows than are drawn, there is no interval.
type Figure struct {
	Mean      score.Number   `json:"mean"`
	Undefined int            `json:"undefined,omitempty"` // repetitions without a value
	Reason    string         `json:"reason,omitempty"`    // of the first of them
	Runs      []score.Number `json:"runs"`
}

// mostCopied is the share of copies from which on a generator counts as a copy of its training table.
const mostCopied = 0.5

func (m *measurement) report() *Report {
	o := m.options
	out := &Report{Mode: o.Mode, Rows: o.Rows, Repeat: o.Repeat, Seed: o.Seed, Metrics: m.metrics}
	for i, line := range m.lines {
		l := Line{Name: line.Name, Rows: line.Table.Rows(), Average: score.Number{Missing: "not ranked"}}
		for k := range m.metrics {
			l.Figures = append(l.Figures, figureOf(m.runs[i], k))
		}
		if i == 0 && m.Reference != nil {
			out.Reference = &l
			continue
		}
		l.Copies = m.copies(l.Figures)
		out.Generators = append(out.Generators, l)
	}
	m.rank(out)
	m.note(out)
	return out
}

func figureOf(runs [][]score.Number, metric int) Figure {
	var f Figure
	var values []float64
	for _, run := range runs {
		v := run[metric]
		f.Runs = append(f.Runs, v)
		if v.Missing == "" {
			values = append(values, v.Value)
			continue
		}
		if f.Undefined++; f.Undefined == 1 {
			f.Reason = v.Missing
		}
	}
	f.Mean = mean(values)
	if len(values) == 0 {
		f.Mean.Missing = f.Reason
	}
	return f
}

// mean is the mean of values with Student's interval where they differ by more than rounding.
func mean(values []float64) score.Number {
	if len(values) == 0 {
		return score.Number{Missing: "no repetition has a value"}
	}
	center, deviation := stat.MeanStdDev(values, nil)
	n := float64(len(values))
	out := score.Number{Value: center}
	if len(values) > 1 && slices.Max(values)-slices.Min(values) > 1e-12*math.Abs(center) {
		t := distuv.StudentsT{Sigma: 1, Nu: n - 1}.Quantile((1 + stats.Level) / 2)
		half := t * deviation / math.Sqrt(n)
		out.Low, out.High, out.Bounded = center-half, center+half, true
	}
	return out
}

func (m *measurement) copies(figures []Figure) bool {
	last := len(m.metrics) - 1
	return m.metrics[last].Name == nameCopied && figures[last].Mean.Missing == "" && figures[last].Mean.Value > mostCopied
}

// rankDraws is how many times repetitions are drawn for the intervals of ranks.
const rankDraws = 2000

// rank fills in ranks by the means, and what the average rank would have been with other repetitions.
func (m *measurement) rank(out *Report) {
	n := len(out.Generators)
	if n == 0 {
		return
	}
	behind := make([]bool, n)
	for i := range behind {
		behind[i] = out.Generators[i].Copies
	}
	all := make([]int, m.options.Repeat)
	for i := range all {
		all[i] = 1
	}
	standings := m.standings(out, behind, all)
	if standings.Average == nil {
		return
	}
	averages := make([][]float64, n)
	root := draw.NewSeed(m.options.Seed).Word("fidelity").Word("ranks")
	for b := range rankDraws {
		if m.options.Repeat < 2 {
			break
		}
		stream := root.Number(uint64(b)).Stream()
		clear(all)
		for range all {
			all[stream.IntN(len(all))]++
		}
		for i, a := range m.standings(out, behind, all).Average {
			averages[i] = append(averages[i], a)
		}
	}
	for i := range out.Generators {
		l := &out.Generators[i]
		l.Average = score.Number{Value: standings.Average[i]}
		l.Ranks = make([]int, len(m.metrics))
		for k, ranks := range standings.Ranks {
			if ranks != nil {
				l.Ranks[k] = ranks[i]
			}
		}
		if len(averages[i]) > 0 {
			slices.Sort(averages[i])
			l.Average.Low = stat.Quantile((1-stats.Level)/2, stat.Empirical, averages[i], nil)
			l.Average.High = stat.Quantile((1+stats.Level)/2, stat.Empirical, averages[i], nil)
			l.Average.Bounded = true
		}
	}
}

// standings ranks by the means over repetitions, each taken as often as weight says.
func (m *measurement) standings(out *Report, behind []bool, weight []int) Standings {
	figures, reference := make([][]score.Number, len(m.metrics)), make([]score.Number, len(m.metrics))
	for k := range m.metrics {
		reference[k] = score.Number{Missing: "no reference was given"}
		if out.Reference != nil {
			reference[k] = weighted(out.Reference.Figures[k].Runs, weight)
		}
		for _, l := range out.Generators {
			figures[k] = append(figures[k], weighted(l.Figures[k].Runs, weight))
		}
	}
	return Rank(m.metrics, figures, reference, behind)
}

func weighted(runs []score.Number, weight []int) score.Number {
	var sum, n float64
	for i, v := range runs {
		if v.Missing == "" {
			sum += float64(weight[i]) * v.Value
			n += float64(weight[i])
		}
	}
	if n == 0 {
		return score.Number{Missing: "no repetition has a value"}
	}
	return score.Number{Value: sum / n}
}

// note says what a reader of the figures should know beside them.
func (m *measurement) note(out *Report) {
	say := func(format string, args ...any) { out.Notes = append(out.Notes, fmt.Sprintf(format, args...)) }
	for _, t := range append([]Generated{{"train", m.Train}, {"reference", m.Reference}, {"evaluate", m.Evaluate}}, m.Generated...) {
		if t.Table == nil {
			continue
		}
		for _, n := range t.Table.Notes {
			say("%s: %s", t.Name, n)
		}
		if n := t.Table.Rows(); m.options.Rows >= n {
			say("%s has %d rows, no more than the %d drawn: every repetition takes all of them, so that no interval covers their choice", t.Name, n, m.options.Rows)
		}
	}
	for _, l := range out.Generators {
		for k, f := range l.Figures {
			if f.Undefined > 0 {
				say("%s of %s: no value in %d of %d repetitions: %s", m.metrics[k].Name, l.Name, f.Undefined, len(f.Runs), f.Reason)
			}
		}
		if l.Copies {
			say("%s ranks behind all that do not copy: %.0f %% of its rows are training rows or next to them beyond what unseen traffic explains", l.Name, 100*l.Figures[len(l.Figures)-1].Mean.Value)
		}
	}
	if m.options.Mode == Strict && m.Reference == nil {
		say("without a reference copies of the training table cannot be told, and may win")
	}
}
