package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/evilbench/evilbench/generator/scenario"
	"github.com/evilbench/evilbench/harness/bench"
	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/corpus"
	"github.com/evilbench/evilbench/reports/table"
)

func (a *app) inspect() *cobra.Command {
	var o inspectOptions
	c := &cobra.Command{
		Use:   "inspect PATH",
		Short: "Show what an artefact holds: corpus, run, result, table, capture, model, automaton or scenario",
		Example: `  evilbench inspect corpus
  evilbench inspect corpus/flows.arrow -n 20
  evilbench inspect capture.pcapng --format json
  evilbench inspect out/result.json
  evilbench inspect site.json --format dot
  evilbench inspect site.json --headers http/tcp/SF --format svg > http.svg
  evilbench inspect automaton.json --words http.jsonl --format json`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return a.inspectPath(args[0], o) },
	}
	c.Flags().StringVar(&o.format, "format", "table", formats+"; of models and automata also dot, of automata svg")
	c.Flags().StringVar(&o.words, "words", "", "of an automaton: timed words to say the cost of")
	c.Flags().StringVar(&o.headers, "headers", "", "of a model: its automaton of packet headers for SERVICE/PROTO/STATE")
	c.Flags().IntVarP(&o.limit, "rows", "n", 10, "rows of a table to show, 0 = all")
	return c
}

type inspectOptions struct {
	format, words, headers string
	limit                  int
}

func (a *app) inspectPath(path string, o inspectOptions) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &bench.Absent{Text: path + ": no such file or folder", Remedy: "inspect takes a corpus, run or result folder, or a file: table, capture, scenario, model"}
	}
	if err != nil {
		return err
	}
	if info.IsDir() {
		return a.inspectFolder(path, o)
	}
	switch filepath.Ext(path) {
	case ".arrow":
		return a.inspectTable(path, o.format, o.limit)
	case ".yaml", ".yml":
		sc, err := scenario.Load(path)
		if err != nil {
			return err
		}
		return a.printJSON(sc)
	case ".json":
		return a.inspectJSON(path, o)
	}
	return a.inspectCapture(path, o.format)
}

func (a *app) inspectFolder(path string, o inspectOptions) error {
	exists := func(name string) bool {
		_, err := os.Stat(filepath.Join(path, name))
		return err == nil
	}
	switch {
	case exists(corpus.ManifestFile):
		return a.inspectCorpus(path, o.format)
	case exists(bench.RunFile):
		return a.inspectJSON(filepath.Join(path, bench.RunFile), o)
	case exists(bench.ResultFile):
		return a.inspectJSON(filepath.Join(path, bench.ResultFile), o)
	}
	return &bench.Absent{
		Text:   fmt.Sprintf("%s: neither a corpus nor a run nor a result: no %s, %s or %s in it", path, corpus.ManifestFile, bench.RunFile, bench.ResultFile),
		Remedy: "evilbench generate makes a corpus, run a run, and bench a result with all that it stands on",
	}
}

// inspectJSON tries the artefacts that are JSON files.
func (a *app) inspectJSON(path string, o inspectOptions) error {
	if x, is, err := automatonAt(path); is {
		if err != nil {
			return err
		}
		return a.inspectAutomaton(path, x, o)
	}
	if o.headers != "" {
		return a.inspectHeaders(path, o)
	}
	if o.words != "" {
		return usageError{fmt.Errorf("%s is no automaton: --words belongs to one", path)}
	}
	if r, err := bench.ReadResult(path); err == nil {
		return a.print(r, o.format)
	}
	if r, err := bench.ReadRun(path); err == nil {
		return a.printJSON(r)
	}
	if filepath.Base(path) == corpus.ManifestFile {
		return a.inspectCorpus(filepath.Dir(path), o.format)
	}
	return a.inspectModel(path, o.format)
}

