package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/evilbench/evilbench/generator/automaton/tadam"
	"github.com/evilbench/evilbench/generator/chronicle"
	"github.com/evilbench/evilbench/generator/learn"
	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/labels/flowlog"
)

type learnOptions struct {
	output, name, note string
	add                []string
	keep, drop         bool
	secret             string
	home               []string
	benign             bool
	columns            map[string]string
	rows, jobs         int
	starts             string
	offset             time.Duration
	words, start       string
	exhaustive         bool
	headers            []string // captures
	to                 string   // model that gets automata alone
	flows              []string // files
}

func (a *app) learn() *cobra.Command {
	var o learnOptions
	c := &cobra.Command{
		Use:   "learn FILE... | learn --headers CAPTURE --to MODEL | learn --words FILE",
		Short: "Learn a traffic model from captures or flow logs",
		Long: `Finds the patterns of flows that describe the files in the fewest bits, with their networks, rhythms and delays, and writes them as a
model that people can read and change and generate plays. Files are captures (pcap, pcapng), Zeek conn.logs, flows.arrow, CIDDS-001's
flows or CSV tables; several are learnt as one network. Addresses are replaced so that common prefixes stay common, unless told
otherwise.

Captures also teach how packets follow each other: a timed automaton of their headers for each service and final state. Where flows come from
logs, --headers names captures to learn that from.

With --words, learns a timed automaton of packet headers from timed words instead, one JSON object a line.`,
		Example: `  evilbench learn conn.log -o site.json
  evilbench learn monday.pcap tuesday.pcap --name site --home-net 192.0.2.0/24 -o site.json
  evilbench learn conn.log --headers monday.pcap -o site.json
  evilbench learn --headers monday.pcap --to mine.json -o mine2.json
  evilbench learn corpus/flows.arrow --benign --add printer.yaml -o site.json
  evilbench learn --words http.jsonl -o automaton.json`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.flows = args
			switch {
			case o.words != "" && len(args) > 0:
				return usageError{errors.New("learn either from flows or from --words")}
			case o.to != "" && (len(args) > 0 || o.words != "" || len(o.headers) == 0):
				return usageError{errors.New("--to MODEL takes automata of the captures that --headers names, and nothing else")}
			case o.words == "" && o.to == "" && len(args) == 0:
				return usageError{errors.New("learn: give captures or flow logs")}
			}
			if !slices.Contains([]string{"", string(tadam.BySymbol), string(tadam.Universal), string(tadam.Tree), startTAG}, o.start) {
				return usageError{fmt.Errorf("--start %q: choose symbol, universal, tree or tag", o.start)}
			}
			if o.words != "" {
				return a.learnAutomaton(&o)
			}
			if o.to != "" {
				return a.addHeaders(cmd.Context(), &o)
			}
			return a.learnModel(cmd.Context(), &o)
		},
	}
	f := c.Flags()
	f.StringVarP(&o.output, "output", "o", "model.json", "file to write")
	f.StringVar(&o.name, "name", "", "name of the model; default: that of the output")
	f.StringVar(&o.note, "description", "", "what the model is of")
	f.StringArrayVar(&o.add, "add", nil, "patterns written by hand (YAML or JSON) to set beside the learnt ones; may be repeated")
	f.BoolVar(&o.keep, "keep-addresses", false, "keep addresses as they are")
	f.BoolVar(&o.drop, "no-addresses", false, "write no addresses at all: machines are known by their roles")
	f.StringVar(&o.secret, "secret", "", "file whose bytes the pseudonyms depend on; default: the learnt files themselves")
	f.StringSliceVar(&o.home, "home-net", nil, "the monitored network; default: private addresses, or where most flows begin")
	f.BoolVar(&o.benign, "benign", false, "leave out flows that are labelled or tainted as attacks")
	f.StringToStringVar(&o.columns, "column", nil, "HEADING=COLUMN of a CSV with headings of its own")
	f.IntVar(&o.rows, "rows", 10_000_000, "flows that fit into memory; more are refused")
	f.IntVarP(&o.jobs, "jobs", "j", runtime.NumCPU(), "workers; never changes the model")
	f.StringVar(&o.starts, "start-times", "learnt", "learnt: a rhythm that any day can be played from; published: FlowChronicle's, a kernel at every start")
	f.DurationVar(&o.offset, "utc-offset", 0, "how far the network's clocks are from UTC, such as -8h: hours of the day become its own")
	f.StringSliceVar(&o.headers, "headers", nil, "captures to learn packet headers from; default: the learnt files that are captures")
	f.StringVar(&o.to, "to", "", "learn packet headers alone, and write this model (built-in or a file) with them")
	f.StringVar(&o.words, "words", "", "timed words to learn an automaton from")
	f.StringVar(&o.start, "start", "", "automaton to begin with: symbol (a state for each), universal (one state), tree (of prefixes) or tag (what TAG learns); default: the better of the first two")
	f.BoolVar(&o.exhaustive, "exhaustive", false, "try every change of the automaton each round, not only the most promising")
	return c
}

