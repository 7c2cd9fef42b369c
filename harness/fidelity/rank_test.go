package fidelity

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/evilbench/evilbench/harness/score"
)

// The table of the published comparison (FlowChronicle, CoNEXT 2024), by generator, and the average ranks printed beside it. Three
// pairs are ties as printed but not in the recorded means, of which the ranks were taken: these six have the digits that part them.
var (
	deckReference = []float64{.688, .055, 1.376, .0002, .151, .587, .0006, 6.709}
	deck          = []struct {
		name    string
		figures []float64
		average float64
	}{
		{"IndependentBN", []float64{.238, .225, 2.739, .108, .267, .377, .0546593, 5.466}, 5.25},
		{"SequenceBN", []float64{.296, .133, 2.183, .076, .209, .441, .020, 5.509}, 3.875},
		{"TVAE", []float64{.492, .184, 1.837, .0103876, .297, .330, .067, 5.172}, 4.125},
		{"CTGAN", []float64{.564, .148, 1.601, .0104005, .148, .508, .107, 5.697}, 3.0},
		{"E-WGAN-GP", []float64{.018, .342, 3.633, .0182854, .382, .023, .070, 4.655}, 7.0},
		{"NetShare", []float64{.323, .285, 1.468, .031, .357, .220, .0547618, 3.817}, 5.25},
		{"Transformer", []float64{.624, .776, 3.624, .001, .553, .028, .045, 3.750}, 5.375},
		{"FlowChronicle", []float64{.410, .035, 2.060, .0178985, .097, .589, .019, 5.874}, 2.125},
	}
)

func TestPublishedRanks(t *testing.T) {
	metrics := Metrics(Paper)
	figures, reference := make([][]score.Number, len(metrics)), make([]score.Number, len(metrics))
	for k := range metrics {
		reference[k] = score.Number{Value: deckReference[k]}
		for _, g := range deck {
			figures[k] = append(figures[k], score.Number{Value: g.figures[k]})
		}
	}
	got := Rank(metrics, figures, reference, nil)
	for i, g := range deck {
		if math.Abs(got.Average[i]-g.average) > 1e-9 {
			t.Errorf("%s: average rank %g, published %g", g.name, got.Average[i], g.average)
		}
	}
}

func TestRanks(t *testing.T) {
	value := func(v float64) score.Number { return score.Number{Value: v} }
	none := score.Number{Missing: "n/a"}
	for _, tc := range []struct {
		name   string
		values []score.Number
		behind []bool
		want   []int
	}{
		{"ties share the lower rank", []score.Number{value(2), value(1), value(2), value(3)}, nil, []int{2, 1, 2, 4}},
		{"without a value the last", []score.Number{none, value(9), none}, nil, []int{2, 1, 2}},
		{"copies come behind", []score.Number{value(0), value(9), none}, []bool{true, false, false}, []int{3, 1, 2}},
		{"copies among themselves", []score.Number{value(1), value(0)}, []bool{true, true}, []int{2, 1}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, ranks(tc.values, tc.behind)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Without ties ranks are a permutation; with them they sum to less, by what the shared places give away.
func TestRankSums(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawn := rapid.SliceOfN(rapid.IntRange(0, 8), 1, 12).Draw(t, "values")
		values, count := make([]score.Number, len(drawn)), map[int]int{}
		for i, v := range drawn {
			values[i] = score.Number{Value: float64(v)}
			count[v]++
		}
		n, sum := len(drawn), 0
		for _, r := range ranks(values, nil) {
			sum += r
		}
		want := n * (n + 1) / 2
		for _, c := range count {
			want -= c * (c - 1) / 2
		}
		if sum != want {
			t.Errorf("ranks of %v sum to %d, want %d", drawn, sum, want)
		}
	})
}

func TestRankLeavesOut(t *testing.T) {
	metrics := []Metric{{Name: "JSD", Best: Least}, {Name: "MD", Best: Reference}}
	figures := [][]score.Number{{{Value: 1}, {Value: 2}}, {{Value: 7}, {Value: 8}}}
	got := Rank(metrics, figures, []score.Number{{}, {Missing: "no reference was given"}}, nil)
	if diff := cmp.Diff(Standings{Ranks: [][]int{{1, 2}, nil}, Average: []float64{1, 2}}, got); diff != "" {
		t.Error(diff)
	}
}
