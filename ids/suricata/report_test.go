package suricata

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReportOfRecordedRuns(t *testing.T) {
	for dir, version := range map[string]string{"6": "6.0.1", "7": "7.0.10", "8": "8.0.8"} {
		t.Run(dir, func(t *testing.T) {
			r, err := New(Options{}).Report(filepath.Join("testdata", dir))
			if err != nil {
				t.Fatal(err)
			}
			if r.Version != version || r.RulesLoaded != 10 || r.RulesFailed != 2 || len(r.RuleErrors) != 2 {
				t.Errorf("version %s, rules %d loaded, %d failed: %q", r.Version, r.RulesLoaded, r.RulesFailed, r.RuleErrors)
			}
			if r.Packets < 50 || r.InvalidPkts != 1 || r.BadChecksums != 0 || r.Anomalies == 0 {
				t.Errorf("packets %d, invalid %d, bad checksums %d, anomalies %d", r.Packets, r.InvalidPkts, r.BadChecksums, r.Anomalies)
			}
			a := r.AppLayer
			if a.Protocols["http"] != 5 || a.Recognised != 5 || a.Recognised+a.Failed+a.None != r.Flows {
				t.Errorf("app layer %+v of %d flows; want the five HTTP flows", a, r.Flows)
			}
			if !strings.HasPrefix(r.RuleErrors[0], "line 11: bad option value") || !strings.HasPrefix(r.RuleErrors[1], "line 12: unknown rule keyword") {
				t.Errorf("rule errors %q", r.RuleErrors)
			}
		})
	}
}

func TestReportOfAnEngineThatWasStopped(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "suricata.log", `{"log_level":"Notice","engine":{"message":"This is Suricata version 7.0.10 RELEASE running in USER mode"}}`+"\n{torn")
	write(t, dir, "eve.json", `{"event_type":"flow","app_proto":"failed"}`+"\n"+`{"event_type":"flow"`)
	r, err := New(Options{}).Report(dir)
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Join(r.Warnings, "\n")
	if r.Flows != 1 || r.AppLayer.Failed != 1 || !strings.Contains(said, "1 lines of eve.json") || !strings.Contains(said, "no final counters") {
		t.Errorf("report %+v", r)
	}
}

func TestReportSaysLosses(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "suricata.log", "")
	write(t, dir, "eve.json", `{"event_type":"stats","stats":{"flow":{"memcap":3},"tcp":{"invalid_checksum":4},"detect":{"alert_queue_overflow":5,"alerts_suppressed":6}}}`)
	r, err := New(Options{}).Report(dir)
	if err != nil {
		t.Fatal(err)
	}
	if r.BadChecksums != 4 || r.AlertOverflow != 5 || r.Suppressed != 6 || len(r.Warnings) != 2 {
		t.Errorf("report %+v; want warnings about flow memory and lost alerts", r)
	}
}

func TestReportWithoutLogs(t *testing.T) {
	if _, err := New(Options{}).Report(t.TempDir()); err == nil || !strings.Contains(err.Error(), "suricata.log") {
		t.Errorf("error %v, want one that names suricata.log", err)
	}
}

func TestReportKeepsMessagesBounded(t *testing.T) {
	dir := t.TempDir()
	warning := `{"log_level":"Warning","engine":{"message":"` + strings.Repeat("w", 5000) + `"}}` + "\n"
	write(t, dir, "suricata.log", strings.Repeat(warning, maxMessages+7))
	write(t, dir, "eve.json", "")
	r, err := New(Options{}).Report(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Warnings) > maxMessages+2 || len(r.Warnings[0]) > maxMessage+8 {
		t.Errorf("%d warnings, the first of %d bytes", len(r.Warnings), len(r.Warnings[0]))
	}
	if !strings.Contains(strings.Join(r.Warnings, "\n"), "7 more warnings") {
		t.Errorf("warnings do not say how many were left out: %q", r.Warnings[maxMessages:])
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestReportOfARecordingWithoutTheEnginesOwnLog(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "eve.json", `{"event_type":"stats","stats":{"decoder":{"pkts":20}}}`)
	r, err := New(Options{}).Report(dir)
	if err != nil {
		t.Fatal(err)
	}
	if r.Packets != 20 || r.Version != "" || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "no suricata.log") {
		t.Errorf("report %+v", r)
	}
}