func (a *app) learnModel(ctx context.Context, o *learnOptions) error {
	d, err := a.display()
	if err != nil {
		return err
	}
	options, err := o.options()
	if err != nil {
		return err
	}
	d.Step("read", strings.Join(o.flows, ", "))
	t, sources, err := o.read(ctx, d)
	if err != nil {
		return err
	}
	options.Sources = sources
	secret, err := o.pseudonymSecret()
	if err != nil {
		return err
	}
	options.Secret = secret
	for _, n := range t.Notes {
		d.Warn(n)
	}
	d.Step("learn", fmt.Sprintf("%d flows of %d files", t.Rows(), len(sources)))
	options.Search.Progress = func(tests, accepted int, bits float64) {
		d.Working(fmt.Sprintf("%d candidates, %d patterns, %.0f bits", tests, accepted, bits))
	}
	r, err := learn.Learn(t, *options)
	if err != nil {
		return err
	}
	if err := a.learnHeaders(ctx, d, o, r.Model); err != nil {
		return err
	}
	for _, path := range o.add {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := r.Model.Add(path, text); err != nil {
			return err
		}
	}
	if err := writeModel(r.Model, o.output); err != nil {
		return err
	}
	d.Step("model", fmt.Sprintf("%s: %d patterns, %d hosts, %.0f bits; without patterns %.0f; %d automata of headers", o.output, len(r.Model.Patterns),
		len(r.Model.Hosts), r.Description.Bits, r.BaseBits, len(r.Model.Headers)))
	return nil
}

// writeModel writes a model that has been found valid.
func writeModel(m *model.Model, path string) error {
	out, err := m.Encode()
	if err != nil {
		return err
	}
	if _, err := model.Parse(path, out); err != nil {
		return fmt.Errorf("the learnt model is not valid: %w", err)
	}
	return replace(path, out)
}

// options turns the flags into those of learning.
func (o *learnOptions) options() (*learn.Options, error) {
	out := &learn.Options{Name: o.name, Note: o.note, Tool: toolVersion, Search: chronicle.Options{Jobs: o.jobs}}
	if out.Name == "" {
		out.Name = strings.TrimSuffix(filepath.Base(o.output), filepath.Ext(o.output))
	}
	switch {
	case o.keep && o.drop:
		return nil, usageError{errors.New("--keep-addresses and --no-addresses exclude each other")}
	case o.keep:
		out.Addresses, out.Given = learn.Kept, append(out.Given, "--keep-addresses")
	case o.drop:
		out.Addresses, out.Given = learn.Dropped, append(out.Given, "--no-addresses")
	}
	switch o.starts {
	case "learnt":
	case "published":
		out.Published, out.Given = true, append(out.Given, "--start-times published")
	default:
		return nil, usageError{fmt.Errorf("--start-times %q: choose learnt or published", o.starts)}
	}
	for _, text := range o.home {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, usageError{fmt.Errorf("--home-net %q: write a prefix such as 192.0.2.0/24", text)}
		}
		out.HomeNet = append(out.HomeNet, p)
	}
	out.Offset = o.offset
	if o.offset != 0 {
		out.Given = append(out.Given, "--utc-offset "+o.offset.String())
	}
	if o.benign {
		out.Given = append(out.Given, "--benign")
	}
	return out, nil
}

// read opens all files as one table.
func (o *learnOptions) read(ctx context.Context, d *display) (*flowlog.Table, []model.Source, error) {
	var tables []*flowlog.Table
	var sources []model.Source
	for i, path := range o.flows {
		t, err := flowlog.OpenTable(ctx, path, flowlog.TableOptions{Columns: o.columns, Benign: o.benign, MaxRows: o.rows})
		if err != nil {
			return nil, nil, err
		}
		if t.Read > int64(t.Rows()) {
			return nil, nil, fmt.Errorf("%s: %d flows, more than the %d that are to be learnt; give less time of it, or raise --rows", path, t.Read, o.rows)
		}
		digest, err := digestOf(path)
		if err != nil {
			return nil, nil, err
		}
		tables = append(tables, t)
		sources = append(sources, model.Source{Name: filepath.Base(path), Digest: digest, Rows: int64(t.Rows())})
		d.Progress(int64(i+1), int64(len(o.flows)))
	}
	t, err := flowlog.Join(strings.Join(o.flows, ", "), tables...)
	return t, sources, err
}

// digestOf is a file's SHA-256.
func digestOf(path string) (string, error) {
	sum, err := sumOf(path, nil)
	return "sha256:" + hex.EncodeToString(sum), err
}

// sumOf is the SHA-256 of a prefix and a file.
func sumOf(path string, prefix []byte) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	h := sha256.New()
	h.Write(prefix)
	if _, err := io.Copy(h, f); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return h.Sum(nil), nil
}

// pseudonymSecret is what pseudonyms depend on. By default it is a digest of the learnt files that the model's provenance does not give away.
func (o *learnOptions) pseudonymSecret() ([]byte, error) {
	if o.secret != "" {
		return os.ReadFile(o.secret)
	}
	var all bytes.Buffer
	for _, path := range o.flows {
		sum, err := sumOf(path, []byte("addresses"))
		if err != nil {
			return nil, err
		}
		all.Write(sum)
	}
	return all.Bytes(), nil
}
