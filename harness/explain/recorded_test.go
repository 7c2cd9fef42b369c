package explain_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evilbench/evilbench/harness/bench"
	"github.com/evilbench/evilbench/harness/explain"
	"github.com/evilbench/evilbench/ids"
	"github.com/evilbench/evilbench/ids/rules"
	"github.com/evilbench/evilbench/ids/runner"
	"github.com/evilbench/evilbench/ids/suricata"
	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/wire"
)

// recorded is a run whose engine's logs are written down below: evidence without an engine.
func recorded(t *testing.T) explain.Input {
	t.Helper()
	w := &town{now: t0}
	w.open("", "http", 6, client, 1000, outside, 80).shake().say([]byte("benign")).close()
	w.attack(labels.Campaign{Campaign: "caught", Attack: "shout", Expects: []string{"web-attack"}, Intensity: "loud"})
	w.open("caught", "http", 6, outside, 2000, server, 80).shake().say([]byte("attack")).close()
	w.attack(labels.Campaign{Campaign: "headless", Attack: "shout", Expects: []string{"web-attack"}, TwinOf: "caught", Evasion: "whisper"})
	w.open("headless", "http", 6, outside, 3000, server, 80).say([]byte("attack"))
	w.attack(labels.Campaign{Campaign: "inside", Expects: []string{"scan"}})
	w.open("inside", "", 6, client, 4000, server, 22).shake().close()
	w.attack(labels.Campaign{Campaign: "unseen", Expects: []string{"dos"}})
	w.open("unseen", "", 17, outside, 5000, server, 53).udp(true, []byte("x"))
	c := w.open("unseen", "", 17, outside, 5001, server, 53)
	c.badChecksums = true
	c.udp(true, []byte("y"))

	dir := t.TempDir()
	logs := filepath.Join(dir, "logs")
	if err := os.Mkdir(logs, 0o777); err != nil {
		t.Fatal(err)
	}
	at := func(f *labels.Flow) string {
		return fmt.Sprintf("2023-11-14T22:13:%09.6f+0000", float64(f.Start%60e9-t0%60e9)/1e9+20)
	}
	var eve strings.Builder
	for i := range w.flows {
		f := &w.flows[i]
		if f.Proto == 17 {
			continue
		}
		fmt.Fprintf(&eve, `{"event_type":"flow","src_ip":"%s","src_port":%d,"dest_ip":"%s","dest_port":%d,"proto":"TCP","app_proto":"failed","flow":{"pkts_toserver":%d,"pkts_toclient":%d,"start":"%s","end":"%[8]s"}}`+"\n",
			f.Src, f.Sport, f.Dst, f.Dport, f.FwdPackets, f.BwdPackets, at(f), at(f))
	}
	alert := func(packet, sid int, msg string, f *labels.Flow) {
		fmt.Fprintf(&eve, `{"timestamp":"%s","event_type":"alert","pcap_cnt":%d,"pkt_src":"wire/pcap","src_ip":"%s","src_port":%d,"dest_ip":"%s","dest_port":%d,"proto":"TCP","direction":"to_server","alert":{"gid":1,"signature_id":%d,"rev":1,"signature":"%s","category":""},"flow":{"start":"%[1]s"}}`+"\n",
			at(f), packet, f.Src, f.Sport, f.Dst, f.Dport, sid, msg)
	}
	alert(4, 1, "web", &w.flows[0])
	alert(12, 1, "web", &w.flows[1])
	fmt.Fprintf(&eve, `{"event_type":"stats","stats":{"decoder":{"pkts":%d},"tcp":{"stream_depth_reached":2}}}`+"\n", len(w.frames)-2)
	log := `{"log_level":"Error","engine":{"message":"unknown rule keyword 'frobnicate'."}}
{"log_level":"Error","engine":{"message":"error parsing signature \"alert tcp\" from file /rules at line 3"}}
`
	text := `alert http any any -> any any (msg:"web"; content:"attack"; sid:1; rev:1; metadata:evilbench_kind web-attack;)
alert tcp $EXTERNAL_NET any -> $HOME_NET 22 (msg:"scan"; flags:S; sid:2; rev:1; metadata:evilbench_kind scan;)
alert tcp any any -> any 22 (msg:"unloaded"; frobnicate:1; sid:3; rev:1; metadata:evilbench_kind scan;)
#alert tcp any any -> any 22 (msg:"asleep"; flags:S; sid:4; rev:1; metadata:evilbench_kind scan;)
alert tcp any any -> any any (msg:"flood"; flags:S; sid:5; rev:1; metadata:evilbench_kind dos;)
`
	for path, text := range map[string]string{filepath.Join(logs, "eve.json"): eve.String(), filepath.Join(logs, "suricata.log"): log, filepath.Join(dir, "r.rules"): text} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	set, err := rules.Load(filepath.Join(dir, "r.rules"))
	if err != nil {
		t.Fatal(err)
	}
	source := w.write(t)
	result, err := bench.Plan{
		Store: filepath.Join(dir, "store"), Corpora: []bench.CorpusSource{{Dir: source}}, Detectors: []string{"suricata"}, Rules: []*rules.Set{set}, Version: "test",
		Open: func(context.Context, string) (ids.Detector, ids.Runner, error) {
			return suricata.New(suricata.Options{}), runner.NewRecorded("suricata", logs), nil
		},
	}.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return explain.Input{Places: result.Cells[0].Places, Engine: suricata.New(suricata.Options{})}
}

