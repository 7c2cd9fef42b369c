package compare

import (
	"cmp"
	"slices"
)

// SignatureChange is a signature that fired on another number of campaigns, whether or not they were caught all the same.
type SignatureChange struct {
	GID     int64  `json:"gid"`
	SID     int64  `json:"sid"`
	Name    string `json:"name"`
	A       int    `json:"a"` // campaigns
	B       int    `json:"b"`
	AlertsA int64  `json:"alerts_a"`
	AlertsB int64  `json:"alerts_b"`
	Alone   int    `json:"alone"` // campaigns on which it fired and the other side has no alert at all
	Other   string `json:"other"` // what became of its rule on the side where it fired less: as Fired.Other
}

// signatureChanges lists true alarms that came or went, those that nothing stands in for first. Where tables are not at hand it is
// nil, and missing says why.
func signatureChanges(pairs []pair, f fates) (changes []SignatureChange, missing string) {
	all := map[sigID]*SignatureChange{}
	of := func(s *Signature) *SignatureChange {
		if all[s.id()] == nil {
			all[s.id()] = &SignatureChange{GID: s.GID, SID: s.SID, Name: s.Name}
		}
		return all[s.id()]
	}
	for _, p := range pairs {
		for _, c := range []*loaded{p.a, p.b} {
			if c.evidence == nil {
				return nil, c.without
			}
		}
		for i := range p.a.Details {
			name := p.a.Details[i].Campaign
			a, b := p.a.evidence.fired[name], p.b.evidence.fired[name]
			each(a, b, func(id sigID) {
				x, y := a[id], b[id]
				c := of(either(x, y))
				if x != nil {
					c.A, c.AlertsA = c.A+1, c.AlertsA+x.Alerts
				}
				if y != nil {
					c.B, c.AlertsB = c.B+1, c.AlertsB+y.Alerts
				}
				if x != nil && len(b) == 0 || y != nil && len(a) == 0 {
					c.Alone++
				}
			})
		}
	}
	changes = []SignatureChange{}
	for _, c := range all {
		s := Signature{GID: c.GID, SID: c.SID}
		switch {
		case c.A > c.B:
			c.Other = f.inB(&s)
		case c.B > c.A:
			c.Other = f.inA(&s)
		default:
			continue
		}
		changes = append(changes, *c)
	}
	slices.SortFunc(changes, func(x, y SignatureChange) int {
		return cmp.Or(cmp.Compare(y.Alone, x.Alone), cmp.Compare(distance(y), distance(x)), cmp.Compare(x.GID, y.GID),
			cmp.Compare(x.SID, y.SID), cmp.Compare(x.Name, y.Name))
	})
	return changes, ""
}

func distance(c SignatureChange) int { return max(c.A-c.B, c.B-c.A) }

// either is the signature as the side has it on which it fired.
func either(a, b *Signature) *Signature {
	if a != nil {
		return a
	}
	return b
}
