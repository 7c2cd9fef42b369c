package gate

import "fmt"

// Changes says in words what a new baseline changes, for review.
func Changes(old, now *Baseline) []string {
	if old == nil {
		return []string{"a first baseline"}
	}
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	var pairs []pair
	for i := range old.Cells {
		pairs = append(pairs, pair{old: []*Cell{&old.Cells[i]}})
	}
	kept := map[*Cell]bool{}
	for i := range now.Cells {
		c := &now.Cells[i]
		at, err := counterpart(pairs, c, false)
		if err != nil || at < 0 {
			say("+ %s: new, %d campaigns", c.side(), len(c.Campaigns))
			continue
		}
		kept[pairs[at].old[0]] = true
		c.changes(pairs[at].old[0], say)
	}
	for i := range old.Cells {
		if c := &old.Cells[i]; !kept[c] {
			say("- %s: gone", c.side())
		}
	}
	if len(out) == 0 {
		say("nothing that the gate looks at")
	}
	return out
}

func (c *Cell) changes(o *Cell, say func(string, ...any)) {
	if c.Detector != o.Detector {
		say("  %s: %s becomes %s", c.key(), o.Detector, c.Detector)
	}
	if c.RuleSum != o.RuleSum {
		say("  %s: rules %s (%.12s) become %s (%.12s)", c.key(), o.Rules, o.RuleSum, c.Rules, c.RuleSum)
	}
	was := map[string]*Campaign{}
	for i := range o.Campaigns {
		was[o.Campaigns[i].Campaign] = &o.Campaigns[i]
	}
	for _, x := range c.Campaigns {
		switch y := was[x.Campaign]; {
		case y == nil:
			say("+ %s: campaign %s is new", c.key(), x.Campaign)
		case x.Caught && !y.Caught:
			say("+ %s: campaign %s is caught now", c.key(), x.Campaign)
		case y.Caught && !x.Caught:
			say("- %s: campaign %s is not caught any more", c.key(), x.Campaign)
		case x.Right != y.Right:
			say("  %s: campaign %s: right reason %v, was %v", c.key(), x.Campaign, x.Right, y.Right)
		}
	}
	alarms := map[string]int64{}
	for _, a := range o.Alarms {
		alarms[a.Signature] += a.Alerts
	}
	for _, a := range c.Alarms {
		if n, known := alarms[a.Signature]; !known || n != a.Alerts {
			say("  %s: false alarms of %s %s: %d, were %d", c.key(), a.Signature, a.Name, a.Alerts, n)
		}
		delete(alarms, a.Signature)
	}
	for _, a := range o.Alarms {
		if n, left := alarms[a.Signature]; left {
			say("+ %s: false alarms of %s %s: none, were %d", c.key(), a.Signature, a.Name, n)
		}
	}
}
