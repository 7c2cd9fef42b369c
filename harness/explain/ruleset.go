package explain

import (
	"fmt"
	"strings"
)

// unread is the answer of checks that need the rules.
func (s *scene) unread() (f Finding, yes bool) {
	if s.set != nil {
		return f, false
	}
	if s.record.Ruleset.Name == "" {
		return Finding{Verdict: No, Evidence: "the run had no rules"}, true
	}
	return Finding{Verdict: Unknown, Evidence: "the run kept no rules; run it again"}, true
}

// noRule: no enabled rule speaks of what the campaign expects, or none for the protocol of its flows.
func noRule(s *scene) Finding {
	if f, yes := s.unread(); yes {
		if f.Verdict == No {
			f.Verdict, f.Fix = Yes, "give the detector rules with --rules"
		}
		return f
	}
	k := s.kind
	f := Finding{
		Verdict: No, Evidence: fmt.Sprintf("of %d enabled rules %d speak of %s; by their headers %d have the protocol of a flow, %d its addresses and direction, %d its ports and are loaded",
			s.set.Enabled, k.all, orWord(strings.Join(s.campaign.Expects, " or "), "anything"), k.protocol, k.address, len(k.fitting)),
		Fix: "add or enable rules of this kind",
	}
	if k.unread > 0 {
		f.Evidence += fmt.Sprintf(" (%d with expressions that evilbench does not read count as fitting)", k.unread)
	}
	if k.protocol == 0 {
		f.Verdict = Yes
	}
	return f
}

// disabled: a rule that would have fired is commented out.
func disabled(s *scene) Finding {
	if f, yes := s.unread(); yes {
		return f
	}
	k := s.kind
	f := Finding{
		Verdict: No, Evidence: fmt.Sprintf("of %d rules that are commented out %d are of the kind and fit by their headers", len(s.set.Dormant), len(k.dormant)),
		Fix: "enable the rule: take the # away in the rules file",
	}
	if len(k.dormant) > 0 {
		f.Verdict = Unknown
		f.Evidence += ": " + identities(k.dormant, 2)
	}
	return s.trials.judge(CauseDisabled, f)
}

// failed: the engine could not load a rule that would have fired.
func failed(s *scene) Finding {
	if f, yes := s.unread(); yes {
		return f
	}
	k := s.kind
	f := Finding{
		Verdict: No, Evidence: fmt.Sprintf("the engine could not load %d rules, %d of the kind that fit by their headers", len(s.faults), len(k.failed)),
		Fix: "mend the rule, or use an engine that knows its keywords",
	}
	if len(k.failed) == 0 {
		return f
	}
	first := k.failed[0]
	f.Verdict = Unknown
	f.Evidence += fmt.Sprintf(": %s: %s", identity(first), s.faults[first.ID])
	if len(k.fitting) == 0 {
		f.Verdict = Yes
	}
	for _, r := range k.failed { // only those can be tried without what is wrong with them
		if s.stumble(r.ID) != "" {
			return s.trials.judge(CauseFailed, f)
		}
	}
	return f
}

// addresses: rules bound to a home network, or to a direction across its border, do not look at this traffic.
func addresses(s *scene) Finding {
	if f, yes := s.unread(); yes {
		return f
	}
	if f, yes := s.unsettled(); yes {
		return f
	}
	k := s.kind
	f := Finding{
		Verdict: No, Evidence: fmt.Sprintf("home network %s; %d of %d rules of the kind with the right protocol want other addresses or another direction",
			strings.Join(s.record.HomeNet, ", "), k.protocol-k.address, k.protocol),
		Fix: "set the home network to what is monitored, or let rules for outside sources see local ones with --external-any",
	}
	if r := k.outside; r != nil {
		f.Verdict = Unknown
		f.Evidence += fmt.Sprintf(": %s wants %s %s %s", identity(r), r.Source, r.Direction, r.Target)
	}
	if k.protocol > 0 && k.address == 0 {
		f.Verdict = Yes
	}
	return s.trials.judge(CauseAddress, f)
}

// ports: rules of the kind watch other ports than those of the campaign.
func ports(s *scene) Finding {
	if f, yes := s.unread(); yes {
		return f
	}
	if f, yes := s.unsettled(); yes {
		return f
	}
	k := s.kind
	other := len(k.nextdoor)
	f := Finding{
		Verdict: No, Evidence: fmt.Sprintf("%d of %d rules of the kind with the right protocol and addresses watch other ports", other, k.address),
		Fix: "widen the rule's ports, or the engine's port groups",
	}
	if other > 0 {
		r := k.nextdoor[0]
		f.Verdict = Unknown
		f.Evidence += fmt.Sprintf(": %s watches %s > %s", identity(r), r.SourcePort, r.TargetPort)
	}
	if other > 0 && len(k.fitting) == 0 {
		f.Verdict = Yes
	}
	if t := &s.trials; t.anywhere.found() {
		f.Verdict, f.Proved = Yes, true
		f.Evidence += "; experiment: on every port, " + t.anywhere.expected()
	} else if t.ran && f.Verdict == Unknown {
		f.Verdict = No
		if t.anywhere != nil {
			f.Evidence += "; experiment: nothing expected appears on every port either"
		}
	}
	return f
}
