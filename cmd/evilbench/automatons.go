package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/evilbench/evilbench/generator/automaton"
	"github.com/evilbench/evilbench/generator/automaton/peers"
	"github.com/evilbench/evilbench/generator/automaton/tadam"
	"github.com/evilbench/evilbench/generator/learn"
	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/generator/words"
	"github.com/evilbench/evilbench/labels/wire"
	"github.com/evilbench/evilbench/reports"
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
	options := tadam.Options{Jobs: o.jobs, Exhaustive: o.exhaustive, Start: tadam.Start(o.start), Progress: func(trials int, bits float64) {
		d.Working(fmt.Sprintf("%d changes tried, %.0f bits", trials, bits))
	}}
	if o.start == startTAG {
		options.Start = ""
		if options.From, err = learnTAG(ws); err != nil {
			return fmt.Errorf("%s: %w", o.words, err)
		}
	}
	r, err := tadam.Learn(ws, options)
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

// startTAG names the start from what TAG learns.
const startTAG = "tag"

// learnTAG learns states and edges as TAG does, by symbols; their values are found on the way from there.
func learnTAG(ws *automaton.Words) (*automaton.Automaton, error) {
	m, err := peers.TAG{}.Learn(ws, peers.NewLetters(ws, 0, 1))
	if err != nil {
		return nil, err
	}
	x, ok := m.(*peers.DRTA)
	if !ok {
		return nil, fmt.Errorf("TAG has made no automaton of the words")
	}
	a := x.Automaton()
	a.Dims = ws.Dims
	return a, nil
}

// learnHeaders adds automata of packet headers to a model: of the captures named, or of those among the learnt files.
func (a *app) learnHeaders(ctx context.Context, d *display, o *learnOptions, m *model.Model) error {
	captures := o.headers
	if captures == nil {
		for _, path := range o.flows {
			if in, err := wire.Open(path); err == nil {
				in.Close()
				captures = append(captures, path)
			}
		}
	}
	if len(captures) == 0 {
		return nil
	}
	set, err := words.Read(ctx, words.Options{Service: model.ServiceAt, Benign: o.benign}, captures...)
	if err != nil {
		return err
	}
	d.Step("headers", fmt.Sprintf("%d flows of %d captures", set.Flows, len(captures)))
	headers, notes, err := learn.Headers(set, learn.HeaderOptions{Jobs: o.jobs, Progress: func(service, proto, state string, n int) {
		d.Working(fmt.Sprintf("%s/%s/%s: %d words", service, proto, state, n))
	}})
	if err != nil {
		return err
	}
	m.Headers = headers
	m.Provenance.HeaderNotes = notes
	for _, n := range notes {
		d.Warn(n)
	}
	for _, path := range o.headers {
		digest, err := digestOf(path)
		if err != nil {
			return err
		}
		m.Provenance.Headers = append(m.Provenance.Headers, model.Source{Name: filepath.Base(path), Digest: digest})
	}
	return nil
}

// addHeaders gives a model automata of headers, in place of those it had.
func (a *app) addHeaders(ctx context.Context, o *learnOptions) error {
	d, err := a.display()
	if err != nil {
		return err
	}
	m, err := model.Load(o.to)
	if err != nil {
		return err
	}
	m.Headers, m.Provenance.Headers, m.Provenance.HeaderNotes = nil, nil, nil
	if err := a.learnHeaders(ctx, d, o, m); err != nil {
		return err
	}
	if err := writeModel(m, o.output); err != nil {
		return err
	}
	d.Step("model", fmt.Sprintf("%s: %s with %d automata of headers", o.output, m.Provenance.Name, len(m.Headers)))
	return nil
}

// inspectAutomaton shows an automaton, or what words cost under it.
func (a *app) inspectAutomaton(path string, x *automaton.Automaton, o inspectOptions) error {
	if o.words != "" {
		ws, err := readWords(o.words)
		if err != nil {
			return err
		}
		s, err := tadam.Weigh(x, ws)
		if err != nil {
			return fmt.Errorf("%s under %s: %w", o.words, path, err)
		}
		if o.format == "json" {
			return a.printJSON(s)
		}
		t := &table.Table{Name: "score", Title: o.words + " under " + path, Columns: []table.Column{
			{Name: "states", Title: "states", Kind: table.KindCount}, {Name: "edges", Title: "edges", Kind: table.KindCount},
			{Name: "model_bits", Title: "model, bits", Kind: table.KindNumber}, {Name: "words", Title: "words", Kind: table.KindCount},
			{Name: "data_bits", Title: "words, bits", Kind: table.KindNumber}, {Name: "bits_per_word", Title: "a word", Kind: table.KindNumber},
			{Name: "parsed_without_edits", Title: "undisturbed", Kind: table.KindNumber},
		}}
		t.Add(table.Count(int64(s.States)), table.Count(int64(s.Edges)), table.Number(s.ModelBits), table.Count(int64(s.Words)), table.Number(s.DataBits),
			table.Number(s.PerWord), table.Number(s.Clean))
		return a.printTables(o.format, t)
	}
	switch o.format {
	case "json":
		return a.printJSON(x)
	case "dot":
		_, err := fmt.Fprint(a.stdout, x.DOT())
		return err
	case "svg":
		return reports.Automaton(x).Draw(a.stdout, path)
	case "table":
		return a.drawAutomaton(path, x)
	}
	return usageError{fmt.Errorf("--format %q: an automaton is shown as table, json, dot or svg", o.format)}
}

// inspectHeaders shows one of a model's automata.
func (a *app) inspectHeaders(path string, o inspectOptions) error {
	k, err := kindOf(o.headers)
	if err != nil {
		return err
	}
	m, err := model.Load(path)
	if err != nil {
		return err
	}
	for i := range m.Headers {
		if h := &m.Headers[i]; h.Service == k.Service && h.Proto == k.Proto && h.State == k.State {
			return a.inspectAutomaton(path+", "+o.headers, h.Automaton, o)
		}
	}
	return fmt.Errorf("%s has no automaton of headers for %s; inspect without --headers lists those it has", path, o.headers)
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
