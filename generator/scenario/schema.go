package scenario

import _ "embed"

// Schema is the JSON Schema (draft 2020-12) of a scenario file, for editors.
//
//go:embed schema.json
var Schema []byte
