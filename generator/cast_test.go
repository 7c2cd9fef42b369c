package generator_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"github.com/evilbench/evilbench/generator"
	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/generator/scenario"
)

// learnt is a model of a network of two workstations, a server and a web server: 400 lookups and 400 visits a day.
const learnt = `{
 "format": "evilbench.model/2",
 "provenance": {"name": "learnt", "from": "2024-03-04T00:00:00Z", "to": "2024-03-05T00:00:00Z"},
 "hosts": [
  {"name": "server-1", "address": "192.168.1.1", "local": true, "role": "server", "services": ["dns"]},
  {"name": "workstation-1", "address": "192.168.1.10", "local": true, "role": "workstation"},
  {"name": "workstation-2", "address": "192.168.1.11", "local": true, "role": "workstation"},
  {"name": "web-1", "address": "198.18.0.1", "role": "web", "services": ["tls"]}
 ],
 "profiles": {"flat": {"hours": [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1], "weekdays": [1,1,1,1,1,1,1]}},
 "patterns": [{
  "name": "visit", "per": "site", "rate": 400, "profile": "flat",
  "rows": [
   {"src": {"set": "A", "free": "who"}, "dst": {"fix": "host:server-1"}, "proto": {"fix": "udp"}, "port": {"fix": 53}, "answer": {"set": "B", "free": "where"},
    "out_bytes": {"fix": 60}, "in_bytes": {"fix": 120}, "out_packets": {"fix": 1}, "in_packets": {"fix": 1}, "flags": {"fix": "......"}, "duration": {"fix": 0.01}},
   {"after": {"law": "constant", "mean": 0.5}, "src": {"use": "A"}, "dst": {"use": "B"}, "proto": {"fix": "tcp"}, "port": {"fix": 443},
    "out_bytes": {"fix": 900}, "in_bytes": {"fix": 4000}, "out_packets": {"fix": 8}, "in_packets": {"fix": 7}, "flags": {"fix": ".AP.SF"}, "duration": {"fix": 1}}
  ],
  "variables": [
   {"name": "who", "values": ["host:workstation-1", "host:workstation-2"], "seen": [{"count": [[0, 300], [1, 100]]}]},
   {"name": "where", "values": ["host:web-1"], "seen": [{"count": [[0, 400]]}]}
  ]
 }]
}`

