package explain

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/evilbench/evilbench/ids/rules"
	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/corpus"
)

// Alert is what became of one alert.
type Alert struct {
	Alert      int64  `json:"alert"`
	Facts      []Fact `json:"facts"`
	Candidates []Flow `json:"candidates"` // flows that it could mean
	Rule       string `json:"rule"`       // text, "" = not kept
	Raw        string `json:"raw"`        // the engine's line
}

// Flow is a flow of the truth.
type Flow struct {
	Flow     int64  `json:"flow"`
	Protocol string `json:"protocol"`
	From     string `json:"from"`
	To       string `json:"to"`
	Service  string `json:"service,omitempty"`
	Class    string `json:"class"`
	Campaign string `json:"campaign,omitempty"`
	Start    string `json:"start"`
	Packets  int64  `json:"packets"`
	First    int64  `json:"first_packet"`
	Last     int64  `json:"last_packet"`
}

// explainAlert follows one alert up the join's ladder.
func (e *evidence) explainAlert(ctx context.Context, n int64) (*Alert, error) {
	p, err := e.alert(ctx, n)
	if err != nil {
		return nil, err
	}
	a, m := &p.alert, &p.match
	wanted := m.Candidates
	if m.Flow != 0 && !slices.Contains(wanted, m.Flow) {
		wanted = append(slices.Clone(wanted), m.Flow)
	}
	out := &Alert{Alert: n, Facts: e.alertFacts(a, m), Raw: a.Raw, Candidates: []Flow{}}
	if e.set != nil {
		if r, ok := e.set.Rule(a.GID, a.SID); ok {
			out.Rule = r.Text
		}
	}
	if out.Candidates, err = e.flows(ctx, wanted); err != nil {
		return nil, err
	}
	return out, e.show(ctx, func(row *labels.Packet) bool {
		return row.Index == m.Packet && m.Packet != 0 || row.Flow != 0 && slices.Contains(wanted, row.Flow)
	})
}

func (e *evidence) alert(ctx context.Context, n int64) (pair, error) {
	for p, err := range e.matched(ctx) {
		if err != nil || p.alert.Alert == n {
			return p, err
		}
	}
	return pair{}, fmt.Errorf("%s: alert %d is not in the table; run again", e.Places.Run, n)
}

func (e *evidence) alertFacts(a *labels.Alert, m *labels.Match) []Fact {
	kinds := []string{}
	if g := e.fired.signatures[rules.ID{GID: a.GID, SID: a.SID}]; g != nil {
		kinds = g.Kinds
	}
	facts := []Fact{
		{"alert", fmt.Sprint(a.Alert)},
		{"signature", fmt.Sprintf("%d:%d rev %d %s", a.GID, a.SID, a.Rev, a.Name)},
		{"category", a.Category},
		{"speaks of", orWord(strings.Join(kinds, ", "), "no kind of attack")},
		{"verdict", string(m.Verdict)},
		{"rung", m.Rung},
		{"reason", m.Reason},
		{"campaign", m.Campaign},
		{"flow", positive(m.Flow)},
		{"packet", positive(m.Packet)},
		{"packet by the engine", positive(a.Packet)},
		{"packet source", a.PacketSource},
		{"direction", a.Direction},
		{"engine's flow", a.EngineFlow},
	}
	if a.Src.IsValid() && a.Dst.IsValid() {
		facts = append(facts, Fact{"from, to", fmt.Sprintf("%s %s > %s", protocolName(a.Proto), endpoint(a.Src, a.Sport), endpoint(a.Dst, a.Dport))})
	}
	if a.Time != 0 {
		facts = append(facts, Fact{"time", stamp(a.Time)})
	}
	if c := e.fired.campaigns[m.Campaign]; c != nil {
		facts = append(facts, Fact{"expected there", orWord(strings.Join(c.Expects, ", "), "any kind")})
	}
	return slices.DeleteFunc(facts, func(f Fact) bool { return f.Value == "" })
}

func positive(n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func stamp(ns int64) string { return time.Unix(0, ns).UTC().Format("2006-01-02 15:04:05.000000") }

// flows describes flows by their numbers, in their order.
func (e *evidence) flows(ctx context.Context, numbers []int64) ([]Flow, error) {
	out := []Flow{}
	if len(numbers) == 0 {
		return out, nil
	}
	at := map[int64]int{}
	for f, err := range labels.Flows.Rows(ctx, e.corpus.Path(corpus.Flows)) {
		if err != nil {
			return nil, err
		}
		if !slices.Contains(numbers, f.Flow) {
			continue
		}
		at[f.Flow] = len(out)
		out = append(out, Flow{
			Flow: f.Flow, Protocol: protocolName(f.Proto), From: endpoint(f.Src, f.Sport), To: endpoint(f.Dst, f.Dport),
			Service: f.Service, Class: string(f.Class), Campaign: f.Campaign, Start: stamp(f.Start), Packets: f.FwdPackets + f.BwdPackets,
		})
	}
	if len(out) < len(numbers) {
		return nil, errors.New("the matches name flows that the corpus does not have; score again")
	}
	for row, err := range labels.Packets.Rows(ctx, e.corpus.Path(corpus.Packets)) {
		if err != nil {
			return nil, err
		}
		if i, ok := at[row.Flow]; ok {
			if out[i].First == 0 {
				out[i].First = row.Index
			}
			out[i].Last = row.Index
		}
	}
	return out, nil
}
