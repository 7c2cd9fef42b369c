package bayes

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/evilbench/evilbench/generator/draw"
)

// lungs is the chest clinic of S. Lauritzen and D. Spiegelhalter (J. R. Stat. Soc. B 50, 1988), without the variable that is a
// plain "or" of two others: 0 asia, 1 tuberculosis, 2 smoker, 3 cancer, 4 bronchitis, 5 x-ray, 6 dyspnoea. Its probabilities are
// drawn further from one half and from 0, so that a few thousand rows can show every edge.
func lungs(rows int) *Data {
	r := draw.NewSeed(11).Stream()
	coin := func(p float64) int32 {
		if r.Chance(p) {
			return 1
		}
		return 0
	}
	pick := func(on int32, yes, no float64) float64 {
		if on == 1 {
			return yes
		}
		return no
	}
	d := &Data{Names: []string{"asia", "tub", "smoke", "cancer", "bronc", "xray", "dysp"}, Cards: []int{2, 2, 2, 2, 2, 2, 2}, Columns: make([][]int32, 7)}
	for range rows {
		asia, smoke := coin(0.3), coin(0.5)
		tub, cancer, bronc := coin(pick(asia, 0.4, 0.1)), coin(pick(smoke, 0.4, 0.1)), coin(pick(smoke, 0.7, 0.2))
		ill := max(tub, cancer)
		xray := coin(pick(ill, 0.95, 0.1))
		dysp := coin(pick(ill, pick(bronc, 0.95, 0.7), pick(bronc, 0.6, 0.05)))
		for c, v := range []int32{asia, tub, smoke, cancer, bronc, xray, dysp} {
			d.Columns[c] = append(d.Columns[c], v)
		}
	}
	return d
}

// skeleton is the set of edges without their direction, which data alone cannot tell in general.
func skeleton(s Structure) map[[2]int]bool {
	out := map[[2]int]bool{}
	for v, parents := range s {
		for _, p := range parents {
			out[[2]int{min(v, p), max(v, p)}] = true
		}
	}
	return out
}

func TestKnownNetworkIsRecovered(t *testing.T) {
	s, err := Learn(lungs(20_000), LearnOptions{Restarts: 20})
	if err != nil {
		t.Fatal(err)
	}
	want := map[[2]int]bool{
		{0, 1}: true, {2, 3}: true, {2, 4}: true, {1, 5}: true, {3, 5}: true, {1, 6}: true, {3, 6}: true, {4, 6}: true,
	}
	got := skeleton(s)
	for e := range want {
		if !got[e] {
			t.Errorf("edge %v is missing", e)
		}
	}
	if len(got) != len(want) {
		t.Errorf("edges that are not there: %v", s)
	}
	// Two causes that nothing else ties are told from their effects (a v-structure).
	if !slices.Equal(s[5], []int{1, 3}) || !slices.Equal(s[6], []int{1, 3, 4}) {
		t.Errorf("xray's parents are %v, dysp's %v: want tub and cancer, with bronc", s[5], s[6])
	}
}

