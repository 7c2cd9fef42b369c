package fidelity

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// habits is a day of flows of clients that ask a name server before each visit, each of its own port and destination. What is
// planted spoils a line.
func habits(t testing.TB, name string, rows int, plant func(r *draw.Stream, f *line)) *flowlog.Table {
	t.Helper()
	var b strings.Builder
	b.WriteString(strings.Join(flowlog.Published(), ",") + "\n")
	stream := draw.NewSeed(1).Word(name).Stream()
	at := 1300000000.0
	for i := range rows {
		at += stream.Exp(10)
		client := stream.IntN(12)
		f := line{at: at, proto: "UDP", src: fmt.Sprintf("10.0.0.%d", client), dst: "10.1.0.1", port: "53.0", in: 80 + stream.IntN(200), out: 60 + stream.IntN(20), flags: "......", seconds: stream.Exp(0.1)}
		if i%2 == 1 {
			f.proto, f.port, f.flags = "TCP", "443.0", ".AP.SF"
			f.dst = fmt.Sprintf("10.2.0.%d", stream.IntN(2+client))
			f.in, f.out, f.seconds = 400+int(stream.Exp(9000)), 400+int(stream.Exp(900)), stream.Exp(4)
		}
		if plant != nil {
			plant(&stream, &f)
		}
		fmt.Fprintf(&b, "%.6f,%s,%s,%s,%s,%d,%d,%d,%d,%s,%.6f\n", f.at, f.proto, f.src, f.dst, f.port, f.in, 1+f.in/1400, f.out, 1+f.out/1400, f.flags, f.seconds)
	}
	return read(t, name, b.String())
}

type line struct {
	at                    float64
	proto, src, dst, port string
	in, out               int
	flags                 string
	seconds               float64
}

func aspectsOf(t testing.TB, in Input, o AspectOptions) map[string]map[string]score.Number {
	t.Helper()
	lines, err := Aspects(context.Background(), in, o)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string]score.Number{}
	for _, l := range lines {
		out[l.Name] = map[string]score.Number{}
		for _, a := range l.Aspects {
			f := a.Figure
			out[l.Name][a.Name] = f
			if f.Missing != "" {
				continue
			}
			if f.Value-f.Value != 0 || f.Bounded && (f.Low-f.Low != 0 || f.High-f.High != 0 || f.Low > f.High) {
				t.Errorf("%s of %s is %+v", a.Name, l.Name, f)
			}
			if !f.Bounded && f.Note == "" {
				t.Errorf("%s of %s has neither an interval nor a reason for having none", a.Name, l.Name)
			}
		}
	}
	return out
}

func realDays(t testing.TB) Input {
	return Input{Train: habits(t, "train", 1000, nil), Reference: habits(t, "reference", 1000, nil), Evaluate: habits(t, "evaluate", 1000, nil)}
}

// Another day of the same network must look real by every aspect, and the training table itself by all but those about copying.
func TestRealTrafficLooksReal(t *testing.T) {
	in := realDays(t)
	in.Generated = []Generated{{"copy", in.Train}, {"fresh", habits(t, "fresh", 1000, nil)}}
	got := aspectsOf(t, in, AspectOptions{Seed: 1, Networks: 2})
	for name, want := range map[string][2]float64{
		"TSTR gap": {0, 0}, "Inter-arrival KS": {0, 0}, "Next service, bits lost": {0, 0}, "Next destination, bits lost": {0, 0},
		"C2ST AUC": {0.45, 0.55}, "Exact copies": {1, 1}, "Rare services present": {0, 0},
	} {
		f := got["copy"][name]
		if name == "Rare services present" {
			if f.Missing == "" {
				t.Errorf("no service is rare, but %v of them are present", f.Value)
			}
			continue
		}
		if f.Missing != "" || f.Value < want[0] || f.Value > want[1] {
			t.Errorf("copy: %s is %+v, want %v", name, f, want)
		}
	}
	for name, want := range map[string][2]float64{
		"TSTR gap": {0, 0.06}, "Inter-arrival KS": {0, 0.1}, "Next service, bits lost": {-0.05, 0.05}, "Next destination, bits lost": {-0.15, 0.15},
		"C2ST AUC": {0.45, 0.56}, "C2ST accuracy": {0.45, 0.55}, "Nearer to training rows": {0.46, 0.54}, "Exact copies": {0, 0.01},
		"Duplicates": {0, 0.02}, "Flows to invented services": {0, 0}, "Fan-out KS": {0, 0.4}, "ACF gap Out Byte, 1 min": {0, 0.3},
	} {
		f := got["fresh"][name]
		if strings.HasPrefix(name, "ACF") && strings.Contains(f.Missing, "correlates with itself at none") {
			continue // flows of independent times have no correlation to be compared
		}
		if f.Missing != "" || f.Value < want[0] || f.Value > want[1] {
			t.Errorf("fresh: %s is %+v, want %v", name, f, want)
		}
	}
	if got["copy"]["Nearer to training rows"].Value < 0.95 {
		t.Errorf("a copy lies nearer to training rows only in %+v", got["copy"]["Nearer to training rows"])
	}
}

