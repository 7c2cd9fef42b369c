package suricata

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/evilbench/evilbench/ids"
)

// counters is what this package reads of the final stats event. Absent members are zero: versions differ.
type counters struct {
	Stats struct {
		Decoder struct {
			Packets int64 `json:"pkts"`
			Invalid int64 `json:"invalid"`
		} `json:"decoder"`
		Flow struct {
			Memcap    int64 `json:"memcap"`
			Emergency int64 `json:"emerg_mode_entered"`
		} `json:"flow"`
		TCP struct {
			InvalidChecksum int64 `json:"invalid_checksum"`
			SessionMemcap   int64 `json:"ssn_memcap_drop"`
			SegmentMemcap   int64 `json:"segment_memcap_drop"`
		} `json:"tcp"`
		Detect struct {
			Engines []struct {
				Loaded  int `json:"rules_loaded"`
				Failed  int `json:"rules_failed"`
				Skipped int `json:"rules_skipped"` // from version 7 on
			} `json:"engines"`
			Overflow   int64 `json:"alert_queue_overflow"` // from version 7 on
			Suppressed int64 `json:"alerts_suppressed"`    // from version 7 on
		} `json:"detect"`
	} `json:"stats"`
}

// Report reads suricata.log and eve.json. Recordings often lack the first; what it would tell is then not known, and a warning says
// so. A folder that Check wrote has rules and warnings but no packets.
func (*Detector) Report(output string) (ids.Report, error) {
	var r ids.Report
	checked, lost := readEngineLog(filepath.Join(output, "suricata.log"), &r)
	if lost != nil && !errors.Is(lost, fs.ErrNotExist) || checked {
		return r, lost
	}
	if err := readEvents(filepath.Join(output, "eve.json"), &r); err != nil {
		return r, errors.Join(lost, err)
	}
	if lost != nil {
		r.Warnings = append(r.Warnings, "no suricata.log: the engine's version, and what it said of rules and itself, are not known")
	}
	return r, nil
}

// readEvents counts flows and anomalies, and takes the last counters.
func readEvents(path string, r *ids.Report) error {
	var last counters
	counted, unread := false, 0
	r.AppLayer.Protocols = map[string]int64{}
	for line, err := range logLines(path) {
		switch {
		case err != nil && line.text == nil:
			return err
		case err != nil:
			unread++
		case hasType(line.text, "flow"):
			countFlow(line.text, r)
		case hasType(line.text, "anomaly"):
			r.Anomalies++
		case hasType(line.text, "stats"):
			var c counters
			if json.Unmarshal(line.text, &c, tolerant) != nil {
				unread++
				continue
			}
			last, counted = c, true
		}
	}
	if unread > 0 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%d lines of eve.json could not be read", unread))
	}
	if !counted {
		r.Warnings = append(r.Warnings, "no final counters: the engine did not come to its end")
		return nil
	}
	last.fill(r)
	return nil
}

func countFlow(line []byte, r *ids.Report) {
	var flow struct {
		EventType string `json:"event_type"`
		AppProto  string `json:"app_proto"`
	}
	if json.Unmarshal(line, &flow, tolerant) != nil || flow.EventType != "flow" {
		return
	}
	r.Flows++
	switch flow.AppProto {
	case "", "unknown":
		r.AppLayer.None++
	case "failed":
		r.AppLayer.Failed++
	default:
		r.AppLayer.Recognised++
		r.AppLayer.Protocols[flow.AppProto]++
	}
}

func (c *counters) fill(r *ids.Report) {
	s := &c.Stats
	r.Packets, r.InvalidPkts, r.BadChecksums = s.Decoder.Packets, s.Decoder.Invalid, s.TCP.InvalidChecksum
	r.AlertOverflow, r.Suppressed = s.Detect.Overflow, s.Detect.Suppressed
	if len(s.Detect.Engines) > 0 {
		e := s.Detect.Engines[0]
		r.RulesLoaded, r.RulesFailed, r.RulesSkipped = e.Loaded, e.Failed, e.Skipped
	}
	losses := []struct {
		n    int64
		what string
	}{
		{s.Flow.Memcap, "packets without a flow: flow memory was full"},
		{s.Flow.Emergency, "times flow memory ran out and flows were ended early"},
		{s.TCP.SessionMemcap, "TCP sessions not followed: stream memory was full"},
		{s.TCP.SegmentMemcap, "TCP segments not reassembled: stream memory was full"},
		{s.Detect.Overflow, "alerts lost: more than the engine keeps for one packet"},
	}
	for _, l := range losses {
		if l.n > 0 {
			r.Warnings = append(r.Warnings, fmt.Sprintf("%d %s", l.n, l.what))
		}
	}
	r.Warnings = slices.Clip(r.Warnings)
}
