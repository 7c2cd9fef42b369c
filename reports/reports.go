// Package reports turns a result into the tables that a person reads.
package reports

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/evilbench/evilbench/harness/bench"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/harness/stats"
	"github.com/evilbench/evilbench/reports/table"
)

// Tables are all tables of a result, in the order of reading. A table that would have no row is left out.
func Tables(r *bench.Result) []*table.Table {
	v := newView(r)
	pooled := newPooledView(r).tables()
	cells := []*table.Table{
		v.load(), v.ppv(), v.campaigns(), v.verdicts(), v.falseAlarms(), v.quiet(), v.quality(),
		v.units(), v.stages(), v.delays(), v.redundancy(), v.alertLoad(), v.measures(), v.baseRates(), v.costs(), v.coverage(), v.sweeps(),
		v.curves(), v.delayPoints(), v.curvePoints(), v.idoc(), v.provenance(),
	}
	if len(pooled) > 0 { // with many seeds a terminal has space for the sums only
		for _, t := range cells {
			t.Depth = max(t.Depth, table.Detail)
		}
	}
	var out []*table.Table
	for _, t := range slices.Concat(pooled, []*table.Table{v.summary(), v.repeats()}, cells, []*table.Table{v.failures()}) {
		if len(t.Rows) > 0 {
			printable(t)
			out = append(out, t)
		}
	}
	return out
}

// For are the tables that a format has space for: terminals get the headlines, Markdown and LaTeX no bare data, CSV and JSON all.
func For(format string, all []*table.Table) []*table.Table {
	deepest := table.Data
	switch format {
	case "table":
		deepest = table.Headline
	case "markdown", "latex":
		deepest = table.Detail
	}
	var out []*table.Table
	for _, t := range all {
		if t.Depth <= deepest {
			out = append(out, t)
		}
	}
	return out
}

// Markdown writes report.md: all tables but bare data.
func Markdown(w io.Writer, r *bench.Result) error {
	if _, err := fmt.Fprintf(w, "# evilbench report\n\n"); err != nil {
		return err
	}
	for _, t := range For("markdown", Tables(r)) {
		if err := t.Markdown(w); err != nil {
			return err
		}
	}
	return nil
}

// Terminal writes the tables that answer the first questions: what was caught, missed, and cried wolf about.
func Terminal(w io.Writer, r *bench.Result) error {
	for i, t := range For("table", Tables(r)) {
		if i > 0 {
			if _, err := fmt.Fprintln(w); err != nil {
				return err
			}
		}
		if err := t.Terminal(w); err != nil {
			return err
		}
	}
	return nil
}

// view is a result seen by what its cells have in common: what is the same for all stands above a table, what differs in columns.
type view struct {
	cells  []*bench.Cell
	idents []ident
	note   string
}

// ident is one of the things that tell cells apart.
type ident struct {
	column table.Column
	of     func(*bench.Cell) string
}

var idents = []ident{
	{table.Column{Name: "corpus", Title: "Corpus"}, corpusName},
	{table.Column{Name: "seed", Title: "Seed"}, func(c *bench.Cell) string { return fmt.Sprint(c.Corpus.Seed) }},
	{table.Column{Name: "detector", Title: "Detector"}, detectorName},
	{table.Column{Name: "ruleset", Title: "Rules"}, rulesetName},
}

func newView(r *bench.Result) *view {
	v := &view{}
	for i := range r.Cells {
		v.cells = append(v.cells, &r.Cells[i])
	}
	var same []string
	for _, id := range idents {
		if id.column.Name == "seed" && !v.seeds() {
			continue
		}
		if id.column.Name != "detector" && v.agree(id.of) {
			same = append(same, fmt.Sprintf("%s: %s.", id.column.Title, id.of(v.cells[0])))
			continue
		}
		v.idents = append(v.idents, id)
	}
	v.note = strings.Join(append(same, v.synthetic()...), " ")
	return v
}

