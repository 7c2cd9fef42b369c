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
	exercised map[rule]struct{} // rules with an alert, whatever its verdict

	flows   *flowLedger
	groups  *groupLedger
	packets *packetLedger
	sweep   *sweepLedger
	scores  *scoreLedger
}

func newHearing(in Input, o Options, flows *flowLedger) *hearing {
	h := &hearing{
		by: map[string]*campaignLedger{}, false: map[signatureID]int64{}, exercised: map[rule]struct{}{}, flows: flows,
		groups: newGroupLedger(int64(o.Gap)), packets: newPacketLedger(), sweep: newSweepLedger(), scores: newScoreLedger(),
	}
	for i := range in.Campaigns {
		c := &campaignLedger{truth: &in.Campaigns[i], position: int32(i)}
		h.campaigns = append(h.campaigns, c)
		h.by[c.truth.Campaign] = c
	}
	return h
}

// readAlerts goes through alerts and matches side by side.
func (h *hearing) readAlerts(in Input) error {
	nextMatch, stop := iter.Pull2(in.Matches)
	defer stop()
	for a, err := range in.Alerts {
		if err != nil {
			return err
		}
		m, err, ok := nextMatch()
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("matches: none for alert %d: the matches belong to another run", a.Alert)
		}
		if m.Alert != a.Alert {
			return fmt.Errorf("matches: alert %d stands where alert %d should: the matches belong to another run", m.Alert, a.Alert)
		}
		if err := h.hear(&a, &m, in.Kinds); err != nil {
			return err
		}
	}
	if _, err, ok := nextMatch(); err != nil || ok {
		return errors.Join(err, errors.New("matches: more than alerts: the matches belong to another run"))
	}
	return nil
}

func (h *hearing) hear(a *labels.Alert, m *labels.Match, kinds func(*labels.Alert) []string) error {
	h.alerts.Read++
	h.exercised[rule{a.GID, a.SID}] = struct{}{}
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
		return h.decided(a, m, nil, false)
	case labels.VerdictTrue:
		h.alerts.True++
		c := h.by[m.Campaign]
		if c == nil {
			return fmt.Errorf("matches: alert %d names campaign %q, which is not in the corpus", m.Alert, m.Campaign)
		}
		strict := c.hear(a, m, kinds(a))
		h.flows.hearStage(m, c.position, strict)
		return h.decided(a, m, c, strict)
	}
	return fmt.Errorf("matches: alert %d has the verdict %q: true, false, ambiguous and unmatchable are known", m.Alert, m.Verdict)
}

// decided books an alert that is true, about campaign c, or false in every unit but the campaign's.
func (h *hearing) decided(a *labels.Alert, m *labels.Match, c *campaignLedger, strict bool) error {
	side, mark := negative, dayFalse
	if c != nil {
		side, mark = positive, dayTrue
	}
	source, target := ends(a)
	owner := h.flows.hosts.alarm(a.Time, source, target, mark)
	if c == nil {
		h.flows.hosts.at(owner).alarms++
	}
	h.groups.hear(a, source, target, c != nil, owner)
	if m.Packet != 0 {
		h.packets.named.add(m.Packet)
	}
	category := h.sweep.hear(a, c, strict)
	if m.Flow == 0 {
		h.flowless++
		return nil
	}
	marked, err := h.flows.alarm(m.Flow, side)
	if marked {
		h.sweep.mark(m.Flow, category, a.Severity)
		h.scores.hear(m.Flow, a.Score)
	}
	return err
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
