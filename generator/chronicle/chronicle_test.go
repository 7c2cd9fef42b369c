package chronicle

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/evilbench/evilbench/generator/draw"
)

// tiny is four flows of three columns: who (an address), whom (an address), port (2 values).
func tiny() *Table {
	return &Table{
		Time: []int64{0, 10, 50, 64},
		Columns: []Column{
			{Name: "src", Codes: []int32{0, 0, 1, 1}, Card: 2, Who: []int32{0, 0, 1, 1}},
			{Name: "dst", Codes: []int32{0, 1, 0, 1}, Card: 2, Who: []int32{2, 3, 2, 3}},
			{Name: "port", Codes: []int32{0, 1, 0, 1}, Card: 2},
		},
	}
}

// ask is: someone asks on port 0, then the same one asks on port 1.
func ask() Pattern {
	return Pattern{Rows: []Row{
		{Cells: []Cell{{Set, 0}, {}, {Fix, 0}}},
		{Cells: []Cell{{Use, 0}, {}, {Fix, 1}}},
	}}
}

func TestPatternBitsByHand(t *testing.T) {
	// Two rows: log2(2.865064) + log2(2) = 2.5186.
	// First: 3 columns, one fixed of three (log2 3 + log2 3), its value of two (1), of the two left one sets (log2 2 + log2 2).
	// Second: the same for the fixed one (2 log2 3 + 1); of the two left one uses (log2 2 + log2 2), one of one placeholder (0);
	// of the last none sets (log2 1 + 0). No limit: 1.
	want := 2.5185678 + 2*math.Log2(3) + 1 + 2 + 2*math.Log2(3) + 1 + 2 + 0 + 1
	if got := patternBits(tiny(), ask()); math.Abs(got-want) > 1e-6 {
		t.Errorf("%v bits, by hand %v", got, want)
	}
}

func TestDescriptionByHand(t *testing.T) {
	// Both windows of the pattern hold all rows. Open cells: src, dst, dst. Of src two values: 1/2 and then 1/4; of the others one.
	// Two windows: log2(2.865064) + 1; two starts of log2 64; gaps 10 and 14.
	d, err := Describe(tiny(), Published, nil, []Pattern{ask()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := 2.5185678 + 12 + integerBits(11) + integerBits(15) + 3
	if got := d.Entries[0].Data; math.Abs(got-want) > 1e-6 || len(d.Rows) != 0 {
		t.Errorf("%v bits of %d windows, by hand %v", got, d.Entries[0].Count(), want)
	}
}

func TestIntegerBitsByHand(t *testing.T) {
	for n, want := range map[float64]float64{1: 1.5185678, 2: 2.5185678, 4: 4.5185678, 16: 1.5185678 + 4 + 2 + 1} {
		if got := integerBits(n); math.Abs(got-want) > 1e-6 {
			t.Errorf("%v: %v bits, by hand %v", n, got, want)
		}
	}
}

func TestWindows(t *testing.T) {
	if got, want := windows(tiny(), ask()), []int32{0, 1, 2, 3}; !slices.Equal(got, want) {
		t.Errorf("windows %v, want %v", got, want)
	}
	p := ask()
	p.Rows[1].Within = 12
	if got, want := windows(tiny(), p), []int32{0, 1}; !slices.Equal(got, want) {
		t.Errorf("windows within 0.12 s %v, want %v", got, want)
	}
}

// arbitrary is a table of chance.
func arbitrary(t *rapid.T) *Table {
	n := rapid.IntRange(20, 120).Draw(t, "rows")
	r := draw.NewSeed(rapid.Uint64().Draw(t, "seed")).Stream()
	out := &Table{Columns: []Column{{Name: "src", Card: 4}, {Name: "dst", Card: 4}, {Name: "port", Card: 3}, {Name: "size", Card: 5}}}
	at := int64(0)
	for range n {
		at += int64(r.IntN(50))
		out.Time = append(out.Time, at)
		for c := range out.Columns {
			v := int32(r.IntN(out.Columns[c].Card))
			out.Columns[c].Codes = append(out.Columns[c].Codes, v)
			if c < 2 {
				out.Columns[c].Who = append(out.Columns[c].Who, v)
			}
		}
	}
	return out
}

// TestCoverByParts brings patterns in and takes them out in any order, and compares with covering from nothing.
func TestCoverByParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := arbitrary(t)
		var pool []Pattern
		for range rapid.IntRange(1, 6).Draw(t, "patterns") {
			p := single(4).with(0, rapid.IntRange(2, 3).Draw(t, "column"), int32(rapid.IntRange(0, 2).Draw(t, "value")))
			for range rapid.IntRange(0, 2).Draw(t, "more") {
				next := single(4).with(0, 2, int32(rapid.IntRange(0, 2).Draw(t, "value")))
				links := []link{{role{len(p.Rows) - 1, 0}, role{0, rapid.IntRange(0, 1).Draw(t, "side")}}}
				if longer, ok := p.then(next, links, int64(rapid.IntRange(0, 200).Draw(t, "within"))); ok {
					p = longer
				}
			}
			pool = append(pool, p)
		}
		c := newCover(table)
		for i, p := range pool {
			c.add(int32(i), p, windows(table, p))
		}
		for i := range pool {
			if rapid.Bool().Draw(t, "out and in") {
				c.remove(int32(i))
				c.add(int32(i), pool[i], windows(table, pool[i]))
			}
		}
		gone := rapid.IntRange(0, len(pool)-1).Draw(t, "gone")
		c.remove(int32(gone))
		want := newCover(table)
		for i, p := range pool {
			if i != gone {
				want.add(int32(i), p, windows(table, p))
			}
		}
		a, b := selection(c), selection(want)
		if !slices.Equal(a, b) {
			t.Fatalf("by parts %v, from nothing %v", a, b)
		}
		taken := map[int32]bool{}
		for w := range c.windows {
			if c.windows[w].selected {
				for _, r := range c.of(int32(w)) {
					if taken[r] {
						t.Fatalf("row %d is in two windows", r)
					}
					taken[r] = true
				}
			}
		}
	})
}

