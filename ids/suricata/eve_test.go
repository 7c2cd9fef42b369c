package suricata

import (
	"math"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/evilbench/evilbench/labels"
)

// read collects what a log yields.
func read(t testing.TB, output string) (alerts []labels.Alert, faults []error) {
	t.Helper()
	for a, err := range New(Options{}).Alerts(output) {
		if err != nil {
			faults = append(faults, err)
			continue
		}
		alerts = append(alerts, a)
	}
	return alerts, faults
}

// find returns the one alert of a rule on a packet; packet 0 stands for packets the engine made up.
func find(t *testing.T, alerts []labels.Alert, sid, packet int64) labels.Alert {
	t.Helper()
	for _, a := range alerts {
		if a.SID == sid && a.Packet == packet {
			return a
		}
	}
	t.Fatalf("no alert of rule %d on packet %d", sid, packet)
	return labels.Alert{}
}

// What the three versions said of testdata/shapes.pcap, packet by packet: the capture is ours, so the truth is known.
func TestAlertsOfRecordedRuns(t *testing.T) {
	start := time.Date(2023, 11, 14, 22, 13, 20, 0, time.UTC).UnixNano()
	for _, version := range []string{"6", "7", "8"} {
		t.Run(version, func(t *testing.T) {
			alerts, faults := read(t, filepath.Join("testdata", version))
			if len(faults) > 0 {
				t.Fatal(faults)
			}
			modern := version != "6"
			for i, a := range alerts {
				if a.Alert != int64(i+1) || a.Engine != "suricata" || a.Kind != "alert" || a.GID != 1 || !math.IsNaN(a.Score) {
					t.Errorf("alert %d: %+v", i+1, a)
				}
				if !strings.HasPrefix(a.Raw, "{") || !strings.HasSuffix(a.Raw, "}") {
					t.Errorf("alert %d: raw line %q", i+1, a.Raw)
				}
			}

			request := find(t, alerts, 1, 7)
			want := labels.Alert{
				Alert: request.Alert, Time: start + 70e6, Engine: "suricata", GID: 1, SID: 1, Rev: 3, Name: "request",
				Category: "Web Application Attack", Severity: 1,
				Src: netip.MustParseAddr("10.0.0.5"), Dst: netip.MustParseAddr("198.51.100.7"), Sport: 40001, Dport: 80, Proto: 6,
				Packet: 7, FlowStart: start + 10e6, FlowForward: modern, CommunityID: request.CommunityID, ICMPType: -1, ICMPCode: -1,
				Kind: "alert",
			}
			if modern {
				want.Direction, want.PacketSource = "to_server", "wire/pcap"
			}
			ignore := cmpopts.IgnoreFields(labels.Alert{}, "Score", "Raw", "EngineFlow")
			if diff := cmp.Diff(want, request, ignore, cmpopts.EquateComparable(netip.Addr{})); diff != "" {
				t.Errorf("request (-want +got):\n%s", diff)
			}
			if request.EngineFlow == "" || !strings.HasPrefix(request.CommunityID, "1:") {
				t.Errorf("request: flow %q, community id %q", request.EngineFlow, request.CommunityID)
			}

			response := find(t, alerts, 2, 8)
			if response.FlowForward || response.Src != want.Dst || response.Sport != 80 || response.FlowStart != want.FlowStart ||
				response.EngineFlow != request.EngineFlow || (modern && response.Direction != "to_client") {
				t.Errorf("response: %+v", response)
			}
			if flushed := find(t, alerts, 1, 0); flushed.Sport != 40002 || flushed.FlowStart != start+100e6 {
				t.Errorf("alert on a stream flushed at the end: %+v", flushed)
			}
			if ping := find(t, alerts, 4, 14); ping.Proto != 1 || ping.ICMPType != 8 || ping.ICMPCode != 0 || ping.Sport != 0 {
				t.Errorf("echo request: %+v", ping)
			}
			if pong := find(t, alerts, 4, 15); pong.ICMPType != 0 || pong.FlowStart != start+140e6 {
				t.Errorf("echo reply: %+v", pong)
			}
			if six := find(t, alerts, 1, 22); six.Src != netip.MustParseAddr("2001:db8::5") || six.Dst != netip.MustParseAddr("2001:db8::7") {
				t.Errorf("IPv6: %v to %v", six.Src, six.Dst)
			}
			if one := find(t, alerts, 1, 33); one.VLAN != 100 {
				t.Errorf("VLAN %#x, want 100", one.VLAN)
			}
			if two := find(t, alerts, 1, 42); two.VLAN != 200<<12|300 {
				t.Errorf("QinQ %#x, want outer 200, inner 300", two.VLAN)
			}

			last, gre, vxlan, sixInFour := int64(26), int64(45), int64(46), int64(49)
			if !modern { // version 6 does not say which packet carried the tunnel or ended the fragments
				last, gre, vxlan, sixInFour = 0, 0, 0, 0
			}
			find(t, alerts, 6, gre)
			find(t, alerts, 6, vxlan)
			outer := labels.Tuple{Src: want.Src, Dst: want.Dst, Sport: 7000, Dport: 4789, Proto: 17}
			if !slices.ContainsFunc(alerts, func(a labels.Alert) bool { return a.SID == 6 && a.Packet == vxlan && a.Outer == outer }) {
				t.Errorf("no alert from inside %+v", outer)
			}
			if put := find(t, alerts, 5, last); put.Outer.Src.IsValid() {
				t.Errorf("put together from fragments, and from inside %+v", put.Outer)
			}
			find(t, alerts, 6, sixInFour)
			if !modern {
				return // version 6 logs a decoder event with addresses of its own making, and no alert
			}
			if truncated := find(t, alerts, 8, 47); truncated.Src.IsValid() || truncated.EngineFlow != "" || truncated.Proto != 0 || truncated.FlowStart != 0 {
				t.Errorf("decoder alert: %+v; want neither addresses nor flow", truncated)
			}
		})
	}
}

