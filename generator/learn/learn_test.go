package learn

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/evilbench/evilbench/generator/chronicle"
	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// flowRow is a row of a table for tests.
type flowRow struct {
	at                 float64 // s
	proto, src, dst    string
	port               string
	in, inN, out, outN float64
	flags              string
	lasts              float64
}

const monday = int64(1_709_510_400_000_000_000) // 2024-03-04

func tableOf(t testing.TB, rows []flowRow) *flowlog.Table {
	t.Helper()
	slices.SortStableFunc(rows, func(a, b flowRow) int {
		switch {
		case a.at < b.at:
			return -1
		case a.at > b.at:
			return 1
		}
		return 0
	})
	times := flowlog.Column{Name: flowlog.FirstSeen, Kind: flowlog.Time}
	words := func(name string, of func(*flowRow) string) flowlog.Column {
		c := flowlog.Column{Name: name, Kind: flowlog.Categorical}
		for i := range rows {
			c.Words = append(c.Words, of(&rows[i]))
		}
		all := slices.Clone(c.Words)
		slices.Sort(c.Words)
		c.Words = slices.Compact(c.Words)
		for _, w := range all {
			at, _ := slices.BinarySearch(c.Words, w)
			c.Codes = append(c.Codes, int32(at))
		}
		return c
	}
	numbers := func(name string, kind flowlog.Kind, of func(*flowRow) float64) flowlog.Column {
		c := flowlog.Column{Name: name, Kind: kind}
		for i := range rows {
			c.Numbers = append(c.Numbers, of(&rows[i]))
		}
		return c
	}
	for i := range rows {
		times.Times = append(times.Times, monday+int64(rows[i].at*1e9))
	}
	out, err := flowlog.NewTable("flows.csv", times,
		words(flowlog.Proto, func(r *flowRow) string { return r.proto }), words(flowlog.SrcIP, func(r *flowRow) string { return r.src }),
		words(flowlog.DstIP, func(r *flowRow) string { return r.dst }), words(flowlog.DstPort, func(r *flowRow) string { return r.port }),
		numbers(flowlog.InBytes, flowlog.Bytes, func(r *flowRow) float64 { return r.in }), numbers(flowlog.InPackets, flowlog.Count, func(r *flowRow) float64 { return r.inN }),
		numbers(flowlog.OutBytes, flowlog.Bytes, func(r *flowRow) float64 { return r.out }), numbers(flowlog.OutPackets, flowlog.Count, func(r *flowRow) float64 { return r.outN }),
		words(flowlog.Flags, func(r *flowRow) string { return r.flags }), numbers(flowlog.Elapsed, flowlog.Duration, func(r *flowRow) float64 { return r.lasts }))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// office are visits by four clients: a lookup at the resolver, then a flow to a web server within half a second; and mail on its own.
func office(visits int) []flowRow {
	r := rand.New(rand.NewPCG(1, 3))
	var rows []flowRow
	for range visits {
		at := r.Float64() * 86_000
		client := fmt.Sprintf("192.168.7.%d", 10+r.IntN(4))
		rows = append(rows,
			flowRow{at, "UDP", client, "192.168.7.2", "53.0", 120, 1, 70 + float64(r.IntN(9)), 1, "......", 0.01},
			flowRow{at + 0.05 + 0.4*r.Float64(), "TCP", client, fmt.Sprintf("203.0.113.%d", 1+r.IntN(20)), "443.0", 9000 + 1000*r.Float64(), 12, 1500 + float64(r.IntN(900)), 10, ".AP.SF", 2 + r.Float64()})
		if r.IntN(3) == 0 {
			rows = append(rows, flowRow{r.Float64() * 86_000, "TCP", client, "192.168.7.2", "25.0", 700, 9, 3000 + float64(r.IntN(5000)), 11, ".AP.SF", 0.5})
		}
	}
	for i := range rows {
		rows[i].in, rows[i].out = float64(int(rows[i].in)), float64(int(rows[i].out))
	}
	return rows
}

// tiedVisit finds the planted pattern: a lookup and what follows it by the same client.
func tiedVisit(m *model.Model) *model.Pattern {
	for i := range m.Patterns {
		p := &m.Patterns[i]
		if strings.Contains(p.Sentence(), ":53/udp") && strings.Contains(p.Sentence(), ":443") && len(p.Rows) == 2 && p.Rows[1].Src.Use != "" {
			return p
		}
	}
	return nil
}

func TestVisitsAreLearnt(t *testing.T) {
	r, err := Learn(tableOf(t, office(600)), Options{Name: "test", Addresses: Kept})
	if err != nil {
		t.Fatal(err)
	}
	if r.Description.Bits >= r.BaseBits {
		t.Errorf("%.0f bits with patterns, %.0f without", r.Description.Bits, r.BaseBits)
	}
	p := tiedVisit(r.Model)
	if p == nil {
		for i := range r.Model.Patterns {
			t.Log(r.Model.Patterns[i].Sentence(), r.Model.Patterns[i].Description)
		}
		t.Fatal("the visit was not found")
	}
	if p.Count() < 500 {
		t.Errorf("%d visits of 600", p.Count())
	}
	knots := p.Rows[1].After.Knots
	if low, high := knots[0], knots[len(knots)-1]; low < 0.04 || high > 0.5 {
		t.Errorf("the second flow comes %g to %g s later, planted were .05 to .45", low, high)
	}
	if p.Rows[0].Answer.Set == "" || p.Rows[1].Dst.Use != p.Rows[0].Answer.Set {
		t.Errorf("the lookup asks for %+v, and the flow goes to %+v", p.Rows[0].Answer, p.Rows[1].Dst)
	}
	roles := map[string]int{}
	for _, h := range r.Model.Hosts {
		roles[fmt.Sprint(h.Role, h.Local)]++
	}
	if roles["workstationtrue"] != 4 || roles["servertrue"] != 1 || roles["webfalse"] != 20 {
		t.Errorf("roles %v", roles)
	}
	server := r.Model.Hosts[slices.IndexFunc(r.Model.Hosts, func(h model.Host) bool { return h.Role == "server" })]
	if server.Address != "192.168.7.2" || !slices.Equal(server.Services, []string{"dns", "smtp"}) {
		t.Errorf("the server is %+v", server)
	}
}

// A model can be written, and read again as it was.
func TestSameModelWithAnyNumberOfWorkers(t *testing.T) {
	table := tableOf(t, office(200))
	var first []byte
	for _, jobs := range []int{1, 2, 5} {
		r, err := Learn(table, Options{Name: "test", Secret: []byte("x"), Search: chronicle.Options{Jobs: jobs}})
		if err != nil {
			t.Fatal(err)
		}
		text, err := r.Model.Encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := model.Parse("model.json", text)
		if err != nil {
			t.Fatal(err)
		}
		if lines := model.Diff(r.Model, back); len(lines) > 0 {
			t.Errorf("read back it differs: %v", lines)
		}
		if first == nil {
			first = text
		}
		if !bytes.Equal(first, text) {
			t.Errorf("%d workers make another model", jobs)
		}
	}
}

func TestNoAddressLeaves(t *testing.T) {
	table := tableOf(t, office(100))
	for _, kind := range []Addresses{Pseudonyms, Dropped} {
		r, err := Learn(table, Options{Name: "test", Addresses: kind, Secret: []byte("secret")})
		if err != nil {
			t.Fatal(err)
		}
		text, err := r.Model.Encode()
		if err != nil {
			t.Fatal(err)
		}
		for _, column := range []string{flowlog.SrcIP, flowlog.DstIP} {
			c, _ := table.Column(column)
			for _, w := range c.Words {
				if bytes.Contains(text, []byte(`"`+w+`"`)) {
					t.Errorf("way %d: %s stands in the model", kind, w)
				}
			}
		}
	}
}

func TestFaults(t *testing.T) {
	whole := tableOf(t, office(30))
	without := func(name string) *flowlog.Table {
		out := *whole
		out.Columns = slices.DeleteFunc(slices.Clone(whole.Columns), func(c flowlog.Column) bool { return c.Name == name })
		return &out
	}
	for _, c := range []struct {
		name  string
		table *flowlog.Table
		want  string
	}{
		{"empty", whole.Take(nil), "flows.csv: 0 flows"},
		{"one flow", whole.Take([]int{0}), "flows.csv: 1 flows"},
		{"no port", without(flowlog.DstPort), `flows.csv: no column "Dst Pt"`},
		{"no time", without(flowlog.FirstSeen), `flows.csv: no column "Date first seen"`},
		{"one time", whole.Take(make([]int, 50)), "flows.csv: all 50 flows start at the same time"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := Learn(c.table, Options{Name: "test"}); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

// Rows that differ in their times alone make a model of one pattern that makes the same row.
func TestAllRowsTheSame(t *testing.T) {
	var rows []flowRow
	for i := range 50 {
		rows = append(rows, flowRow{float64(i * 60), "UDP", "10.0.0.1", "10.0.0.2", "123.0", 76, 1, 76, 1, "......", 0.002})
	}
	r, err := Learn(tableOf(t, rows), Options{Name: "test"})
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Model.Patterns {
		for _, v := range r.Model.Patterns[i].Variables {
			if v.Size() != 1 {
				t.Errorf("pattern %s: %s has %d values", r.Model.Patterns[i].Name, v.Name, v.Size())
			}
		}
	}
}