// selection lists the selected windows by pattern and rows.
func selection(c *cover) []string {
	var out []string
	for w := range c.windows {
		if x := &c.windows[w]; x.selected {
			out = append(out, windowText(x.pattern, c.of(int32(w))))
		}
	}
	slices.Sort(out)
	return out
}

// planted is n visits of five clients: a name is asked for (port 0), and a fifth of a second later its answer is spoken to (port 1),
// with noise flows (port 2) among them.
func planted(visits, noise int) *Table {
	type flow struct {
		at             int64
		src, dst, port int32
		size           int32
	}
	var flows []flow
	for i := range visits {
		r := draw.NewSeed(1).Number(uint64(i)).Stream()
		client, at := int32(r.IntN(5)), int64(i*900+r.IntN(300))
		flows = append(flows, flow{at, client, 5, 0, int32(r.IntN(3))}, flow{at + 15 + int64(r.IntN(10)), client, 6 + int32(r.IntN(20)), 1, int32(r.IntN(8))})
	}
	for i := range noise {
		r := draw.NewSeed(2).Number(uint64(i)).Stream()
		flows = append(flows, flow{int64(r.IntN(visits * 900)), int32(r.IntN(5)), int32(r.IntN(26)), 2, int32(r.IntN(8))})
	}
	slices.SortStableFunc(flows, func(a, b flow) int { return int(a.at - b.at) })
	t := &Table{Columns: []Column{{Name: "src", Card: 26}, {Name: "dst", Card: 26}, {Name: "port", Card: 3}, {Name: "size", Card: 8}}}
	for _, f := range flows {
		t.Time = append(t.Time, f.at-flows[0].at)
		for c, v := range []int32{f.src, f.dst, f.port, f.size} {
			t.Columns[c].Codes = append(t.Columns[c].Codes, v)
			if c < 2 {
				t.Columns[c].Who = append(t.Columns[c].Who, v)
			}
		}
	}
	return t
}

