package reports

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/reports/table"
)

// modelFacts say where a model comes from and who is in it.
func modelFacts(m *model.Model) *table.Table {
	facts := &table.Table{Name: "model", Title: "Model " + m.Provenance.Name, Columns: []table.Column{{Name: "fact", Title: "fact"}, {Name: "value", Title: "value"}}}
	add := func(fact, value string) {
		if value != "" {
			facts.Add(table.Text(fact), table.Text(value))
		}
	}
	p := &m.Provenance
	add("description", p.Description)
	add("made with", p.CreatedWith)
	for _, s := range p.Sources {
		add("learnt from", fmt.Sprintf("%s, %d flows, %s", s.Name, s.Rows, s.Digest))
	}
	if n := len(p.Headers); n > 0 {
		add("headers from", fmt.Sprintf("%d captures", n))
	}
	if p.From != "" {
		add("watched", p.From+" to "+p.To)
	}
	add("options", strings.Join(p.Options, " "))
	for _, n := range append(slices.Clone(p.Notes), p.HeaderNotes...) {
		add("note", n)
	}
	if m.Cascade != nil {
		add("crowding", m.Cascade.String())
	}
	add("hosts", whoIs(m.Hosts))
	return facts
}

// ModelText explains a traffic model to people: its facts, and each pattern as a sentence with its network.
func ModelText(w io.Writer, m *model.Model) error {
	if err := modelFacts(m).Terminal(w); err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	for i := range m.Patterns {
		p := &m.Patterns[i]
		fmt.Fprintf(out, "\n%s: %s", p.Name, p.Sentence())
		if n := p.Count(); n > 0 {
			fmt.Fprintf(out, " (%d times)", n)
		}
		fmt.Fprintf(out, "\n  %.4g a day per %s, busiest %s\n", p.Rate, p.Per, busiest(m.Profiles[p.Profile]))
		if len(p.Variables) > 0 {
			fmt.Fprintf(out, "  %s\n", network(p))
		}
	}
	if err := out.Flush(); err != nil || len(m.Headers) == 0 {
		return err
	}
	if _, err := fmt.Fprintln(w); err != nil {
		return err
	}
	return Headers(m).Terminal(w)
}

// Model explains a traffic model in tables: where it comes from, who is in it, and what happens how often.
func Model(m *model.Model) []*table.Table {
	patterns := &table.Table{Name: "patterns", Title: "Patterns", Columns: []table.Column{
		{Name: "pattern", Title: "pattern"}, {Name: "rate", Title: "a day", Kind: table.KindNumber}, {Name: "per", Title: "per"},
		{Name: "seen", Title: "seen", Kind: table.KindCount}, {Name: "busiest", Title: "busiest"}, {Name: "flows", Title: "flows"},
	}}
	networks := &table.Table{Name: "networks", Title: "Networks", Note: "Each variable with how many values it has and what it depends on.",
		Columns: []table.Column{{Name: "pattern", Title: "pattern"}, {Name: "network", Title: "variables"}}}
	for i := range m.Patterns {
		q := &m.Patterns[i]
		seen := table.Missing("written by hand")
		if n := q.Count(); n > 0 {
			seen = table.Count(int64(n))
		}
		patterns.Add(table.Text(q.Name), table.Number(q.Rate), table.Text(q.Per), seen, table.Text(busiest(m.Profiles[q.Profile])), table.Text(q.Sentence()))
		if len(q.Variables) > 0 {
			networks.Add(table.Text(q.Name), table.Text(network(q)))
		}
	}
	out := []*table.Table{modelFacts(m), patterns}
	if len(networks.Rows) > 0 {
		out = append(out, networks)
	}
	if len(m.Headers) > 0 {
		out = append(out, Headers(m))
	}
	return out
}

// whoIs counts hosts by role.
func whoIs(hosts []model.Host) string {
	count := map[string]int{}
	var roles []string
	for i := range hosts {
		role := hosts[i].Role
		if !hosts[i].Local {
			role += " beyond"
		}
		if count[role] == 0 {
			roles = append(roles, role)
		}
		count[role]++
	}
	slices.Sort(roles)
	for i, r := range roles {
		roles[i] = fmt.Sprintf("%d %s", count[r], r)
	}
	return strings.Join(roles, ", ")
}

// busiest is the hour of the day with the most, and how much more than the mean.
func busiest(p model.Profile) string {
	parts := len(p.Hours) / 24
	if parts == 0 {
		return ""
	}
	var hours [24]float64
	sum := 0.0
	for i, w := range p.Hours {
		hours[i/parts] += w
		sum += w
	}
	best := 0
	for h := range hours {
		if hours[h] > hours[best] {
			best = h
		}
	}
	if factor := hours[best] * 24 / sum; factor >= 1.05 {
		return fmt.Sprintf("%02d h (%.1f×)", best, factor)
	}
	return "always"
}

// network names the variables with their parents.
func network(p *model.Pattern) string {
	var out []string
	for i := range p.Variables {
		v := &p.Variables[i]
		text := fmt.Sprintf("%s (%d)", v.Name, v.Size())
		if len(v.Parents) > 0 {
			text += " ← " + strings.Join(v.Parents, ", ")
		}
		out = append(out, text)
	}
	return strings.Join(out, "; ")
}
