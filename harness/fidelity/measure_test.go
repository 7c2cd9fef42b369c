package fidelity

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// small is a table of n flows, a few of which are alike.
func small(t testing.TB, name string, n int) *flowlog.Table {
	t.Helper()
	var b strings.Builder
	b.WriteString(strings.Join(flowlog.Published(), ",") + "\n")
	stream := draw.NewSeed(1).Word(name).Stream()
	for range n {
		port := 50 + stream.IntN(4)
		fmt.Fprintf(&b, "%d,TCP,10.0.0.%d,10.1.0.%d,%d.0,%d,%d,%d,%d,.AP.SF,%g\n", 1300000000+stream.IntN(86400), stream.IntN(9), stream.IntN(5), port,
			400+stream.IntN(4000), 1+stream.IntN(9), 400+stream.IntN(900), 1+stream.IntN(9), stream.Exp(2))
	}
	return read(t, name, b.String())
}

func read(t testing.TB, name, csv string) *flowlog.Table {
	t.Helper()
	out, err := flowlog.ReadTable(context.Background(), strings.NewReader(csv), name, flowlog.TableOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func inputOf(t testing.TB) Input {
	train := small(t, "train", 300)
	return Input{Train: train, Reference: small(t, "reference", 300), Evaluate: small(t, "evaluate", 300), Generated: []Generated{
		{"one", small(t, "one", 300)}, {"two", small(t, "two", 250)}, {"copy", train},
	}}
}

func measured(t testing.TB, in Input, o Options) *Report {
	t.Helper()
	out, err := Measure(context.Background(), in, o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSameAtAnyNumberOfWorkers(t *testing.T) {
	in := inputOf(t)
	for _, mode := range []Mode{Paper, Strict} {
		one := measured(t, in, Options{Mode: mode, Rows: 100, Repeat: 5, Seed: 3, Workers: 1})
		many := measured(t, in, Options{Mode: mode, Rows: 100, Repeat: 5, Seed: 3, Workers: 7})
		a, err := json.Marshal(one)
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(many)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(a), string(b)); diff != "" {
			t.Error(diff)
		}
	}
}

// A generator's figures do not depend on which others there are.
func TestGeneratorsAreAlone(t *testing.T) {
	in := inputOf(t)
	all := measured(t, in, Options{Mode: Strict, Rows: 100, Repeat: 3})
	in.Generated = in.Generated[1:2]
	if diff := cmp.Diff(all.Generators[1].Figures, measured(t, in, Options{Mode: Strict, Rows: 100, Repeat: 3}).Generators[0].Figures); diff != "" {
		t.Error(diff)
	}
}

// A copy wins as published, which is the flaw that strict mends: jittered or not, it comes behind all that do not copy.
func TestCopyNeverWins(t *testing.T) {
	in := inputOf(t)
	jittered := in.Train.Take(everyRow(in.Train))
	for i := range jittered.Columns {
		for j := range jittered.Columns[i].Numbers {
			jittered.Columns[i].Numbers[j] *= 1 + 1e-6*float64(j%7)
		}
	}
	in.Generated = append(in.Generated, Generated{"jittered", jittered})
	paper := measured(t, in, Options{Mode: Paper, Rows: 100, Repeat: 5})
	if first := best(paper); first != "copy" && first != "jittered" {
		t.Errorf("%s wins the published rank", first)
	}
	strict := measured(t, in, Options{Mode: Strict, Rows: 100, Repeat: 5})
	for _, l := range strict.Generators {
		copies := l.Name == "copy" || l.Name == "jittered"
		if l.Copies != copies {
			t.Errorf("%s: copies %v, copied %v", l.Name, l.Copies, l.Figures[8].Mean)
		}
		if copies && (slices.Min(l.Ranks) < 3 || math.Abs(l.Figures[8].Mean.Value-1) > 0.1) {
			t.Errorf("%s: ranks %v, copied %v", l.Name, l.Ranks, l.Figures[8].Mean)
		}
	}
}

// Half a copy is found to be half a copy.
func TestCopiedEstimatesTheShare(t *testing.T) {
	in := inputOf(t)
	fresh := small(t, "fresh", 600)
	for _, share := range []float64{0.25, 0.5, 0.75} {
		s := &sample{mode: Strict, train: in.Train, reference: small(t, "unseen", 600), original: newOriginal(in.Train)}
		copies := int(share * 300)
		a, b := in.Train.Where(func(row int) bool { return row < copies }), fresh.Where(func(row int) bool { return row < 300-copies })
		s.generated = read(t, "mixed", written(a)+strings.SplitN(written(b), "\n", 2)[1])
		if got := copied(s); got.Missing != "" || math.Abs(got.Value-share) > 0.1 {
			t.Errorf("a share of %g copied: %+v", share, got)
		}
	}
}

func best(r *Report) string {
	return slices.MinFunc(r.Generators, func(a, b Line) int {
		if a.Average.Value < b.Average.Value {
			return -1
		}
		return 1
	}).Name
}

func everyRow(t *flowlog.Table) []int {
	rows := make([]int, t.Rows())
	for i := range rows {
		rows[i] = i
	}
	return rows
}

func TestWithoutReferenceAndEvaluate(t *testing.T) {
	in := inputOf(t)
	in.Reference, in.Evaluate = nil, nil
	report := measured(t, in, Options{Mode: Strict, Rows: 50, Repeat: 2})
	if report.Reference != nil || report.Generators[0].Figures[7].Mean.Missing != "no table to evaluate on was given" ||
		report.Generators[0].Figures[8].Mean.Missing != "no unseen real table was given as the reference" {
		t.Errorf("%+v", report.Generators[0])
	}
	if report.Generators[0].Ranks[7] != 0 || report.Generators[0].Average.Missing != "" {
		t.Errorf("ranks %v, average %v", report.Generators[0].Ranks, report.Generators[0].Average)
	}
	if !slices.Contains(report.Notes, "without a reference copies of the training table cannot be told, and may win") {
		t.Errorf("notes %q", report.Notes)
	}
}

func TestMeasureRefuses(t *testing.T) {
	in := inputOf(t)
	for want, o := range map[string]Options{
		`mode "loose" is neither paper nor strict`:           {Mode: "loose"},
		"-1 rows in 20 repetitions; neither can be negative": {Mode: Paper, Rows: -1},
		"5 rows in -2 repetitions; neither can be negative":  {Mode: Paper, Rows: 5, Repeat: -2},
	} {
		if _, err := Measure(context.Background(), in, o); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Measure(ctx, in, Options{Mode: Paper}); err == nil {
		t.Error("a cancelled measurement ended well")
	}
}
