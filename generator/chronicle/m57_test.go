package chronicle

import (
	"compress/gzip"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/evilbench/evilbench/generator/bayes"
)

// published reads a table of the published format as the published code does: 40 quantile bins, 0 apart, columns in its order.
func published(t testing.TB, name string) *Table {
	t.Helper()
	root := os.Getenv("EVILBENCH_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	f, err := os.Open(filepath.Join(root, "baselines", "flows", "data", name))
	if err != nil {
		t.Skipf("the recorded flow tables are not here: %v", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	head, rows := rows[0], rows[1:]
	out := &Table{}
	people := map[string]int32{}
	var first time.Time
	for c, column := range head {
		if column == "Date first seen" {
			for i, r := range rows {
				at, err := time.Parse("2006-01-02 15:04:05.999999", r[c])
				if err != nil {
					t.Fatal(err)
				}
				if i == 0 {
					first = at
				}
				out.Time = append(out.Time, int64(at.Sub(first)/(10*time.Millisecond)))
			}
			continue
		}
		values := make([]string, len(rows))
		for i, r := range rows {
			values[i] = r[c]
		}
		if slices.Contains([]string{"In Byte", "Out Byte", "In Packet", "Out Packet", "Duration"}, column) {
			binned(t, values)
		}
		col := Column{Name: column}
		known := map[string]int32{}
		for _, v := range values {
			if _, ok := known[v]; !ok {
				known[v] = int32(len(known))
			}
			col.Codes = append(col.Codes, known[v])
			if column == "Src IP Addr" || column == "Dst IP Addr" {
				if _, ok := people[v]; !ok {
					people[v] = int32(len(people))
				}
				col.Who = append(col.Who, people[v])
			}
		}
		col.Card = len(known)
		out.Columns = append(out.Columns, col)
	}
	return out
}

// binned replaces numbers by the number of their bin.
func binned(t testing.TB, values []string) {
	numbers := make([]float64, len(values))
	var some []float64
	for i, v := range values {
		x, err := strconv.ParseFloat(v, 64)
		if err != nil {
			t.Fatal(err)
		}
		numbers[i] = x
		if x != 0 {
			some = append(some, x)
		}
	}
	slices.Sort(some)
	var edges []float64
	for k := range 41 {
		q := float64(k) / 40 * float64(len(some)-1)
		low := some[int(q)]
		high := some[min(len(some)-1, int(q)+1)]
		edges = append(edges, low+(q-float64(int(q)))*(high-low))
	}
	edges = slices.Compact(edges)
	for i, x := range numbers {
		bin := 0
		if x != 0 {
			at, _ := slices.BinarySearch(edges, x)
			bin = max(1, at)
		}
		values[i] = strconv.Itoa(bin)
	}
}

// TestPublishedBits holds two sums that the published code printed for this table: those of the rows without a pattern, and those
// after its first accepted pattern.
func TestPublishedBits(t *testing.T) {
	table := published(t, "m57_train.csv.gz")
	empty, err := Learn(table, Options{Code: Published, Tests: -1})
	if err != nil {
		t.Fatal(err)
	}
	if got := empty.BaseBits; math.Abs(got-198_178.6) > 0.1 {
		t.Errorf("%.1f bits of data without a pattern, published 198178.6", got)
	}
	if got := empty.Bits - empty.BaseBits; math.Abs(got-45.9) > 0.1 {
		t.Errorf("%.1f bits of model without a pattern, published 45.9", got)
	}
	column := func(name string) int {
		return slices.IndexFunc(table.Columns, func(c Column) bool { return c.Name == name })
	}
	proto, flags := column("Proto"), column("Flags")
	p := single(len(table.Columns)).with(0, proto, 0).with(0, flags, 0)
	d, err := Describe(table, Published, empty.Base, []Pattern{p}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := d.BaseBits + d.Entries[0].Data; math.Abs(got-186_517.3) > 0.1 {
		t.Errorf("%.1f bits of data with one pattern, published 186517.3", got)
	}
	if got := d.Bits - d.BaseBits - d.Entries[0].Data; math.Abs(got-97.7) > 0.1 {
		t.Errorf("%.1f bits of model with one pattern, published 97.7", got)
	}
}

// TestBetterThanPublished holds the search against the best total that the published one, mended, has reached on this table:
// 170,123 bits. Eight candidates are enough.
func TestBetterThanPublished(t *testing.T) {
	table := published(t, "m57_train.csv.gz")
	last := math.Inf(1)
	d, err := Learn(table, Options{Code: Published, Tests: 8, Progress: func(_, _ int, bits float64) {
		if bits > last {
			t.Errorf("the cost rose from %.1f to %.1f bits", last, bits)
		}
		last = bits
	}})
	if err != nil {
		t.Fatal(err)
	}
	if d.Bits >= 170_123 {
		t.Errorf("%.0f bits", d.Bits)
	}
	fromNothing(t, table, Published, d)
}

// fromNothing counts a description again without anything to compare it with.
func fromNothing(t testing.TB, table *Table, code Code, d *Description) {
	t.Helper()
	var patterns []Pattern
	var structures []bayes.Structure
	for _, e := range d.Entries {
		patterns, structures = append(patterns, e.Pattern), append(structures, e.Structure)
	}
	again, err := Describe(table, code, d.Base, patterns, structures)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(again.Bits-d.Bits) > 1e-4 {
		t.Errorf("%.6f bits, counted from nothing %.6f", d.Bits, again.Bits)
	}
}
