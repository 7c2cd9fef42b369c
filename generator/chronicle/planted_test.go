package chronicle

import (
	"fmt"
	"slices"
	"testing"

	"github.com/evilbench/evilbench/generator/draw"
)

// step is one flow of a planted sequence: its port, whom it goes to, and how long after the one before, in hundredths of a second.
type step struct {
	port         int32
	to           int32 // first of the servers that it goes to
	among        int   // how many of them
	same         bool  // it goes where the one before went
	after, spare int
}

// sequence is flows of one client that belong together.
type sequence struct {
	name  string
	times int
	steps []step
}

const (
	clients  = 12
	resolver = 20
	mail     = 21
	web      = 30 // to 59
	files    = 22 // to 24
	people   = 60
	ports    = 10
)

// sequences are what networks do: names before visits, mail before visits, a session of three flows with one server, and something rare.
// (eight times: one row in two hundred). Clients are many and act at the same time, so that their flows lie among each other.
var sequences = []sequence{
	{"a name, then the web", 700, []step{{port: 0, to: resolver}, {port: 1, to: web, among: 30, after: 10, spare: 20}}},
	{"mail, then the web", 400, []step{{port: 2, to: mail}, {port: 1, to: web, among: 30, after: 60, spare: 60}}},
	{"a session of three", 300, []step{{port: 3, to: files, among: 3}, {port: 4, same: true, after: 40, spare: 30}, {port: 5, same: true, after: 90, spare: 40}}},
	{"something rare", 8, []step{{port: 6, to: resolver}, {port: 7, to: mail, after: 30, spare: 10}}},
}

type plantedFlow struct {
	at             int64
	src, dst, port int32
	size, answer   int32
	of, instance   int // sequence and which of its times; of = -1 of noise
}

// plantedFlows are the sequences over a few hours, and a share of rows that mean nothing.
func plantedFlows(seed uint64, noise float64) []plantedFlow {
	const span = 1_500_000 // hundredths of a second
	var flows []plantedFlow
	for k, s := range sequences {
		for i := range s.times {
			r := draw.NewSeed(seed).Number(uint64(k)).Number(uint64(i)).Stream()
			client, at, last := int32(r.IntN(clients)), int64(r.IntN(span)), int32(-1)
			for j, x := range s.steps {
				to := x.to
				if x.among > 1 {
					to += int32(r.IntN(x.among))
				}
				if x.same {
					to = last
				}
				last = to
				if j > 0 {
					at += int64(x.after + r.IntN(x.spare))
				}
				flows = append(flows, plantedFlow{at: at, src: client, dst: to, port: x.port, size: int32(r.IntN(6)), of: k, instance: i})
			}
		}
	}
	for i := range int(noise * float64(len(flows))) {
		r := draw.NewSeed(seed).Word("noise").Number(uint64(i)).Stream()
		flows = append(flows, plantedFlow{int64(r.IntN(span)), int32(r.IntN(clients)), int32(r.IntN(people)), int32(r.IntN(ports)), int32(r.IntN(6)), 0, -1, 0})
	}
	slices.SortStableFunc(flows, func(a, b plantedFlow) int { return int(a.at - b.at) })
	return flows
}

// plantedTable codes flows. With answers there is a third column of addresses, whose none is nobody's address.
func plantedTable(flows []plantedFlow, answers bool) *Table {
	t := &Table{Columns: []Column{{Name: "src", Card: people}, {Name: "dst", Card: people}, {Name: "port", Card: ports}, {Name: "size", Card: 6}}}
	if answers {
		t.Columns = append(t.Columns, Column{Name: "answer", Card: people + 1})
	}
	for i, f := range flows {
		t.Time = append(t.Time, f.at-flows[0].at)
		for c, v := range []int32{f.src, f.dst, f.port, f.size} {
			t.Columns[c].Codes = append(t.Columns[c].Codes, v)
			if c < 2 {
				t.Columns[c].Who = append(t.Columns[c].Who, v)
			}
		}
		if answers {
			who := f.answer
			if f.answer == people {
				who = -1 - int32(i) // none equals no other none
			}
			t.Columns[4].Codes, t.Columns[4].Who = append(t.Columns[4].Codes, f.answer), append(t.Columns[4].Who, who)
		}
	}
	return t
}

