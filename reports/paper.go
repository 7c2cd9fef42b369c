package reports

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/evilbench/evilbench/harness/bench"
	"github.com/evilbench/evilbench/reports/latex"
	"github.com/evilbench/evilbench/reports/table"
)

// LaTeX writes all tables but bare data for a paper, each with what its figures come from below it.
func LaTeX(w io.Writer, r *bench.Result) error {
	if _, err := fmt.Fprintf(w, "%% The preamble needs:\n%% %s\n\n", strings.ReplaceAll(strings.TrimSpace(latex.Packages), "\n", "\n% ")); err != nil {
		return err
	}
	origin := newView(r).origin(r.Version)
	for _, t := range For("latex", Tables(r)) {
		if t.Name == "provenance" { // is in the small print
			continue
		}
		if err := latex.Write(w, t, origin); err != nil {
			return err
		}
	}
	return nil
}

// digestShown is how much of a digest is printed where it only has to be recognised.
const digestShown = 12

// origin says in a few lines what detectors, rules and corpora the figures are of.
func (v *view) origin(version string) []string {
	var detectors, rules, corpora []string
	add := func(list *[]string, entry string) {
		if !slices.Contains(*list, entry) {
			*list = append(*list, entry)
		}
	}
	for _, c := range v.cells {
		add(&detectors, named(detectorName(c), strings.TrimPrefix(c.Detector.Digest, "sha256:")))
		add(&rules, named(rulesetName(c), c.Ruleset.Digest))
		add(&corpora, v.corpusOrigin(c))
	}
	tool := "evilbench"
	if version != "" {
		tool += " " + version
	}
	return []string{
		fmt.Sprintf("Made with %s. Detectors: %s.", tool, strings.Join(detectors, "; ")),
		fmt.Sprintf("Rules: %s. Corpora: %s.", strings.Join(rules, "; "), strings.Join(corpora, "; ")),
	}
}

// corpusOrigin is a corpus with its digest, or all seeds of its scenario: their digests are in the result.
func (v *view) corpusOrigin(c *bench.Cell) string {
	var seeds []string
	for _, o := range v.cells {
		seed := fmt.Sprint(o.Corpus.Seed)
		if o.Corpus.Family != "" && o.Corpus.Family == c.Corpus.Family && !slices.Contains(seeds, seed) {
			seeds = append(seeds, seed)
		}
	}
	switch {
	case len(seeds) > 1:
		return fmt.Sprintf("%s, seeds %s", corpusKind(c), strings.Join(seeds, ", "))
	case c.Corpus.Scenario != nil:
		return named(fmt.Sprintf("%s, seed %d", corpusKind(c), c.Corpus.Seed), c.Corpus.Digest)
	}
	return named(corpusKind(c), c.Corpus.Digest)
}

// named is a name with the beginning of its digest.
func named(name, digest string) string {
	if digest == "" {
		return name
	}
	return fmt.Sprintf("%s (sha256 %s)", name, digest[:min(digestShown, len(digest))])
}

// forPrint is what a paper's table must know of columns beyond their headings, by their names.
var forPrint = func() map[string]table.Column {
	out := map[string]table.Column{}
	add := func(better table.Direction, unit string, names ...string) {
		for _, n := range names {
			out[n] = table.Column{Better: better, Unit: unit}
		}
	}
	add(table.Higher, "campaigns", "campaigns_detected", "campaigns_strict", "campaigns")
	add(table.Higher, "malicious flows", "flow_recall")
	add(table.Lower, "benign flows", "flow_fpr", "flows_alarmed")
	add(table.Higher, "alarmed flows", "flow_precision")
	add(table.Lower, "seconds from a campaign's first packet", "median_seconds_to_detect")
	add(table.Lower, "false alarms", "false_alarms")
	add(table.Lower, "false alarms per host and day", "false_alarms_per_host_day")
	add(table.Lower, "false alarms per 1e9 bytes on the wire", "false_alarms_per_gb")
	add(table.Higher, "", "ppv", "npv", "recall", "recall_strict", "precision", "specificity", "balanced_accuracy", "f1", "f_beta", "mcc", "c_id", "value")
	add(table.Lower, "", "fpr", "expected", "relative", "per_host_day", "per_gb", "per_million_flows")
	for _, n := range []string{"corpus", "seed", "base_rate", "cost_ratio", "unit", "stage", "counted", "knob", "setting", "attack", "detection", "measure"} {
		out[n] = table.Column{Within: true}
	}
	return out
}()

// printable tells a table's columns what print needs.
func printable(t *table.Table) {
	for i := range t.Columns {
		c := &t.Columns[i]
		if f, known := forPrint[c.Name]; known {
			c.Better, c.Unit, c.Within = f.Better, f.Unit, f.Within
		}
	}
}
