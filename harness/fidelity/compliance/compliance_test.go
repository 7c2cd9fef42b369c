package compliance

import (
	"errors"
	"fmt"
	"iter"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/evilbench/evilbench/benchmarks"
	"github.com/evilbench/evilbench/generator/fault"
	"github.com/evilbench/evilbench/labels"
)

func generic(t testing.TB) *Set {
	t.Helper()
	s, err := Generic()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func list(rows ...Row) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// web is a flow that keeps every generic rule.
func web() Row {
	return Row{
		Proto: "TCP", Source: "10.0.0.5", Dest: "192.0.2.1", Port: 443, ICMPType: -1, ICMPCode: -1,
		OutBytes: 900, OutPackets: 9, InBytes: 20_000, InPackets: 17, Flags: "APSF", Duration: 0.8,
	}
}

func broken(t *testing.T, r Row) []string {
	t.Helper()
	report, err := generic(t).Check(list(r))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range report.Findings {
		if f.Broken.Missing == "" && f.Broken.K > 0 {
			out = append(out, f.Rule)
		}
	}
	return out
}

func TestGenericRules(t *testing.T) {
	if got := broken(t, web()); len(got) > 0 {
		t.Fatalf("a plain web flow breaks %v", got)
	}
	for rule, spoil := range map[string]func(*Row){
		"dhcp-is-udp":                         func(r *Row) { r.Port = 67 },
		"ntp-is-udp":                          func(r *Row) { r.Port = 123 },
		"mdns-is-udp":                         func(r *Row) { r.Port = 5353 },
		"tftp-is-udp":                         func(r *Row) { r.Port = 69 },
		"netbios-names-and-datagrams-are-udp": func(r *Row) { r.Port = 138 },
		"ssdp-is-udp":                         func(r *Row) { r.Port = 1900 },
		"teredo-is-udp":                       func(r *Row) { r.Port = 3544 },
		"mail-is-tcp":                         func(r *Row) { r.Proto, r.Port, r.Flags = "UDP", 993, "" },
		"ssh-is-tcp":                          func(r *Row) { r.Proto, r.Port, r.Flags = "UDP", 22, "" },
		"http-in-clear-is-tcp":                func(r *Row) { r.Proto, r.Port, r.Flags = "UDP", 80, "" },
		"smb-is-tcp":                          func(r *Row) { r.Proto, r.Port, r.Flags = "UDP", 445, "" },
		"port-zero-is-reserved":               func(r *Row) { r.Port = 0 },
		"tcp-segments-have-headers-out":       func(r *Row) { r.OutBytes = 350 },
		"tcp-segments-have-headers-in":        func(r *Row) { r.InBytes = 600 },
		"packets-have-an-end-out":             func(r *Row) { r.OutBytes = 1e6 },
		"packets-have-an-end-in":              func(r *Row) { r.InBytes = 1e9 },
		"no-bytes-without-packets-in":         func(r *Row) { r.InPackets = 0 },
		"no-bytes-without-packets-out":        func(r *Row) { r.OutPackets = 0 },
		"packets-are-whole":                   func(r *Row) { r.OutPackets = 8.5 },
		"flags-are-of-tcp":                    func(r *Row) { r.Proto = "UDP" },
		"time-goes-forward":                   func(r *Row) { r.Duration = -0.1 },
		"one-packet-is-a-moment":              func(r *Row) { r.OutPackets, r.OutBytes, r.InPackets, r.InBytes = 1, 60, 0, 0 },
		"several-packets-take-time":           func(r *Row) { r.Duration = 0 },
		"multicast-does-not-speak":            func(r *Row) { r.Source = "224.0.0.251" },
		"tcp-speaks-to-one":                   func(r *Row) { r.Dest = "255.255.255.255" },
		"multicast-does-not-answer":           func(r *Row) { r.Dest = "ff02::1" },
		"icmp-types-fit-a-byte":               func(r *Row) { r.Proto, r.Port, r.ICMPType, r.ICMPCode, r.Flags = "ICMP", -1, 300, 0, "" },
		"icmp-errors-are-not-answered":        func(r *Row) { r.Proto, r.Port, r.ICMPType, r.ICMPCode, r.Flags = "ICMP", -1, 3, 1, "" },
		"datagrams-have-headers-out":          func(r *Row) { r.Proto, r.OutBytes, r.Flags = "UDP", 9*27, "" },
		"datagrams-have-headers-in":           func(r *Row) { r.Proto, r.InBytes, r.Flags = "UDP", 17*27, "" },
		"packets-have-headers-out":            func(r *Row) { r.OutBytes = 100 },
		"packets-have-headers-in":             func(r *Row) { r.InBytes = 100 },
		"a-flow-has-packets":                  func(r *Row) { r.OutPackets, r.OutBytes, r.InPackets, r.InBytes, r.Duration = 0, 0, 0, 0, 0 },
		"counts-are-not-negative":             func(r *Row) { r.InBytes = -1 },
	} {
		r := web()
		spoil(&r)
		if got := broken(t, r); !strings.Contains(fmt.Sprint(got), rule) {
			t.Errorf("%s: broken are %v", rule, got)
		}
	}
}

// TestEveryGenericRuleIsTested holds the table above complete.
func TestEveryGenericRuleIsTested(t *testing.T) {
	if got := len(generic(t).Rules); got != 34 {
		t.Errorf("%d generic rules, 34 are tested", got)
	}
}

func TestReport(t *testing.T) {
	bad := web()
	bad.Port = 123
	rows := []Row{web(), bad, bad, bad, bad}
	report, err := generic(t).Check(list(rows...))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		switch f.Rule {
		case "ntp-is-udp":
			if f.Broken.K != 4 || f.Broken.N != 4 || len(f.Examples) != 3 || f.Examples[0].Row != 2 || !strings.Contains(f.Examples[0].Flow, "port 123") {
				t.Errorf("%+v", f)
			}
		case "icmp-types-fit-a-byte":
			if f.Broken.Missing == "" {
				t.Errorf("%+v: no row is about ICMP", f)
			}
		}
	}
	if report.Any.K != 4 || report.Any.N != 5 {
		t.Errorf("any: %+v", report.Any)
	}
}

