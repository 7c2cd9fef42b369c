package suricata

import (
	"iter"
	"path/filepath"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/evilbench/evilbench/ids"
	"github.com/evilbench/evilbench/labels"
)

// flowEvent is what this package reads of a flow record.
type flowEvent struct {
	event
	AppProto string `json:"app_proto"`
	Record   struct {
		Start    string `json:"start"`
		End      string `json:"end"`
		Forward  int64  `json:"pkts_toserver"`
		Backward int64  `json:"pkts_toclient"`
		State    string `json:"state"`
		Alerted  bool   `json:"alerted"`
	} `json:"flow"`
	TCP struct {
		ForwardGap  bool `json:"ts_gap"`
		BackwardGap bool `json:"tc_gap"`
	} `json:"tcp"`
}

// Flows streams the engine's flow records in the order written, as Alerts does with alerts.
func (*Detector) Flows(output string) iter.Seq2[ids.FlowRecord, error] {
	return func(yield func(ids.FlowRecord, error) bool) {
		for line, err := range logLines(filepath.Join(output, "eve.json")) {
			var e flowEvent
			if err == nil {
				if !hasType(line.text, "flow") {
					continue
				}
				if err = json.Unmarshal(line.text, &e, tolerant); err == nil && e.EventType != "flow" {
					continue
				}
			}
			if !yield(e.flowRecord(), err) {
				return
			}
		}
	}
}

func (e *flowEvent) flowRecord() ids.FlowRecord {
	r := e.Record
	app := e.AppProto
	if app == "unknown" {
		app = ""
	}
	return ids.FlowRecord{
		Tuple: labels.Tuple{
			Src: e.SrcIP.Unmap(), Dst: e.DestIP.Unmap(), Sport: e.SrcPort, Dport: e.DestPort, Proto: protocol(e.Proto), VLAN: vlan(e.VLAN),
		},
		ICMPType: orMinusOne(e.ICMPType), ICMPCode: orMinusOne(e.ICMPCode),
		Start: timestamp(r.Start), End: timestamp(r.End), Forward: r.Forward, Backward: r.Backward,
		App: app, State: r.State, Gap: e.TCP.ForwardGap || e.TCP.BackwardGap, Alerted: r.Alerted,
	}
}

// Counters are the last counters the engine wrote, by path: tcp.stream_depth_reached. Lists and texts are left out. They are empty
// where the engine did not come to its end.
func (*Detector) Counters(output string) (map[string]int64, error) {
	out := map[string]int64{}
	for line, err := range logLines(filepath.Join(output, "eve.json")) {
		switch {
		case err != nil && line.text == nil:
			return nil, err
		case err != nil || !hasType(line.text, "stats"):
			continue
		}
		var e struct {
			Stats map[string]any `json:"stats"`
		}
		if json.Unmarshal(line.text, &e, tolerant) == nil {
			clear(out)
			flatten("", e.Stats, out)
		}
	}
	return out, nil
}

func flatten(path string, tree map[string]any, out map[string]int64) {
	for name, v := range tree {
		switch v := v.(type) {
		case map[string]any:
			flatten(path+name+".", v, out)
		case float64:
			out[path+name] = int64(v)
		}
	}
}

// RuleFaults lists every rule that the engine could not load, with the reasons it gave; Report keeps the first ones.
func (*Detector) RuleFaults(output string) ([]ids.RuleFault, error) {
	var out []ids.RuleFault
	var reasons []string
	for line, err := range logLines(filepath.Join(output, "suricata.log")) {
		if err != nil && line.text == nil {
			return nil, err
		}
		var m engineMessage
		if err != nil || json.Unmarshal(line.text, &m, tolerant) != nil || m.Level != "Error" {
			continue
		}
		rule := failedLine.FindStringSubmatch(m.Engine.Message)
		if rule == nil {
			reasons = append(reasons, m.Engine.Message)
			continue
		}
		out = append(out, ids.RuleFault{Line: number(rule[2]), Reason: shorten(strings.Join(reasons, "; "))})
		reasons = nil
	}
	return out, nil
}
