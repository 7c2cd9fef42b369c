package compare

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/harness/stats"
)

// AlarmChange is a signature whose false alarms differ. P is McNemar's exact test over the hosts on which it fired more often on one
// side, Q the same after Benjamini and Hochberg over all signatures that could be tested.
type AlarmChange struct {
	GID   int64        `json:"gid"`
	SID   int64        `json:"sid"`
	NameA string       `json:"name_a,omitempty"`
	NameB string       `json:"name_b,omitempty"`
	A     int64        `json:"a"`
	B     int64        `json:"b"`
	More  int64        `json:"units_more"` // hosts, or corpora where the tables are not at hand, with more on B
	Fewer int64        `json:"units_fewer"`
	P     score.Number `json:"p"`
	Q     score.Number `json:"q"`
	Other string       `json:"other"` // what became of its rule on the side where it fired less: as Fired.Other
}

// Name is the signature's text, both where it changed.
func (c *AlarmChange) Name() string {
	switch {
	case c.NameA == "" || c.NameA == c.NameB:
		return c.NameB
	case c.NameB == "":
		return c.NameA
	default:
		return c.NameB + " (A: " + c.NameA + ")"
	}
}

// alarmChanges compares signature by signature.
func alarmChanges(pairs []pair, f fates) (changes []AlarmChange, unchanged int) {
	all := map[sigID]*AlarmChange{}
	for _, p := range pairs {
		for i := range p.a.FalseAlarms {
			s := &p.a.FalseAlarms[i]
			c := entry(all, s)
			c.A, c.NameA = c.A+s.Alerts, s.Name
		}
		for i := range p.b.FalseAlarms {
			s := &p.b.FalseAlarms[i]
			c := entry(all, s)
			c.B, c.NameB = c.B+s.Alerts, s.Name
		}
		for id, d := range p.alarmUnits() {
			if c := all[id]; c != nil {
				c.More, c.Fewer = c.More+d.k, c.Fewer+d.n
			}
		}
	}
	changes = []AlarmChange{}
	for _, c := range all {
		if c.A == c.B && c.More+c.Fewer == 0 {
			unchanged++
			continue
		}
		if s := (Signature{GID: c.GID, SID: c.SID}); c.A > c.B {
			c.Other = f.inB(&s)
		} else {
			c.Other = f.inA(&s)
		}
		changes = append(changes, *c)
	}
	slices.SortFunc(changes, func(x, y AlarmChange) int {
		return cmp.Or(cmp.Compare(absolute(y.B-y.A), absolute(x.B-x.A)), cmp.Compare(x.GID, y.GID), cmp.Compare(x.SID, y.SID), cmp.Compare(x.Name(), y.Name()))
	})
	testAlarms(changes)
	return changes, unchanged
}

func entry(all map[sigID]*AlarmChange, s *score.Signature) *AlarmChange {
	id := (&Signature{GID: s.GID, SID: s.SID, Name: s.Name}).id()
	if all[id] == nil {
		all[id] = &AlarmChange{GID: s.GID, SID: s.SID}
	}
	return all[id]
}

// alarmUnits counts, for each signature, the hosts with more (k) and with fewer (n) false alarms on B. Without tables the corpus is
// the unit.
func (p pair) alarmUnits() map[sigID]share {
	out := map[sigID]share{}
	add := func(id sigID, a, b int64) {
		s := out[id]
		switch {
		case b > a:
			s.k++
		case a > b:
			s.n++
		}
		out[id] = s
	}
	if !p.tables() {
		a, b := sums(p.a.FalseAlarms), sums(p.b.FalseAlarms)
		each(a, b, func(id sigID) { add(id, a[id], b[id]) })
		return out
	}
	a, b := p.a.evidence.false, p.b.evidence.false
	each(a, b, func(host netip.Addr) {
		each(a[host], b[host], func(id sigID) { add(id, a[host][id], b[host][id]) })
	})
	return out
}

func sums(list []score.Signature) map[sigID]int64 {
	out := map[sigID]int64{}
	for i := range list {
		s := &list[i]
		out[(&Signature{GID: s.GID, SID: s.SID, Name: s.Name}).id()] += s.Alerts
	}
	return out
}

// each calls do once for every key of either map, in no order.
func each[K comparable, V any](a, b map[K]V, do func(K)) {
	for k := range a {
		do(k)
	}
	for k := range b {
		if _, both := a[k]; !both {
			do(k)
		}
	}
}

// testAlarms tests the signatures on which a test could find something at all, and corrects for their number.
func testAlarms(changes []AlarmChange) {
	least := leastOneSided()
	var tested []int
	var p []float64
	for i := range changes {
		c := &changes[i]
		if n := c.More + c.Fewer; n < least {
			c.P = score.Number{Missing: fmt.Sprintf("differs on fewer than %d hosts or corpora: too few to tell a habit from chance", least)}
			c.Q = c.P
			continue
		}
		c.P = score.Number{Value: stats.McNemar(c.More, c.Fewer).Exact}
		tested, p = append(tested, i), append(p, c.P.Value)
	}
	for i, q := range stats.BenjaminiHochberg(p) {
		changes[tested[i]].Q = score.Number{Value: q}
	}
}
