package model

import (
	"embed"
	"fmt"
)

//go:embed office.json
var builtin embed.FS

// BuiltinNames lists the models that are part of the binary.
var BuiltinNames = []string{"office"}

// Builtin returns a model that is part of the binary.
func Builtin(name string) (*Model, error) {
	data, err := builtin.ReadFile(name + ".json")
	if err != nil {
		return nil, fmt.Errorf("no built-in model %q", name)
	}
	return Parse(name+".json", data)
}