func parseModel(t *testing.T, text string) *model.Model {
	t.Helper()
	m, err := model.Parse("learnt.json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func parseScenario(t *testing.T, hosts string) *scenario.Scenario {
	t.Helper()
	sc, err := scenario.Parse("mine.yaml", []byte(`
name: mine
start: 2024-03-04T00:00:00Z
duration: 24h
network:
  domain: mine.example
  subnets: [{name: lan, cidr: 10.7.0.0/24}]
  hosts:
`+hosts))
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

// flows writes the flows of a scenario and reads them back, without the heading.
func flows(t *testing.T, sc *scenario.Scenario, m *model.Model, o generator.Options) (rows [][]string, warnings []string) {
	t.Helper()
	var b bytes.Buffer
	r, err := generator.WriteFlows(context.Background(), &b, sc, m, o)
	if err != nil {
		t.Fatal(err)
	}
	rows, err = csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if int64(len(rows)-1) != r.Flows {
		t.Errorf("%d rows, %d flows are said", len(rows)-1, r.Flows)
	}
	return rows[1:], r.Warnings
}

const (
	bySource = 2
	byTarget = 3
	byPort   = 4
)

// count counts rows by a column.
func count(rows [][]string, column int) map[string]int {
	out := map[string]int{}
	for _, r := range rows {
		out[r[column]]++
	}
	return out
}

func TestAtHomeEveryMachineIsItself(t *testing.T) {
	m := parseModel(t, learnt)
	sc, err := generator.Home(m)
	if err != nil {
		t.Fatal(err)
	}
	rows, _ := flows(t, sc, m, generator.Options{})
	sources, targets := count(rows, bySource), count(rows, byTarget)
	if len(sources) != 2 || len(targets) != 2 {
		t.Errorf("sources %v, targets %v", sources, targets)
	}
	if a, b := sources["192.168.1.10"], sources["192.168.1.11"]; a < 2*b || a > 4*b {
		t.Errorf("%d flows of the first workstation and %d of the second, want three times as many", a, b)
	}
	if targets["198.18.0.1"] != targets["192.168.1.1"] || targets["198.18.0.1"] < 300 {
		t.Errorf("targets %v", targets)
	}
}

func TestOnAnotherNetworkRolesAreKept(t *testing.T) {
	sc := parseScenario(t, `
  - {name: ws1, role: workstation, address: 10.7.0.11, os: windows-10}
  - {name: ws2, role: workstation, address: 10.7.0.12, os: windows-10}
  - {name: ws3, role: workstation, address: 10.7.0.13, os: windows-10}
  - {name: ws4, role: workstation, address: 10.7.0.14, os: windows-10}
  - {name: ns, role: resolver, address: 10.7.0.2, os: linux-server, services: [dns]}
  - {name: files, role: server, address: 10.7.0.3, os: linux-server, services: [smb]}
`)
	rows, warnings := flows(t, sc, parseModel(t, learnt), generator.Options{})
	if len(warnings) > 0 {
		t.Errorf("warnings %v", warnings)
	}
	sources := count(rows, bySource)
	if len(sources) != 4 || sources["10.7.0.11"] == 0 || sources["10.7.0.14"] == 0 {
		t.Errorf("sources %v, want all four workstations", sources)
	}
	if n := len(rows); n < 1400 || n > 1800 {
		t.Errorf("%d flows a day by four workstations, two made 800", n)
	}
	for _, r := range rows {
		if r[byPort] == "53.0" && r[byTarget] != "10.7.0.2" {
			t.Fatalf("a lookup goes to %s, who serves no names", r[byTarget])
		}
	}
}

func TestWhatNobodyOffersIsSaidBefore(t *testing.T) {
	sc := parseScenario(t, `
  - {name: ws1, role: workstation, address: 10.7.0.11, os: windows-10}
  - {name: files, role: server, address: 10.7.0.3, os: linux-server, services: [smb]}
`)
	m := parseModel(t, learnt)
	var b bytes.Buffer
	_, err := generator.WriteFlows(context.Background(), &b, sc, m, generator.Options{})
	if err == nil || !strings.Contains(err.Error(), "nobody offers dns (in the model server-1)") || !strings.Contains(err.Error(), "--skip-missing") {
		t.Errorf("error %v", err)
	}
	if b.Len() > 0 {
		t.Errorf("%d bytes were written before", b.Len())
	}
	rows, warnings := flows(t, sc, m, generator.Options{SkipMissing: true})
	if n := count(rows, byPort)["53.0"]; n != 0 || len(rows) == 0 {
		t.Errorf("%d lookups among %d flows", n, len(rows))
	}
	if len(warnings) != 1 || !strings.Contains(warnings[0], "nobody offers dns") {
		t.Errorf("warnings %v", warnings)
	}
}

func TestFlowsAreTheSameWithAnyNumberOfWorkers(t *testing.T) {
	m := parseModel(t, learnt)
	sc, err := generator.Home(m)
	if err != nil {
		t.Fatal(err)
	}
	var first []byte
	for _, jobs := range []int{1, 2, 7} {
		var b bytes.Buffer
		if _, err := generator.WriteFlows(context.Background(), &b, sc, m, generator.Options{Jobs: jobs}); err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = b.Bytes()
		}
		if !bytes.Equal(first, b.Bytes()) {
			t.Errorf("%d workers write other flows", jobs)
		}
	}
	last := ""
	for _, line := range strings.Split(strings.TrimSpace(string(first)), "\n")[1:] {
		if at, _, _ := strings.Cut(line, ","); at < last {
			t.Fatalf("%s behind %s", at, last)
		} else {
			last = at
		}
	}
}

func TestFlowsPerDay(t *testing.T) {
	m := parseModel(t, learnt)
	sc, err := generator.Home(m)
	if err != nil {
		t.Fatal(err)
	}
	sc.Duration = 48 * time.Hour
	rows, _ := flows(t, sc, m, generator.Options{FlowsPerDay: 2000})
	if n := len(rows); n < 3700 || n > 4300 {
		t.Errorf("%d flows in two days, 2000 a day were wanted", n)
	}
}

func TestFlowsWithoutPacketsAreRefused(t *testing.T) {
	m, err := model.Builtin("example")
	if err != nil {
		t.Fatal(err)
	}
	sc, err := scenario.Load("office")
	if err != nil {
		t.Fatal(err)
	}
	if m.Patterns[0].Rows[0].OutPkts.IsZero() {
		if _, err := generator.WriteFlows(context.Background(), &bytes.Buffer{}, sc, m, generator.Options{}); err == nil || !strings.Contains(err.Error(), "tells no packets") {
			t.Errorf("error %v", err)
		}
	}
}

// Packets of learnt flows are those that were promised, as far as datagrams go, and all flows are there.
func TestLearntFlowsBecomePackets(t *testing.T) {
	m := parseModel(t, learnt)
	sc, err := generator.Home(m)
	if err != nil {
		t.Fatal(err)
	}
	rows, _ := flows(t, sc, m, generator.Options{})
	r, err := generator.Generate(context.Background(), sc, m, &discard{}, generator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Flows != int64(len(rows)) {
		t.Errorf("%d flows on the wire, %d were drawn", r.Flows, len(rows))
	}
}
