package explain

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/evilbench/evilbench/ids"
	"github.com/evilbench/evilbench/ids/rules"
	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/corpus"
)

// Outcomes of a campaign, in the words of the reports.
const (
	Detected  = "detected"
	WrongKind = "wrong kind"
	Missed    = "missed"
)

// scene is the evidence about one campaign.
type scene struct {
	*evidence
	campaign labels.Campaign
	flows    []labels.Flow // that it is part of
	ends     []sample      // of its flows, each once
	packets  *packets
	records  *records
	settings ids.Settings
	settled  bool                // settings are known
	faults   map[rules.ID]string // rules that failed to load, and why
	counters map[string]int64
	kind     kindRules
	before   map[rules.ID]*earlier // last alerts of the kind's counting rules on other traffic
	trials   trials
}

// ends are a flow's two ends without the originator's port: of thousands of probes few differ otherwise.
type ends struct {
	src, dst netip.Addr
	dport    uint16
	proto    uint8
	service  string
}

// sample is a flow's ends, with the originator's port in one of the flows that share them.
type sample struct {
	ends
	sport uint16
}

func sampleOf(f *labels.Flow) sample {
	return sample{ends{f.Src, f.Dst, f.Dport, f.Proto, f.Service}, f.Sport}
}

func newScene(ctx context.Context, e *evidence, name string) (*scene, error) {
	s := &scene{evidence: e}
	var err error
	if s.campaign, err = e.campaign(name); err != nil {
		return nil, err
	}
	if err := s.readFlows(ctx); err != nil {
		return nil, err
	}
	if s.packets, err = s.readPackets(ctx); err != nil {
		return nil, err
	}
	if s.records, err = s.readRecords(); err != nil {
		return nil, err
	}
	if s.counters, err = e.Engine.Counters(s.logs); err != nil {
		return nil, err
	}
	if len(e.invocation.Files) > 0 {
		if s.settings, err = e.Engine.Settings(e.invocation); err != nil {
			return nil, err
		}
		s.settled = true
	}
	if s.faults, err = e.readFaults(); err != nil {
		return nil, err
	}
	s.kind = s.sortRules()
	return s, s.readBefore(ctx)
}

// readBefore finds the last alert on other traffic, up to the campaign's end, of each rule of the kind that counts.
func (s *scene) readBefore(ctx context.Context) error {
	s.before = map[rules.ID]*earlier{}
	counting := map[rules.ID]bool{}
	for _, r := range s.kind.fitting {
		if _, ok := r.Threshold(); ok {
			counting[r.ID] = true
		}
	}
	if len(counting) == 0 {
		return nil
	}
	for p, err := range s.matched(ctx) {
		if err != nil {
			return err
		}
		a := &p.alert
		id := rules.ID{GID: a.GID, SID: a.SID}
		if counting[id] && a.Time <= s.campaign.End && p.match.Campaign != s.campaign.Campaign {
			s.before[id] = &earlier{a.Alert, a.Time, a.Src, a.Dst}
		}
	}
	return nil
}

// readFlows takes the campaign's flows, and their ends once each.
func (s *scene) readFlows(ctx context.Context) error {
	known := map[ends]bool{}
	for f, err := range labels.Flows.Rows(ctx, s.corpus.Path(corpus.Flows)) {
		if err != nil {
			return err
		}
		if f.Campaign != s.campaign.Campaign {
			continue
		}
		s.flows = append(s.flows, f)
		if e := sampleOf(&f); !known[e.ends] {
			known[e.ends] = true
			s.ends = append(s.ends, e)
		}
	}
	return nil
}

func (s *scene) outcome() string {
	hits := s.fired.on(s.campaign.Campaign)
	switch {
	case slices.ContainsFunc(hits, func(h Hit) bool { return h.Expected }):
		return Detected
	case len(hits) > 0:
		return WrongKind
	default:
		return Missed
	}
}

// expects tells whether one of the words is right; a campaign that expects nothing takes any.
func expects(c *labels.Campaign, words []string) bool {
	return len(c.Expects) == 0 || slices.ContainsFunc(words, func(w string) bool { return slices.Contains(c.Expects, w) })
}

// facts say what the campaign is.
func (s *scene) facts() []Fact {
	c := &s.campaign
	out := []Fact{
		{"campaign", c.Campaign},
		{"attack", c.Attack + " (" + strings.TrimSpace(c.Technique+" "+c.Tactic) + ")"},
		{"outcome", s.outcome()},
		{"expects alerts of", orWord(strings.Join(c.Expects, ", "), "any kind")},
		{"from, to", few(c.Sources, 4) + " to " + few(c.Targets, 4)},
		{"time", fmt.Sprintf("%s, %s long", time.Unix(0, c.Start).UTC().Format("2006-01-02 15:04:05"), time.Duration(c.End-c.Start).Round(time.Millisecond))},
		{"intensity", c.Intensity},
		{"evasion", c.Evasion},
		{"plain twin", c.TwinOf},
		{"flows", fmt.Sprintf("%d: %s", len(s.flows), s.services())},
		{"packets", fmt.Sprintf("%d, from packet %d to packet %d of the capture", s.packets.count, s.packets.first, s.packets.last)},
		{"detector", strings.TrimSpace(s.record.Identity.Engine+" "+s.record.Identity.Version) + ", rules " + orWord(s.record.Ruleset.Name, "none")},
	}
	return slices.DeleteFunc(out, func(f Fact) bool { return f.Value == "" })
}

// services counts the flows by protocol and port, the most common first.
func (s *scene) services() string {
	counts := map[string]int64{}
	for i := range s.flows {
		f := &s.flows[i]
		word := protocolName(f.Proto)
		if f.Dport != 0 {
			word += fmt.Sprintf(" %d", f.Dport)
		}
		if f.Service != "" {
			word += " (" + f.Service + ")"
		}
		counts[word]++
	}
	return tally(counts, 3)
}

// protocolName is a transport protocol's name (IANA, Assigned Internet Protocol Numbers).
func protocolName(p uint8) string {
	if name, ok := map[uint8]string{1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6", 132: "sctp"}[p]; ok {
		return name
	}
	return fmt.Sprintf("protocol %d", p)
}
