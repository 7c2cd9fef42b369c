package model_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evilbench/evilbench/generator/model"
)

const visits = `{
 "format": "evilbench.model/2",
 "provenance": {"name": "m", "from": "2024-03-04T00:00:00Z"},
 "hosts": [{"name": "server-1", "local": true, "role": "server", "services": ["dns"]}],
 "profiles": {"flat": {"hours": [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1], "weekdays": [1,1,1,1,1,1,1]}},
 "patterns": [{
  "name": "visit", "per": "role:workstation", "rate": 400, "profile": "flat",
  "rows": [
   {"src": {"use": "self"}, "dst": {"set": "B", "from": "host:server-1"}, "proto": {"fix": "udp"}, "port": {"fix": 53}, "answer": {"set": "C", "from": "internet:web"}},
   {"after": {"law": "quantiles", "knots": [0.1, 0.2, 0.3]}, "src": {"use": "self"}, "dst": {"use": "C"}, "service": {"fix": "tls"}, "out_bytes": {"free": "size"}}
  ],
  "variables": [{"name": "size", "bins": [{"low": 100, "high": 200}, {"low": 200, "high": 900}], "seen": [{"count": [[0, 7], [1, 5]]}]}]
 }]
}`

func parse(t *testing.T, text string) *model.Model {
	t.Helper()
	m, err := model.Parse("m.json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestSentence(t *testing.T) {
	p := &parse(t, visits).Patterns[0]
	if got, want := p.Sentence(), "self → B:53/udp asking for C, then within 0.3 s self → C:443/tcp"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if p.Count() != 12 {
		t.Errorf("seen %d times, want 12", p.Count())
	}
}

func TestDiffSaysWhatChanged(t *testing.T) {
	old := parse(t, visits)
	if lines := model.Diff(old, parse(t, visits)); len(lines) > 0 {
		t.Errorf("of the same: %q", lines)
	}
	now := parse(t, strings.NewReplacer(`"rate": 400`, `"rate": 800`, `[1, 5]`, `[1, 6]`, `0.3]`, `0.5]`).Replace(visits))
	now.Hosts = append(now.Hosts, model.Host{Name: "printer-1", Local: true, Role: "printer"})
	want := []string{
		"host printer-1 is new: printer ",
		"pattern visit: 800 times a day instead of 400",
		"pattern visit: now self → B:53/udp asking for C, then within 0.5 s self → C:443/tcp; it was self → B:53/udp asking for C, then within 0.3 s self → C:443/tcp",
		"pattern visit, row 2: changed after",
		"pattern visit, variable size: changed seen",
	}
	got := model.Diff(old, now)
	for i := range got {
		got[i], _, _ = strings.Cut(got[i], " (") // what it was is told behind
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if back := model.Diff(now, old); !slices.Contains(back, "host printer-1 is gone") {
		t.Errorf("back: %q", back)
	}
}

const printer = `
hosts:
  - {name: printer-1, local: true, role: printer}
patterns:
  - name: print
    per: role:workstation
    rate: 6
    rows:
      - {src: {use: self}, dst: {fix: "role:printer"}, proto: {fix: tcp}, port: {fix: 9100}, out_bytes: {fix: 50000}}
`

func TestPatternsByHandAreAdded(t *testing.T) {
	m := parse(t, visits)
	if err := m.Add("printer.yaml", []byte(printer)); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"host printer-1 is new: printer ", "profile always is new", "pattern print is new: self → printer:9100/tcp, 6 a day",
	}
	if diff := cmp.Diff(want, model.Diff(parse(t, visits), m)); diff != "" {
		t.Error(diff)
	}
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "printer.yaml"},
		{"no patterns", "hosts: []", "no patterns"},
		{"a slip", strings.Replace(printer, "rate", "rates", 1), "rates"},
		{"the same name", strings.Replace(printer, "name: print\n", "name: visit\n", 1), "visit"},
		{"unset placeholder", strings.Replace(printer, "use: self", "use: Z", 1), "Z"},
		{"not YAML", "patterns: [", "printer.yaml"},
		{"a list", "- 1", "printer.yaml"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := parse(t, visits)
			err := m.Add("printer.yaml", []byte(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
			if lines := model.Diff(parse(t, visits), m); len(lines) > 0 {
				t.Errorf("the model changed: %q", lines)
			}
		})
	}
}

func FuzzAdd(f *testing.F) {
	f.Add([]byte(printer))
	f.Add([]byte("patterns: [{name: x, rows: [{}]}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := model.Parse("m.json", []byte(visits))
		if err != nil {
			t.Fatal(err)
		}
		if m.Add("f.yaml", data) != nil {
			return
		}
		text, err := m.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := model.Parse("m.json", text); err != nil {
			t.Errorf("what was accepted is refused: %v", err)
		}
	})
}

func TestNumbersStandOnOneLine(t *testing.T) {
	m := parse(t, visits)
	text, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		` "hosts": [{"name": "server-1", "local": true, "role": "server", "services": ["dns"]}],` + "\n",
		`"hours": [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], "weekdays"`,
		`"after": {"law": "quantiles", "knots": [0.1, 0.2, 0.3]},` + "\n",
	} {
		if !strings.Contains(string(text), part) {
			t.Errorf("no %s in\n%s", part, text)
		}
	}
	if lines := model.Diff(m, parse(t, string(text))); len(lines) > 0 {
		t.Errorf("read back it differs: %q", lines)
	}
}

func TestDOTNamesRowsAndNetworks(t *testing.T) {
	m := parse(t, visits)
	m.Patterns[0].Variables = append(m.Patterns[0].Variables, model.Variable{Name: "other", Parents: []string{"size"}})
	dot := m.DOT()
	for _, part := range []string{`r0_0 -> r0_1 [style=bold,label="≤ 0.3 s"]`, "v0_0 -> v0_1;", `label="self → C:443/tcp"`} {
		if !strings.Contains(dot, part) {
			t.Errorf("no %s in\n%s", part, dot)
		}
	}
}