func (a *app) inspectCorpus(dir, format string) error {
	c, err := corpus.Open(dir)
	if err != nil {
		return err
	}
	if format == "json" {
		return a.printJSON(c.Manifest)
	}
	campaigns, err := labels.Campaigns.Load(c.Path(corpus.Campaigns))
	if err != nil {
		return err
	}
	facts := &table.Table{Name: "corpus", Title: "Corpus " + dir, Columns: []table.Column{{Name: "fact", Title: "fact"}, {Name: "value", Title: "value"}}}
	for _, f := range [][2]string{
		{"digest", c.Digest()}, {"made by", c.CreatedBy + ", evilbench " + c.Version}, {"packets", fmt.Sprint(c.Packets)}, {"flows", fmt.Sprint(c.Flows)},
		{"campaigns", fmt.Sprint(c.Manifest.Campaigns)}, {"bytes on the wire", fmt.Sprint(c.Bytes)},
		{"first packet", c.Start.Format(time.RFC3339Nano)}, {"last packet", c.End.Format(time.RFC3339Nano)},
		{"home net", fmt.Sprint(c.HomeNet)}, {"seed", fmt.Sprint(c.Seed)},
	} {
		facts.Add(table.Text(f[0]), table.Text(f[1]))
	}
	for _, w := range c.Warnings {
		facts.Add(table.Text("warning"), table.Text(w))
	}
	for _, n := range c.Notes {
		facts.Add(table.Text("note"), table.Text(n))
	}
	list := &table.Table{Name: "campaigns", Title: "Campaigns", Columns: []table.Column{
		{Name: "campaign", Title: "campaign"}, {Name: "attack", Title: "attack"}, {Name: "technique", Title: "technique"},
		{Name: "start", Title: "start"}, {Name: "seconds", Title: "length", Kind: table.KindDuration}, {Name: "expects", Title: "expects"},
	}}
	for _, r := range campaigns {
		list.Add(table.Text(r.Campaign), table.Text(r.Attack), table.Text(r.Technique), table.Text(time.Unix(0, r.Start).UTC().Format("15:04:05")),
			table.Duration(float64(r.End-r.Start)/1e9), table.Text(fmt.Sprint(r.Expects)))
	}
	return a.printTables(format, facts, list)
}

// inspectTable shows the first rows of one of the five tables.
func (a *app) inspectTable(path, format string, limit int) error {
	var errs []error
	for _, show := range []func() (bool, error){
		func() (bool, error) { return showTable(a, labels.Packets, path, format, limit) },
		func() (bool, error) { return showTable(a, labels.Flows, path, format, limit) },
		func() (bool, error) { return showTable(a, labels.Campaigns, path, format, limit) },
		func() (bool, error) { return showTable(a, labels.Alerts, path, format, limit) },
		func() (bool, error) { return showTable(a, labels.Matches, path, format, limit) },
	} {
		shown, err := show()
		if shown {
			return err
		}
		errs = append(errs, err)
	}
	return errs[0]
}

// showTable prints rows as JSON lines, under a heading unless JSON is asked for; it tells whether the file is such a table.
func showTable[T any](a *app, t *labels.Table[T], path, format string, limit int) (bool, error) {
	r, err := t.Open(path)
	if err != nil {
		return false, err
	}
	defer r.Close()
	if format != "json" {
		if _, err := fmt.Fprintf(a.stdout, "%s: %s, %d rows\n", path, t.Format(), r.Len()); err != nil {
			return true, err
		}
	}
	n := 0
	for row, err := range r.All() {
		if err != nil {
			return true, err
		}
		if limit > 0 && n == limit {
			break
		}
		n++
		line, err := json.Marshal(row)
		if err != nil {
			return true, err
		}
		if _, err := fmt.Fprintf(a.stdout, "%s\n", line); err != nil {
			return true, err
		}
	}
	return true, nil
}

// endOfFile is what the reader of a capture says at its end.
func endOfFile(err error) bool { return errors.Is(err, io.EOF) }
