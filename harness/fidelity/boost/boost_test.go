package boost

import (
	"math"
	"slices"
	"testing"

	"github.com/evilbench/evilbench/generator/draw"
)

// world is rows of two kinds; kind says which from the row's number, two numbers and a category.
func world(rows int, kind func(x, y float64, c int32, r *draw.Stream) bool) (*Features, []bool) {
	r := draw.NewSeed(1).Stream()
	x, y, c, first := make([]float64, rows), make([]float64, rows), make([]int32, rows), make([]bool, rows)
	for i := range rows {
		x[i], y[i], c[i] = r.Float64(), r.Normal(), int32(r.IntN(500))
		first[i] = kind(x[i], y[i], c[i], &r)
	}
	f := &Features{}
	f.Number(x)
	f.Number(y)
	f.Category(c)
	return f, first
}

// heldOut trains on the first half and tells how many of the second are told right.
func heldOut(f *Features, first []bool) float64 {
	half := len(first) / 2
	rows := make([]int, half)
	for i := range rows {
		rows[i] = i
	}
	m := Train(f, first, rows, Options{})
	right := 0
	for i := half; i < len(first); i++ {
		if (m.Score(f, i) > 0) == first[i] {
			right++
		}
	}
	return float64(right) / float64(len(first)-half)
}

func TestLearnsInteraction(t *testing.T) {
	f, first := world(8000, func(x, y float64, _ int32, _ *draw.Stream) bool { return x > 0.5 != (y > 0) })
	if got := heldOut(f, first); got < 0.97 {
		t.Errorf("%v told right of what two columns say together", got)
	}
}

func TestLearnsCategories(t *testing.T) {
	f, first := world(20_000, func(_, _ float64, c int32, _ *draw.Stream) bool { return c%2 == 0 })
	if got := heldOut(f, first); got < 0.65 {
		t.Errorf("%v told right of what the category says", got)
	}
}

func TestNoiseStaysNoise(t *testing.T) {
	f, first := world(8000, func(_, _ float64, _ int32, r *draw.Stream) bool { return r.Chance(0.5) })
	if got := heldOut(f, first); math.Abs(got-0.5) > 0.03 {
		t.Errorf("%v told right of noise", got)
	}
}

func TestOneKind(t *testing.T) {
	f, first := world(50, func(float64, float64, int32, *draw.Stream) bool { return true })
	if s := Train(f, first, []int{0, 1, 2}, Options{}).Score(f, 4); s != 0 {
		t.Errorf("score %v without anything to learn", s)
	}
}

func TestRowsAreNotChanged(t *testing.T) {
	f, first := world(500, func(x, _ float64, _ int32, _ *draw.Stream) bool { return x > 0.3 })
	rows := []int{5, 4, 3, 2, 1, 400, 300, 200, 100, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25}
	before := slices.Clone(rows)
	Train(f, first, rows, Options{})
	if !slices.Equal(rows, before) {
		t.Error("the list of rows was reordered")
	}
}

// BenchmarkTrain trains on ten thousand rows of three columns. Its unit is the row.
func BenchmarkTrain(b *testing.B) {
	const n = 10_000
	f, first := world(n, func(x, y float64, _ int32, _ *draw.Stream) bool { return x > 0.5 != (y > 0) })
	rows := make([]int, n)
	for i := range rows {
		rows[i] = i
	}
	for b.Loop() {
		Train(f, first, rows, Options{})
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/row")
}
