package scenario

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/evilbench/evilbench/generator/attack"
	"github.com/evilbench/evilbench/generator/fault"
)

const small = `name: small
start: 2024-03-05T10:00:00+01:00
duration: 10m
network:
  domain: corp.example
  subnets: [{name: lan, cidr: 10.1.0.0/24, cidr6: "fd00:1::/64"}]
  hosts:
    - {name: pc, role: workstation, address: 10.1.0.5, os: linux, ipv6: true}
    - {name: srv, role: server, address: 10.1.0.6, address6: "fd00:1::6", os: linux-server, services: [ssh, dns]}
attacks:
  - {kind: tcp-syn-scan, at: 1m, for: 30s, from: internet, to: srv}
  - {kind: tcp-syn-scan, at: 2m, for: 30s, from: workstation, to: [srv, lan]}
`

func mustParse(t *testing.T, text string) *Scenario {
	t.Helper()
	s, err := Parse("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// faults parses a text that must be refused.
func faults(t *testing.T, text string) []fault.Fault {
	t.Helper()
	s, err := Parse("test.yaml", []byte(text))
	var e *fault.Error
	if !errors.As(err, &e) || s != nil {
		t.Fatalf("got %v and %v, want a list of faults alone", s, err)
	}
	return e.Faults
}

func TestDefaultsAreFilledIn(t *testing.T) {
	s := mustParse(t, small)
	lan, pc := s.Network.Subnets[0], s.Network.Hosts[0]
	got := []any{s.Start, s.Model, s.Rate, s.Seed, lan.Gateway, lan.Gateway6, pc.Subnet, s.Attacks[0].Name, s.Attacks[1].Name, s.Attacks[1].To}
	want := []any{time.Date(2024, 3, 5, 9, 0, 0, 0, time.UTC), "office", 1.0, uint64(1), netip.MustParseAddr("10.1.0.1"), netip.MustParseAddr("fd00:1::1"), "lan",
		"tcp-syn-scan-1", "tcp-syn-scan-2", []string{"srv", "lan"}}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	if !lan.CIDR6.Contains(pc.Address6) || pc.Address6 == mustParse(t, strings.ReplaceAll(small, "name: pc", "name: pc2")).Network.Hosts[0].Address6 {
		t.Errorf("address %s does not follow from prefix and name", pc.Address6)
	}
	if diff := cmp.Diff("[10.1.0.0/24 fd00:1::/64]", fmt.Sprint(s.HomeNet())); diff != "" {
		t.Error(diff)
	}
}

func TestAllFaultsAreReportedWithPlaceAndRemedy(t *testing.T) {
	got := faults(t, `name: bad
start: yesterday
duration: 10 minutes
nework: {}
network:
  domain: corp.example
  subnets:
    - {name: lan, cidr: 10.1.0.0/24}
  hosts:
    - {name: pc, role: workstation, address: 10.9.0.5, subnet: lan, os: windows-12}
    - {name: pc, role: workstation, address: 10.1.0.1, os: linux, services: [htp]}
attacks:
  - {kind: tcp-sin-scan, at: 1m, for: 30s, from: intrnet, to: pc}
`)
	type seen struct {
		Line, Column  int
		Path, Message string
		Remedy        string
	}
	var list []seen
	for _, f := range got {
		list = append(list, seen{f.Line, f.Column, f.Path, f.Message, f.Remedy})
		if line := strings.Split(f.Excerpt, "\n"); len(line) != 2 || strings.Index(line[1], "^")-len("       | ") != f.Column-1 {
			t.Errorf("the caret is not under column %d:\n%s", f.Column, f.Excerpt)
		}
	}
	want := []seen{
		{2, 8, "start", `bad time "yesterday"`, "write RFC 3339, e.g. 2024-03-05T09:00:00Z"},
		{3, 11, "duration", `bad duration "10 minutes"`, "write a number with a unit, e.g. 90s, 40m, 1h30m"},
		{4, 1, "nework", `unknown field "nework"`, "did you mean network?"},
		{10, 46, "network.hosts[0].address", "10.9.0.5 is outside subnet lan (10.1.0.0/24)", "take an address of that network"},
		{10, 73, "network.hosts[0].os", `unknown operating system "windows-12"`, "did you mean windows-10?"},
		{11, 14, "network.hosts[1].name", "the name pc is taken by network.hosts[0].name", "names and addresses are unique"},
		{11, 46, "network.hosts[1].address", "the address 10.1.0.1 is taken by the gateway of subnet lan", "names and addresses are unique"},
		{11, 78, "network.hosts[1].services[0]", `unknown service "htp"`, "did you mean http?"},
		{13, 12, "attacks[0].kind", `unknown attack "tcp-sin-scan"`, "did you mean tcp-syn-scan?"},
		{13, 50, "attacks[0].from", `unknown source "intrnet"`, "did you mean internet?"},
	}
	if diff := cmp.Diff(want, list); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

func TestEachFault(t *testing.T) {
	for name, c := range map[string]struct{ old, new, path, message string }{
		"attack begins after the end": {"at: 2m", "at: 10m", "attacks[1].at", "10m0s is not before the scenario's end at 10m0s"},
		"attack ends after the end":   {"at: 2m", "at: 9m45s", "attacks[1].for", "ends at 10m15s, beyond the scenario's end at 10m0s"},
		"attack without length":       {"for: 30s, from: internet", "for: 0s, from: internet", "attacks[0].for", "0s, must be more than 0"},
		"unknown target":              {"[srv, lan]", "[srv, lam]", "attacks[1].to[1]", `unknown target "lam"`},
		"unseen attack":               {"to: srv}", "to: internet}", "attacks[0].to[0]", "an attack from internet to internet passes no sensor of the site"},
		"attack from a subnet":        {"from: workstation", "from: lan", "attacks[1].from", "lan is a subnet"},
		"attack on itself":            {"from: workstation, to: [srv", "from: srv, to: [srv", "attacks[1].to[0]", "srv attacks itself"},
		"unknown parameter":           {"to: srv}", "to: srv, with: {no-such-parameter: 1}}", "attacks[0].with.no-such-parameter", `unknown parameter "no-such-parameter"`},
		"parameters of another shape": {"to: srv}", "to: srv, with: 7}", "attacks[0].with", "a single value where a mapping belongs"},
		"unknown subnet":              {"role: workstation,", "role: workstation, subnet: wan,", "network.hosts[0].subnet", `unknown subnet "wan"`},
		"address without subnet":      {"10.1.0.5", "10.2.0.5", "network.hosts[0].address", "10.2.0.5 is outside every subnet"},
		"broadcast address":           {"10.1.0.5", "10.1.0.255", "network.hosts[0].address", "10.1.0.255 is the broadcast address of subnet lan"},
		"no address":                  {"address: 10.1.0.5, ", "", "network.hosts[0].address", "the field is missing"},
		"address twice":               {"10.1.0.6", "10.1.0.5", "network.hosts[1].address", "the address 10.1.0.5 is taken by network.hosts[0].address"},
		"no IPv6 network":             {`, cidr6: "fd00:1::/64"`, "", "network.hosts[0].ipv6", "subnet lan has no IPv6 network"},
		"host bits":                   {"10.1.0.0/24", "10.1.0.9/24", "network.subnets[0].cidr", "10.1.0.9/24 has host bits"},
		"role named like a subnet":    {"role: workstation", "role: lan", "network.hosts[0].role", "the word lan is taken by network.subnets[0].name"},
		"twice the same field":        {"duration: 10m", "duration: 10m\nduration: 11m", "duration", "the field is given twice"},
		"endless":                     {"duration: 10m", "duration: 99999h", "duration", "99999h0m0s, must be more than 0 and at most 8784h0m0s"},
		"negative duration":           {"duration: 10m", "duration: -10m", "duration", `bad duration "-10m"`},
		"no rate":                     {"duration: 10m", "duration: 10m\nrate: .nan", "rate", `".nan" is not a number from 0 to 1000`},
		"infinite rate":               {"duration: 10m", "duration: 10m\nrate: NaN", "rate", `"NaN" is not a number from 0 to 1000`},
		"an alias":                    {"[{name: lan,", "[&a {name: lan,", "attacks[0].to", ""},
		"null":                        {"domain: corp.example", "domain:", "network.domain", "no value"},
		"a list for a value":          {"name: small", "name: [small]", "name", "a list where a single value belongs"},
		"no hosts":                    {"name: small", "name: small\nnetwork: {domain: a.b, subnets: [], hosts: []}", "network", "the field is given twice"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(small, c.old, c.new, 1)
			if name == "an alias" {
				text = strings.Replace(text, "to: srv}", "to: *a}", 1)
			}
			if text == small {
				t.Fatal("the text was not changed")
			}
			for _, f := range faults(t, text) {
				if f.Path == c.path && (c.message == "" || f.Message == c.message) && f.Line > 0 {
					return
				}
			}
			t.Errorf("no fault %s: %s in %+v", c.path, c.message, faults(t, text))
		})
	}
}

func TestHostileInput(t *testing.T) {
	laughs := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c < 'l'; c++ {
		laughs += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat("*"+string(c-1)+", ", 10), ", "))
	}
	for name, text := range map[string]string{
		"billion laughs": laughs,
		"deep":           strings.Repeat("[", 100_000),
		"large":          "name: " + strings.Repeat("x", maxBytes),
		"empty":          "",
		"a scalar":       "7",
		"two documents":  small + "---\n" + small,
		"torn":           "name: [",
		"binary":         "\x00\x01\xff",
		"tab":            "name:\n\t- x",
	} {
		t.Run(name, func(t *testing.T) {
			if got := faults(t, text); len(got) == 0 || got[0].Message == "" {
				t.Errorf("faults %+v", got)
			}
		})
	}
}

