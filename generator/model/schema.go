package model

import _ "embed"

// Schema is the JSON Schema (draft 2020-12) of a model file, for editors. Files of patterns to add are its $defs/addition.
//
//go:embed schema.json
var Schema []byte
