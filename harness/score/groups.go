package score

import (
	"cmp"
	"net/netip"

	"github.com/evilbench/evilbench/labels"
)

// groupKey is what alerts of one group have in common.
type groupKey struct {
	rule           signatureID
	source, target netip.Addr
}

// group is a run of alerts with one key.
type group struct {
	key         int32
	first, last int64 // ns since the epoch
	truth       bool  // one of the alerts is true
	lie         bool  // one is false
}

// groupLedger holds groups, not alerts: what lies close together is merged on the way.
type groupLedger struct {
	keys  map[groupKey]int32
	owner []int32 // the host that pays for a group, by key
	rows  folded[group]
}

func newGroupLedger(gap int64) *groupLedger {
	return &groupLedger{keys: map[groupKey]int32{}, rows: folded[group]{
		compare: func(a, b group) int {
			return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.first, b.first), cmp.Compare(a.last, b.last))
		},
		merge: func(into *group, next group) bool {
			if into.key != next.key || next.first > into.last && uint64(next.first-into.last) > uint64(gap) {
				return false
			}
			into.last = max(into.last, next.last)
			into.truth, into.lie = into.truth || next.truth, into.lie || next.lie
			return true
		},
	}}
}

func (l *groupLedger) hear(a *labels.Alert, source, target netip.Addr, truth bool, owner int32) {
	k := groupKey{rule: idOf(a), source: source, target: target}
	if a.SID != 0 {
		k.rule.name = "" // messages change with revisions
	}
	i, known := l.keys[k]
	if !known {
		i = int32(len(l.owner))
		l.keys[k] = i
		l.owner = append(l.owner, owner)
	}
	l.rows.add(group{key: i, first: a.Time, last: a.Time, truth: truth, lie: !truth})
}

// ends are an alert's addresses in the direction of the engine's flow, where it names one.
func ends(a *labels.Alert) (source, target netip.Addr) {
	if (a.FlowStart != 0 || a.EngineFlow != "") && !a.FlowForward {
		return a.Dst, a.Src
	}
	return a.Src, a.Dst
}

// Groups counts what an analyst gets to see: runs of alerts of one rule between the same two hosts. A group with a true alert is
// true; undecided alerts are in none.
type Groups struct {
	N     int64 `json:"n"`
	True  int64 `json:"true"`
	False int64 `json:"false"`
	Mixed int64 `json:"mixed"` // of the true ones, those with a false alert among them
}

const unitGroup = "group"

// settle counts groups and books the false ones on hosts.
func (l *groupLedger) settle(hosts *hostLedger, rule string) (Groups, Unit) {
	var g Groups
	for _, r := range l.rows.fold() {
		g.N++
		switch {
		case !r.truth:
			g.False++
			hosts.at(l.owner[r.key]).groups++
		case r.lie:
			g.Mixed++
			fallthrough
		default:
			g.True++
		}
	}
	none := Ratio{Missing: "alerts that were not raised form no groups", Cluster: Cluster{Unit: unitGroup}}
	return g, Unit{
		Unit: unitGroup, Rule: rule, Positives: g.True, Negatives: g.False, Recall: none, Strict: none, FPR: none,
		Precision: unitRatio(unitGroup, g.True, g.N, "no alert that is true or false"),
	}
}
