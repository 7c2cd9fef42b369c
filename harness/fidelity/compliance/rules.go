// Package compliance holds flows against what protocols allow: rules as data, with their reasons.
package compliance

import (
	"errors"
	"fmt"
	"slices"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"
	"go.yaml.in/yaml/v4"

	"github.com/evilbench/evilbench/benchmarks"
	"github.com/evilbench/evilbench/generator/fault"
)

// Format is the value of a rule file's first field.
const Format = "evilbench.compliance/1"

// Set is a file of rules.
type Set struct {
	Name  string
	Rules []Rule
}

// Rule is one thing that a flow keeps or breaks.
type Rule struct {
	Name   string
	Where  string // condition: the flows it is about, "" = all
	Holds  string // condition: what is true of those that keep it
	Reason string
	Source string // RFC and section, or whose policy

	where, holds *vm.Program
}

// Generic are the rules that hold on any network.
func Generic() (*Set, error) {
	data, err := benchmarks.Compliance.ReadFile("compliance/generic.yaml")
	if err != nil {
		return nil, err
	}
	return Parse("generic", data)
}

// Bounds of a rule file.
const (
	mostBytes = 1 << 20
	mostRules = 1000
)

// Parse reads a rule file; name is for messages. What is wrong in it is *fault.Error, all at once.
func Parse(name string, data []byte) (*Set, error) {
	p := parser{set: &Set{Name: name}}
	if len(data) > mostBytes {
		p.fail(nil, "", "%d bytes, at most %d are read", len(data), mostBytes)
		return nil, fault.New(name, nil, p.faults)
	}
	var document yaml.Node
	if err := yaml.Unmarshal(data, &document); err != nil {
		p.fail(nil, "write it as YAML: a mapping with format and rules", "%v", err)
		return nil, fault.New(name, data, p.faults)
	}
	if len(document.Content) != 1 {
		p.fail(nil, "begin with format: "+Format, "the file is empty")
		return nil, fault.New(name, data, p.faults)
	}
	p.document(document.Content[0])
	if err := fault.New(name, data, p.faults); err != nil {
		return nil, err
	}
	return p.set, nil
}

type parser struct {
	set    *Set
	faults []fault.Fault
}

func (p *parser) fail(n *yaml.Node, remedy, format string, args ...any) {
	f := fault.Fault{Message: fmt.Sprintf(format, args...), Remedy: remedy}
	if n != nil {
		f.Line, f.Column = n.Line, n.Column
	}
	p.faults = append(p.faults, f)
}

// fields visits a mapping whose keys must be among those named.
func (p *parser) fields(n *yaml.Node, known []string, each func(key string, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		p.fail(n, "", "a mapping belongs here")
		return
	}
	var seen []string
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		switch {
		case !slices.Contains(known, key.Value):
			p.fail(key, fault.Suggest(key.Value, known), "unknown field %q", key.Value)
		case slices.Contains(seen, key.Value):
			p.fail(key, "keep one of them", "the field %s is given twice", key.Value)
		default:
			seen = append(seen, key.Value)
			each(key.Value, n.Content[i+1])
		}
	}
}

func (p *parser) document(n *yaml.Node) {
	format := false
	p.fields(n, []string{"format", "rules"}, func(key string, value *yaml.Node) {
		if key == "format" {
			format = true
			if value.Value != Format {
				p.fail(value, "this version reads "+Format, "format is %q", value.Value)
			}
			return
		}
		if value.Kind != yaml.SequenceNode || len(value.Content) > mostRules {
			p.fail(value, "", "a list of at most %d rules belongs here", mostRules)
			return
		}
		for _, item := range value.Content {
			p.rule(item)
		}
	})
	if !format {
		p.fail(n, "begin with format: "+Format, "the format is missing")
	}
	if len(p.set.Rules) == 0 && len(p.faults) == 0 {
		p.fail(n, "", "there is no rule in it")
	}
}

func (p *parser) rule(n *yaml.Node) {
	var r Rule
	places := map[string]*yaml.Node{}
	p.fields(n, []string{"name", "where", "holds", "reason", "source"}, func(key string, value *yaml.Node) {
		if value.Kind != yaml.ScalarNode || value.Value == "" {
			p.fail(value, "", "%s: a text belongs here", key)
			return
		}
		places[key] = value
		*map[string]*string{"name": &r.Name, "where": &r.Where, "holds": &r.Holds, "reason": &r.Reason, "source": &r.Source}[key] = value.Value
	})
	for _, needed := range []string{"name", "holds", "reason", "source"} {
		if places[needed] == nil {
			p.fail(n, "", "the rule has no %s", needed)
		}
	}
	if slices.ContainsFunc(p.set.Rules, func(o Rule) bool { return o.Name == r.Name }) {
		p.fail(places["name"], "give it another name", "there are two rules %q", r.Name)
	}
	r.where, r.holds = p.compile(places["where"], r.Where), p.compile(places["holds"], r.Holds)
	p.set.Rules = append(p.set.Rules, r)
}

func (p *parser) compile(n *yaml.Node, condition string) *vm.Program {
	if n == nil {
		return nil
	}
	program, err := expr.Compile(condition, append(functions(), expr.Env(Row{}), expr.AsBool(), expr.MaxNodes(1000))...)
	if err != nil {
		message := err.Error()
		if parse := (interface{ Unwrap() error })(nil); errors.As(err, &parse) && parse.Unwrap() != nil {
			message = parse.Unwrap().Error()
		}
		p.fail(n, "a condition is like: proto == \"TCP\" && port in [80, 443]", "%s: %s", condition, message)
		return nil
	}
	return program
}