func TestDigestCoversTheMeaning(t *testing.T) {
	digest := func(text string) string {
		t.Helper()
		d, err := mustParse(t, text).Digest()
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	first := digest(small)
	if got := digest("# a remark\n" + strings.Replace(small, "name: small", "model: office\nseed: 1\nname: small", 1)); got != first {
		t.Error("a remark, the order of keys or a spelled-out default changes the digest")
	}
	for _, change := range []string{"seed: 2", "rate: 0.5", "description: other"} {
		if digest(small+change+"\n") == first {
			t.Errorf("%s does not change the digest", change)
		}
	}
}

func TestLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mine.yaml")
	if err := os.WriteFile(path, []byte(small), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := Load(path); err != nil || s.Name != "small" {
		t.Errorf("got %v, %v", s, err)
	}
	if _, err := Load("offise"); err == nil || !strings.Contains(err.Error(), "office, smoke") {
		t.Errorf("an unknown scenario gives %v", err)
	}
}

func TestBuiltinScenarios(t *testing.T) {
	for _, name := range Builtin() {
		s, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		if s.Name != name {
			t.Errorf("scenario %s calls itself %s", name, s.Name)
		}
	}
	office, err := Load("office")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	outside := 0
	for _, a := range office.Attacks {
		used[a.Kind] = true
		if a.From == "internet" {
			outside++
		}
	}
	for _, k := range attack.Kinds() {
		if !used[k.Name] {
			t.Errorf("the default scenario has no %s", k.Name)
		}
	}
	if outside == 0 || outside == len(office.Attacks) {
		t.Errorf("%d of %d campaigns come from outside", outside, len(office.Attacks))
	}
	smoke, err := Load("smoke")
	if err != nil {
		t.Fatal(err)
	}
	if smoke.Duration > 3*time.Minute || len(smoke.Attacks) < 4 {
		t.Errorf("the test scenario has %s and %d campaigns", smoke.Duration, len(smoke.Attacks))
	}
}
