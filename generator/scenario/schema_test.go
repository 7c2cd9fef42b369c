package scenario

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The schema and the reader know the same fields, the same required ones and the same words.
func TestSchemaAgreesWithTheReader(t *testing.T) {
	var schema struct {
		Defs map[string]struct {
			Properties map[string]struct{ Enum []string }
			Required   []string
			Enum       []string
		} `json:"$defs"`
	}
	if err := json.Unmarshal(Schema, &schema); err != nil {
		t.Fatal(err)
	}
	d := &decoder{}
	for name, fields := range map[string][]field{
		"scenario": d.scenarioFields(&Scenario{}),
		"network":  d.networkFields(&Network{}),
		"subnet":   d.subnetFields(&Subnet{}),
		"internet": d.internetFields(&Internet{}),
		"host":     d.hostFields(&Host{}),
		"attack":   d.attackFields(&Attack{}),
	} {
		def := schema.Defs[name]
		var known, required []string
		for p := range def.Properties {
			known = append(known, p)
		}
		for _, f := range fields {
			if f.required {
				required = append(required, f.name)
			}
		}
		read := names(fields)
		for _, list := range [][]string{known, read, required, def.Required} {
			slices.Sort(list)
		}
		if diff := cmp.Diff(read, known); diff != "" {
			t.Errorf("fields of %s (-reader +schema):\n%s", name, diff)
		}
		if diff := cmp.Diff(required, def.Required); diff != "" {
			t.Errorf("required fields of %s (-reader +schema):\n%s", name, diff)
		}
	}
	if diff := cmp.Diff(Stacks(), schema.Defs["host"].Properties["os"].Enum); diff != "" {
		t.Errorf("operating systems (-reader +schema):\n%s", diff)
	}
	if diff := cmp.Diff(Services, schema.Defs["service"].Enum); diff != "" {
		t.Errorf("services (-reader +schema):\n%s", diff)
	}
}
