package fidelity

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/evilbench/evilbench/labels/flowlog"
)

// written is a table as CSV.
func written(t *flowlog.Table) string {
	var b strings.Builder
	b.WriteString(strings.Join(flowlog.Published(), ",") + "\n")
	for row := range t.Rows() {
		for k, name := range flowlog.Published() {
			c, _ := t.Column(name)
			if k > 0 {
				b.WriteByte(',')
			}
			switch c.Kind {
			case flowlog.Time:
				fmt.Fprintf(&b, "%d", c.Times[row]/1e9)
			case flowlog.Categorical:
				b.WriteString(c.Word(row))
			default:
				fmt.Fprint(&b, c.Numbers[row])
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// What cannot be computed says why, and is never a NaN.
func TestBadTables(t *testing.T) {
	good := written(small(t, "x", 40))
	lines := strings.SplitAfter(good, "\n")
	without := func(column string) string {
		var b strings.Builder
		at := slices.Index(flowlog.Published(), column)
		for _, line := range lines[:len(lines)-1] {
			cells := strings.Split(strings.TrimSpace(line), ",")
			b.WriteString(strings.Join(slices.Delete(cells, at, at+1), ",") + "\n")
		}
		return b.String()
	}
	with := func(column int, cell string) string {
		cells := strings.Split(strings.TrimSpace(lines[3]), ",")
		cells[column] = cell
		return strings.Join(lines[:3], "") + strings.Join(cells, ",") + "\n" + strings.Join(lines[4:], "")
	}
	for _, tc := range []struct {
		name, csv string
		missing   map[string]string // by metric; every other has a value
		note      string
	}{
		{"missing column", without(flowlog.Flags), map[string]string{
			"Density": "bad has no column Flags", "Coverage": "bad has no column Flags", "CMD": "bad has no column Flags",
			"JSD": "bad has no column Flags", "DKC": "bad has no column Flags", "MD": "bad has no column Flags", "Copied": "bad has no column Flags",
		}, ""},
		{"NaN", with(5, "NaN"), map[string]string{
			"Density": "In Byte of bad holds no number in 1 of 40 rows", "Coverage": "In Byte of bad holds no number in 1 of 40 rows",
			"PCD": "In Byte of bad holds no number in 1 of 40 rows", "EMD": "In Byte of bad holds no number in 1 of 40 rows",
			"DKC": "In Byte of bad holds no number in 1 of 40 rows", "MD": "In Byte of bad holds no number in 1 of 40 rows",
			"Copied": "In Byte of bad holds no number in 1 of 40 rows",
		}, "In Byte holds no number in 1 rows, first in line 4"},
		{"infinite", with(5, "inf"), nil, "In Byte holds no number in 1 rows, first in line 4"},
		{"negative bytes", with(5, "-7"), map[string]string{}, "In Byte is negative in 1 rows, first in line 4"},
		{"huge", with(5, "1e300"), map[string]string{}, ""},
		{"beyond", strings.Replace(with(5, "1.7e308"), lines[2], strings.Replace(lines[2], lines[2][:strings.Index(lines[2], ",.AP")], strings.Join([]string{"1300000000,TCP,10.0.0.1,10.1.0.1,50.0,-1.7e308,1,400,1"}, ""), 1), 1), nil, ""},
		{"one row", strings.Join(lines[:2], ""), map[string]string{"PCD": "a correlation needs two rows"}, ""},
		{"no row", lines[0], map[string]string{
			"Density": "bad has no row", "Coverage": "bad has no row", "CMD": "bad has no row", "PCD": "bad has no row", "EMD": "bad has no row",
			"JSD": "bad has no row", "DKC": "bad has no row", "MD": "bad has no row", "Copied": "bad has no row",
		}, ""},
		{"no common category", strings.NewReplacer("TCP", "UDP", "10.0.", "172.16.", "10.1.", "172.17.", ".AP.SF", "......", ",5", ",6").Replace(good), map[string]string{}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in := inputOf(t)
			in.Generated = []Generated{{"bad", read(t, "bad", tc.csv)}}
			for _, mode := range []Mode{Paper, Strict} {
				report := measured(t, in, Options{Mode: mode})
				line := report.Generators[0]
				for k, f := range line.Figures {
					v := f.Mean
					if math.IsNaN(v.Value) || math.IsInf(v.Value, 0) || math.IsNaN(v.Low) {
						t.Errorf("%s %s is %v", mode, report.Metrics[k].Name, v)
					}
					undefined := mode == Paper && report.Metrics[k].Name == "MD" && strings.HasSuffix(v.Missing, "(0/0)")
					if want := tc.missing[report.Metrics[k].Name]; tc.missing != nil && v.Missing != want && !undefined {
						t.Errorf("%s %s: %q, want %q", mode, report.Metrics[k].Name, v.Missing, want)
					}
				}
				if tc.note != "" && !slices.Contains(report.Notes, "bad: "+tc.note) {
					t.Errorf("notes %q", report.Notes)
				}
			}
		})
	}
}

func TestTrainingTableOfOneRow(t *testing.T) {
	in := inputOf(t)
	in.Train = in.Train.Take([]int{0})
	for _, mode := range []Mode{Paper, Strict} {
		report := measured(t, in, Options{Mode: mode})
		if got := report.Generators[0].Figures[0].Mean.Missing; got != "train has 1 rows; a 5th neighbour needs 6" {
			t.Errorf("%s: %q", mode, got)
		}
		for k, f := range report.Generators[0].Figures {
			if math.IsNaN(f.Mean.Value) || math.IsInf(f.Mean.Value, 0) {
				t.Errorf("%s %s is %v", mode, report.Metrics[k].Name, f.Mean)
			}
		}
	}
}