// visit tells whether a pattern holds the planted pair: port 0 and then port 1 by the same client.
func visit(p Pattern) bool {
	for i := 1; i < len(p.Rows); i++ {
		a, b := p.Rows[i-1].Cells, p.Rows[i].Cells
		if a[2] == (Cell{Fix, 0}) && b[2] == (Cell{Fix, 1}) && b[0].Kind == Use && a[0].Value == b[0].Value {
			return true
		}
	}
	return false
}

func TestPlantedPatternIsFound(t *testing.T) {
	for _, noise := range []int{0, 80} {
		table := planted(400, noise)
		d, err := Learn(table, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(d.Entries, func(e *Entry) bool { return visit(e.Pattern) && e.Count() > 100 }) {
			for _, e := range d.Entries {
				t.Logf("%d × %s", e.Count(), e.Pattern.Text(table, func(_ int, v int32) string { return string('0' + v) }))
			}
			t.Errorf("noise %d: the visit is not found", noise)
		}
		fromNothing(t, table, Exact, d)
	}
}

func TestNothingIsFoundInChance(t *testing.T) {
	table := planted(400, 0)
	r := draw.NewSeed(9).Stream()
	for c := range table.Columns {
		codes := table.Columns[c].Codes
		for i := range codes {
			j := r.IntN(i + 1)
			codes[i], codes[j] = codes[j], codes[i]
		}
		if table.Columns[c].Who != nil {
			copy(table.Columns[c].Who, codes)
		}
	}
	for i := range table.Time { // times at random, too: nothing follows anything
		table.Time[i] = int64(r.IntN(400 * 900))
	}
	slices.Sort(table.Time)
	d, err := Learn(table, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range d.Entries {
		if len(e.Pattern.Rows) > 1 && visit(e.Pattern) {
			t.Errorf("%d visits found in a shuffled table", e.Count())
		}
	}
}

func TestSameDescriptionWithAnyNumberOfWorkers(t *testing.T) {
	table := planted(150, 40)
	var first []string
	for _, jobs := range []int{1, 2, 5} {
		d, err := Learn(table, Options{Jobs: jobs})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range d.Entries {
			got = append(got, e.Pattern.key())
		}
		if first == nil {
			first = got
		}
		if !slices.Equal(first, got) {
			t.Errorf("%d workers: %v, one worker: %v", jobs, got, first)
		}
	}
}

func TestFaults(t *testing.T) {
	for name, spoil := range map[string]func(*Table){
		"empty":        func(t *Table) { t.Time = nil },
		"not sorted":   func(t *Table) { t.Time[0] = 99 },
		"unknown code": func(t *Table) { t.Columns[2].Codes[1] = 7 },
		"ragged":       func(t *Table) { t.Columns[1].Codes = t.Columns[1].Codes[:2] },
	} {
		table := tiny()
		spoil(table)
		if _, err := Learn(table, Options{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	one := tiny()
	for c := range one.Columns {
		one.Columns[c].Codes, one.Columns[c].Who = one.Columns[c].Codes[:1], one.Columns[c].Who[:min(1, len(one.Columns[c].Who))]
		if c == 2 {
			one.Columns[c].Who = nil
		}
	}
	one.Time = one.Time[:1]
	if d, err := Learn(one, Options{}); err != nil || len(d.Rows) != 1 {
		t.Errorf("one flow: %v", err)
	}
}

func windowText(pattern int32, rows []int32) string { return fmt.Sprint(pattern, rows) }

// BenchmarkLearn learns from visits and noise, ten times as many in each step. Its unit is the flow.
func BenchmarkLearn(b *testing.B) {
	for _, visits := range []int{400, 4_000, 40_000} {
		table := planted(visits, visits/4)
		b.Run(fmt.Sprint(table.Rows()), func(b *testing.B) {
			for b.Loop() {
				if _, err := Learn(table, Options{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(table.Rows()), "ns/flow")
		})
	}
}
