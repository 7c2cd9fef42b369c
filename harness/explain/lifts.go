package explain

import (
	"strings"

	"github.com/evilbench/evilbench/ids"
	"github.com/evilbench/evilbench/ids/rules"
)

// lift takes one cause away for a trial: a limit of the engine, or a change of the rules.
type lift struct {
	cause  Cause
	what   string // completes "with ..."
	limit  ids.Limit
	change ruleChange
	can    func(*scene) bool           // whether the cause can be there at all
	show   func(*scene, *outcome) bool // whether the trial of all lifts shows that it can matter; nil = as can says
}

// lifts are all of them, in the order of the ladder.
var lifts = []lift{
	{cause: CauseMidstream, what: "connections followed from their middle", limit: ids.LimitMidstream,
		can: func(s *scene) bool { return s.packets.headless > 0 && !s.settings.Midstream }},
	{cause: CauseChecksum, what: "wrong checksums accepted", limit: ids.LimitChecksums,
		can: func(s *scene) bool { return s.packets.wrong > 0 && s.settings.Checksums }},
	{cause: CauseProtocol, what: "protocols looked for on the campaign's ports", limit: ids.LimitPorts,
		can: func(s *scene) bool { return s.records.blind > 0 }},
	{cause: CauseDisabled, what: "disabled rules enabled", change: ruleChange{awake: true},
		can:  func(s *scene) bool { return len(s.set.Dormant) > 0 },
		show: someFired(func(s *scene, r *rules.Rule) bool { return !s.enabled(r.ID) })},
	{cause: CauseFailed, what: "keywords that the engine does not know taken out", change: ruleChange{repaired: true},
		can:  func(s *scene) bool { return len(s.faults) > 0 },
		show: someFired(func(s *scene, r *rules.Rule) bool { return s.stumble(r.ID) != "" })},
	{cause: CauseAddress, what: "HOME_NET and EXTERNAL_NET any", limit: ids.LimitHomeNet,
		can:  func(*scene) bool { return true },
		show: someFired(func(_ *scene, r *rules.Rule) bool { return strings.Contains(r.Source+r.Target, "$") })},
	{cause: CauseIntensity, what: "thresholds taken out", change: ruleChange{uncounted: true},
		can: func(*scene) bool { return true },
		show: someFired(func(_ *scene, r *rules.Rule) bool {
			_, counts := r.Threshold()
			return counts
		})},
	{cause: CauseSuppressed, what: "pass rules taken out and noalert ignored", change: ruleChange{unsuppressed: true},
		can: func(s *scene) bool { return s.suppressors() > 0 }, show: (*scene).suppresses},
	{cause: CauseDepth, what: "streams and bodies inspected to their end", limit: ids.LimitDepth,
		can: func(s *scene) bool { return s.deep() }},
	{cause: CauseOverflow, what: "any number of alerts for one packet", limit: ids.LimitAlerts,
		can: func(*scene) bool { return true },
		show: func(s *scene, all *outcome) bool {
			return all.mostOnPacket >= usualQueue || s.record.Report.AlertOverflow > 0
		}},
}

// usualQueue is how many alerts engines keep for one packet unless told otherwise.
const usualQueue = 15

// someFired asks for an expected rule among those that fired.
func someFired(of func(*scene, *rules.Rule) bool) func(*scene, *outcome) bool {
	return func(s *scene, all *outcome) bool {
		for id := range all.fired {
			if r := s.rule(id); r != nil && expects(&s.campaign, r.Kinds()) && of(s, r) {
				return true
			}
		}
		return false
	}
}

// rule finds a rule, enabled or not.
func (s *scene) rule(id rules.ID) *rules.Rule {
	if r, ok := s.set.Rule(id.GID, id.SID); ok {
		return &r
	}
	for i := range s.set.Dormant {
		if r := &s.set.Dormant[i]; r.ID == id {
			return r
		}
	}
	return nil
}

// suppresses tells whether a rule that fired would have been silent, or a pass rule covers the campaign's flows.
func (s *scene) suppresses(all *outcome) bool {
	for id := range all.fired {
		if r := s.rule(id); r != nil && r.Silent {
			return true
		}
	}
	f := s.fitter()
	for i := range s.set.Rules {
		if r := &s.set.Rules[i]; r.Action == "pass" {
			if stage, err := f.fit(r); err != nil || stage == fits {
				return true
			}
		}
	}
	return false
}

// suppressors counts the rules that keep others, or themselves, from raising an alert.
func (s *scene) suppressors() int {
	n := 0
	for i := range s.set.Rules {
		if r := &s.set.Rules[i]; r.Action == "pass" || idle(r) {
			n++
		}
	}
	return n
}

// deep tells whether the engine may have stopped inspecting before the campaign's last byte.
func (s *scene) deep() bool {
	over := func(limit int64) bool { return limit > 0 && s.packets.deepest > limit }
	return over(s.settings.StreamDepth) || over(s.settings.BodyLimit)
}
