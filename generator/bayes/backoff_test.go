package bayes

import (
	"math"
	"slices"
	"testing"

	"github.com/evilbench/evilbench/generator/draw"
)

// chain has a cause of four values, an effect that mostly follows it, and noise.
func chain(rows int) (*Data, []int32) {
	r := draw.NewSeed(7).Stream()
	d := &Data{Names: []string{"cause", "noise", "effect"}, Cards: []int{4, 8, 4}, Columns: make([][]int32, 3)}
	pieces := make([]int32, rows)
	for i := range rows {
		cause := int32(r.IntN(4))
		effect := cause
		if r.Chance(0.2) {
			effect = int32(r.IntN(4))
		}
		for c, v := range []int32{cause, int32(r.IntN(8)), effect} {
			d.Columns[c] = append(d.Columns[c], v)
		}
		pieces[i] = int32(i * 10 / rows)
	}
	return d, pieces
}

func TestBackoffFindsTheCause(t *testing.T) {
	d, pieces := chain(2000)
	b, err := LearnBackoff(d, 2, []int{0, 1}, pieces, BackoffOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(b.Parents, []int{0}) || len(b.Masses) != 1 {
		t.Fatalf("parents %v with masses %v, must be the cause alone", b.Parents, b.Masses)
	}
	// Four values of which one has .85 and the others .05: 1.03 bits a row.
	want := 2000 * (-0.85*math.Log2(0.85) - 0.15*math.Log2(0.05))
	if math.Abs(b.Bits-want) > 0.1*want {
		t.Errorf("%.0f bits, must be near %.0f", b.Bits, want)
	}
}

func TestBackoffDoesNotLearnOnePieceByHeart(t *testing.T) {
	// In each piece the effect is what the piece's own cause has, which no other piece repeats.
	d := &Data{Names: []string{"cause", "effect"}, Cards: []int{400, 2}, Columns: make([][]int32, 2)}
	var pieces []int32
	for i := range 2000 {
		cause := int32(i / 5)
		d.Columns[0] = append(d.Columns[0], cause)
		d.Columns[1] = append(d.Columns[1], cause/7%2)
		pieces = append(pieces, int32(i/200))
	}
	b, err := LearnBackoff(d, 1, []int{0}, pieces, BackoffOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Parents) > 0 {
		t.Errorf("parents %v, must be none: in other pieces they say nothing", b.Parents)
	}
}

// Worked by hand: three rows a, a, b in pieces 0, 1, 2. Without its own piece each a is foretold by {a, b}, b by {a, a}.
func TestBackoffForetellsByOtherPieces(t *testing.T) {
	d := &Data{Names: []string{"v"}, Cards: []int{2}, Columns: [][]int32{{0, 0, 1}}}
	h := newHoldout(d, 0, []int32{0, 1, 2}, 10)
	seen := h.sights(h.context)
	if want := []sight{{1, 2}, {1, 2}, {0, 2}}; !slices.Equal(seen, want) {
		t.Fatalf("sights %v, must be %v", seen, want)
	}
	if got := seen[2].share(1, 0.5); math.Abs(got-0.5/3) > 1e-12 {
		t.Errorf("b has a share of %g, must be (0 + 1·0.5)/(2 + 1)", got)
	}
}

func TestBackoffRefuses(t *testing.T) {
	d, pieces := chain(10)
	if _, err := LearnBackoff(d, 2, []int{2}, pieces, BackoffOptions{}); err == nil {
		t.Error("a variable is taken for its own parent")
	}
	if _, err := LearnBackoff(d, 2, []int{0}, pieces[1:], BackoffOptions{}); err == nil {
		t.Error("a row without a piece is taken")
	}
}

func BenchmarkLearnBackoff(b *testing.B) {
	d, pieces := chain(20_000)
	for b.Loop() {
		if _, err := LearnBackoff(d, 2, []int{0, 1}, pieces, BackoffOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