// recovered counts the instances of a sequence that are windows of patterns which tie their rows by the client and hold next to nothing but
// this sequence.
func recovered(d *Description, flows []plantedFlow, of int) int {
	found := 0
	for _, e := range d.Entries {
		length := len(e.Pattern.Rows)
		if length < len(sequences[of].steps) || !tied(e.Pattern) {
			continue
		}
		whole := 0
		for w := 0; w < len(e.Windows); w += length {
			rows := map[int]int{}
			for _, r := range e.Windows[w : w+length] {
				if f := &flows[r]; f.of == of {
					rows[f.instance]++
				}
			}
			for _, n := range rows {
				if n == len(sequences[of].steps) {
					whole++
				}
			}
		}
		if whole*10 >= e.Count()*8 {
			found += whole
		}
	}
	return found
}

// tied tells whether all rows have the same client.
func tied(p Pattern) bool {
	first := p.Rows[0].Cells[0]
	for _, r := range p.Rows[1:] {
		if first.Kind != Set || r.Cells[0] != (Cell{Use, first.Value}) {
			return false
		}
	}
	return true
}

func TestPlantedSequencesAreFound(t *testing.T) {
	for _, noise := range []float64{0, 0.1} {
		t.Run(fmt.Sprintf("%g %% noise", 100*noise), func(t *testing.T) {
			flows := plantedFlows(1, noise)
			table := plantedTable(flows, false)
			last := 0.0
			d, err := Learn(table, Options{Progress: func(_, _ int, bits float64) {
				if last > 0 && bits > last {
					t.Errorf("the cost rose from %.1f to %.1f bits", last, bits)
				}
				last = bits
			}})
			if err != nil {
				t.Fatal(err)
			}
			for k, s := range sequences {
				if found := recovered(d, flows, k); found < s.times*8/10 {
					t.Errorf("%s: %d of %d", s.name, found, s.times)
				}
			}
			if t.Failed() {
				for _, e := range d.Entries {
					t.Logf("%d × %s", e.Count(), e.Pattern.Text(table, func(_ int, v int32) string { return fmt.Sprint(v) }))
				}
			}
		})
	}
}

// In a table whose columns and times are shuffled nothing follows anything.
func TestNothingFollowsInAShuffledTable(t *testing.T) {
	flows := plantedFlows(1, 0.1)
	r := draw.NewSeed(5).Stream()
	last := flows[len(flows)-1].at
	for i := range flows {
		j := r.IntN(i + 1)
		flows[i].src, flows[j].src = flows[j].src, flows[i].src
		k := r.IntN(i + 1)
		flows[i].dst, flows[k].dst = flows[k].dst, flows[i].dst
		l := r.IntN(i + 1)
		flows[i].port, flows[l].port = flows[l].port, flows[i].port
	}
	for i := range flows {
		flows[i].at = int64(r.IntN(int(last)))
	}
	slices.SortStableFunc(flows, func(a, b plantedFlow) int { return int(a.at - b.at) })
	table := plantedTable(flows, false)
	d, err := Learn(table, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range d.Entries {
		if len(e.Pattern.Rows) > 1 && e.Count() > 0 {
			t.Errorf("%d × %s", e.Count(), e.Pattern.Text(table, func(_ int, v int32) string { return fmt.Sprint(v) }))
		}
	}
}

// Where the table tells what a resolver answered, the next flow is tied to it.
func TestAnswersTieDestinations(t *testing.T) {
	flows := plantedFlows(1, 0.1)
	next := map[int32]int32{} // by client: whom it speaks to next
	for i := len(flows) - 1; i >= 0; i-- {
		f := &flows[i]
		f.answer = people
		if f.port == 0 && f.dst == resolver {
			if to, ok := next[f.src]; ok {
				f.answer = to
			}
		}
		if f.port == 1 {
			next[f.src] = f.dst
		}
	}
	table := plantedTable(flows, true)
	d, err := Learn(table, Options{})
	if err != nil {
		t.Fatal(err)
	}
	tied := 0
	for _, e := range d.Entries {
		for i := 1; i < len(e.Pattern.Rows); i++ {
			a, b := e.Pattern.Rows[i-1].Cells, e.Pattern.Rows[i].Cells
			if a[4].Kind == Set && b[1] == (Cell{Use, a[4].Value}) && b[0].Kind == Use {
				tied += e.Count()
			}
		}
	}
	if want := sequences[0].times * 6 / 10; tied < want {
		for _, e := range d.Entries {
			t.Logf("%d × %s", e.Count(), e.Pattern.Text(table, func(_ int, v int32) string { return fmt.Sprint(v) }))
		}
		t.Errorf("%d visits tied to their answers, want %d at least", tied, want)
	}
}
