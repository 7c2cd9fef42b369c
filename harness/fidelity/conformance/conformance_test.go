package conformance

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/evilbench/evilbench/ids"
	"github.com/evilbench/evilbench/ids/images"
	"github.com/evilbench/evilbench/ids/runner"
	"github.com/evilbench/evilbench/ids/suricata"
	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/wire"
)

func TestNoEngine(t *testing.T) {
	r, err := Run(t.Context(), Input{Detector: suricata.New(suricata.Options{})}, t.TempDir())
	if err != nil || r.Missing == "" || r.Layers != nil {
		t.Errorf("%+v, %v", r, err)
	}
}

// Logs that were recorded say nothing of event rules, whatever they say else.
func TestRecordedLogsHaveNoRules(t *testing.T) {
	in := Input{Detector: suricata.New(suricata.Options{}), Runner: runner.NewRecorded("suricata", t.TempDir()), Capture: "x.pcap"}
	r, err := Run(t.Context(), in, t.TempDir())
	if err != nil || !strings.Contains(r.Missing, "event rules") {
		t.Errorf("%+v, %v", r, err)
	}
}

// logs makes a folder as Suricata leaves it, with the alerts and flows given.
func logs(t *testing.T, loaded, flows int, alerts ...string) string {
	t.Helper()
	dir := t.TempDir()
	var b strings.Builder
	for i := range flows {
		fmt.Fprintf(&b, `{"timestamp":"2024-01-01T00:00:00.000000+0000","flow_id":%d,"event_type":"flow","src_ip":"10.0.0.1","dest_ip":"10.0.0.2","proto":"TCP","app_proto":"http","flow":{}}`+"\n", i+1)
	}
	for _, a := range alerts {
		b.WriteString(a + "\n")
	}
	fmt.Fprintf(&b, `{"timestamp":"2024-01-01T00:00:01.000000+0000","event_type":"stats","stats":{"decoder":{"pkts":50,"invalid":0},"detect":{"engines":[{"rules_loaded":%d,"rules_failed":0,"rules_skipped":0}]}}}`+"\n", loaded)
	if err := os.WriteFile(filepath.Join(dir, "eve.json"), []byte(b.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	return dir
}

func alert(flow, sid int, name string) string {
	return fmt.Sprintf(`{"timestamp":"2024-01-01T00:00:00.000000+0000","flow_id":%d,"event_type":"alert","src_ip":"10.0.0.1","src_port":1,"dest_ip":"10.0.0.2","dest_port":2,"proto":"TCP","alert":{"gid":1,"signature_id":%d,"rev":1,"signature":%q,"category":"","severity":3}}`, flow, sid, name)
}

func TestEventsByLayer(t *testing.T) {
	folder := logs(t, 400, 20, alert(1, 2200003, "truncated"), alert(1, 2210010, "wrong ack"), alert(1, 2210010, "wrong ack"), alert(2, 2210045, "invalid ack"), alert(3, 2221000, "http"))
	in := Input{Detector: suricata.New(suricata.Options{}), Runner: runner.NewRecorded("suricata", folder), Capture: "x.pcap", HomeNet: []string{"10.0.0.0/8"}, Rules: "given.rules"}
	r, err := Run(t.Context(), in, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		name   string
		events int64
		flows  float64
	}{{Decoder, 1, 500}, {Stream, 3, 1000}, {Application, 1, 500}} {
		l := r.Layers[i]
		f := l.Per10000()
		if l.Name != want.name || l.Events != want.events || f.Value != want.flows || !f.Bounded || f.Low >= f.Value || f.High <= f.Value {
			t.Errorf("%+v gives %+v, want %+v", l, f, want)
		}
	}
	if r.Events[0].SID != 2210010 || r.Events[0].Count != 2 || r.Recognised.K != 20 {
		t.Errorf("%+v", r)
	}
}

// An engine without rules, or that read nothing, is silent whatever the traffic.
func TestSilenceMustProveSomething(t *testing.T) {
	in := Input{Detector: suricata.New(suricata.Options{}), Runner: runner.NewRecorded("suricata", logs(t, 5, 20)), Capture: "x.pcap", HomeNet: []string{"10.0.0.0/8"}, Rules: "given.rules"}
	if _, err := Run(t.Context(), in, t.TempDir()); err == nil || !strings.Contains(err.Error(), "would prove nothing") {
		t.Error(err)
	}
}

func TestFlowOfBothDirections(t *testing.T) {
	a := labels.Alert{Src: netip.MustParseAddr("10.0.0.2"), Sport: 80, Dst: netip.MustParseAddr("10.0.0.1"), Dport: 5, Proto: 6}
	b := labels.Alert{Src: a.Dst, Sport: a.Dport, Dst: a.Src, Dport: a.Sport, Proto: 6}
	if flowOf(&a) != flowOf(&b) {
		t.Errorf("%v and %v", flowOf(&a), flowOf(&b))
	}
}

// broken is a capture of n TCP packets whose data offset reaches behind their end, or that are sound.
func broken(t *testing.T, n int, offset byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.pcap")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w, err := wire.NewWriter(f, wire.Ethernet, false)
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		b := make([]byte, 54)
		b[12] = 8
		ip := b[14:]
		ip[0], ip[3], ip[8], ip[9] = 0x45, 40, 64, 6
		copy(ip[12:], []byte{10, 0, 0, 1, 10, 0, 0, 2, byte(i >> 8), byte(i), 0, 80})
		ip[32], ip[33] = offset<<4, 2
		if err := w.Write(1_700_000_000e9+int64(i)*1e6, b, len(b)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return path
}

// A real engine finds planted decoder faults, and none in sound packets.
func TestEngineFindsPlantedFaults(t *testing.T) {
	image, err := images.Ensure(t.Context(), "suricata:8", func(s string) { t.Log(s) })
	lackOr(t, err)
	r, err := runner.NewContainer(t.Context(), "suricata", image, runner.Limits{})
	lackOr(t, err)
	defer r.Close()
	run := func(capture string) *Report {
		report, err := Run(t.Context(), Input{Detector: suricata.New(suricata.Options{}), Runner: r, Capture: capture, HomeNet: []string{"10.0.0.0/8"}}, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if report.Missing != "" {
			t.Fatal(report.Missing)
		}
		return report
	}
	if bad := run(broken(t, 30, 15)); bad.Layers[0].Events < 30 {
		t.Errorf("30 broken packets raised %d decoder events: %+v", bad.Layers[0].Events, bad)
	}
	if good := run(broken(t, 30, 5)); good.Layers[0].Events != 0 || good.Flows == 0 {
		t.Errorf("sound packets: %+v", good)
	}
}

// lackOr skips for want of something, or fails where EVILBENCH_REQUIRE names it.
func lackOr(t *testing.T, err error) {
	t.Helper()
	var missing *ids.Missing
	switch {
	case err == nil:
	case errors.As(err, &missing) && !slices.Contains(strings.Split(os.Getenv("EVILBENCH_REQUIRE"), ","), "docker"):
		t.Skipf("%v (%s)", missing, missing.Hint)
	default:
		t.Fatal(err)
	}
}