// synthetic says which traffic is not real: a figure on it is a figure on what its makers thought of.
func (v *view) synthetic() []string {
	var names []string
	for _, c := range v.cells {
		if c.Corpus.Synthetic && !slices.Contains(names, c.Corpus.Name) {
			names = append(names, c.Corpus.Name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("Synthetic traffic: %s.", strings.Join(names, ", "))}
}

// seeds says whether corpora of one name differ in their seeds.
func (v *view) seeds() bool {
	seed := map[string]uint64{}
	for _, c := range v.cells {
		if known, there := seed[c.Corpus.Name]; there && known != c.Corpus.Seed {
			return true
		}
		seed[c.Corpus.Name] = c.Corpus.Seed
	}
	return false
}

func (v *view) agree(of func(*bench.Cell) string) bool {
	for _, c := range v.cells {
		if of(c) != of(v.cells[0]) {
			return false
		}
	}
	return true
}

// table begins a table whose first columns say which cell a row is about.
func (v *view) table(name, title string, columns ...table.Column) *table.Table {
	t := &table.Table{Name: name, Title: title, Note: v.note}
	for _, id := range v.idents {
		t.Columns = append(t.Columns, id.column)
	}
	t.Columns = append(t.Columns, columns...)
	return t
}

// row begins a row.
func (v *view) row(c *bench.Cell) []table.Cell {
	var cells []table.Cell
	for _, id := range v.idents {
		cells = append(cells, table.Text(id.of(c)))
	}
	return cells
}

func corpusName(c *bench.Cell) string { return c.Corpus.Name }

func detectorName(c *bench.Cell) string {
	if c.Detector.Engine == "" {
		return c.Detector.Spec
	}
	return strings.TrimSpace(c.Detector.Engine + " " + c.Detector.Version)
}

func rulesetName(c *bench.Cell) string {
	switch r := c.Ruleset; {
	case r.Name == "":
		return "none"
	case r.Bundled:
		return "bundled (evilbench's own)"
	default:
		return r.Name
	}
}

// scored are the cells that have figures.
func (v *view) scored() []*bench.Cell {
	var out []*bench.Cell
	for _, c := range v.cells {
		if c.Score != nil {
			out = append(out, c)
		}
	}
	return out
}

func cases(r score.Ratio) table.Cell {
	if why := missing(r); why != "" {
		return table.Missing(why)
	}
	return table.Cases(r.K, r.N, r.Low, r.High).With(cautions(r.Cluster)...)
}

func rate(r score.Ratio) table.Cell {
	if why := missing(r); why != "" {
		return table.Missing(why)
	}
	return table.Rate(r.K, r.N, r.Low, r.High).With(cautions(r.Cluster)...)
}

// cautions are what a reader of an interval must know.
func cautions(c score.Cluster) []string {
	switch {
	case c.Note != "":
		return []string{c.Note}
	case c.Unreliable():
		return []string{fmt.Sprintf("an interval over %d %s is unreliable: at least %d are wanted", c.Clusters, c.Over, stats.MinClusters)}
	}
	return nil
}

func estimate(n score.Number) table.Cell {
	switch {
	case n.Missing != "":
		return table.Missing(n.Missing)
	case !n.Bounded:
		return table.Unbounded(n.Value).With(cautions(n.Cluster)...)
	}
	return table.Estimate(n.Value, n.Low, n.High).With(cautions(n.Cluster)...)
}

// missing is why a ratio has no value. A result written by another program may leave it out.
func missing(r score.Ratio) string {
	if r.Missing == "" && r.N == 0 {
		return "not in the result"
	}
	return r.Missing
}

func number(n score.Number) table.Cell {
	if n.Missing != "" {
		return table.Missing(n.Missing)
	}
	return table.Number(n.Value)
}

func share(n score.Number) table.Cell {
	if n.Missing != "" {
		return table.Missing(n.Missing)
	}
	return table.Share(n.Value, n.Low, n.High).With(cautions(n.Cluster)...)
}

func duration(n score.Number) table.Cell {
	if n.Missing != "" {
		return table.Missing(n.Missing)
	}
	return table.Duration(n.Value)
}
