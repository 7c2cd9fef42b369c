package scenario

import (
	"errors"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/evilbench/evilbench/generator/attack"
	"github.com/evilbench/evilbench/generator/fault"
)

// parameters decodes an attack's with: mapping into the struct of its kind.
func (d *decoder) parameters(a *Attack, path string) {
	kind, ok := attack.ByName(a.Kind)
	if !ok {
		return
	}
	a.With = kind.New()
	if n := d.at[path+".with"]; n != nil && n.Kind == yaml.MappingNode {
		d.known(n, path+".with", tags(reflect.TypeOf(a.With)))
		if err := n.Load(a.With); err != nil {
			d.foreign(path+".with", err)
			return
		}
	}
	if v, ok := a.With.(interface{ Validate() error }); ok {
		if err := v.Validate(); err != nil {
			d.fail(path+".with", "", "%v", err)
		}
	}
}

// known faults the keys of a mapping that are not among the names.
func (d *decoder) known(n *yaml.Node, path string, names []string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i]; !slices.Contains(names, key.Value) {
			at := join(path, key.Value)
			d.at[at] = key
			d.fail(at, fault.Suggest(key.Value, names), "unknown parameter %q", key.Value)
		}
	}
}

// tags lists the names by which the YAML library knows a struct's fields.
func tags(t reflect.Type) []string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	var out []string
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case options == "inline":
			out = append(out, tags(f.Type)...)
		case name == "-" || !f.IsExported():
		case name != "":
			out = append(out, name)
		default:
			out = append(out, strings.ToLower(f.Name))
		}
	}
	return out
}

// foreign notes what the YAML library found, each with its own place.
func (d *decoder) foreign(path string, err error) {
	var list *yaml.LoadErrors
	var one *yaml.LoadError
	switch {
	case errors.As(err, &list):
		for _, e := range list.Errors {
			d.loadError(path, e)
		}
	case errors.As(err, &one):
		d.loadError(path, one)
	default:
		d.fail(path, "", "%v", err)
	}
}

func (d *decoder) loadError(path string, e *yaml.LoadError) {
	d.faults = append(d.faults, fault.Fault{Path: path, Line: e.Mark.Line, Column: max(e.Mark.Column, 1), Message: e.Message})
}