func ask(t *testing.T, in explain.Input, subject string) *explain.Explanation {
	t.Helper()
	e, err := explain.Explain(t.Context(), in, subject)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func finding(t *testing.T, c *explain.Campaign, cause explain.Cause) explain.Finding {
	t.Helper()
	for _, f := range c.Findings {
		if f.Cause == cause {
			return f
		}
	}
	t.Fatalf("no finding about %q", cause)
	return explain.Finding{}
}

func expectFinding(t *testing.T, c *explain.Campaign, cause explain.Cause, want explain.Verdict, evidence string) {
	t.Helper()
	f := finding(t, c, cause)
	if f.Verdict != want || !strings.Contains(f.Evidence, evidence) {
		t.Errorf("%s: %s: %s: %q; want %s with %q", c.Campaign, cause, f.Verdict, f.Evidence, want, evidence)
	}
	if (f.Fix == "") != (want == explain.No) {
		t.Errorf("%s: %s is %s, what to do: %q", c.Campaign, cause, f.Verdict, f.Fix)
	}
}

// Without an engine the evidence speaks, and says unknown where it proves nothing.
func TestRecordedEvidence(t *testing.T) {
	in := recorded(t)
	c := ask(t, in, "headless").Campaign
	if first, ok := c.Named(); !ok || first.Cause != explain.CauseMidstream || first.Proved {
		t.Errorf("named %+v", first)
	}
	expectFinding(t, c, explain.CauseMidstream, explain.Yes, "1 of the campaign's 1 TCP flows")
	expectFinding(t, c, explain.CauseProtocol, explain.Yes, "http on port 80")
	expectFinding(t, c, explain.CauseEvasion, explain.Yes, `caught by 1:1 "web"; this campaign evades by whisper`)
	expectFinding(t, c, explain.CauseCoverage, explain.Unknown, "takes an experiment")
	expectFinding(t, c, explain.CausePackets, explain.No, "2 of the 2 packets")
	expectFinding(t, c, explain.CauseDepth, explain.No, "2 streams reached the depth")
	expectFinding(t, c, explain.CauseContext, explain.Unknown, "no experiment")
	if c.NoTrials == "" || len(c.Trials) != 0 || c.Outcome != explain.Missed {
		t.Errorf("outcome %s, %d trials, why none: %q", c.Outcome, len(c.Trials), c.NoTrials)
	}
	want := []explain.Near{{Hit: explain.Hit{GID: 1, SID: 1, Name: "web", Alerts: 1, Expected: true}, Campaign: "caught", Relation: "plain twin", Intensity: "loud"}}
	if diff := cmp.Diff(want, c.Nearest); diff != "" {
		t.Error(diff)
	}
	c = ask(t, in, "inside").Campaign
	expectFinding(t, c, explain.CauseNoRule, explain.No, "2 speak of scan; by their headers 2 have the protocol of a flow, 1 its addresses and direction, 0 its ports and are loaded")
	expectFinding(t, c, explain.CauseFailed, explain.Yes, `1:3 "unloaded": unknown rule keyword 'frobnicate'`)
	expectFinding(t, c, explain.CauseDisabled, explain.Unknown, `1:4 "asleep"`)
	expectFinding(t, c, explain.CauseAddress, explain.Unknown, "1:2 \"scan\" wants $EXTERNAL_NET -> $HOME_NET")
	c = ask(t, in, "unseen").Campaign
	expectFinding(t, c, explain.CausePackets, explain.Yes, "its flow records hold 0 of the 2 packets")
	expectFinding(t, c, explain.CauseFlow, explain.Yes, "0 of the campaign's 2 flows")
	expectFinding(t, c, explain.CauseChecksum, explain.No, "1 of 2 checksums of the campaign's packets are wrong (first: packet 26); the engine does not check them")
	expectFinding(t, c, explain.CauseNoRule, explain.Yes, "1 speak of dos; by their headers 0 have the protocol")
	if c = ask(t, in, "caught").Campaign; c.Outcome != explain.Detected || len(c.Findings) != 0 || len(c.Fired) != 1 {
		t.Errorf("a detected campaign: %+v", c)
	}
}

func TestAlert(t *testing.T) {
	a := ask(t, recorded(t), "2").Alert
	facts := map[string]string{}
	for _, f := range a.Facts {
		facts[f.Name] = f.Value
	}
	if facts["verdict"] != "true" || facts["rung"] != "packet" || facts["campaign"] != "caught" || facts["flow"] != "2" || facts["packet"] != "12" {
		t.Errorf("facts %v", facts)
	}
	if len(a.Candidates) != 1 || a.Candidates[0].Flow != 2 || a.Candidates[0].From != "198.51.100.7:2000" || a.Candidates[0].First != 9 {
		t.Errorf("candidates %+v", a.Candidates)
	}
	if !strings.Contains(a.Raw, `"signature_id":1`) || !strings.HasPrefix(a.Rule, "alert http") {
		t.Errorf("rule %q, raw %q", a.Rule, a.Raw)
	}
}

func TestSignature(t *testing.T) {
	in := recorded(t)
	g := ask(t, in, "1:1").Signature
	if diff := cmp.Diff([]explain.Where{{Verdict: "true", On: "caught", Alerts: 1}, {Verdict: "false", On: "http", Alerts: 1}}, g.Fired); diff != "" {
		t.Error(diff)
	}
	if len(g.Silent) != 1 || g.Silent[0].Campaign != "headless" || g.Silent[0].Outcome != explain.Missed || !strings.Contains(g.Silent[0].Why, "contents do not match") {
		t.Errorf("silent on %+v", g.Silent)
	}
	for subject, why := range map[string]string{
		"1:2": "wants other addresses or another direction", "1:3": "failed to load: unknown rule keyword", "4": "disabled", "1:5": "wants another protocol: tcp",
	} {
		g := ask(t, in, subject).Signature
		if len(g.Silent) != 1 || !strings.Contains(g.Silent[0].Why, why) || g.Rule == "" {
			t.Errorf("%s: silent on %+v, want %q", subject, g.Silent, why)
		}
	}
}

// What is not there is an error that names what is near.
func TestNotFound(t *testing.T) {
	in := recorded(t)
	for subject, hint := range map[string]string{"headles": "did you mean headless?", "nothing like it": "caught, headless, inside", "1:6": "1:", "9000000": "alerts are numbered from 1 to 2"} {
		_, err := explain.Explain(t.Context(), in, subject)
		var missing *explain.NotFound
		if !errors.As(err, &missing) || !strings.Contains(missing.Hint(), hint) {
			t.Errorf("%s: %v, %+v; want the hint %q", subject, err, missing, hint)
		}
	}
	in.Require = true
	in.Open = func(context.Context, *bench.RunRecord) (ids.Runner, error) { return nil, nil }
	if _, err := explain.Explain(t.Context(), in, "headless"); err == nil || !strings.Contains(err.Error(), "no engine was started") {
		t.Errorf("experiments required on a recording: %v", err)
	}
}

// The packets to look at come without the taint and with their times.
func TestPcap(t *testing.T) {
	in := recorded(t)
	in.Pcap = filepath.Join(t.TempDir(), "look.pcap")
	for subject, want := range map[string]int{"caught": 8, "2": 8, "unseen": 2} {
		ask(t, in, subject)
		r, err := wire.Open(in.Pcap)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for f, err := r.Next(); err == nil; f, err = r.Next() {
			n++
			var h wire.Headers
			if wire.Decode(f, &h) != nil || h.Evil || f.Time < t0 || wire.Checksum(f.Data[14:34]) != 0 {
				t.Errorf("%s: packet %d: %+v", subject, f.Index, h)
			}
		}
		r.Close()
		if n != want {
			t.Errorf("%s: %d packets, want %d", subject, n, want)
		}
	}
}
