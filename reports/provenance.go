package reports

import (
	"fmt"

	"github.com/evilbench/evilbench/harness/bench"
	"github.com/evilbench/evilbench/reports/table"
)

// provenance says what exactly the figures are about.
func (v *view) provenance() *table.Table {
	t := &table.Table{Name: "provenance", Title: "Provenance", Columns: []table.Column{
		{Name: "cell", Title: "Cell", Kind: table.KindCount}, {Name: "what", Title: "What"}, {Name: "value", Title: "Value"},
	}}
	for i, c := range v.cells {
		for _, line := range provenanceOf(c) {
			if line.value != "" {
				t.Add(table.Count(int64(i+1)), table.Text(line.what), table.Text(line.value))
			}
		}
	}
	return t
}

type fact struct{ what, value string }

func provenanceOf(c *bench.Cell) []fact {
	d, r, k := c.Detector, c.Ruleset, c.Corpus
	facts := []fact{
		{"detector", detectorName(c)},
		{"runs as", d.Runner},
		{"image", d.Image},
		{"image digest", d.Digest},
		{"contents", d.Detail},
		{"rules", rulesetName(c)},
		{"rules digest", prefixed("sha256:", r.Digest)},
		{"rules loaded", rulesLoaded(c)},
		{"corpus", corpusKind(c)},
		{"corpus digest", prefixed("sha256:", k.Digest)},
		{"corpus size", fmt.Sprintf("%d packets, %d flows, %d campaigns, %d bytes", k.Packets, k.Flows, k.Campaigns, k.Bytes)},
		{"corpus by", prefixed("evilbench ", k.Version)},
	}
	if k.Scenario != nil {
		facts = append(facts, fact{"scenario", fmt.Sprintf("%s, seed %d, digest %s", k.Scenario.Name, k.Seed, k.Scenario.Digest)}, fact{"model digest", k.Model})
	}
	for _, s := range k.Sources {
		facts = append(facts, fact{"source", s.Path + " sha256:" + s.SHA256})
	}
	if c.Run != nil {
		facts = append(facts, fact{"configuration", c.Run.Config}, fact{"cost", cost(c)})
	}
	return facts
}

func corpusKind(c *bench.Cell) string {
	if c.Corpus.Synthetic {
		return c.Corpus.Name + " (synthetic)"
	}
	return c.Corpus.Name
}

func rulesLoaded(c *bench.Cell) string {
	if c.Ruleset.Name == "" || c.Run == nil {
		return ""
	}
	return fmt.Sprintf("%d of %d, %d failed, %d fired", c.Run.Report.RulesLoaded, c.Ruleset.Enabled, c.Ruleset.Failed, c.Ruleset.Fired)
}

// cost leaves out what was not measured.
func cost(c *bench.Cell) string {
	u := c.Run.Usage
	s := fmt.Sprintf("%.1f s wall clock", u.WallSeconds)
	if u.CPUSeconds > 0 {
		s += fmt.Sprintf(", %.1f s CPU", u.CPUSeconds)
	}
	if u.PeakBytes > 0 {
		s += fmt.Sprintf(", %d MiB peak", u.PeakBytes>>20)
	}
	return s
}

func prefixed(prefix, s string) string {
	if s == "" {
		return ""
	}
	return prefix + s
}

// failures says why cells have no figures.
func (v *view) failures() *table.Table {
	t := v.table("failures", "Cells that failed", table.Column{Name: "error", Title: "Error"})
	for _, c := range v.cells {
		if c.Error != "" {
			t.Add(append(v.row(c), table.Text(firstLine(c.Error)))...)
		}
	}
	return t
}
