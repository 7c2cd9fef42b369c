package automaton

import (
	"bytes"
	stdjson "encoding/json"
	"fmt"

	"github.com/go-json-experiment/json"
)

// mostBytes bounds an automaton's file.
const mostBytes = 64 << 20

// Parse reads an automaton from JSON and checks it. Errors name the file.
func Parse(file string, data []byte) (*Automaton, error) {
	if len(data) > mostBytes {
		return nil, fmt.Errorf("%s: %d bytes, more than the limit of %d", file, len(data), mostBytes)
	}
	a := new(Automaton)
	if err := json.Unmarshal(data, a, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("%s: not an automaton: %w", file, err)
	}
	if a.Format != Format {
		return nil, fmt.Errorf("%s: format %q; this version reads %s", file, a.Format, Format)
	}
	if a.States < 2 || a.States > mostStates || a.Dims < 0 || a.Dims > mostDims || len(a.Symbols) > mostLetters || len(a.Edges) > mostEdges {
		return nil, fmt.Errorf("%s: %d states, %d edges, %d symbols with %d values: 2 to %d, at most %d, %d and %d", file,
			a.States, len(a.Edges), len(a.Symbols), a.Dims, mostStates, mostEdges, mostLetters, mostDims)
	}
	names := map[string]bool{}
	for _, s := range a.Symbols {
		if s.Name == "" || names[s.Name] {
			return nil, fmt.Errorf("%s: symbol %q is there twice or has no name", file, s.Name)
		}
		names[s.Name] = true
	}
	if err := a.Check(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return a, nil
}

// Bounds of an automaton's file.
const (
	mostStates = 10_000
	mostEdges  = 1_000_000
)

// Encode writes the automaton as JSON, an edge a line. Parsing it gives an equal automaton.
func (a *Automaton) Encode() ([]byte, error) {
	var b bytes.Buffer
	line := func(name string, v any, last bool) error {
		text, err := stdjson.Marshal(v)
		if err != nil {
			return fmt.Errorf("automaton: %w", err)
		}
		fmt.Fprintf(&b, " %q: %s", name, text)
		if !last {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		return nil
	}
	b.WriteString("{\n")
	for _, m := range []struct {
		name  string
		value any
	}{{"format", Format}, {"symbols", a.Symbols}, {"dims", a.Dims}, {"states", a.States}, {"initial", a.Initial}, {"accepting", a.Accepting}} {
		if err := line(m.name, m.value, false); err != nil {
			return nil, err
		}
	}
	b.WriteString(" \"edges\": [\n")
	for i := range a.Edges {
		text, err := stdjson.Marshal(&a.Edges[i])
		if err != nil {
			return nil, fmt.Errorf("automaton: %w", err)
		}
		b.WriteString("  ")
		b.Write(text)
		if i+1 < len(a.Edges) {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
	b.WriteString(" ]")
	if a.Noise == nil {
		b.WriteString("\n}\n")
		return b.Bytes(), nil
	}
	b.WriteString(",\n")
	if err := line("noise", a.Noise, true); err != nil {
		return nil, err
	}
	b.WriteString("}\n")
	return b.Bytes(), nil
}
