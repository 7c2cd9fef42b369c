package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/evilbench/evilbench/benchmarks"
	"github.com/evilbench/evilbench/generator/fault"
)

// maxBytes bounds a scenario file.
const maxBytes = 1 << 20

// Builtin lists the scenarios that are part of the binary.
func Builtin() []string {
	entries, err := fs.Glob(benchmarks.Scenarios, "scenarios/*.yaml")
	if err != nil {
		return nil // the pattern is constant and well formed
	}
	for i, e := range entries {
		entries[i] = strings.TrimSuffix(path.Base(e), ".yaml")
	}
	return entries
}

// Load reads a built-in scenario by name, or a scenario file by path.
func Load(nameOrPath string) (*Scenario, error) {
	if slices.Contains(Builtin(), nameOrPath) {
		data, err := benchmarks.Scenarios.ReadFile("scenarios/" + nameOrPath + ".yaml")
		if err != nil {
			return nil, fmt.Errorf("scenario: %w", err)
		}
		return Parse(nameOrPath+".yaml", data)
	}
	f, err := os.Stat(nameOrPath)
	if err != nil {
		return nil, fmt.Errorf("scenario %s: neither a built-in scenario (%s) nor a readable file: %w", nameOrPath, strings.Join(Builtin(), ", "), err)
	}
	if f.Size() > maxBytes {
		return nil, tooLarge(nameOrPath, f.Size())
	}
	data, err := os.ReadFile(nameOrPath)
	if err != nil {
		return nil, fmt.Errorf("scenario: %w", err)
	}
	return Parse(nameOrPath, data)
}

func tooLarge(name string, n int64) error {
	return &fault.Error{File: name, Faults: []fault.Fault{{Message: fmt.Sprintf("%d bytes, more than the limit of %d", n, maxBytes)}}}
}

// Parse reads a scenario, checks it and fills in what was left out. The error is a [*fault.Error] that holds every fault with line,
// column, excerpt and remedy; a text that is not YAML has one.
func Parse(name string, data []byte) (*Scenario, error) {
	if len(data) > maxBytes {
		return nil, tooLarge(name, int64(len(data)))
	}
	d := &decoder{at: map[string]*yaml.Node{}}
	root, err := document(data)
	if err != nil {
		d.foreign("", err)
		return nil, fault.New(name, data, d.faults)
	}
	s := &Scenario{Model: "office", Rate: 1, Seed: 1, Network: Network{Internet: Internet{Hosts: 200}}}
	d.at[""] = root
	d.mapping(root, "", d.scenarioFields(s))
	d.check(s)
	if len(d.faults) > 0 {
		return nil, fault.New(name, data, d.faults)
	}
	s.normalise()
	return s, nil
}

// document reads the only YAML document of a text. The library bounds depth and the expansion of aliases; the decoder refuses aliases
// altogether.
func document(data []byte) (*yaml.Node, error) {
	loader, err := yaml.NewLoader(bytes.NewReader(data), yaml.WithUniqueKeys(false))
	if err != nil {
		return nil, err
	}
	var first, second yaml.Node
	switch err := loader.Load(&first); {
	case errors.Is(err, io.EOF):
		return nil, errors.New("an empty text")
	case err != nil:
		return nil, err
	}
	if err := loader.Load(&second); err == nil {
		return nil, errors.New("more than one YAML document")
	} else if !errors.Is(err, io.EOF) {
		return nil, err
	}
	if first.Kind != yaml.DocumentNode || len(first.Content) != 1 {
		return nil, errors.New("an empty text")
	}
	return first.Content[0], nil
}
