package model

import (
	"fmt"
	"strings"
)

// DOT draws the patterns for Graphviz: each is a box with its flows in order, and the network that their free cells are drawn from.
func (m *Model) DOT() string {
	var b strings.Builder
	fmt.Fprintf(&b, "digraph %q {\n  rankdir=LR;\n  node [fontsize=10];\n", m.Provenance.Name)
	for i := range m.Patterns {
		p := &m.Patterns[i]
		fmt.Fprintf(&b, "  subgraph cluster_%d {\n    label=%q;\n", i, fmt.Sprintf("%s: %.4g a day", p.Name, p.Rate))
		for k := range p.Rows {
			r := &p.Rows[k]
			fmt.Fprintf(&b, "    r%d_%d [shape=box,label=%q];\n", i, k, p.end(r.Src)+" → "+p.end(r.Dst)+p.spoken(r))
			if k > 0 {
				fmt.Fprintf(&b, "    r%d_%d -> r%d_%d [style=bold,label=%q];\n", i, k-1, i, k, label(r.After.most()))
			}
		}
		index := map[string]int{}
		for k := range p.Variables {
			index[p.Variables[k].Name] = k
			fmt.Fprintf(&b, "    v%d_%d [label=%q];\n", i, k, p.Variables[k].Name)
		}
		for k := range p.Variables {
			for _, parent := range p.Variables[k].Parents {
				fmt.Fprintf(&b, "    v%d_%d -> v%d_%d;\n", i, index[parent], i, k)
			}
		}
		b.WriteString("  }\n")
	}
	b.WriteString("}\n")
	return b.String()
}

func label(seconds float64) string {
	if seconds == 0 {
		return ""
	}
	return "≤ " + short(seconds) + " s"
}
