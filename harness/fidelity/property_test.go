package fidelity

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/evilbench/evilbench/harness/fidelity/compliance"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// flows draws a table whose words begin with prefix and whose times and numbers lie in steps above offset.
func flows(t *rapid.T, label string, prefix string, offset float64, least, most int) *flowlog.Table {
	n := rapid.IntRange(least, most).Draw(t, label)
	var columns []flowlog.Column
	for _, name := range flowlog.Published() {
		c := flowlog.Column{Name: name, Kind: flowlog.Count}
		switch name {
		case flowlog.FirstSeen:
			c.Kind = flowlog.Time
		case flowlog.Proto, flowlog.SrcIP, flowlog.DstIP, flowlog.DstPort, flowlog.Flags:
			c.Kind = flowlog.Categorical
			c.Words = []string{prefix + "a", prefix + "b", prefix + "c"}
		}
		for range n {
			switch c.Kind {
			case flowlog.Time:
				c.Times = append(c.Times, int64(offset)+rapid.Int64Range(0, 1000).Draw(t, name))
			case flowlog.Categorical:
				c.Codes = append(c.Codes, int32(rapid.IntRange(0, 2).Draw(t, name)))
			default:
				c.Numbers = append(c.Numbers, offset+float64(rapid.IntRange(0, 60).Draw(t, name)))
			}
		}
		columns = append(columns, c)
	}
	out, err := flowlog.NewTable(label, columns...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func generic(t interface{ Fatal(...any) }) *compliance.Set {
	set, err := compliance.Generic()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func figuresOf(s *sample) map[string]float64 {
	if s.mode == Strict {
		s.original = newOriginal(s.train)
	}
	out := map[string]float64{}
	metrics := Metrics(s.mode)
	for k, v := range s.measure(metrics) {
		if v.Missing == "" {
			out[metrics[k].Name] = v.Value
		}
	}
	return out
}

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9 }

func TestIdenticalTables(t *testing.T) {
	set := generic(t)
	rapid.Check(t, func(t *rapid.T) {
		train := flows(t, "train", "", 0, 8, 60)
		for _, mode := range []Mode{Paper, Strict} {
			got := figuresOf(&sample{mode: mode, rules: set, train: train, generated: train})
			for _, metric := range []string{"CMD", "PCD", "EMD", "JSD"} {
				if got[metric] > 1e-9 {
					t.Errorf("%s: %s = %g", mode, metric, got[metric])
				}
			}
			// Ties on the rim are outside of published balls, so that many equal rows lower its figures.
			if mode == Strict && (!near(got["Density"], 1) || got["Coverage"] != 1) {
				t.Errorf("%s: Density %g, Coverage %g", mode, got["Density"], got["Coverage"])
			}
			if got["Density"] > 1+1e-9 {
				t.Errorf("%s: Density %g", mode, got["Density"])
			}
		}
	})
}

func TestDisjointTables(t *testing.T) {
	set := generic(t)
	rapid.Check(t, func(t *rapid.T) {
		train, generated := flows(t, "train", "x", 0, 8, 60), flows(t, "generated", "y", 1e6, 1, 60)
		paper := figuresOf(&sample{mode: Paper, rules: set, train: train, generated: generated})
		strict := figuresOf(&sample{mode: Strict, rules: set, train: train, generated: generated, reference: flows(t, "reference", "x", 0, 8, 60)})
		if !near(paper["JSD"], math.Sqrt(math.Ln2)) || !near(strict["JSD"], 1) {
			t.Errorf("JSD %g and %g", paper["JSD"], strict["JSD"])
		}
		if strict["EMD"] < 1 {
			t.Errorf("strict EMD %g below the range of the training table", strict["EMD"])
		}
		if strict["Copied"] != 0 {
			t.Errorf("copied %g", strict["Copied"])
		}
		// No generated row shares a category with a real one, so none is nearer than real rows are to each other.
		if strict["Density"] != 0 || strict["Coverage"] != 0 || paper["Coverage"] != 0 {
			t.Errorf("Density %g, Coverage %g and %g", strict["Density"], strict["Coverage"], paper["Coverage"])
		}
	})
}

// The order of rows counts for nothing but MD, which takes the first.
func TestRowOrder(t *testing.T) {
	set := generic(t)
	rapid.Check(t, func(t *rapid.T) {
		train, generated, reference := flows(t, "train", "", 0, 8, 40), flows(t, "generated", "", 20, 1, 40), flows(t, "reference", "", 0, 8, 40)
		shuffle := func(of *flowlog.Table) *flowlog.Table {
			rows := make([]int, of.Rows())
			for i := range rows {
				rows[i] = i
			}
			return of.Take(rapid.Permutation(rows).Draw(t, of.Name))
		}
		for _, mode := range []Mode{Paper, Strict} {
			one := figuresOf(&sample{mode: mode, rules: set, train: train, generated: generated, reference: reference})
			two := figuresOf(&sample{mode: mode, rules: set, train: shuffle(train), generated: shuffle(generated), reference: shuffle(reference)})
			for metric, v := range one {
				if !near(v, two[metric]) {
					t.Errorf("%s: %s %g and %g", mode, metric, v, two[metric])
				}
			}
		}
	})
}

// The search must find what looking at every pair finds.
func TestNeighboursAgainstAllPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		train, generated := flows(t, "train", "", 0, 8, 80), flows(t, "generated", "", 10, 1, 80)
		for _, mode := range []Mode{Paper, Strict} {
			s := &sample{mode: mode, train: train, generated: generated}
			categories := categoriesOf(s)
			density, coverage := neighbours(s)
			a, b, _ := s.clouds()
			var sum float64
			covered := 0
			for i := range a.rows {
				var own, other []float64
				for j := range a.rows {
					own = append(own, squared(a.point(int32(i)), a.point(int32(j)), 2*unequal(categories, train, int(a.rows[i]), train, int(a.rows[j]))))
				}
				for j := range b.rows {
					other = append(other, squared(a.point(int32(i)), b.point(int32(j)), 2*unequal(categories, train, int(a.rows[i]), generated, int(b.rows[j]))))
				}
				slices.Sort(own) // its own 0 is the first
				radius := own[nearest]
				inside, rim := below(other, radius)
				share := 0.0
				if mode == Strict {
					real, tied := below(own, radius)
					share = float64(nearest-real) / float64(tied)
				}
				sum += float64(inside) + share*float64(rim)
				if inside > 0 || share > 0 && rim > 0 {
					covered++
				}
			}
			if want := sum / float64(nearest*len(b.rows)); !near(density.Value, want) {
				t.Errorf("%s: Density %g, all pairs %g", mode, density.Value, want)
			}
			if want := float64(covered) / float64(len(a.rows)); coverage.Value != want {
				t.Errorf("%s: Coverage %g, all pairs %g", mode, coverage.Value, want)
			}
		}
	})
}

// categoriesOf are the columns that are compared for equality.
func categoriesOf(s *sample) (columns []int) {
	for k := range s.train.Columns {
		if (s.mode == Paper || k > 0) && s.categorical(&s.train.Columns[k], &s.generated.Columns[k]) {
			columns = append(columns, k)
		}
	}
	return columns
}

// unequal counts the categories in which two rows differ, from the tables themselves.
func unequal(categories []int, a *flowlog.Table, i int, b *flowlog.Table, j int) (n float64) {
	for _, k := range categories {
		x, y := &a.Columns[k], &b.Columns[k]
		if x.Kind == flowlog.Categorical && x.Word(i) != y.Word(j) || x.Kind != flowlog.Categorical && value(x, i) != value(y, j) {
			n++
		}
	}
	return n
}

func below(distances []float64, radius float64) (inside, rim int) {
	for _, d := range distances {
		if d < radius {
			inside++
		} else if d == radius {
			rim++
		}
	}
	return inside, rim
}
