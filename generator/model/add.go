package model

import (
	"bytes"
	"fmt"

	"github.com/go-json-experiment/json"
	"go.yaml.in/yaml/v4"

	"github.com/evilbench/evilbench/generator/fault"
)

// always is the rhythm of patterns that name none.
const always = "always"

// Addition is what a file of patterns written by hand holds: patterns as in a model, and the hosts and profiles that they name. A pattern
// without profile happens at all hours alike.
type Addition struct {
	Hosts    []Host             `json:"hosts,omitempty"`
	Profiles map[string]Profile `json:"profiles,omitempty"`
	Patterns []Pattern          `json:"patterns"`
}

// Add sets patterns written by hand, in YAML or JSON, beside those of the model. On an error, which names the file and every fault by its
// place in the whole, the model is as it was.
func (m *Model) Add(name string, data []byte) error {
	if len(data) > maxBytes {
		return fmt.Errorf("%s: %d bytes, more than the limit of %d", name, len(data), maxBytes)
	}
	var tree any
	if err := yaml.NewDecoder(bytes.NewReader(data)).Decode(&tree); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	text, err := json.Marshal(tree)
	if err != nil {
		return fmt.Errorf("%s: not patterns: %w", name, err)
	}
	var in Addition
	if err := json.Unmarshal(text, &in, json.RejectUnknownMembers(true)); err != nil {
		return fault.New(name, text, []fault.Fault{undecodable(text, err)})
	}
	if len(in.Patterns) == 0 {
		return fmt.Errorf("%s: no patterns; write them under patterns:, as in a model", name)
	}
	out := *m
	out.Hosts = append(out.Hosts[:len(out.Hosts):len(out.Hosts)], in.Hosts...)
	out.Patterns = append(out.Patterns[:len(out.Patterns):len(out.Patterns)], in.Patterns...)
	out.Profiles = map[string]Profile{always: {Hours: flat(24), Weekdays: flat(7)}}
	for _, from := range []map[string]Profile{m.Profiles, in.Profiles} {
		for k, p := range from {
			out.Profiles[k] = p
		}
	}
	for i := range out.Patterns {
		if p := &out.Patterns[i]; p.Profile == "" {
			p.Profile = always
		}
	}
	if faults := check(&out); len(faults) > 0 {
		return fault.New(name, nil, faults)
	}
	*m = out
	return nil
}

func flat(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = 1
	}
	return out
}
