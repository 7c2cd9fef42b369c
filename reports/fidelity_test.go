package reports

import (
	"bytes"
	"strings"
	"testing"

	"github.com/evilbench/evilbench/harness/fidelity"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/reports/latex"
)

// generators are three: one ahead, one level with it, and a copy behind both.
func generators() *fidelity.Report {
	number := func(x, low, high float64) score.Number {
		return score.Number{Value: x, Low: low, High: high, Bounded: true}
	}
	line := func(name string, rank int, average, density score.Number) fidelity.Line {
		return fidelity.Line{Name: name, Rows: 100, Ranks: []int{rank}, Average: average, Figures: []fidelity.Figure{{Mean: density}}}
	}
	r := &fidelity.Report{
		Mode: fidelity.Strict, Rows: 50, Repeat: 20, Metrics: []fidelity.Metric{{Name: "Density", Best: fidelity.Most}},
		Generators: []fidelity.Line{
			line("second", 2, number(1.8, 1.4, 2), number(0.4, 0.3, 0.5)),
			line("first", 1, number(1.2, 1, 1.6), number(0.6, 0.5, 0.7)),
			line("copy", 3, number(3, 3, 3), number(0.99, 0.98, 1)),
		},
	}
	r.Generators[2].Copies = true
	reference := line("Reference", 0, score.Number{Missing: "not ranked"}, number(0.8, 0.7, 0.9))
	r.Reference = &reference
	return r
}

func TestFidelityTable(t *testing.T) {
	table := Fidelity(generators())
	var b bytes.Buffer
	if err := table.Terminal(&b); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, want := range []string{"50 rows drawn from each table, 20 repetitions", "first and second", "0.6 [0.5–0.7]+", "0.99 [0.98–1]−", "most of its rows are copies"} {
		if !strings.Contains(strings.ReplaceAll(text, "\n", " "), want) {
			t.Errorf("the table does not say %q:\n%s", want, text)
		}
	}
	places := []int{strings.Index(text, "│ Reference"), strings.Index(text, "│ first"), strings.Index(text, "│ second"), strings.Index(text, "│ copy")}
	for i := 1; i < len(places); i++ {
		if places[i-1] < 0 || places[i] < places[i-1] {
			t.Errorf("rows are not in the order of ranks:\n%s", text)
		}
	}
}

func TestFidelityForPapers(t *testing.T) {
	var b bytes.Buffer
	if err := latex.Write(&b, Fidelity(generators()), nil); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`\textbf{0.6} {\scriptsize$\pm$0.1}`, `\underline{0.99} {\scriptsize$\pm$0.01}`, `0.8 {\scriptsize$\pm$0.1}`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}

func TestFidelityOfNobody(t *testing.T) {
	if rows := Fidelity(&fidelity.Report{Mode: fidelity.Paper}).Rows; len(rows) != 0 {
		t.Errorf("rows %v", rows)
	}
	for _, table := range Aspects(nil) {
		if len(table.Rows) != 0 {
			t.Errorf("rows %v", table.Rows)
		}
	}
}
