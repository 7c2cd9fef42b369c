package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/evilbench/evilbench/generator/automaton"
	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/generator/words"
	"github.com/evilbench/evilbench/reports/table"
)

type wordOptions struct {
	kinds  []string
	output string
	format string
	benign bool
}

func (a *app) wordsVerb() *cobra.Command {
	var o wordOptions
	c := &cobra.Command{
		Use:   "words CAPTURE...",
		Short: "Spell the flows of captures as timed words of packet headers",
		Long: `Makes a word of each TCP and UDP flow: for each packet a symbol, which is its flags, direction and whether it has payload, and two values,
the time since the packet before and the bytes of payload, both as ten times the decimal logarithm (of microseconds and bytes). Lists how many
there are by service, transport and final state, or with --output writes those of --kind, one JSON object a line, as learn --words
reads them.`,
		Example: `  evilbench words monday.pcap
  evilbench words monday.pcap tuesday.pcap --kind http/tcp/SF -o http.jsonl`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(o.kinds) > 0 && o.output == "" {
				return usageError{errors.New("--kind chooses what --output writes: give both")}
			}
			return a.spell(cmd.Context(), args, o)
		},
	}
	f := c.Flags()
	f.StringArrayVar(&o.kinds, "kind", nil, "SERVICE/PROTO/STATE of the words to write; may be repeated; default: all")
	f.StringVarP(&o.output, "output", "o", "", "file to write words to")
	f.BoolVar(&o.benign, "benign", false, "leave out flows that are tainted as attacks")
	f.StringVar(&o.format, "format", "table", formats)
	return c
}

func (a *app) spell(ctx context.Context, captures []string, o wordOptions) error {
	d, err := a.display()
	if err != nil {
		return err
	}
	set, err := words.Read(ctx, words.Options{Service: model.ServiceAt, Benign: o.benign}, captures...)
	if err != nil {
		return err
	}
	for _, reason := range slices.Sorted(maps.Keys(set.Left)) {
		d.Warn(fmt.Sprintf("%d of %d flows have no word: %s", set.Left[reason], set.Flows, reason))
	}
	if o.output == "" {
		return a.printTables(o.format, wordTable(set))
	}
	keys := set.Keys()
	if len(o.kinds) > 0 {
		keys = keys[:0]
		for _, text := range o.kinds {
			k, err := kindOf(text)
			if err != nil {
				return err
			}
			if set.Count(k) == 0 {
				return fmt.Errorf("no flow is of kind %s; without --output the kinds there are are listed", text)
			}
			keys = append(keys, k)
		}
	}
	ws := set.Words(keys...)
	if len(ws.Words) == 0 {
		return errors.New("the captures have no TCP or UDP flow that has a word")
	}
	var b bytes.Buffer
	if err := ws.Write(&b); err != nil {
		return err
	}
	if err := replace(o.output, b.Bytes()); err != nil {
		return err
	}
	d.Step("words", fmt.Sprintf("%s: %d of %d flows, %d symbols", o.output, len(ws.Words), set.Flows, len(ws.Symbols)))
	return nil
}

// kindOf reads SERVICE/PROTO/STATE.
func kindOf(text string) (words.Key, error) {
	parts := strings.Split(text, "/")
	if len(parts) != 3 {
		return words.Key{}, usageError{fmt.Errorf("kind %q: write SERVICE/PROTO/STATE, such as http/tcp/SF", text)}
	}
	return words.Key{Service: parts[0], Proto: parts[1], State: parts[2]}, nil
}

// wordTable lists what kinds of words there are.
func wordTable(set *words.Set) *table.Table {
	t := &table.Table{Name: "words", Title: "Timed words by kind", Columns: []table.Column{
		{Name: "service", Title: "service"}, {Name: "proto", Title: "transport"}, {Name: "state", Title: "state"},
		{Name: "words", Title: "words", Kind: table.KindCount}, {Name: "symbols", Title: "symbols", Kind: table.KindCount},
		{Name: "median", Title: "packets, median", Kind: table.KindCount}, {Name: "most", Title: "most", Kind: table.KindCount},
	}}
	for _, k := range set.Keys() {
		ws := set.Words(k)
		lengths := lengthsOf(ws)
		t.Add(table.Text(k.Service), table.Text(k.Proto), table.Text(k.State), table.Count(int64(len(ws.Words))), table.Count(int64(len(ws.Symbols))),
			table.Count(lengths[len(lengths)/2]), table.Count(lengths[len(lengths)-1]))
	}
	return t
}

// lengthsOf are the words' lengths, ascending.
func lengthsOf(ws *automaton.Words) []int64 {
	var out []int64
	for i := range ws.Words {
		out = append(out, int64(len(ws.Words[i].Symbols)))
	}
	slices.Sort(out)
	return out
}