// Each planted fault must be found by the aspect that is about it.
func TestPlantedFaults(t *testing.T) {
	in := realDays(t)
	o, err := AspectOptions{Seed: 1, Networks: 2}.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	real := newReality(in, o, draw.NewSeed(1))
	forget := func(r *draw.Stream, f *line) {
		if r.Chance(0.5) {
			f.proto, f.port = "UDP", "123.0"
		}
	}
	anywhere := func(r *draw.Stream, f *line) { f.dst = fmt.Sprintf("10.9.0.%d", r.IntN(200)) }
	for _, fault := range []struct {
		aspect string
		family func(*view) []Aspect
		least  float64
		plant  func(r *draw.Stream, f *line)
	}{
		{"C2ST AUC", twoSample, 0.9, func(_ *draw.Stream, f *line) { f.out = 2 * f.out }},
		{"C2ST AUC of Out Byte alone", twoSample, 0.8, func(_ *draw.Stream, f *line) { f.out = 2 * f.out }},
		{"Next service, bits lost", surprises, 0.15, forget},
		{"TSTR gap", transfers, 0.03, forget},
		{"Next destination, bits lost", surprises, 0.5, anywhere},
		{"Fan-out KS", hosts, 0.9, anywhere},
		{"Flows to invented services", services, 0.4, func(r *draw.Stream, f *line) {
			if r.Chance(0.5) {
				f.port = fmt.Sprintf("%d.0", 7000+r.IntN(1000))
			}
		}},
		{"Inter-arrival KS", arrivals, 0.3, func(_ *draw.Stream, f *line) { f.at = 1300000000 + 30*math.Floor((f.at-1300000000)/30) }},
		{"ACF gap Out Byte, 1 min", acfGaps, 0.2, func(_ *draw.Stream, f *line) { f.out += int(1e6 * (1 + math.Sin(f.at/120))) }},
		{"Duplicates", duplicates, 0.9, func(_ *draw.Stream, f *line) {
			*f = line{at: f.at, proto: "UDP", src: "10.0.0.1", dst: "10.1.0.1", port: "53.0", flags: "......"}
		}},
	} {
		t.Run(fault.aspect, func(t *testing.T) {
			named := func(v *view) score.Number {
				for _, a := range fault.family(v) {
					if a.Name == fault.aspect {
						return a.Figure
					}
				}
				t.Fatal("no such aspect")
				return score.Number{}
			}
			got := named(real.view(Generated{"faulty", habits(t, "faulty", 1000, fault.plant)}))
			if got.Missing != "" || got.Value < fault.least || !got.Bounded && got.Value != 1 {
				t.Errorf("%+v, want at least %v", got, fault.least)
			}
			if other := named(real.view(Generated{"Reference", in.Reference})); other.Missing == "" && got.Value <= other.Value {
				t.Errorf("%+v, not beyond the reference's %v", got, other.Value)
			}
		})
	}
	constant := vendi(real.view(Generated{"equal", habits(t, "equal", 100, func(_ *draw.Stream, f *line) { *f = line{at: f.at} })}))[0].Figure
	if constant.Missing != "" || math.Abs(constant.Value-1) > 1e-6 {
		t.Errorf("equal rows are effectively %+v", constant)
	}
}

// Rows of other words and numbers than any real one are told apart without fail.
func TestAspectsOfDisjointTables(t *testing.T) {
	in := realDays(t)
	in.Generated = []Generated{{"other", habits(t, "other", 1000, func(_ *draw.Stream, f *line) {
		f.proto, f.src, f.dst, f.port, f.in = "ICMP", "192.168.0.1", "192.168.0.2", "8.0", f.in+1_000_000
	})}}
	got := aspectsOf(t, in, AspectOptions{Seed: 1, Networks: -1})["other"]
	for name, want := range map[string]float64{"C2ST AUC": 1, "C2ST accuracy": 1, "Inter-arrival KS": 1, "Exact copies": 0, "Flows to invented services": 1, "Fan-out KS": 1} {
		if f := got[name]; f.Missing != "" || math.Abs(f.Value-want) > 1e-9 {
			t.Errorf("%s is %+v, want %v", name, f, want)
		}
	}
}

func TestAspectsAtAnyNumberOfWorkers(t *testing.T) {
	in := Input{Train: habits(t, "train", 400, nil), Reference: habits(t, "reference", 300, nil), Evaluate: habits(t, "evaluate", 200, nil)}
	in.Generated = []Generated{{"one", habits(t, "one", 350, nil)}, {"two", habits(t, "two", 450, nil)}}
	text := func(in Input, workers int) []AspectLine {
		lines, err := Aspects(context.Background(), in, AspectOptions{Seed: 2, Workers: workers, HourOfDay: true, Networks: 1})
		if err != nil {
			t.Fatal(err)
		}
		return lines
	}
	one, many := text(in, 1), text(in, 5)
	a, _ := json.Marshal(one)
	b, _ := json.Marshal(many)
	if diff := cmp.Diff(string(a), string(b)); diff != "" {
		t.Error(diff)
	}
	// A generator's aspects do not depend on which others there are.
	in.Generated = in.Generated[1:]
	if diff := cmp.Diff(one[2], text(in, 2)[1]); diff != "" {
		t.Error(diff)
	}
}

