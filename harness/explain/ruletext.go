package explain

import (
	"regexp"
	"slices"
	"strings"

	"github.com/evilbench/evilbench/ids/rules"
)

// ruleChange is what a trial changes about the rules.
type ruleChange struct {
	uncounted    bool // without thresholds
	awake        bool // those that are commented out too
	repaired     bool // without the keywords that the engine does not know
	unsuppressed bool // without pass rules, and noalert where it sets no state
	anywhere     bool // on every port, where a rule looks at contents
}

// stateful are the options by which one rule can depend on another.
var stateful = []string{"flowbits", "xbits", "hostbits", "flowint"}

// unknownKeyword finds in an engine's words the keyword that it stumbled over.
var unknownKeyword = regexp.MustCompile(`unknown rule keyword '([^']+)'`)

// text writes the rules of a trial: those of subset (nil = all), and all that pass or set state, on which others depend.
func (s *scene) text(change ruleChange, subset map[rules.ID]bool) string {
	var b strings.Builder
	add := func(r *rules.Rule) {
		if subset != nil && !subset[r.ID] && !r.Silent && r.Action != "pass" {
			return
		}
		change := change
		change.anywhere = change.anywhere && subset[r.ID] // pass rules stay where they are
		if text := s.changed(r, change); text != "" {
			b.WriteString(text)
			b.WriteByte('\n')
		}
	}
	for i := range s.set.Rules {
		add(&s.set.Rules[i])
	}
	if change.awake {
		for i := range s.set.Dormant {
			if r := &s.set.Dormant[i]; !s.enabled(r.ID) {
				add(r)
			}
		}
	}
	return b.String()
}

func (s *scene) enabled(id rules.ID) bool {
	_, ok := s.set.Rule(id.GID, id.SID)
	return ok
}

// changed is a rule's text in a trial, "" where it is left out.
func (s *scene) changed(r *rules.Rule, change ruleChange) string {
	if change.unsuppressed && r.Action == "pass" {
		return ""
	}
	keyword := ""
	if change.repaired {
		keyword = s.stumble(r.ID)
	}
	idle := change.unsuppressed && idle(r)
	if change.anywhere && inspects(r) {
		return strings.Join([]string{r.Action, r.Protocol, r.Source, "any", r.Direction, r.Target, "any"}, " ") + " " + r.Text[strings.Index(r.Text, "("):]
	}
	_, counts := r.Threshold()
	if keyword == "" && !idle && !(change.uncounted && counts) {
		return r.Text
	}
	return r.Without(func(o rules.Option) bool {
		return change.uncounted && o.Counts() || keyword != "" && o.Name == keyword ||
			idle && (o.Name == "noalert" || o.Name == "flowbits" && o.Value == "noalert")
	})
}

// inspects tells whether a rule looks at contents: of others the port is all that they know.
func inspects(r *rules.Rule) bool {
	for o := range r.Options() {
		if o.Name == "content" || o.Name == "pcre" {
			return true
		}
	}
	return false
}

// stumble is the keyword for which a rule could not be loaded, "" where it could be or the engine names none.
func (s *scene) stumble(id rules.ID) string {
	found := unknownKeyword.FindStringSubmatch(s.faults[id])
	if found == nil {
		return ""
	}
	return found[1]
}

// idle tells whether a rule raises nothing and sets no state by which another rule could.
func idle(r *rules.Rule) bool {
	if !r.Silent {
		return false
	}
	for o := range r.Options() {
		if slices.Contains(stateful, o.Name) && o.Value != "noalert" {
			return false
		}
	}
	return true
}
