package model

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evilbench/evilbench/generator/automaton"
)

// The schema and the reader know the same fields, and the same required ones.
func TestSchemaAgreesWithTheReader(t *testing.T) {
	var schema struct {
		Defs map[string]struct {
			Properties map[string]any
			Required   []string
		} `json:"$defs"`
	}
	if err := json.Unmarshal(Schema, &schema); err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{
		Model{}, Provenance{}, Source{}, Host{}, Profile{}, Trend{}, Cascade{}, Pattern{}, Burst{}, Row{}, Cell{}, Repeat{}, Delay{}, Variable{}, Seen{}, Bin{}, Atom{}, Addition{},
		Headers{}, automaton.Automaton{}, automaton.Symbol{}, automaton.Edge{}, automaton.Guard{}, automaton.Noise{},
	} {
		kind := reflect.TypeOf(v)
		def, there := schema.Defs[strings.ToLower(kind.Name()[:1])+kind.Name()[1:]]
		if !there {
			t.Errorf("the schema has no %s", kind.Name())
			continue
		}
		var fields, required, known []string
		for i := range kind.NumField() {
			name, rest, _ := strings.Cut(kind.Field(i).Tag.Get("json"), ",")
			fields = append(fields, name)
			if !strings.Contains(rest, "omit") {
				required = append(required, name)
			}
		}
		for name := range def.Properties {
			known = append(known, name)
		}
		for _, list := range [][]string{fields, known, required, def.Required} {
			slices.Sort(list)
		}
		if diff := cmp.Diff(fields, known); diff != "" {
			t.Errorf("fields of %s (-reader +schema):\n%s", kind.Name(), diff)
		}
		if diff := cmp.Diff(required, def.Required); diff != "" {
			t.Errorf("required fields of %s (-reader +schema):\n%s", kind.Name(), diff)
		}
	}
}
