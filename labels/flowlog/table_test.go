package flowlog

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func shared(t *testing.T, path ...string) string {
	t.Helper()
	root := os.Getenv("EVILBENCH_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	path = append([]string{root}, path...)
	file := filepath.Join(path...)
	if _, err := os.Stat(file); err != nil {
		t.Skip("no data here; set EVILBENCH_DATA:", err)
	}
	return file
}

func open(t *testing.T, path string, o TableOptions) *Table {
	t.Helper()
	table, err := OpenTable(context.Background(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func text(t *testing.T, csv string, o TableOptions) *Table {
	t.Helper()
	table, err := ReadTable(context.Background(), strings.NewReader(csv), "x.csv", o)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// rowsOf writes a table's published columns row by row, for comparison.
func rowsOf(t *Table) (rows [][]any) {
	for i := range t.Rows() {
		var row []any
		for _, name := range Published() {
			c, found := t.Column(name)
			switch {
			case !found:
				row = append(row, nil)
			case c.Kind == Time:
				row = append(row, c.Times[i])
			case c.Kind == Categorical:
				row = append(row, c.Word(i))
			default:
				row = append(row, c.Numbers[i])
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// The published splits were made from this conn.log by other hands: together they are what reading it must give.
func TestConnLogIsThePublishedTable(t *testing.T) {
	log := open(t, shared(t, "flows", "m57-long", "conn.log"), TableOptions{})
	var splits [][]any
	for _, split := range []string{"train", "reference", "evaluate"} {
		splits = append(splits, rowsOf(open(t, shared(t, "baselines", "flows", "data", "m57_"+split+".csv.gz"), TableOptions{}))...)
	}
	got := rowsOf(log)
	// Zeek writes type and answer's type where there is an answer; the table has the type and the code, which is 0 there.
	for _, row := range splits {
		if row[4] == "133.134" || row[4] == "135.136" {
			row[4] = row[4].(string)[:4] + "0"
		}
	}
	byTime := func(a, b []any) int { return int(max(-1, min(1, a[0].(int64)-b[0].(int64)))) }
	slices.SortStableFunc(splits, byTime)
	slices.SortStableFunc(got, byTime)
	if len(got) != 8505 {
		t.Errorf("%d rows", len(got))
	}
	if diff := cmp.Diff(splits, got); diff != "" {
		t.Errorf("differs (-published +read): %.2000s", diff)
	}
}

const cidds = `Date first seen,Duration,Proto,Src IP Addr,Src Pt,Dst IP Addr,Dst Pt,Packets,Bytes,Flows,Flags,Tos,class,attackType,attackID,attackDescription
2017-04-05 00:00:00.000,0.500,TCP  ,192.168.220.5,40000,10008_251,443,5,  1.2 M,1,.AP.S.,0,normal,---,---,---
2017-04-05 00:00:00.100,0.600,TCP  ,10008_251,443,192.168.220.5,40000,4,800,1,.AP..F,0,normal,---,---,---
2017-04-05 00:00:10.000,0.000,UDP  ,DNS,53,192.168.220.5,5353,1,60,1,......,0,normal,---,---,---
2017-04-05 00:02:00.699,0.000,TCP  ,192.168.220.5,40000,10008_251,443,1,40,1,....S.,0,normal,---,---,---
2017-04-05 00:04:00.699,0.000,TCP  ,192.168.220.5,40000,10008_251,443,2,80,1,0x12,0,normal,---,---,---
2017-04-05 00:05:00.000,0.000,TCP  ,192.168.220.5,40001,10008_251,443,2,80,1,....S.,0,attacker,---,---,---
`

func TestCIDDS(t *testing.T) {
	got := rowsOf(text(t, cidds, TableOptions{Benign: true}))
	start := int64(1491350400e9)
	want := [][]any{
		// 120.699 s - 0.1 s - 0.6 s is 119.999 s of silence: one session.
		{start, "TCP", "192.168.220.5", "10008_251", "443.0", 800.0, 4.0, 1200040.0, 6.0, ".AP.SF", 120.699},
		// The source's port is below the other's: the ends change places.
		{start + 10e9, "UDP", "192.168.220.5", "DNS", "53.0", 60.0, 1.0, 0.0, 0.0, "......", 0.0},
		// 120 s of silence: another session.
		{start + 240.699e9, "TCP", "192.168.220.5", "10008_251", "443.0", 0.0, 0.0, 80.0, 2.0, ".A..S.", 0.0},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("differs (-want +got):\n%s", diff)
	}
}

func TestCSVWithMap(t *testing.T) {
	got := text(t, "when,who,In Byte,extra\n2012-07-09T00:00:01.5Z,10.0.0.1,7,x\n1341792002,10.0.0.2,,y\n1341792003,10.0.0.1,-5,\n", TableOptions{
		Columns: map[string]string{"when": FirstSeen, "who": SrcIP},
	})
	bytes, _ := got.Column(InBytes)
	who, _ := got.Column(SrcIP)
	when, _ := got.Column(FirstSeen)
	if diff := cmp.Diff([]int64{1341792001.5e9, 1341792002e9, 1341792003e9}, when.Times); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"10.0.0.1", "10.0.0.2"}, who.Words); diff != "" {
		t.Error(diff)
	}
	if bytes.Missing != 1 || !math.IsNaN(bytes.Numbers[1]) || bytes.Numbers[2] != -5 {
		t.Errorf("bytes %v, %d missing", bytes.Numbers, bytes.Missing)
	}
	want := []string{"In Byte holds no number in 1 rows, first in line 3", "In Byte is negative in 1 rows, first in line 4", "columns not read: extra"}
	if diff := cmp.Diff(want, got.Notes); diff != "" {
		t.Error(diff)
	}
	if _, found := got.Column(OutBytes); found {
		t.Error("a column that the file has not")
	}
}

func TestSampleKeepsOrder(t *testing.T) {
	var b strings.Builder
	b.WriteString("Date first seen,In Byte\n")
	for i := range 1000 {
		b.WriteString(strings.Join([]string{string('0' + rune(i/100)), string('0' + rune(i/10%10)), string('0' + rune(i%10))}, ""))
		b.WriteString(",1\n")
	}
	one, two := text(t, b.String(), TableOptions{MaxRows: 100, Seed: 7}), text(t, b.String(), TableOptions{MaxRows: 100, Seed: 7})
	if diff := cmp.Diff(one.Columns, two.Columns); diff != "" {
		t.Error("the same seed keeps other rows:", diff)
	}
	if one.Rows() != 100 || one.Read != 1000 || !slices.IsSorted(one.Columns[0].Times) {
		t.Errorf("%d of %d rows, in order: %v", one.Rows(), one.Read, slices.IsSorted(one.Columns[0].Times))
	}
	if one.Notes[0] != "1000 rows read, a uniform sample of 100 kept" {
		t.Error(one.Notes)
	}
}

func TestTableErrors(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"empty", "", "x.csv: empty"},
		{"word for a number", "Date first seen,In Byte\n2012-07-09 00:00:00,many\n", `x.csv:2: In Byte: "many" is not a number`},
		{"no time", "Date first seen,In Byte\nyesterday,1\n", `x.csv:2: Date first seen: "yesterday" is neither a time`},
		{"torn", "Date first seen,In Byte\n2012-07-09 00:00:00\n", "x.csv:2: 1 columns where the heading has 2"},
		{"foreign", "a,b\n1,2\n", "x.csv:1: neither a conn.log"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := ReadTable(context.Background(), strings.NewReader(tc.text), "x.csv", TableOptions{})
			if err == nil || !strings.HasPrefix(err.Error(), tc.want) {
				t.Errorf("%v, want %s", err, tc.want)
			}
		})
	}
	_, err := ReadTable(context.Background(), strings.NewReader("Date first seen,In Byte\n"), "x.csv", TableOptions{Columns: map[string]string{"a": "Proto"}})
	if err == nil || err.Error() != `x.csv:1: no column "a", which is mapped to "Proto"` {
		t.Error(err)
	}
}

func FuzzReadTable(f *testing.F) {
	f.Add(cidds)
	f.Add("Date first seen,In Byte\n2012-07-09 00:00:00,1e400\n")
	f.Add("Date first seen,Dst Pt,Duration\n1,53,nan\n")
	f.Fuzz(func(t *testing.T, text string) {
		table, err := ReadTable(context.Background(), strings.NewReader(text), "x", TableOptions{MaxRows: 10})
		if err != nil {
			return
		}
		for _, c := range table.Columns {
			if n := c.Len(); n != table.Rows() {
				t.Errorf("%s has %d of %d rows", c.Name, n, table.Rows())
			}
			if !slices.IsSorted(c.Words) {
				t.Errorf("words of %s out of order", c.Name)
			}
		}
	})
}
