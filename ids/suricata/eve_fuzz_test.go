package suricata

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evilbench/evilbench/labels"
)

// FuzzEVE: whatever a log holds, nothing panics, no line counts twice, error and value are never both set, and what is read as an
// alert says that it is one and is in range.
func FuzzEVE(f *testing.F) {
	for _, version := range []string{"6", "7", "8"} {
		text, err := os.ReadFile(filepath.Join("testdata", version, "eve.json"))
		if err != nil {
			f.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if strings.Contains(line, `"event_type":"alert"`) {
				f.Add(line)
			}
		}
	}
	f.Add(sound + "\n" + sound[:60])
	f.Add(`{"event_type":"alert","alert":{"signature_id":1e400}}`)
	f.Add(`{"event_type":"alert","vlan":[1,2,3,4294967295],"proto":"999","timestamp":"ts-error"}`)
	f.Fuzz(func(t *testing.T, text string) {
		alerts, faults := 0, 0
		for line, err := range readLines(strings.NewReader(text), "eve.json") {
			if err != nil {
				faults++
				continue
			}
			if !hasType(line.text, "alert") {
				continue
			}
			a, ok, err := decodeAlert(line.text)
			if err != nil || !ok {
				if a.Raw != "" {
					t.Errorf("error or no alert beside a value: %+v", a)
				}
				faults++
				continue
			}
			alerts++
			check(t, a)
		}
		if n := strings.Count(text, "\n") + 1; alerts+faults > n {
			t.Errorf("%d alerts and %d faults in %d lines", alerts, faults, n)
		}
	})
}

func check(t *testing.T, a labels.Alert) {
	t.Helper()
	if a.ICMPType < -1 || a.ICMPCode < -1 || a.Packet < 0 || a.VLAN >= 1<<24 || a.Kind != "alert" {
		t.Errorf("out of range: %+v", a)
	}
	var loose struct {
		EventType string `json:"event_type"`
	}
	if json.Unmarshal([]byte(a.Raw), &loose) == nil && loose.EventType != "" && !strings.EqualFold(loose.EventType, "alert") {
		t.Errorf("read as an alert: %s", a.Raw)
	}
}

func FuzzTimestamp(f *testing.F) {
	f.Add("2018-03-09T22:49:16.520001+0200")
	f.Add("ts-error")
	f.Fuzz(func(t *testing.T, text string) {
		fast, slow := timestamp(text), slowTimestamp(text)
		if slow != 0 && fast != slow {
			t.Errorf("timestamp(%q) = %d, time.Parse says %d", text, fast, slow)
		}
	})
}