func TestIndependentColumnsStayAlone(t *testing.T) {
	r := draw.NewSeed(3).Stream()
	d := &Data{Names: []string{"a", "b", "c"}, Cards: []int{5, 7, 3}, Columns: make([][]int32, 3)}
	for range 5000 {
		for c := range d.Columns {
			d.Columns[c] = append(d.Columns[c], int32(r.IntN(d.Cards[c])))
		}
	}
	s, err := Learn(d, LearnOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if s.Edges() != 0 {
		t.Errorf("edges between independent columns: %v", s)
	}
}

func TestSameStructureWithAnyNumberOfWorkers(t *testing.T) {
	d := lungs(3000)
	first, err := Learn(d, LearnOptions{Jobs: 1, Restarts: 3})
	if err != nil {
		t.Fatal(err)
	}
	for _, jobs := range []int{2, 7} {
		got, err := Learn(d, LearnOptions{Jobs: jobs, Restarts: 3})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(first, got); diff != "" {
			t.Errorf("%d workers: %s", jobs, diff)
		}
	}
}

// TestKTByHand codes the column 0 0 1 of two values: 1/2, then (1+1/2)/2 = 3/4, then (0+1/2)/3 = 1/6, which is 1/16.
func TestKTByHand(t *testing.T) {
	d := &Data{Names: []string{"x"}, Cards: []int{2}, Columns: [][]int32{{0, 0, 1}}}
	if got := DataBits(d, Structure{nil}); math.Abs(got-4) > 1e-12 {
		t.Errorf("%v bits, want 4", got)
	}
}

// TestStructureBitsByHand: three variables of at most three parents; one has two of the two others.
func TestStructureBitsByHand(t *testing.T) {
	want := 3*math.Log2(3) + 0 + 0 + math.Log2(1)
	if got := (Structure{nil, nil, {0, 1}}).StructureBits(3); math.Abs(got-want) > 1e-9 {
		t.Errorf("%v bits, want %v", got, want)
	}
	want = 3*math.Log2(3) + math.Log2(2)
	if got := (Structure{nil, nil, {0}}).StructureBits(3); math.Abs(got-want) > 1e-9 {
		t.Errorf("%v bits, want %v", got, want)
	}
}

// TestSequentialCost compares with coding one value after the other.
func TestSequentialCost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 60).Draw(t, "rows")
		d := &Data{Names: []string{"p", "v"}, Cards: []int{3, 4}, Columns: make([][]int32, 2)}
		for range n {
			for c := range d.Columns {
				d.Columns[c] = append(d.Columns[c], int32(rapid.IntRange(0, d.Cards[c]-1).Draw(t, "code")))
			}
		}
		want := 0.0
		seen := map[[2]int32]float64{}
		total := map[int32]float64{}
		alone := map[int32]float64{}
		for i := range n {
			p, v := d.Columns[0][i], d.Columns[1][i]
			want -= math.Log2((alone[p] + 0.5) / (float64(i) + 1.5))
			want -= math.Log2((seen[[2]int32{p, v}] + 0.5) / (total[p] + 2))
			alone[p]++
			seen[[2]int32{p, v}]++
			total[p]++
		}
		if got := DataBits(d, Structure{nil, {0}}); math.Abs(got-want) > 1e-6 {
			t.Fatalf("%v bits, one after the other %v", got, want)
		}
	})
}

