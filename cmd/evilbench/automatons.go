package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"github.com/evilbench/evilbench/generator/automaton"
	"github.com/evilbench/evilbench/generator/automaton/tadam"
	"github.com/evilbench/evilbench/reports/table"
)

// readWords reads timed words, one JSON object a line.
func readWords(path string) (*automaton.Words, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return automaton.ReadWords(f, path)
}

// automatonAt reads an automaton, and tells whether the file is meant to be one.
func automatonAt(path string) (x *automaton.Automaton, is bool, err error) {
	data, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(data[:min(len(data), 200)], []byte("evilbench.automaton/")) {
		return nil, false, nil // whoever reads it next says what is wrong
	}
	x, err = automaton.Parse(path, data)
	return x, true, err
}

// learnAutomaton learns a timed automaton from words.
func (a *app) learnAutomaton(o *learnOptions) error {
	d, err := a.display()
	if err != nil {
		return err
	}
	ws, err := readWords(o.words)
	if err != nil {
		return err
	}
	d.Step("learn", fmt.Sprintf("%d words of %d symbols with %d values", len(ws.Words), len(ws.Symbols), ws.Dims))
	r, err := tadam.Learn(ws, tadam.Options{Jobs: o.jobs, Exhaustive: o.exhaustive, Start: tadam.Start(o.start), Progress: func(trials int, bits float64) {
		d.Working(fmt.Sprintf("%d changes tried, %.0f bits", trials, bits))
	}})
	if err != nil {
		return fmt.Errorf("%s: %w", o.words, err)
	}
	out, err := r.Automaton.Encode()
	if err != nil {
		return err
	}
	if _, err := automaton.Parse(o.output, out); err != nil {
		return fmt.Errorf("the learnt automaton is not valid: %w", err)
	}
	if err := replace(o.output, out); err != nil {
		return err
	}
	d.Step("automaton", fmt.Sprintf("%s: %d states, %d edges, %.0f bits; of %.0f words %.0f went through undisturbed, %.0f not at all", o.output, r.Automaton.States,
		len(r.Automaton.Edges), r.ModelBits+r.DataBits, r.Words, r.Clean, r.Strange))
	return nil
}

// inspectAutomaton shows an automaton, or what words cost under it.
func (a *app) inspectAutomaton(path string, x *automaton.Automaton, format, words string) error {
	if words != "" {
		ws, err := readWords(words)
		if err != nil {
			return err
		}
		s, err := tadam.Weigh(x, ws)
		if err != nil {
			return fmt.Errorf("%s under %s: %w", words, path, err)
		}
		if format == "json" {
			return a.printJSON(s)
		}
		t := &table.Table{Name: "score", Title: words + " under " + path, Columns: []table.Column{
			{Name: "states", Title: "states", Kind: table.KindCount}, {Name: "edges", Title: "edges", Kind: table.KindCount},
			{Name: "model_bits", Title: "model, bits", Kind: table.KindNumber}, {Name: "words", Title: "words", Kind: table.KindCount},
			{Name: "data_bits", Title: "words, bits", Kind: table.KindNumber}, {Name: "bits_per_word", Title: "a word", Kind: table.KindNumber},
			{Name: "parsed_without_edits", Title: "undisturbed", Kind: table.KindNumber},
		}}
		t.Add(table.Count(int64(s.States)), table.Count(int64(s.Edges)), table.Number(s.ModelBits), table.Count(int64(s.Words)), table.Number(s.DataBits),
			table.Number(s.PerWord), table.Number(s.Clean))
		return a.printTables(format, t)
	}
	switch format {
	case "json":
		return a.printJSON(x)
	case "dot":
		_, err := fmt.Fprint(a.stdout, x.DOT())
		return err
	case "table":
		return a.drawAutomaton(path, x)
	}
	return usageError{fmt.Errorf("--format %q: an automaton is shown as table, json or dot", format)}
}

// likelyWords is how many of an automaton's words are shown, and how long they are at most.
const (
	likelyWords = 10
	longestWord = 40
)

// drawAutomaton writes an automaton for people: its edges, its noise and its most frequent words.
func (a *app) drawAutomaton(path string, x *automaton.Automaton) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d states, %d edges, %d symbols with %d values\n\n%s", path, x.States, len(x.Edges), len(x.Symbols), x.Dims, x.Text())
	if n := x.Noise; n != nil {
		fmt.Fprintf(&b, "\nof 1000 symbols %.3g are lost, %.3g come from nowhere, %.3g change places, %.3g come again, %.3g are others\n",
			1000*n.Deletion, 1000*n.Addition, 1000*n.Transposition, 1000*n.Repetition, 1000*n.Substitution)
	}
	b.WriteString("\nmost frequent words\n")
	for _, w := range x.Frequent(likelyWords, longestWord) {
		fmt.Fprintf(&b, "%6.2f%%  %s\n", 100*w.Share, strings.TrimSpace(w.Text))
	}
	_, err := fmt.Fprint(a.stdout, b.String())
	return err
}