// Whatever the tables are, every figure is a number or says why it is none.
func TestAspectsOfBadTables(t *testing.T) {
	heading := strings.Join(flowlog.Published(), ",") + "\n"
	row := "2012-07-09 00:00:00,UDP,10.0.0.1,10.0.0.2,53.0,1,1,1,1,......,0\n"
	good := habits(t, "good", 60, nil)
	tables := map[string]*flowlog.Table{
		"empty": read(t, "empty", heading), "one row": read(t, "one row", heading+row), "same": read(t, "same", heading+strings.Repeat(row, 60)),
		"no time":  read(t, "no time", "Proto,Dst Pt,In Byte\n"+strings.Repeat("TCP,80.0,5\n", 60)),
		"holes":    read(t, "holes", heading+strings.Repeat(row, 60)+strings.Replace(row, "53.0,1,", "53.0,,", 1)),
		"huge":     read(t, "huge", heading+strings.Repeat(strings.Replace(row, "53.0,1,", "53.0,1e308,", 1), 60)),
		"negative": read(t, "negative", heading+strings.Repeat(strings.Replace(row, "53.0,1,", "53.0,-7,", 1), 60)),
		"far":      read(t, "far", heading+row+strings.Replace(row, "2012", "1970", 1)),
		"good":     good,
	}
	for name, train := range tables {
		in := Input{Train: train, Reference: good}
		if name != "good" {
			in.Evaluate = train
		}
		for _, other := range []string{"empty", "one row", "same", "no time", "holes", "huge", "negative", "far", "good"} {
			in.Generated = append(in.Generated, Generated{other, tables[other]})
		}
		for mode, networks := range map[Mode]int{Strict: 1, Paper: -1} {
			if mode == Paper && name != "huge" && name != "good" {
				continue
			}
			t.Run(name+" "+string(mode), func(t *testing.T) {
				if _, err := json.Marshal(aspectsOf(t, in, AspectOptions{Mode: mode, Networks: networks})); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// Drawn tables, of few rows and columns that may be constant: a figure or a reason, and nothing between a table and itself.
func TestAspectsOfDrawnTables(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		in := Input{Train: flows(r, "train", "", 0, 1, 60), Reference: flows(r, "reference", "", 0, 1, 60), Evaluate: flows(r, "evaluate", "", 0, 1, 60)}
		in.Generated = []Generated{{"same", in.Train}, {"other", flows(r, "other", rapid.SampledFrom([]string{"", "x"}).Draw(r, "prefix"), 0, 1, 60)}}
		same := aspectsOf(t, in, AspectOptions{Networks: -1})["same"]
		for _, name := range []string{"Inter-arrival KS", "Next service, bits lost", "Next destination, bits lost", "Fan-out KS", "Services per host KS", "ACF gap In Byte, 1 min"} {
			if f := same[name]; f.Missing == "" && math.Abs(f.Value) > 1e-12 {
				r.Errorf("%s of a table and itself is %+v", name, f)
			}
		}
	})
}

func TestAspectOptions(t *testing.T) {
	for _, o := range []AspectOptions{{Mode: "other"}, {Rows: 1}, {Draws: 10}} {
		if _, err := Aspects(context.Background(), Input{Train: small(t, "x", 10)}, o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
	if _, err := Aspects(context.Background(), Input{}, AspectOptions{}); err == nil {
		t.Error("no training table was accepted")
	}
	done, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Aspects(done, Input{Train: small(t, "x", 10), Reference: small(t, "y", 10)}, AspectOptions{}); err == nil {
		t.Error("went on after the end of its context")
	}
}

// The published figures, on the recorded tables.
func TestPublishedGaps(t *testing.T) {
	want := perRepetition(t, recorded(t, "m57_acf_gap.csv"))
	in := everything(t, "m57", "naive", "bootstrap", "IndependentBN", "SequenceBN", "CTGAN", "TVAE", "Transformer", "FlowChronicle")
	tables := append([]Generated{{"Reference", in.Reference}}, in.Generated...)
	for _, g := range tables {
		for _, name := range numeric {
			theirs, ours := want[g.Name][name], publishedGap(in.Train, g.Table, name)
			if len(theirs) != 1 || ours.Missing != "" || math.Abs(ours.Value-theirs[0]) > 1e-9*theirs[0] {
				t.Errorf("%s %s: recorded %v, here %+v", g.Name, name, theirs, ours)
			}
		}
	}
}

func BenchmarkAspects(b *testing.B) {
	in := everything(b, "m57", m57...)
	for range b.N {
		if _, err := Aspects(context.Background(), in, AspectOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