func TestSiteRules(t *testing.T) {
	s, err := Parse("site.yaml", []byte(`format: evilbench.compliance/1
rules:
  - name: resolver
    where: port == 53
    holds: within(dst, "10.0.0.0/24") and private(src)
    reason: names are asked of our own resolvers
    source: policy 7
`))
	if err != nil {
		t.Fatal(err)
	}
	inside, outside := web(), web()
	inside.Port, inside.Dest, outside.Port, outside.Dest = 53, "10.0.0.9", 53, "9.9.9.9"
	report, err := s.Check(list(inside, outside))
	if err != nil {
		t.Fatal(err)
	}
	if f := report.Findings[0]; f.Broken.K != 1 || f.Broken.N != 2 || f.Examples[0].Row != 2 {
		t.Errorf("%+v", f)
	}
}

func TestFaults(t *testing.T) {
	const good = "    holds: duration >= 0\n    reason: r\n    source: s\n"
	for name, c := range map[string]struct{ text, want string }{
		"empty":           {"", "the file is empty"},
		"other format":    {"format: x\nrules:\n  - name: a\n" + good, `format is "x"`},
		"no format":       {"rules:\n  - name: a\n" + good, "format is missing"},
		"no rules":        {"format: evilbench.compliance/1\n", "no rule"},
		"unknown field":   {"format: evilbench.compliance/1\nrules:\n  - name: a\n    hold: true\n" + good, "did you mean holds?"},
		"unknown name":    {"format: evilbench.compliance/1\nrules:\n  - name: a\n    where: prot == \"TCP\"\n" + good, "4:12"},
		"no condition":    {"format: evilbench.compliance/1\nrules:\n  - name: a\n    reason: r\n    source: s\n", "no holds"},
		"not a condition": {"format: evilbench.compliance/1\nrules:\n  - name: a\n    where: port + 1\n" + good, "4:12"},
		"twice":           {"format: evilbench.compliance/1\nrules:\n  - name: a\n" + good + "  - name: a\n" + good, "two rules"},
		"not yaml":        {"\x00{", ""},
	} {
		_, err := Parse("f.yaml", []byte(c.text))
		var f *fault.Error
		if !errors.As(err, &f) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want a fault with %q", name, err, c.want)
		}
	}
}

func TestRuleThatFailsOnARow(t *testing.T) {
	s, err := Parse("f", []byte("format: evilbench.compliance/1\nrules:\n  - name: a\n    holds: within(dst, src)\n    reason: r\n    source: s\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Check(list(web())); err == nil || !strings.Contains(err.Error(), "rule a, row 1") {
		t.Errorf("%v", err)
	}
}

func FuzzParse(f *testing.F) {
	text, err := benchmarks.Compliance.ReadFile("compliance/generic.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte("format: evilbench.compliance/1\nrules: [{name: a, holds: 'true', reason: r, source: s}]"))
	f.Fuzz(func(_ *testing.T, text []byte) {
		s, err := Parse("f", text)
		if err != nil {
			return
		}
		_, _ = s.Check(list(web())) // a rule may fail on a row, and must not panic
	})
}

// BenchmarkCheck holds flows against the generic rules. Its unit is the flow.
func BenchmarkCheck(b *testing.B) {
	s := generic(b)
	const n = 1000
	rows := make([]Row, n)
	for i := range rows {
		rows[i] = web()
	}
	for b.Loop() {
		if _, err := s.Check(list(rows...)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/flow")
}

func TestBenignFlows(t *testing.T) {
	flow := func(campaign string, proto uint8, port uint16) labels.Flow {
		return labels.Flow{
			Tuple: labels.Tuple{Src: netip.MustParseAddr("10.0.0.1"), Dst: netip.MustParseAddr("192.0.2.7"), Dport: port, Proto: proto},
			Start: 1e9, End: 3e9, FwdPackets: 2, FwdBytes: 200, BwdPackets: 1, BwdBytes: 100, ICMPType: -1, ICMPCode: -1, Campaign: campaign,
		}
	}
	var got []Row
	for r, err := range Benign(func(yield func(labels.Flow, error) bool) {
		_ = yield(flow("", 17, 53), nil) && yield(flow("scan-1", 6, 123), nil) && yield(flow("", 89, 7), nil)
	}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, r)
	}
	want := []Row{
		{Proto: "UDP", Source: "10.0.0.1", Dest: "192.0.2.7", Port: 53, ICMPType: -1, ICMPCode: -1, OutBytes: 200, OutPackets: 2, InBytes: 100, InPackets: 1, Duration: 2},
		{Proto: "89", Source: "10.0.0.1", Dest: "192.0.2.7", Port: -1, ICMPType: -1, ICMPCode: -1, OutBytes: 200, OutPackets: 2, InBytes: 100, InPackets: 1, Duration: 2},
	}
	if !slices.Equal(got, want) {
		t.Errorf("rows %+v, want %+v", got, want)
	}
}
