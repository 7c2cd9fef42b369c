package explain

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/evilbench/evilbench/ids/rules"
)

// withheld: a rule that counts raised its alert for other traffic just before, and kept silent here. The engine shows it by firing when
// it sees the campaign's packets alone.
func withheld(s *scene) Finding {
	if f, yes := s.unread(); yes {
		return f
	}
	f := Finding{Verdict: No, Fix: "count by another end, or for a shorter time: type limit hides all but the first of several attacks"}
	candidates := s.kind.fitting
	if s.trials.nothing.found() {
		candidates = slices.DeleteFunc(slices.Clone(candidates), func(r *rules.Rule) bool { return s.trials.nothing.fired[r.ID] == nil })
	}
	counting := 0
	for _, r := range candidates {
		t, counts := r.Threshold()
		if !counts {
			continue
		}
		counting++
		if before := s.before[r.ID]; before != nil && f.Verdict == No && s.within(before, t) {
			f.Evidence = fmt.Sprintf("%s has %s, and fired on other traffic less than %d s before (alert %d)", identity(r), describe(t), t.Seconds, before.number)
			f.Verdict = Unknown
			if s.trials.nothing.found() {
				f.Verdict, f.Proved = Yes, true
				f.Evidence += fmt.Sprintf("; experiment: on the campaign's packets alone, %s", s.trials.nothing.expected())
			}
		}
	}
	if f.Evidence == "" {
		f.Evidence = fmt.Sprintf("none of %s of the kind that count fired on other traffic just before", plural(int64(counting), "rule"))
	}
	if f.Verdict == Unknown && s.trials.ran {
		f.Verdict = No
		f.Evidence += "; experiment: nothing expected appears on its packets alone"
	}
	return f
}

// earlier is the last alert of a rule on other traffic that a counting rule may still remember.
type earlier struct {
	number   int64
	time     int64
	src, dst netip.Addr
}

// within tells whether the alert was raised for an address of the campaign, so short a time before that the rule still counted.
func (s *scene) within(e *earlier, t rules.Threshold) bool {
	if e.time < s.campaign.Start-t.Seconds*1e9 {
		return false
	}
	tracked := []netip.Addr{e.src}
	switch t.Track {
	case "by_rule":
		return true
	case "by_dst":
		tracked = []netip.Addr{e.dst}
	case "by_both", "by_flow":
		tracked = []netip.Addr{e.src, e.dst}
	}
	return !slices.ContainsFunc(tracked, func(a netip.Addr) bool {
		return !slices.ContainsFunc(s.ends, func(x sample) bool { return x.src == a || x.dst == a })
	})
}

// intensity: a rule matches, but wants to match more often than this campaign makes it.
func intensity(s *scene) Finding {
	if f, yes := s.unread(); yes {
		return f
	}
	counting := slices.DeleteFunc(slices.Clone(s.kind.fitting), func(r *rules.Rule) bool {
		t, ok := r.Threshold()
		return !ok || !t.Withholds()
	})
	f := Finding{
		Verdict: No, Evidence: fmt.Sprintf("%s of the kind fit and raise nothing before several matches", plural(int64(len(counting)), "rule")),
		Fix: "lower the rule's count or lengthen its time, at the price of false alarms",
	}
	if len(counting) > 0 {
		f.Verdict = Unknown
		t, _ := counting[0].Threshold()
		f.Evidence += fmt.Sprintf(": %s wants %d in %d s", identity(counting[0]), t.Count, t.Seconds)
	}
	f = s.trials.judge(CauseIntensity, f)
	if alone := s.trials.alone[CauseIntensity]; alone.found() {
		f.Evidence += s.countedBy(alone)
	}
	return f
}

// countedBy says how often the expected rules matched where they did not have to.
func (s *scene) countedBy(o *outcome) string {
	for _, h := range o.Fired {
		r := s.rule(rules.ID{GID: h.GID, SID: h.SID})
		if r == nil || !h.Expected {
			continue
		}
		if t, ok := r.Threshold(); ok {
			return fmt.Sprintf("; %d:%d wants %s, the campaign has at most %d", h.GID, h.SID, describe(t), most(o.fired[r.ID], t))
		}
	}
	return ""
}

func describe(t rules.Threshold) string {
	return fmt.Sprintf("%s %d in %d s %s", orWord(t.Type, "threshold"), t.Count, t.Seconds, t.Track)
}

// most is how many matches fall into one period, for one of the addresses that the rule tracks.
func most(list []said, t rules.Threshold) int {
	times := map[[2]netip.Addr][]int64{}
	for _, a := range list {
		var tracked [2]netip.Addr
		switch t.Track {
		case "by_src":
			tracked[0] = a.src
		case "by_dst":
			tracked[0] = a.dst
		case "by_both", "by_flow":
			tracked = [2]netip.Addr{a.src, a.dst}
		}
		times[tracked] = append(times[tracked], a.time)
	}
	best := 0
	for _, at := range times {
		slices.Sort(at)
		from := 0
		for to := range at {
			for at[to]-at[from] > t.Seconds*1e9 {
				from++
			}
			best = max(best, to-from+1)
		}
	}
	return best
}

// suppressed: a pass rule, noalert or a list of suppressions keeps a match from becoming an alert.
func suppressed(s *scene) Finding {
	if f, yes := s.unread(); yes {
		return f
	}
	passing := 0
	for i := range s.set.Rules {
		if s.set.Rules[i].Action == "pass" {
			passing++
		}
	}
	f := Finding{
		Verdict: No, Evidence: fmt.Sprintf("%s, %s of the kind that fit, raise nothing (noalert) and set no state; the engine suppressed %s in the whole capture",
			plural(int64(passing), "pass rule"), plural(int64(len(s.kind.silent)), "rule"), plural(s.record.Report.Suppressed, "alert")),
		Fix: "take the pass rule, the noalert or the suppression away, or make it narrower",
	}
	if passing > 0 || len(s.kind.silent) > 0 {
		f.Verdict = Unknown
	}
	if s.settings.Thresholds != "" {
		f.Verdict = Unknown
		f.Evidence += "; the engine reads suppressions from " + s.settings.Thresholds
	}
	return s.trials.judge(CauseSuppressed, f)
}

// overflow: engines keep so many alerts for one packet and lose the others.
func overflow(s *scene) Finding {
	n := s.record.Report.AlertOverflow
	f := Finding{
		Verdict: No, Evidence: fmt.Sprintf("%s lost in the whole capture because one packet had more than the engine keeps", plural(n, "alert")),
		Fix: "raise packet-alert-max, or disable rules that fire together",
	}
	if n > 0 {
		f.Verdict = Unknown
	}
	return s.trials.judge(CauseOverflow, f)
}
