package explain

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/evilbench/evilbench/generator/fault"
	"github.com/evilbench/evilbench/ids/rules"
	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/corpus"
)

// Signature is where one signature fired, and where it was expected to.
type Signature struct {
	GID    int64    `json:"gid"`
	SID    int64    `json:"sid"`
	Facts  []Fact   `json:"facts"`
	Fired  []Where  `json:"fired"`
	Silent []Silent `json:"silent"` // campaigns of its kind on which it did not fire
	Rule   string   `json:"rule"`   // text, "" = not kept
}

// Where is a group of a signature's alerts.
type Where struct {
	Verdict string `json:"verdict"`
	On      string `json:"on"` // a campaign, or benign traffic by service
	Alerts  int64  `json:"alerts"`
}

// Silent is a campaign that the signature did not fire on.
type Silent struct {
	Campaign string `json:"campaign"`
	Attack   string `json:"attack"`
	Outcome  string `json:"outcome"` // what the other rules made of it
	Why      string `json:"why"`
}

// explainSignature says where a signature fired.
func (e *evidence) explainSignature(ctx context.Context, id rules.ID) (*Signature, error) {
	faults, err := e.readFaults()
	if err != nil {
		return nil, err
	}
	g := e.fired.signatures[id]
	r, state := e.ruleOf(id, faults)
	if g == nil && r == nil {
		return nil, e.noSignature(id)
	}
	out := &Signature{GID: id.GID, SID: id.SID, Silent: []Silent{}}
	kinds := []string{}
	if g != nil {
		kinds = g.Kinds
		out.Facts = append(out.Facts, Fact{"name", g.Name}, Fact{"category", g.Category})
	}
	if r != nil {
		out.Rule = r.Text
		kinds = r.Kinds()
		if g == nil {
			out.Facts = append(out.Facts, Fact{"name", r.Message}, Fact{"class", r.Classtype})
		}
	}
	out.Facts = append(out.Facts, Fact{"state", state}, Fact{"speaks of", orWord(strings.Join(kinds, ", "), "no kind of attack")})
	if r != nil {
		if t, ok := r.Threshold(); ok {
			out.Facts = append(out.Facts, Fact{"counts", describe(t)})
		}
	}
	if out.Fired, err = e.where(ctx, id); err != nil {
		return nil, err
	}
	out.Silent, err = e.silent(ctx, id, r, kinds, state)
	return out, err
}

// ruleOf finds the rule and says in what state it was.
func (e *evidence) ruleOf(id rules.ID, faults map[rules.ID]string) (*rules.Rule, string) {
	if e.set == nil {
		return nil, "the run kept no rules"
	}
	if r, ok := e.set.Rule(id.GID, id.SID); ok {
		switch {
		case faults[id] != "":
			return &r, "failed to load: " + faults[id]
		case r.Silent:
			return &r, "loaded, and raises nothing (noalert)"
		default:
			return &r, "loaded"
		}
	}
	for i := range e.set.Dormant {
		if r := &e.set.Dormant[i]; r.ID == id {
			return r, "disabled: commented out in the ruleset"
		}
	}
	return nil, "not in the ruleset"
}

func (e *evidence) noSignature(id rules.ID) error {
	var known []string
	for k := range e.fired.signatures {
		known = append(known, fmt.Sprintf("%d:%d", k.GID, k.SID))
	}
	if e.set != nil {
		for i := range e.set.Rules {
			known = append(known, fmt.Sprintf("%d:%d", e.set.Rules[i].GID, e.set.Rules[i].SID))
		}
	}
	slices.Sort(known)
	word := fmt.Sprintf("%d:%d", id.GID, id.SID)
	remedy := "the run has no rules and no alerts"
	if near := fault.Nearest(word, slices.Compact(known)); near != "" {
		remedy = "did you mean " + near + "?"
	} else if e.record.Alerts > 0 {
		remedy = fmt.Sprintf("alerts are numbered from 1 to %d; signatures are named gid:sid", e.record.Alerts)
	}
	return &NotFound{"signature", word, e.Places.Run, remedy}
}