const sound = `{"timestamp":"2023-11-14T22:13:20.070000+0000","event_type":"alert","pcap_cnt":7,"src_ip":"10.0.0.5","alert":{"gid":1,"signature_id":5}}`

func TestAlertsOfDamagedLogs(t *testing.T) {
	long := `{"event_type":"alert","payload":"` + strings.Repeat("A", maxLine) + `"}`
	tests := map[string]struct {
		text   string
		alerts int
		faults []string // what each error must contain
	}{
		"empty":             {"", 0, nil},
		"blank lines":       {"\n \n" + sound + "\n\n", 1, nil},
		"no final newline":  {sound, 1, nil},
		"carriage returns":  {sound + "\r\n" + sound + "\r\n", 2, nil},
		"torn at the end":   {sound + "\n" + sound[:60], 1, []string{"eve.json:2: torn"}},
		"torn in between":   {sound[:60] + "\n" + sound + "\n", 1, []string{"eve.json:1: torn"}},
		"torn and appended": {sound[:60] + sound + "\n" + sound + "\n", 1, []string{"eve.json:1: not an EVE record"}},
		"not JSON":          {"hello\n" + sound + "\n", 1, []string{"eve.json:1: torn"}},
		"wrong type":        {strings.Replace(sound, "7,", `"seven",`, 1) + "\n" + sound, 1, []string{"eve.json:1: not an EVE record"}},
		"bad address":       {strings.Replace(sound, "10.0.0.5", "10.0.0.555", 1) + "\n" + sound, 1, []string{"eve.json:1: not an EVE record"}},
		"long line":         {sound + "\n" + long + "\n" + sound + "\n", 2, []string{"eve.json:2: longer than"}},
		"spaces":            {strings.ReplaceAll(sound, `":`, `" : `), 1, nil},
		"a name twice":      {strings.Replace(sound, `"alert":{`, `"a":1,"a":2,"alert":{`, 1), 1, nil},
		"bytes of the wire": {strings.Replace(sound, `"alert":{`, "\"host\":\"\xff\xfe\",\"alert\":{", 1), 1, nil},
		"another event that speaks of alerts": {
			`{"event_type":"http","url":"\"event_type\":\"alert\"","x":"event_type"}` + "\n" + sound, 1, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			alerts, faults := read(t, logOf(t, tt.text))
			if len(alerts) != tt.alerts || len(faults) != len(tt.faults) {
				t.Fatalf("%d alerts, errors %v; want %d, %v", len(alerts), faults, tt.alerts, tt.faults)
			}
			for i, want := range tt.faults {
				if !strings.Contains(faults[i].Error(), want) || !strings.Contains(faults[i].Error(), "run it again") {
					t.Errorf("error %q lacks %q or a remedy", faults[i], want)
				}
			}
		})
	}
}