func TestDrawFollowsTheData(t *testing.T) {
	d := lungs(20_000)
	s, err := Learn(d, LearnOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, smoothing := range []Smoothing{{Kind: K2}, {Kind: BDeu}, {Kind: Marginal}} {
		n, err := Fit(d, s, smoothing)
		if err != nil {
			t.Fatal(err)
		}
		const draws = 20_000
		row := make([]int32, 7)
		var got [7][7]float64
		for i := range draws {
			r := draw.NewSeed(5).Number(uint64(i)).Stream()
			n.Draw(&r, row)
			for a := range row {
				for b := range row {
					got[a][b] += float64(row[a]*row[b]) / draws
				}
			}
		}
		for a := range row {
			for b := range row {
				want := 0.0
				for i := range d.Rows() {
					want += float64(d.Columns[a][i]*d.Columns[b][i]) / float64(d.Rows())
				}
				if math.Abs(got[a][b]-want) > 0.025 {
					t.Errorf("%s: %s and %s together in %.3f of draws, %.3f of rows", smoothing.Kind, d.Names[a], d.Names[b], got[a][b], want)
				}
			}
		}
	}
}

// TestDrawGiven compares draws under a condition with the rows that meet it.
func TestDrawGiven(t *testing.T) {
	d := lungs(30_000)
	s, err := Learn(d, LearnOptions{})
	if err != nil {
		t.Fatal(err)
	}
	n, err := Fit(d, s, Smoothing{Kind: BDeu})
	if err != nil {
		t.Fatal(err)
	}
	var meet, smokers float64
	for i := range d.Rows() {
		if d.Columns[6][i] == 1 && d.Columns[0][i] == 0 {
			meet++
			smokers += float64(d.Columns[2][i])
		}
	}
	const draws = 10_000
	got := 0.0
	for i := range draws {
		r := draw.NewSeed(8).Number(uint64(i)).Stream()
		row := []int32{0, Free, Free, Free, Free, Free, 1}
		if !n.DrawGiven(&r, row, 1000) || row[0] != 0 || row[6] != 1 {
			t.Fatalf("row %v", row)
		}
		got += float64(row[2]) / draws
	}
	if want := smokers / meet; math.Abs(got-want) > 0.025 {
		t.Errorf("%.3f of draws smoke, %.3f of rows", got, want)
	}
}

func TestProbabilitiesSumToOne(t *testing.T) {
	d := lungs(500)
	s := Structure{nil, {0}, nil, {2}, {2}, {1, 3}, {1, 3, 4}}
	for _, kind := range []SmoothingKind{K2, BDeu, Marginal} {
		n, err := Fit(d, s, Smoothing{Kind: kind, Mass: 2})
		if err != nil {
			t.Fatal(err)
		}
		for mask := range 128 {
			row := make([]int32, 7)
			for c := range row {
				row[c] = int32(mask >> c & 1)
			}
			for v := range row {
				if sum := n.Probability(v, 0, row) + n.Probability(v, 1, row); math.Abs(sum-1) > 1e-12 {
					t.Errorf("%s: the probabilities of %s sum to %v", kind, d.Names[v], sum)
				}
			}
		}
	}
}

func TestFaults(t *testing.T) {
	good := &Data{Names: []string{"a", "b"}, Cards: []int{2, 2}, Columns: [][]int32{{0, 1}, {1, 0}}}
	for name, f := range map[string]func() error{
		"code out of range": func() error {
			_, err := Learn(&Data{Names: []string{"a"}, Cards: []int{2}, Columns: [][]int32{{0, 2}}}, LearnOptions{})
			return err
		},
		"ragged": func() error {
			_, err := Learn(&Data{Names: []string{"a", "b"}, Cards: []int{2, 2}, Columns: [][]int32{{0}, {0, 1}}}, LearnOptions{})
			return err
		},
		"cycle":     func() error { _, err := Fit(good, Structure{{1}, {0}}, Smoothing{Kind: K2}); return err },
		"no parent": func() error { _, err := Fit(good, Structure{{7}, nil}, Smoothing{Kind: K2}); return err },
		"smoothing": func() error { _, err := Fit(good, Structure{nil, nil}, Smoothing{Kind: "other"}); return err },
		"no rows": func() error {
			_, err := Fit(&Data{Names: []string{"a"}, Cards: []int{2}, Columns: [][]int32{{}}}, Structure{nil}, Smoothing{Kind: K2})
			return err
		},
	} {
		if f() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// BenchmarkLearn learns from tables of a hundred thousand rows and ten columns. Its unit is the row.
func BenchmarkLearn(b *testing.B) {
	const rows, columns = 100_000, 10
	r := draw.NewSeed(1).Stream()
	d := &Data{}
	for c := range columns {
		d.Names, d.Cards, d.Columns = append(d.Names, string(rune('a'+c))), append(d.Cards, 40), append(d.Columns, make([]int32, rows))
	}
	for i := range rows {
		for c := range columns {
			v := int32(r.IntN(40))
			if c > 0 && r.Chance(0.5) {
				v = d.Columns[c-1][i]
			}
			d.Columns[c][i] = v
		}
	}
	for b.Loop() {
		if _, err := Learn(d, LearnOptions{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
}

func BenchmarkDraw(b *testing.B) {
	d := lungs(20_000)
	s, err := Learn(d, LearnOptions{})
	if err != nil {
		b.Fatal(err)
	}
	n, err := Fit(d, s, Smoothing{Kind: K2})
	if err != nil {
		b.Fatal(err)
	}
	row := make([]int32, 7)
	r := draw.NewSeed(1).Stream()
	for b.Loop() {
		n.Draw(&r, row)
	}
}
