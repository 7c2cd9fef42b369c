package gate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// allowances holds the allow-list against the day, and the false alarms against the allow-list and the baseline.
func (v *Verdict) allowances(baseline, current *Baseline, c *Config, today time.Time) {
	known := map[string]bool{}
	for i := range baseline.Cells {
		for _, a := range baseline.Cells[i].Alarms {
			known[a.Signature] = true
		}
	}
	now := map[string]Alarm{}
	for i := range current.Cells {
		for _, a := range current.Cells[i].Alarms {
			a.Alerts += now[a.Signature].Alerts
			now[a.Signature] = a
		}
	}
	for _, a := range c.Allowed {
		known[a.Signature] = true
		v.Checks = append(v.Checks, a.check(now[a.Signature].Alerts, today))
	}
	if c.NewAlarms != nil {
		v.Checks = append(v.Checks, strangers(now, known, *c.NewAlarms))
	}
}

func (a *Allowance) check(alerts int64, today time.Time) Check {
	out := Check{
		Name: "allowed false alarms of " + a.Signature, Status: Passed,
		Evidence: fmt.Sprintf("%d alerts; %s, until %s: %s", alerts, a.Owner, a.Expires.Format(time.DateOnly), a.Reason),
	}
	switch {
	case !today.Before(a.Expires.AddDate(0, 0, 1)):
		out.Status = Failed
		out.Evidence = fmt.Sprintf("expired on %s; %s: %s", a.Expires.Format(time.DateOnly), a.Owner, a.Reason)
		out.Remedy = fmt.Sprintf("ask %s whether it still holds; then set a new day in line %d of the gate file, or take it out", a.Owner, a.Line)
	case a.Most > 0 && alerts > a.Most:
		out.Status = Failed
		out.Evidence = fmt.Sprintf("%d alerts, at most %d are allowed; %s: %s", alerts, a.Most, a.Owner, a.Reason)
		out.Remedy = "evilbench explain " + a.Signature + " shows where it fired"
	}
	return out
}

// mostNamed bounds the signatures that a reason names.
const mostNamed = 5

// strangers counts the false alarms of signatures that nobody knows of.
func strangers(now map[string]Alarm, known map[string]bool, limit int64) Check {
	var list []Alarm
	total := int64(0)
	for s, a := range now {
		if !known[s] {
			list = append(list, a)
			total += a.Alerts
		}
	}
	out := Check{Name: "false alarms of new signatures", Status: Passed, Evidence: fmt.Sprintf("%d, at most %d", total, limit)}
	if total <= limit {
		return out
	}
	slices.SortFunc(list, func(a, b Alarm) int {
		return cmp.Or(cmp.Compare(b.Alerts, a.Alerts), cmp.Compare(a.Signature, b.Signature))
	})
	var names []string
	for _, a := range list[:min(len(list), mostNamed)] {
		names = append(names, fmt.Sprintf("%s %s (%d)", a.Signature, a.Name, a.Alerts))
	}
	out.Status = Failed
	out.Evidence = fmt.Sprintf("%d of %d signatures, at most %d alerts: %s", total, len(list), limit, strings.Join(names, "; "))
	out.Remedy = "mend or disable the rules, or add them to allowed_alarms with an owner and a day"
	return out
}
