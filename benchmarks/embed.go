// Package benchmarks holds what a benchmark starts from and the binary carries with it.
package benchmarks

import "embed"

// Rules holds the bundled ruleset: rules/*.rules, rules/classification.config, rules/reference.config.
//
//go:embed rules/*.rules rules/*.config
var Rules embed.FS

// Scenarios holds the built-in scenarios: scenarios/NAME.yaml.
//
//go:embed scenarios/*.yaml
var Scenarios embed.FS

// Compliance holds rule files for flows: compliance/NAME.yaml.
//
//go:embed compliance/*.yaml
var Compliance embed.FS
