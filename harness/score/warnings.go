package score

import "fmt"

const (
	fewFlagged  = 30  // alarmed flows below which a precision is hardly a figure
	fewCases    = 10  // campaigns below which an interval covers nearly everything
	fewHostDays = 1.0 // host-days below which a rate per host-day is mostly extrapolation
)

// warnings says what a reader of the figures must know.
func warnings(s *Score, h *hearing) []string {
	var out []string
	add := func(when bool, format string, args ...any) {
		if when {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	a, f, l := s.Alerts, s.Flows, s.Load
	add(a.Ambiguous > 0, "%d of %d alerts could mean benign or malicious traffic alike and are in no figure", a.Ambiguous, a.Read)
	add(a.Unmatchable > 0, "%d of %d alerts match nothing in the corpus and are in no figure", a.Unmatchable, a.Read)
	add(h.flowless > 0, "%d alerts name no single flow: they count for campaigns and load, not for flows", h.flowless)
	add(s.Campaigns.N > 0 && s.Campaigns.N < fewCases, "few campaigns (%d): read their rates with the intervals", s.Campaigns.N)
	flagged := f.TP + f.FP
	add(flagged > 0 && flagged < fewFlagged, "few alarmed flows (%d): read the precision with its interval", flagged)
	add(flagged > 0 && f.FP == 0 && f.TN > 0,
		"no benign flow of %d was alarmed: the PPV is 1 by the count alone, read its lower bound", f.TN)
	hostDays := float64(l.Hosts) * l.Days
	add(hostDays > 0 && hostDays < fewHostDays, "false alarms per host-day are extrapolated from %.2g host-days", hostDays)
	return out
}
