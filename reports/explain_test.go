package reports

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evilbench/evilbench/harness/explain"
)

// explanations are one of each kind.
var explanations = map[string]*explain.Explanation{
	"explain-campaign": {Campaign: &explain.Campaign{
		Campaign: "ssh-guessing-2", Attack: "ssh-guessing", Outcome: explain.Missed, Expects: []string{"bruteforce"},
		Facts: []explain.Fact{{Name: "campaign", Value: "ssh-guessing-2"}, {Name: "intensity", Value: "2 per minute"}},
		Findings: []explain.Finding{
			{Cause: explain.CauseIntensity, Verdict: explain.Yes, Proved: true, Fix: "lower the rule's count or lengthen its time, at the price of false alarms",
				Evidence: `4 rules of the kind raise nothing before they have matched several times; experiment: with thresholds taken out and nothing else changed, 6 expected alerts appear: 1:7 "guessing"; 1:7 wants both 10 in 60 s by_src, the campaign has at most 3`},
			{Cause: explain.CauseEvasion, Verdict: explain.Yes, Evidence: "its plain twin was caught", Fix: "mend the rule"},
			{Cause: explain.CauseJoin, Verdict: explain.Unknown, Evidence: "one alert could mean it", Fix: "explain the alert"},
			{Cause: explain.CausePackets, Verdict: explain.No, Evidence: "the engine read 10 of the capture's 10 packets"},
		},
		Nearest: []explain.Near{{Hit: explain.Hit{GID: 1, SID: 7, Name: "guessing", Alerts: 12, Expected: true}, Campaign: "ssh-guessing-1", Relation: "same attack", Intensity: "30 per minute"}},
		Trials: []explain.Trial{
			{Changed: "every limit lifted", Rules: 29077, Alerts: 9, Expected: 6, Fired: []explain.Hit{{GID: 1, SID: 7, Name: "guessing", Alerts: 6, Expected: true}}},
			{Changed: "nothing", Rules: 12, Fired: []explain.Hit{}},
		},
	}},
	"explain-undecided": {Campaign: &explain.Campaign{
		Campaign: "web-1", Outcome: explain.WrongKind, Facts: []explain.Fact{{Name: "campaign", Value: "web-1"}},
		Fired:    []explain.Hit{{GID: 1, SID: 9, Name: "\x1b[2Jodd", Alerts: 3}},
		Findings: []explain.Finding{{Cause: explain.CauseCoverage, Verdict: explain.Unknown, Evidence: "whether one matches takes an experiment", Fix: "write a rule"}},
		NoTrials: "suricata: not on this machine (evilbench images build suricata)",
	}},
	"explain-alert": {Alert: &explain.Alert{
		Alert: 17, Facts: []explain.Fact{{Name: "verdict", Value: "ambiguous"}, {Name: "rung", Value: "tuple"}},
		Candidates: []explain.Flow{
			{Flow: 3, Protocol: "tcp", From: "[2001:db8::1]:40000", To: "[2001:db8::2]:443", Service: "tls", Class: "benign", Start: "2024-03-05 09:00:00.000000", Packets: 12, First: 1004, Last: 1200},
			{Flow: 9, Protocol: "tcp", From: "[2001:db8::1]:40000", To: "[2001:db8::2]:443", Class: "malicious", Campaign: "beacon-1", Packets: 3, First: 2004, Last: 2200},
		},
		Rule: `alert tls any any -> any any (msg:"m"; sid:5;)`, Raw: `{"event_type":"alert"}`,
	}},
	"explain-signature": {Signature: &explain.Signature{
		GID: 1, SID: 5, Facts: []explain.Fact{{Name: "name", Value: "m"}, {Name: "state", Value: "loaded"}},
		Fired:  []explain.Where{{Verdict: "true", On: "beacon-1", Alerts: 4}, {Verdict: "false", On: "tls (lookalike)", Alerts: 2}},
		Silent: []explain.Silent{{Campaign: "beacon-2", Attack: "beacon", Outcome: "missed", Why: "its header fits; its contents do not match"}},
		Rule:   `alert tls any any -> any any (msg:"m"; sid:5;)`,
	}},
}

func TestExplanationGolden(t *testing.T) {
	for name, e := range explanations {
		var box, markdown bytes.Buffer
		for i, table := range Explanation(e) {
			if i > 0 {
				box.WriteByte('\n')
			}
			if err := table.Terminal(&box); err != nil {
				t.Fatal(err)
			}
			if err := table.Markdown(&markdown); err != nil {
				t.Fatal(err)
			}
			if err := table.CSV(new(bytes.Buffer)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		for ending, got := range map[string]string{".txt": box.String(), ".md": markdown.String()} {
			path := filepath.Join("testdata", name+ending)
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", path, diff)
			}
		}
	}
}