func TestAlertsWithoutLog(t *testing.T) {
	alerts, faults := read(t, t.TempDir())
	if len(alerts) != 0 || len(faults) != 1 || !strings.Contains(faults[0].Error(), "eve.json") {
		t.Errorf("%d alerts, errors %v; want one error that names eve.json", len(alerts), faults)
	}
}

func TestAlertsCanBeLeft(t *testing.T) {
	n := 0
	for range New(Options{}).Alerts("testdata/7") {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("read %d alerts, want 3", n)
	}
}

func logOf(t testing.TB, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "eve.json"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestTimestamp(t *testing.T) {
	tests := map[string]string{ // RFC 3339, "" = none
		"2018-03-09T22:49:16.520001+0200": "2018-03-09T20:49:16.520001Z",
		"2018-03-09T22:49:16.520001-0330": "2018-03-10T02:19:16.520001Z",
		"2020-02-29T00:00:00.000000+0000": "2020-02-29T00:00:00Z",
		"2021-02-29T00:00:00.000000+0000": "",
		"2021-04-31T00:00:00.000000+0000": "",
		"2018-03-09T22:49:16.520001Z":     "2018-03-09T22:49:16.520001Z",
		"2018-03-09T22:49:16+02:00":       "2018-03-09T20:49:16Z",
		"1960-03-09T22:49:16.520001+0000": "",
		"9999-03-09T22:49:16.520001+0000": "",
		"ts-error":                        "",
		"":                                "",
		"2018-13-09T22:49:16.520001+0200": "",
		"2018-03-09T22:49:16.52000x+0200": "",
		"2018-03-09T22:49:16.520001 0200": "",
	}
	for text, want := range tests {
		n := int64(0)
		if want != "" {
			at, err := time.Parse(time.RFC3339Nano, want)
			if err != nil {
				t.Fatal(err)
			}
			n = at.UnixNano()
		}
		if got := timestamp(text); got != n {
			t.Errorf("timestamp(%q) = %d, want %d", text, got, n)
		}
	}
}

func TestTimestampAgreesWithTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		micros := rapid.Int64Range(0, 9_000_000_000_000_000).Draw(t, "µs since the epoch")
		zone := rapid.IntRange(-14*60, 14*60).Draw(t, "zone in minutes")
		at := time.UnixMicro(micros).In(time.FixedZone("", zone*60))
		text := at.Format("2006-01-02T15:04:05.000000-0700")
		if at.Year() < 1970 {
			return
		}
		if got := timestamp(text); got != micros*1000 {
			t.Fatalf("timestamp(%s) = %d, want %d", text, got, micros*1000)
		}
	})
}

func TestProtocol(t *testing.T) {
	for text, want := range map[string]uint8{"TCP": 6, "tcp": 6, "6": 6, "017": 17, "IPv6-ICMP": 58, "": 0, "256": 0, "no such": 0} {
		if got := protocol(text); got != want {
			t.Errorf("protocol(%q) = %d, want %d", text, got, want)
		}
	}
}
