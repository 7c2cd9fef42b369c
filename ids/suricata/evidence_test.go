package suricata

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evilbench/evilbench/ids"
)

var recordings = []string{"6", "7", "8"}

// The flow records of a recording are as many as Report counts, and one of them is known in full.
func TestFlows(t *testing.T) {
	for _, v := range recordings {
		dir := filepath.Join("testdata", v)
		var all []ids.FlowRecord
		for f, err := range new(Detector).Flows(dir) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, f)
		}
		report, err := new(Detector).Report(dir)
		if err != nil || int64(len(all)) != report.Flows || report.Flows == 0 {
			t.Errorf("version %s: %d flow records, the report counts %d (%v)", v, len(all), report.Flows, err)
		}
		i := slices.IndexFunc(all, func(f ids.FlowRecord) bool { return f.Sport == 40002 })
		if i < 0 {
			t.Fatalf("version %s: no flow from port 40002", v)
		}
		f := all[i]
		if f.Src.String() != "10.0.0.5" || f.Dst.String() != "198.51.100.7" || f.Dport != 80 || f.Proto != 6 || f.Forward != 3 || f.Backward != 1 ||
			f.App != "http" || f.State != "established" || !f.Alerted || f.Gap || f.End-f.Start != 30e6 || f.ICMPType != -1 {
			t.Errorf("version %s: %+v", v, f)
		}
	}
}

func TestFlowsOfTornLog(t *testing.T) {
	dir := t.TempDir()
	text := `{"event_type":"flow","src_ip":"10.0.0.1","dest_ip":"10.0.0.2","proto":"UDP","app_proto":"unknown","flow":{"pkts_toserver":1},"tcp":{"tc_gap":true}}
{"event_type":"flow","src_ip":"10.0
{"event_type":"flow","flow":7}
{"event_type":"alert","note":"\"event_type\":\"flow\""}
`
	if err := os.WriteFile(filepath.Join(dir, "eve.json"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	records, faults := 0, 0
	for f, err := range new(Detector).Flows(dir) {
		if err != nil {
			faults++
			continue
		}
		records++
		if f.Proto != 17 || f.App != "" || !f.Gap || f.Start != 0 {
			t.Errorf("%+v", f)
		}
	}
	if records != 1 || faults != 2 {
		t.Errorf("%d records, %d faults; want 1 and 2", records, faults)
	}
}

func TestCounters(t *testing.T) {
	for _, v := range recordings {
		got, err := new(Detector).Counters(filepath.Join("testdata", v))
		if err != nil || got["decoder.pkts"] != 50 || got["tcp.sessions"] != 5 || got["decoder.event.ipv4.trunc_pkt"] != 1 {
			t.Errorf("version %s: %v, %v", v, got, err)
		}
	}
	dir := t.TempDir()
	if _, err := new(Detector).Counters(dir); err == nil {
		t.Error("no log, and no error")
	}
}

func TestRuleFaults(t *testing.T) {
	for _, v := range recordings {
		got, err := new(Detector).RuleFaults(filepath.Join("testdata", v))
		if err != nil || len(got) != 2 || got[0].Line != 11 || got[1].Line != 12 || !strings.Contains(got[1].Reason, "unknown rule keyword 'frobnicate'") {
			t.Errorf("version %s: %+v, %v", v, got, err)
		}
	}
}

func invocationOf(t *testing.T, o Options) ids.Invocation {
	t.Helper()
	inv, err := New(o).Run(ids.Input{HomeNet: []string{"10.0.0.0/8"}, Rules: "r"})
	if err != nil {
		t.Fatal(err)
	}
	return inv
}

func TestSettings(t *testing.T) {
	got, err := new(Detector).Settings(invocationOf(t, Options{}))
	if err != nil {
		t.Fatal(err)
	}
	v := got.Variables
	if v["HOME_NET"] != "[10.0.0.0/8]" || v["EXTERNAL_NET"] != "!$HOME_NET" || v["HTTP_PORTS"] != "80" || v["FILE_DATA_PORTS"] == "" {
		t.Errorf("variables %v", v)
	}
	got.Variables = nil
	if diff := cmp.Diff(ids.Settings{StreamDepth: 1 << 20, BodyLimit: 100 << 10}, got); diff != "" {
		t.Error(diff)
	}
	got, err = new(Detector).Settings(invocationOf(t, Options{Checksums: true, ExternalAny: true}))
	if err != nil || !got.Checksums || got.Variables["EXTERNAL_NET"] != "any" {
		t.Errorf("%+v, %v", got, err)
	}
	for _, text := range []string{"\tx", "stream: {reassembly: {depth: many}}", "stream: 1"} {
		if _, err := new(Detector).Settings(ids.Invocation{Files: map[string][]byte{"config": []byte(text)}}); err == nil {
			t.Errorf("no error for %q", text)
		}
	}
}

func TestSize(t *testing.T) {
	for text, want := range map[string]int64{"": 0, "0": 0, "100kb": 100 << 10, "1mb": 1 << 20, "2 GB": 2 << 30, "64": 64, "3KiB": -1, "kb": 0, "9999999999999gb": -1} {
		got, err := size(text)
		if want < 0 && err == nil || want >= 0 && (err != nil || got != want) {
			t.Errorf("%q: %d, %v; want %d", text, got, err, want)
		}
	}
}

// Every limit changes the arguments of a copy and leaves the invocation as it was.
func TestLift(t *testing.T) {
	inv := invocationOf(t, Options{Checksums: true})
	before := slices.Clone(inv.Args)
	for limit, want := range map[ids.Limit]string{
		ids.LimitChecksums: "-k none",
		ids.LimitHomeNet:   "--set vars.address-groups.HOME_NET=any",
		ids.LimitMidstream: "--set stream.midstream=true",
		ids.LimitDepth:     "--set stream.reassembly.depth=0",
		ids.LimitAlerts:    "--set packet-alert-max=255",
		ids.LimitPorts:     "--set app-layer.protocols.dns.udp.detection-ports.dp=53, 5399",
	} {
		got, err := new(Detector).Lift(inv, limit, []uint16{5399})
		if err != nil || !strings.Contains(strings.Join(got.Args, " "), want) {
			t.Errorf("%s: %v, %v; want %s", limit, got.Args, err, want)
		}
		if !slices.Equal(inv.Args, before) {
			t.Fatalf("%s changed the invocation it was given", limit)
		}
	}
	if _, err := new(Detector).Lift(inv, "gravity", nil); err == nil {
		t.Error("no error for a limit that is none")
	}
}

// The configuration of a run lies on a disk that others can write to.
func FuzzSettings(f *testing.F) {
	f.Add([]byte(configText))
	f.Add([]byte("stream: {reassembly: {depth: 1mb}}\napp-layer: {protocols: {dns: {udp: {detection-ports: {dp: 53}}}}}"))
	f.Fuzz(func(_ *testing.T, text []byte) {
		inv := ids.Invocation{Files: map[string][]byte{"config": text}}
		if _, err := new(Detector).Settings(inv); err == nil {
			new(Detector).Lift(inv, ids.LimitPorts, []uint16{1})
		}
	})
}
