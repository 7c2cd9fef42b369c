package model

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBuiltinModelsAreValidAndStable(t *testing.T) {
	for _, name := range BuiltinNames {
		m, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		if m.Provenance.Name != name {
			t.Errorf("model %s calls itself %s", name, m.Provenance.Name)
		}
		first, err := m.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse(name, first)
		if err != nil {
			t.Fatalf("the canonical form does not parse: %v", err)
		}
		if diff := cmp.Diff(m, again); diff != "" {
			t.Errorf("the canonical form says something else (-model +reparsed):\n%s", diff)
		}
		second, err := again.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if string(first) != string(second) {
			t.Error("encoding twice gives different texts")
		}
		a, err := m.Digest()
		if err != nil {
			t.Fatal(err)
		}
		b, err := again.Digest()
		if err != nil || a != b {
			t.Errorf("digests %s and %s, %v", a, b, err)
		}
	}
}
