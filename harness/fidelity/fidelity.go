// Package fidelity says how good generated flows are, compared with the real ones that a generator learned from and with real ones
// that it never saw. The metrics are the eight with which flow generators are compared in print (FlowChronicle: Cüppers et al.,
// CoNEXT 2024), as published or strict, and one of its own for copying.
package fidelity

import (
	"math"

	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// Mode is how metrics are computed.
type Mode string

// The modes.
const (
	Paper  Mode = "paper"  // as in the published code, its slips included
	Strict Mode = "strict" // right where the published code is not, with copying as a ninth metric
)

// Direction is which value of a metric is best.
type Direction string

// The directions.
const (
	Most      Direction = "most"
	Least     Direction = "least"
	Reference Direction = "reference" // what the reference scores
)

// Metric is one column of the table.
type Metric struct {
	Name    string    `json:"name"`
	Best    Direction `json:"best"`
	measure func(*sample) score.Number
}

const nameCopied = "Copied"

// Metrics are the metrics of a mode, in the order of the published table.
func Metrics(mode Mode) []Metric {
	m := []Metric{
		{Name: "Density", Best: Most}, {"CMD", Least, cmd}, {"PCD", Least, pcd}, {"EMD", Least, emd}, {"JSD", Least, jsd},
		{Name: "Coverage", Best: Most}, {"DKC", Least, dkc}, {"MD", Reference, md},
	}
	if mode == Strict {
		m = append(m, Metric{nameCopied, Least, copied})
	}
	return m
}

// measure computes all metrics of one sample. Density and Coverage come of one search.
func (s *sample) measure(metrics []Metric) []score.Number {
	out := make([]score.Number, len(metrics))
	density, coverage := neighbours(s)
	for k, m := range metrics {
		switch m.Name {
		case "Density":
			out[k] = density
		case "Coverage":
			out[k] = coverage
		default:
			out[k] = m.measure(s)
		}
		if v := out[k].Value; math.IsNaN(v) || math.IsInf(v, 0) {
			out[k] = score.Number{Missing: "numbers too large to compute with"}
		}
	}
	return out
}

// Input is what is compared.
type Input struct {
	Train     *flowlog.Table // what the generators learned from
	Reference *flowlog.Table // real flows of another time: the yardstick; nil = none
	Evaluate  *flowlog.Table // real flows of a third time, for MD; nil = none
	Generated []Generated
}

// Generated is a generator's output.
type Generated struct {
	Name  string
	Table *flowlog.Table
}
