package reports

import (
	"slices"
	"strings"

	"github.com/evilbench/evilbench/harness/bench"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/reports/table"
)

// campaigns shows how each went, the detectors one below the other.
func (v *view) campaigns() *table.Table {
	t := &table.Table{Name: "campaigns", Title: "Campaigns", Note: v.note, Columns: []table.Column{
		{Name: "campaign", Title: "Campaign"}, {Name: "attack", Title: "Attack"}, {Name: "technique", Title: "ATT&CK"},
	}}
	for _, id := range v.idents {
		id.column.Data = id.column.Name == "corpus" // the campaign's name tells
		t.Columns = append(t.Columns, id.column)
	}
	t.Columns = append(t.Columns,
		table.Column{Name: "outcome", Title: "Outcome"},
		table.Column{Name: "alerts", Title: "Alerts", Kind: table.KindCount},
		table.Column{Name: "seconds_to_detect", Title: "Delay", Kind: table.KindDuration},
		table.Column{Name: "packets_to_detect", Title: "Packets", Kind: table.KindNumber, Data: true},
	)
	for _, e := range v.entries() {
		d := e.campaign
		row := []table.Cell{table.Text(d.Campaign), table.Text(d.Attack), table.Text(d.Technique)}
		row = append(row, v.row(e.cell)...)
		t.Add(append(row, table.Text(outcome(d)), table.Count(d.Alerts), duration(d.Seconds), number(d.Until))...)
	}
	return t
}

type entry struct {
	cell     *bench.Cell
	campaign *score.Campaign
}

// entries lists campaigns by corpus, each with all cells beside one another.
func (v *view) entries() []entry {
	var corpora []string // digests, in order
	for _, c := range v.scored() {
		if !slices.Contains(corpora, c.Corpus.Digest) {
			corpora = append(corpora, c.Corpus.Digest)
		}
	}
	var out []entry
	for _, digest := range corpora {
		var cells []*bench.Cell
		for _, c := range v.scored() {
			if c.Corpus.Digest == digest {
				cells = append(cells, c)
			}
		}
		for i := range cells[0].Details {
			for _, c := range cells {
				if i < len(c.Details) {
					out = append(out, entry{c, &c.Details[i]})
				}
			}
		}
	}
	return out
}

func outcome(c *score.Campaign) string {
	switch {
	case c.Strict > 0:
		return "detected"
	case c.Detected():
		return "wrong kind"
	case c.Applicable != nil && !*c.Applicable:
		return "not covered"
	default:
		return "missed"
	}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
