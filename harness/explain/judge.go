package explain

import (
	"fmt"
	"slices"
	"strings"
)

// judge lets the trials decide about a cause that one of them lifted.
func (t *trials) judge(cause Cause, f Finding) Finding {
	i := slices.IndexFunc(t.lifted, func(l *lift) bool { return l.cause == cause })
	if !t.ran || i < 0 {
		return f
	}
	add := func(format string, args ...any) {
		f.Evidence = strings.TrimPrefix(f.Evidence+"; "+fmt.Sprintf(format, args...), "; ")
	}
	what := t.lifted[i].what
	switch alone, without := t.alone[cause], t.without[cause]; {
	case alone.found():
		f.Verdict, f.Proved = Yes, true
		add("experiment: with %s and nothing else changed, %s", alone.Changed, alone.expected())
	case t.all.found() && without != nil && !without.found():
		f.Verdict, f.Proved = Yes, true
		add("experiment: needed together with others: every limit lifted gives %s, and nothing expected without this: %s", t.all.expected(), what)
	case t.nothing.found():
		f.Verdict = No
		add("experiment: on its packets alone the engine says what is expected with nothing lifted")
	case alone != nil:
		f.Verdict = No
		add("experiment: nothing expected appears with %s alone", what)
	case t.all.found():
		f.Verdict = No
		add("experiment: no rule that fires with every limit lifted depends on it")
	default:
		f.Verdict = No
		add("experiment: nothing expected appears, even with every limit lifted")
	}
	return f
}

// expected names the expected rules that fired.
func (o *outcome) expected() string {
	var words []string
	for _, h := range o.Fired {
		if h.Expected {
			words = append(words, fmt.Sprintf("%d:%d %q", h.GID, h.SID, h.Name))
		}
	}
	return fmt.Sprintf("%s appear: %s", plural(o.Expected, "expected alert"), few(words, 2))
}
