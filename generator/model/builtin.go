package model

import (
	"embed"
	"fmt"
)

//go:embed office.json workstation.json example.json
var builtin embed.FS

// BuiltinNames lists the models that are part of the binary: office is learnt from a day of a small company (M57), workstation from a
// modern Linux workstation (CTU's benign rows); example is written by hand and shows the format.
var BuiltinNames = []string{"office", "workstation", "example"}

// Builtin returns a model that is part of the binary.
func Builtin(name string) (*Model, error) {
	data, err := builtin.ReadFile(name + ".json")
	if err != nil {
		return nil, fmt.Errorf("no built-in model %q", name)
	}
	return Parse(name+".json", data)
}
