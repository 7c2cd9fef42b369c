package flow

import "github.com/evilbench/evilbench/generator/model"

// crowd is by how much more often a pattern of a whole site happens here than where it was learnt: as many times more as there are machines
// that can begin it, each of which makes as many flows as those it stands for.
func crowd(p *model.Pattern, dir Directory) float64 {
	first := p.Rows[0].Src
	for i := range p.Variables {
		if v := &p.Variables[i]; v.Name == first.Free {
			total := 0.0
			for k, share := range shares(v) {
				total += share * dir.Crowd(v.Values[k].Text)
			}
			return total
		}
	}
	for _, from := range p.Sources(first) {
		return dir.Crowd(from)
	}
	return 1
}

// PerDay is how many flows a model makes on a network on an average day.
func PerDay(m *model.Model, dir Directory) float64 {
	total := 0.0
	for i := range m.Patterns {
		p := &m.Patterns[i]
		flows := 0.0
		for k := range p.Rows {
			times := 1.0
			if r := p.Rows[k].Repeat; r != nil {
				times = float64(r.Low+r.High) / 2
			}
			flows += times
		}
		instances := p.Rate
		if p.Per == "site" {
			instances *= crowd(p, dir)
		} else {
			instances *= float64(dir.Members(p.Per))
		}
		total += instances * flows
	}
	return total
}

// shares are how often a variable has each of its values, whatever its parents are; where only a table is known, its rows count the same.
func shares(v *model.Variable) []float64 {
	out := make([]float64, v.Size())
	sum := 0.0
	for _, s := range v.Seen {
		for _, n := range s.Count {
			out[n[0]] += float64(n[1])
			sum += float64(n[1])
		}
	}
	for _, row := range v.Table {
		for i, p := range row {
			out[i] += p
			sum += p
		}
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}