// where groups the signature's alerts by campaign, and those on benign traffic by service.
func (e *evidence) where(ctx context.Context, id rules.ID) ([]Where, error) {
	counts := map[Where]int64{}
	for campaign, by := range e.fired.right {
		if n := by[id]; n > 0 {
			counts[Where{Verdict: string(labels.VerdictTrue), On: campaign}] = n
		}
	}
	wrong := map[int64]int64{}
	for flow, by := range e.fired.wrong {
		if n := by[id]; n > 0 {
			wrong[flow] = n
		}
	}
	service := func(flow *labels.Flow) string {
		word := orWord(flow.Service, protocolName(flow.Proto))
		if flow.Class == labels.Lookalike {
			word += " (lookalike)"
		}
		return word
	}
	if n := wrong[0]; n > 0 {
		counts[Where{Verdict: string(labels.VerdictFalse), On: "packets of no single flow"}] = n
	}
	if len(wrong) > 0 {
		for f, err := range labels.Flows.Rows(ctx, e.corpus.Path(corpus.Flows)) {
			if err != nil {
				return nil, err
			}
			if n := wrong[f.Flow]; n > 0 {
				counts[Where{Verdict: string(labels.VerdictFalse), On: service(&f)}] += n
			}
		}
	}
	for _, u := range e.fired.unsure {
		if u.rule == id {
			on := fmt.Sprintf("%d candidates", len(u.candidates))
			counts[Where{Verdict: "undecided", On: on}]++
		}
	}
	out := []Where{}
	for _, w := range slices.SortedFunc(maps.Keys(counts), func(a, b Where) int {
		return cmp.Or(cmp.Compare(b.Verdict, a.Verdict), cmp.Compare(counts[b], counts[a]), cmp.Compare(a.On, b.On))
	}) {
		w.Alerts = counts[w]
		out = append(out, w)
	}
	return out, nil
}

// silent lists the campaigns of the rule's kinds on which it did not fire, and how far its header gets there.
func (e *evidence) silent(ctx context.Context, id rules.ID, r *rules.Rule, kinds []string, state string) ([]Silent, error) {
	out := []Silent{}
	all, err := e.endsByCampaign(ctx)
	if err != nil {
		return nil, err
	}
	var variables rules.Variables
	if len(e.invocation.Files) > 0 {
		settings, err := e.Engine.Settings(e.invocation)
		if err != nil {
			return nil, err
		}
		variables = settings.Variables
	}
	for i := range e.campaigns {
		c := &e.campaigns[i]
		if !slices.ContainsFunc(kinds, func(k string) bool { return slices.Contains(c.Expects, k) }) || e.fired.right[c.Campaign][id] > 0 {
			continue
		}
		s := Silent{Campaign: c.Campaign, Attack: c.Attack, Outcome: (&scene{evidence: e, campaign: *c}).outcome(), Why: state}
		if r != nil && state == "loaded" {
			s.Why = (&fitter{variables: variables, ends: all[c.Campaign], known: map[addressed]bool{}}).reason(r)
		}
		out = append(out, s)
	}
	return out, nil
}

// reason says how far a loaded rule gets on a campaign's flows.
func (f *fitter) reason(r *rules.Rule) string {
	stage, err := f.fit(r)
	switch {
	case err != nil:
		return "its header fits no flow that evilbench can compare it with: " + err.Error()
	case stage == otherProtocol:
		return "wants another protocol: " + r.Protocol
	case stage == otherAddress:
		return fmt.Sprintf("wants other addresses or another direction: %s %s %s", r.Source, r.Direction, r.Target)
	case stage == otherPort:
		return fmt.Sprintf("watches other ports: %s %s %s", r.SourcePort, r.Direction, r.TargetPort)
	}
	if t, ok := r.Threshold(); ok && t.Withholds() {
		return "its header fits; its contents do not match, or not often enough: " + describe(t)
	}
	return "its header fits; its contents do not match"
}

// endsByCampaign collects the first ends of every campaign's flows.
func (e *evidence) endsByCampaign(ctx context.Context) (map[string][]sample, error) {
	out := map[string][]sample{}
	for f, err := range labels.Flows.Rows(ctx, e.corpus.Path(corpus.Flows)) {
		if err != nil {
			return nil, err
		}
		x, list := sampleOf(&f), out[f.Campaign]
		same := func(y sample) bool { return x.ends == y.ends }
		if f.Campaign != "" && len(list) < maxEnds && !slices.ContainsFunc(list, same) {
			out[f.Campaign] = append(list, x)
		}
	}
	return out, nil
}
