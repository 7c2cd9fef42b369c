package learn

import (
	"github.com/evilbench/evilbench/generator/model"
)

// lookups says what rows ask for that may be questions to a resolver: a flow table does not tell. As a client that asks for a name soon speaks
// to whom it stands for, it is the destination of the next row that goes to a drawn host; else it is somebody popular.
func lookups(p *model.Pattern) {
	somebody := text("internet:web")
	for i := range p.Rows {
		row := &p.Rows[i]
		if row.Port.Fix != nil && row.Port.Fix.Number != 53 {
			continue
		}
		row.Answer = model.Cell{Fix: &somebody}
		if row.Port.Fix == nil {
			continue
		}
		for k := i + 1; k < len(p.Rows); k++ {
			next := &p.Rows[k]
			if next.Port.Fix != nil && next.Port.Fix.Number == 53 {
				continue
			}
			if next.Dst.Free != "" && next.Dst.Set == "" {
				name := unused(p)
				row.Answer = model.Cell{Set: name, Free: next.Dst.Free}
				next.Dst = model.Cell{Use: name}
			}
			break
		}
	}
}

// unused is a placeholder that no row sets.
func unused(p *model.Pattern) string {
	taken := map[string]bool{}
	for i := range p.Rows {
		for _, c := range []model.Cell{p.Rows[i].Src, p.Rows[i].Dst, p.Rows[i].Answer} {
			taken[c.Set] = true
		}
	}
	n := int32(0)
	for taken[letter(n)] {
		n++
	}
	return letter(n)
}
