package score

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/evilbench/evilbench/labels"
)

// signatureID is a signature's identity across revisions. Engines without numbers have names.
type signatureID struct {
	gid, sid int64
	name     string
}

// hearing is what the alerts said.
type hearing struct {
	alerts    Alerts
	campaigns []*campaignLedger // in the order of the table
	by        map[string]*campaignLedger
	flowless  int64 // decided alerts that name no single flow
	false     map[signatureID]int64
}

// readAlerts goes through alerts and matches side by side.
func readAlerts(in Input, flows *flowLedger) (*hearing, error) {
	h := &hearing{by: map[string]*campaignLedger{}, false: map[signatureID]int64{}}
	for i := range in.Campaigns {
		c := &campaignLedger{truth: &in.Campaigns[i]}
		h.campaigns = append(h.campaigns, c)
		h.by[c.truth.Campaign] = c
	}
	nextMatch, stop := iter.Pull2(in.Matches)
	defer stop()
	for a, err := range in.Alerts {
		if err != nil {
			return nil, err
		}
		m, err, ok := nextMatch()
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, fmt.Errorf("matches: none for alert %d: the matches belong to another run", a.Alert)
		}
		if m.Alert != a.Alert {
			return nil, fmt.Errorf("matches: alert %d stands where alert %d should: the matches belong to another run", m.Alert, a.Alert)
		}
		if err := h.hear(&a, &m, in.Kinds, flows); err != nil {
			return nil, err
		}
	}
	if _, err, ok := nextMatch(); err != nil || ok {
		return nil, errors.Join(err, errors.New("matches: more than alerts: the matches belong to another run"))
	}
	return h, nil
}

func (h *hearing) hear(a *labels.Alert, m *labels.Match, kinds func(*labels.Alert) []string, flows *flowLedger) error {
	h.alerts.Read++
	side := negative
	switch m.Verdict {
	case labels.VerdictAmbiguous:
		h.alerts.Ambiguous++
		return nil
	case labels.VerdictUnmatchable:
		h.alerts.Unmatchable++
		return nil
	case labels.VerdictFalse:
		h.alerts.False++
		h.false[idOf(a)]++
	case labels.VerdictTrue:
		h.alerts.True++
		c := h.by[m.Campaign]
		if c == nil {
			return fmt.Errorf("matches: alert %d names campaign %q, which is not in the corpus", m.Alert, m.Campaign)
		}
		c.hear(a, m, kinds)
		side = positive
	default:
		return fmt.Errorf("matches: alert %d has the verdict %q: true, false, ambiguous and unmatchable are known", m.Alert, m.Verdict)
	}
	if m.Flow == 0 {
		h.flowless++
		return nil
	}
	return flows.alarm(m.Flow, side)
}

// idOf names the signature.
func idOf(a *labels.Alert) signatureID { return signatureID{a.GID, a.SID, a.Name} }

// falseAlarms lists signatures by how often they were wrong.
func (h *hearing) falseAlarms() []Signature {
	out := make([]Signature, 0, len(h.false))
	for id, n := range h.false {
		out = append(out, Signature{GID: id.gid, SID: id.sid, Name: id.name, Alerts: n})
	}
	slices.SortFunc(out, func(a, b Signature) int {
		return cmp.Or(cmp.Compare(b.Alerts, a.Alerts), cmp.Compare(a.GID, b.GID), cmp.Compare(a.SID, b.SID), cmp.Compare(a.Name, b.Name))
	})
	return out
}

func newLoad(falseAlarms, hosts int64, days float64, bytes int64) Load {
	l := Load{Hosts: hosts, Days: days, Bytes: bytes}
	switch {
	case hosts == 0:
		l.PerHostDay = Number{Missing: "no host of the home network in the corpus"}
	case days <= 0:
		l.PerHostDay = Number{Missing: "the capture has no length"}
	default:
		l.PerHostDay = Number{Value: float64(falseAlarms) / (float64(hosts) * days)}
	}
	if bytes <= 0 {
		l.PerGB = Number{Missing: "no bytes in the capture"}
		return l
	}
	l.PerGB = Number{Value: float64(falseAlarms) / (float64(bytes) / 1e9)}
	return l
}
