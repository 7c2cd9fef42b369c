package reports

import (
	"fmt"
	"math"

	"github.com/evilbench/evilbench/generator/automaton"
	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/reports/svg"
	"github.com/evilbench/evilbench/reports/table"
)

// Automaton is the picture of an automaton: states as they are numbered, edges with their symbol, their probability and their values' means
// and standard deviations.
func Automaton(a *automaton.Automaton) *svg.Graph {
	g := &svg.Graph{First: a.Initial, Last: a.Accepting}
	for s := range a.States {
		g.Nodes = append(g.Nodes, fmt.Sprint(s))
	}
	for i := range a.Edges {
		e := &a.Edges[i]
		label := "$"
		if e.Symbol != automaton.End {
			label = a.Symbols[e.Symbol].Name
		}
		label += fmt.Sprintf(" %.3g", e.Probability)
		if e.Guard != nil && e.Symbol != automaton.End {
			at := 0
			for k, m := range e.Guard.Mean {
				label += fmt.Sprintf(" %.3g±%.2g", m, math.Sqrt(e.Guard.Covariance[at]))
				at += len(e.Guard.Mean) - k
			}
		}
		g.Arrows = append(g.Arrows, svg.Arrow{From: e.From, To: e.To, Label: label, Share: e.Probability})
	}
	return g
}

// Headers lists a model's automata of packet headers.
func Headers(m *model.Model) *table.Table {
	t := &table.Table{Name: "headers", Title: "Packet headers", Note: "Timed automata by kind of flows; inspect MODEL --headers KIND shows one.", Columns: []table.Column{
		{Name: "kind", Title: "kind"}, {Name: "words", Title: "learnt from", Kind: table.KindCount}, {Name: "states", Title: "states", Kind: table.KindCount},
		{Name: "edges", Title: "edges", Kind: table.KindCount}, {Name: "noise", Title: "noise", Kind: table.KindNumber},
	}}
	for i := range m.Headers {
		h := &m.Headers[i]
		noise := table.Missing("no noise is known")
		if h.Automaton.Noise != nil {
			noise = table.Number(h.Automaton.Noise.Rate())
		}
		t.Add(table.Text(h.Service+"/"+h.Proto+"/"+h.State), table.Count(int64(h.Words)), table.Count(int64(h.Automaton.States)),
			table.Count(int64(len(h.Automaton.Edges))), noise)
	}
	return t
}
