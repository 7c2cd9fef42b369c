package explain

import (
	"fmt"
	"slices"
)

// unjoined: an alert was raised that may well mean the campaign, and the join could not decide.
func unjoined(s *scene) Finding {
	mine := map[int64]bool{}
	for i := range s.flows {
		mine[s.flows[i].Flow] = true
	}
	var example *unsure
	n := int64(0)
	for i := range s.fired.unsure {
		u := &s.fired.unsure[i]
		if !slices.ContainsFunc(u.candidates, func(c int64) bool { return mine[c] }) || !s.fired.hit(u.rule, 1, &s.campaign).Expected {
			continue
		}
		if n++; example == nil {
			example = u
		}
	}
	f := Finding{
		Verdict: No, Evidence: fmt.Sprintf("%s of the kind without a decided verdict could mean a flow of the campaign", plural(n, "alert")),
		Fix: "explain the alert by its number: it says what else it could mean",
	}
	if example != nil {
		f.Verdict = Yes
		f.Evidence += fmt.Sprintf(" (first: alert %d of %d:%d)", example.alert, example.rule.GID, example.rule.SID)
	}
	if elsewhere := s.elsewhere(); elsewhere != "" {
		f.Evidence += "; rules of the kind fired on other flows: " + elsewhere
	}
	return f
}

// elsewhere names rules of the kind that fired on other traffic.
func (s *scene) elsewhere() string {
	counts := map[string]int64{}
	for id, g := range s.fired.signatures {
		if !expects(&s.campaign, g.Kinds) {
			continue
		}
		if n := g.Alerts - s.fired.right[s.campaign.Campaign][id]; n > 0 {
			counts[fmt.Sprintf("of %d:%d", g.GID, g.SID)] = n
		}
	}
	return tally(counts, 3)
}

// evasion: the plain twin was caught, and this campaign does the same in another way.
func evasion(s *scene) Finding {
	if s.campaign.TwinOf == "" {
		return Finding{Verdict: No, Evidence: "the campaign has no plain twin to compare it with"}
	}
	var caught []string
	for _, h := range s.fired.on(s.campaign.TwinOf) {
		if h.Expected {
			caught = append(caught, fmt.Sprintf("%d:%d %q", h.GID, h.SID, h.Name))
		}
	}
	if len(caught) == 0 {
		return Finding{Verdict: No, Evidence: fmt.Sprintf("its plain twin %s was missed too", s.campaign.TwinOf)}
	}
	f := Finding{
		Verdict:  Yes,
		Evidence: fmt.Sprintf("its plain twin %s was caught by %s; this campaign evades by %s", s.campaign.TwinOf, few(caught, 2), orWord(s.campaign.Evasion, "other means")),
		Fix:      "make the rule that fired on the twin independent of what the evasion changes",
	}
	if t := &s.trials; t.ran {
		f.Proved = !t.all.found()
		if t.nothing.found() {
			f.Verdict = No
		}
	}
	return f
}

// otherTraffic: the engine fires on the campaign's packets alone and did not in the run, for none of the reasons above.
func otherTraffic(s *scene) Finding {
	f := Finding{
		Verdict: Unknown, Evidence: "no experiment on the campaign's packets alone",
		Fix: "look at the engine's memory limits and timeouts: the same packets are recognised when they are alone",
	}
	if !s.trials.ran {
		return f
	}
	if !s.trials.nothing.found() {
		f.Verdict, f.Evidence = No, "experiment: the engine does not fire on the campaign's packets alone either"
		return f
	}
	f.Verdict, f.Evidence = Yes, "experiment: on the campaign's packets alone and with nothing lifted, "+s.trials.nothing.expected()
	return f
}

// coverage: every limit is lifted, and still no rule of the kind matches.
func coverage(s *scene) Finding {
	n := len(s.kind.fitting)
	f := Finding{
		Verdict: Unknown, Evidence: fmt.Sprintf("%s of the kind fit by their headers; whether one matches the contents takes an experiment", plural(int64(n), "loaded rule")),
		Fix: "the ruleset has no rule for this: write one on the packets that --pcap cuts out, or add a ruleset that has",
	}
	t := &s.trials
	switch {
	case t.anywhere.found():
		f.Verdict, f.Evidence = No, "experiment: rules of the kind match on other ports than they watch"
	case t.ran && t.alone[CauseOverflow].found():
		f.Verdict, f.Evidence = No, "experiment: rules of the kind match where other rules do not crowd them out"
	case t.ran && t.all.found():
		f.Verdict, f.Evidence = No, "experiment: rules of the kind match once limits are lifted"
		if t.nothing.found() {
			f.Evidence = "experiment: rules of the kind match the campaign's packets"
		}
	case t.ran && n > 0:
		f.Verdict, f.Proved = Yes, true
		f.Evidence = fmt.Sprintf("%s of the kind fit by their headers; experiment: none matches the campaign's packets, with %d rules loaded and every limit lifted",
			plural(int64(n), "loaded rule"), t.all.Rules)
		if other := t.all.Fired; len(other) > 0 {
			f.Evidence += fmt.Sprintf("; of other kinds: %d:%d %q", other[0].GID, other[0].SID, other[0].Name)
		}
	case n == 0:
		f.Verdict, f.Evidence = No, "no rule of the kind came so far"
	}
	return f
}

// nearest lists the rules of the kind that fired on the plain twin, and on campaigns of the same attack.
func (s *scene) nearest() []Near {
	out := []Near{}
	for i := range s.campaigns {
		c := &s.campaigns[i]
		relation := ""
		switch {
		case c.Campaign == s.campaign.Campaign:
			continue
		case c.Campaign == s.campaign.TwinOf:
			relation = "plain twin"
		case c.TwinOf == s.campaign.Campaign:
			relation = "evading twin"
		case c.Attack == s.campaign.Attack:
			relation = "same attack"
		default:
			continue
		}
		for _, h := range s.fired.on(c.Campaign) {
			if h.Expected {
				out = append(out, Near{Hit: h, Campaign: c.Campaign, Relation: relation, Intensity: c.Intensity})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Near) int { return a.distance() - b.distance() })
	return out
}

// distance puts twins first.
func (n *Near) distance() int {
	if n.Relation == "same attack" {
		return 1
	}
	return 0
}
