// Package conformance has an engine say how well-formed traffic is: its decoder, its stream engine and its application parsers raise
// events about what no real host, or hardly one, would send.
package conformance

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"

	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/ids"
	"github.com/evilbench/evilbench/labels"
)

// Input is a capture, and who looks at it.
type Input struct {
	Detector ids.Detector
	Runner   ids.Runner // nil = there is no engine
	Capture  string     // path; never tainted
	HomeNet  []string
	VLAN     bool   // the capture has VLAN tags
	Rules    string // file of event rules; "" = those that came with the engine
}

// The layers that events are of.
const (
	Decoder     = "decoder"
	Stream      = "stream"
	Application = "application"
)

// Report is what the engine said.
type Report struct {
	Missing    string      `json:"missing,omitempty"` // why it said nothing; all else is empty then
	Engine     string      `json:"engine,omitempty"`
	Rules      int         `json:"rules,omitempty"` // event rules loaded
	Packets    int64       `json:"packets,omitempty"`
	Flows      int64       `json:"flows,omitempty"`
	Layers     []Layer     `json:"layers,omitempty"`
	Recognised score.Ratio `json:"recognised"` // of the flows with payload, those whose protocol the engine recognised
	Events     []Event     `json:"events,omitempty"`
}

// Layer is the flows that a layer had something to say about.
type Layer struct {
	Name   string      `json:"name"`
	Events int64       `json:"events"`
	Flows  score.Ratio `json:"flows"` // with at least one event, Wilson's interval; Per10000 scales it
}

// Per10000 is the flows with events in 10,000.
func (l *Layer) Per10000() score.Number {
	if l.Flows.Missing != "" {
		return score.Number{Missing: l.Flows.Missing}
	}
	return score.Number{Value: 1e4 * l.Flows.Value(), Low: 1e4 * l.Flows.Low, High: 1e4 * l.Flows.High, Bounded: true, N: l.Flows.N}
}

// Event is one kind of event.
type Event struct {
	SID   int64  `json:"sid"`
	Name  string `json:"name"`
	Layer string `json:"layer"`
	Count int64  `json:"count"`
}

// fewestRules is below how many event rules silence proves nothing; Suricata 6 to 8 come with some 400.
const fewestRules = 100

// Run has the engine read the capture with event rules alone. Without an engine or rules the report says why it is empty. dir is
// an empty folder for the engine's files. The error is for a run that proves nothing.
func Run(ctx context.Context, in Input, dir string) (*Report, error) {
	if in.Runner == nil {
		return &Report{Missing: "no engine was given"}, nil
	}
	identity, err := in.Runner.Identity(ctx)
	if err != nil {
		return absentOr(err)
	}
	if in.Rules == "" {
		if in.Rules, err = eventRules(ctx, in.Runner, identity, dir); err != nil {
			return absentOr(err)
		}
	}
	logs := filepath.Join(dir, "logs")
	if err := os.Mkdir(logs, 0o777); err != nil {
		return nil, err
	}
	input := ids.Input{Capture: in.Capture, HomeNet: in.HomeNet, VLAN: in.VLAN, Rules: in.Rules, Output: logs}
	inv, err := in.Detector.Run(input)
	if err != nil {
		return nil, err
	}
	outcome, err := in.Runner.Run(ctx, inv, input)
	if err != nil {
		return absentOr(err)
	}
	if err := outcome.Err(inv.Engine, logs); err != nil {
		return nil, err
	}
	said, err := in.Detector.Report(logs)
	if err != nil {
		return nil, err
	}
	if said.RulesLoaded < fewestRules || said.Packets == 0 {
		return nil, fmt.Errorf("%s: the engine loaded %d event rules and read %d packets: its silence would prove nothing (logs: %s)", in.Capture, said.RulesLoaded, said.Packets, logs)
	}
	c := newCount()
	for alert, err := range in.Detector.Alerts(logs) {
		if err != nil {
			return nil, fmt.Errorf("events of %s: %w", in.Capture, err)
		}
		c.add(&alert)
	}
	out := c.report(&said)
	out.Engine = identity.Engine + " " + identity.Version
	return out, nil
}

// absentOr makes a report of what the machine lacks; any other error stays one.
func absentOr(err error) (*Report, error) {
	var missing *ids.Missing
	if errors.As(err, &missing) {
		return &Report{Missing: missing.Error()}, nil
	}
	return nil, err
}

// layerOf goes by the ranges in which Suricata numbers its event rules.
func layerOf(sid int64) string {
	switch sid / 10_000 {
	case 220:
		return Decoder
	case 221:
		return Stream
	}
	return Application
}

// flow names the flow of an alert: by the engine's id, or by both ends where the packet is part of no flow.
type flow struct {
	id    string
	a, b  netip.AddrPort
	proto uint8
}

func flowOf(a *labels.Alert) flow {
	if a.EngineFlow != "" {
		return flow{id: a.EngineFlow}
	}
	f := flow{a: netip.AddrPortFrom(a.Src, a.Sport), b: netip.AddrPortFrom(a.Dst, a.Dport), proto: a.Proto}
	if f.b.Compare(f.a) < 0 {
		f.a, f.b = f.b, f.a
	}
	return f
}

// count adds up alerts.
type count struct {
	events map[int64]*Event
	total  map[string]int64
	flows  map[string]map[flow]bool
}

func newCount() *count {
	return &count{events: map[int64]*Event{}, total: map[string]int64{}, flows: map[string]map[flow]bool{Decoder: {}, Stream: {}, Application: {}}}
}

func (c *count) add(a *labels.Alert) {
	layer := layerOf(a.SID)
	e := c.events[a.SID]
	if e == nil {
		e = &Event{SID: a.SID, Name: a.Name, Layer: layer}
		c.events[a.SID] = e
	}
	e.Count++
	c.total[layer]++
	c.flows[layer][flowOf(a)] = true
}

func (c *count) report(said *ids.Report) *Report {
	out := &Report{Rules: said.RulesLoaded, Packets: said.Packets, Flows: said.Flows}
	for _, layer := range []string{Decoder, Stream, Application} {
		// An event can be of a packet that is part of no flow.
		k := min(int64(len(c.flows[layer])), said.Flows)
		out.Layers = append(out.Layers, Layer{layer, c.total[layer], score.NewRatio(k, said.Flows, "the engine saw no flow")})
	}
	looked := said.AppLayer.Recognised + said.AppLayer.Failed
	out.Recognised = score.NewRatio(said.AppLayer.Recognised, looked, "no flow has payload of a protocol to recognise")
	for _, sid := range slices.Sorted(maps.Keys(c.events)) {
		out.Events = append(out.Events, *c.events[sid])
	}
	slices.SortStableFunc(out.Events, func(a, b Event) int { return cmp.Compare(b.Count, a.Count) })
	return out
}
