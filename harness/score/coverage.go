package score

import (
	"slices"
)

// Rule is what the score needs to know of an enabled rule.
type Rule struct {
	GID, SID int64
	Name     string
	Kinds    []string // words of Campaign.Expects that its alerts speak
	Silent   bool     // raises no alert by itself: left out
}

// rule is a rule's identity across revisions.
type rule struct{ gid, sid int64 }

// Coverage is how much of a ruleset and of ATT&CK a corpus and a detector have to do with one another.
type Coverage struct {
	// Rules are those of which any alert was read, among those enabled that can raise one. What the others would do is not
	// known from this corpus.
	Rules Ratio `json:"rules_exercised"`
	Never int64 `json:"rules_never_exercised"`
	// NotApplicable are the campaigns of whose kind no enabled rule speaks: not covered is something else than missed.
	NotApplicable    int64  `json:"campaigns_not_applicable"`
	Applicable       Ratio  `json:"applicable_detected_rate"`
	ApplicableStrict Ratio  `json:"applicable_strict_rate"`
	Techniques       Attack `json:"techniques"`
	Tactics          Attack `json:"tactics"`
}

// Attack is ATT&CK coverage: those that a detected campaign has, of all that the corpus has.
type Attack struct {
	Caught Ratio    `json:"caught"`
	Strict Ratio    `json:"strict"`
	Missed []string `json:"missed"` // in alphabetical order
}

// coverage also returns the rules that were never exercised, in the order of the ruleset.
func (h *hearing) coverage(rules []Rule) (*Coverage, []Rule) {
	c := &Coverage{}
	var never []Rule
	known, spoken := map[rule]bool{}, map[string]bool{}
	var exercised, enabled int64
	for _, r := range rules {
		id := rule{r.GID, r.SID}
		if r.Silent || known[id] {
			continue
		}
		known[id] = true
		enabled++
		for _, k := range r.Kinds {
			spoken[k] = true
		}
		if _, heard := h.exercised[id]; heard {
			exercised++
		} else {
			never = append(never, r)
		}
	}
	const unknown = "what rules the detector had is not known"
	c.Rules, c.Never = unitRatio("rule", exercised, enabled, unknown), int64(len(never))
	c.Techniques = h.attack("technique", func(l *campaignLedger) string { return l.truth.Technique })
	c.Tactics = h.attack("tactic", func(l *campaignLedger) string { return l.truth.Tactic })
	if enabled == 0 {
		c.Applicable = Ratio{Missing: unknown, Cluster: Cluster{Unit: unitCampaign}}
		c.ApplicableStrict = c.Applicable
		return c, nil
	}
	var n, detected, strict int64
	for _, l := range h.campaigns {
		applicable := len(l.truth.Expects) == 0 || slices.ContainsFunc(l.truth.Expects, func(w string) bool { return spoken[w] })
		l.applicable = &applicable
		if !applicable {
			c.NotApplicable++
			continue
		}
		n++
		if l.alerts > 0 {
			detected++
		}
		if l.strict > 0 {
			strict++
		}
	}
	const none = "no campaign in the corpus of whose kind a rule speaks"
	c.Applicable, c.ApplicableStrict = unitRatio(unitCampaign, detected, n, none), unitRatio(unitCampaign, strict, n, none)
	return c, never
}

func (h *hearing) attack(unit string, of func(*campaignLedger) string) Attack {
	caught, strict := map[string]bool{}, map[string]bool{}
	var names []string
	for _, c := range h.campaigns {
		name := of(c)
		if name == "" {
			continue
		}
		if _, known := caught[name]; !known {
			names = append(names, name)
		}
		caught[name] = caught[name] || c.alerts > 0
		strict[name] = strict[name] || c.strict > 0
	}
	slices.Sort(names)
	a := Attack{Missed: []string{}}
	var k, right int64
	for _, name := range names {
		if strict[name] {
			right++
		}
		if caught[name] {
			k++
			continue
		}
		a.Missed = append(a.Missed, name)
	}
	none := "no campaign of the corpus names a " + unit
	a.Caught, a.Strict = unitRatio(unit, k, int64(len(names)), none), unitRatio(unit, right, int64(len(names)), none)
	return a
}
