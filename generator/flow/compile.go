package flow

import (
	"fmt"
	"slices"

	"github.com/evilbench/evilbench/generator/model"
)

// compiler turns names into positions, so that drawing looks nothing up.
type compiler struct {
	p     *model.Pattern
	order []int          // model positions of the variables, parents first
	vars  map[string]int // positions in order
	slots map[string]int
}

// compile prepares a pattern of a valid model, whose published starts count from the given time.
func compile(p *model.Pattern, profile model.Profile, dir Directory, rate float64, from int64) (pattern, error) {
	order, ok := p.Order()
	if !ok {
		return pattern{}, fmt.Errorf("pattern %s: the network has a cycle", p.Name)
	}
	c := &compiler{p: p, order: order, vars: map[string]int{}, slots: map[string]int{model.Self: 0}}
	for i, k := range order {
		c.vars[p.Variables[k].Name] = i
	}
	out := pattern{name: p.Name, members: 1, steady: p.Steady}
	if p.Per != "site" {
		out.source, out.members = p.Per, dir.Members(p.Per)
	}
	if out.source == "" {
		rate *= crowd(p, dir)
	}
	out.rhythm = compileRhythm(p, profile, rate)
	out.scale = rate
	for _, s := range p.Starts {
		out.starts = append(out.starts, from+int64(s*float64(second)))
	}
	for _, k := range order {
		out.vars = append(out.vars, c.variable(&p.Variables[k]))
	}
	for i := range p.Rows {
		out.rows = append(out.rows, c.row(&p.Rows[i]))
		out.tells = out.tells || out.rows[i].tells
	}
	out.slots = len(c.slots)
	return out, nil
}

func (c *compiler) row(r *model.Row) row {
	out := row{after: compileDelay(r.After), low: 1, high: 1}
	if r.Repeat != nil {
		out.low, out.high, out.gap = r.Repeat.Low, r.Repeat.High, compileDelay(r.Repeat.Gap)
		for _, v := range r.Repeat.Redraw {
			out.redraw = append(out.redraw, c.vars[v])
		}
		slices.Sort(out.redraw)
	}
	out.src, out.dst, out.answer = c.host(r.Src), c.host(r.Dst), c.host(r.Answer)
	out.name = name{slot: -1, text: c.text(r.Name, "")}
	if r.Name.IsZero() {
		out.name.text = text{variable: -1}
	} else if r.Name.Use != "" {
		out.name.slot = c.slots[r.Name.Use]
	}
	var usual model.Service
	if r.Service.Fix != nil {
		usual, _ = model.ServiceByName(r.Service.Fix.Text)
	}
	out.service = c.text(r.Service, "")
	out.usual = r.Service.IsZero()
	out.flags = c.text(r.Flags, "")
	out.stated, out.tells = !r.State.IsZero(), !r.OutPkts.IsZero()
	out.state = c.text(r.State, "SF")
	out.proto = c.text(r.Proto, usual.Proto)
	for _, p := range out.proto.values {
		out.protos = append(out.protos, model.Protos[p])
	}
	out.port = c.number(r.Port, float64(usual.Port))
	out.kind = c.kind(r.Port)
	out.outPackets, out.inPackets = c.number(r.OutPkts, 0), c.number(r.InPkts, 0)
	out.ip, out.ip6 = c.number(r.IP, 4), c.number(r.AnswerIP, 4)
	out.out, out.in = c.number(r.OutBytes, 0), c.number(r.InBytes, 0)
	out.lasts = c.number(r.Duration, 0)
	return out
}

func (c *compiler) host(cell model.Cell) host {
	out := host{slot: -1, variable: -1}
	switch {
	case cell.Fix != nil:
		out.from = []string{cell.Fix.Text}
	case cell.From != "":
		out.from = []string{cell.From}
	case cell.Free != "":
		out.variable = c.vars[cell.Free]
		for _, v := range c.p.Variables[c.order[out.variable]].Values {
			out.from = append(out.from, v.Text)
		}
	}
	word := cell.Set + cell.Use
	if word == "" && out.from != nil {
		word = fmt.Sprintf("\x00%d", len(c.slots)) // nobody else's
	}
	if word == "" {
		return out
	}
	slot, known := c.slots[word]
	if !known {
		slot = len(c.slots)
		c.slots[word] = slot
	}
	out.slot = slot
	return out
}

func (c *compiler) text(cell model.Cell, usual string) text {
	switch {
	case cell.Fix != nil:
		return text{variable: -1, values: []string{cell.Fix.Text}}
	case cell.Free == "":
		return text{variable: -1, values: []string{usual}}
	}
	out := text{variable: c.vars[cell.Free]}
	for _, v := range c.p.Variables[c.order[out.variable]].Values {
		out.values = append(out.values, v.Text)
	}
	return out
}

func (c *compiler) number(cell model.Cell, usual float64) number {
	switch {
	case cell.Fix != nil:
		return number{variable: -1, fixed: cell.Fix.Number}
	case cell.Free == "":
		return number{variable: -1, fixed: usual}
	}
	return number{variable: c.vars[cell.Free]}
}

// kind is what ICMP types and codes the port's values are; nil = it is a port.
func (c *compiler) kind(cell model.Cell) []icmp {
	switch {
	case cell.Fix != nil && cell.Fix.Quoted:
		return []icmp{parseICMP(*cell.Fix)}
	case cell.Free == "":
		return nil
	}
	var out []icmp
	for _, v := range c.p.Variables[c.order[c.vars[cell.Free]]].Values {
		out = append(out, parseICMP(v))
	}
	return out
}
