package learn

import (
	"slices"
	"testing"
)

func TestPiecesEndInSilence(t *testing.T) {
	minute := int64(60 * 100)
	var times []int64
	for i := range int64(150) {
		times = append(times, i*minute) // two hours and a half without a pause
	}
	times = append(times, 150*minute+silence) // and one flow behind a silence
	got := piecesOf(times)
	// A piece is a twelfth of the 164 minutes, 13 whole ones.
	for i := range 150 {
		if want := int32(i / 14); got[i] != want {
			t.Fatalf("the flow of minute %d is in piece %d, must be in %d", i, got[i], want)
		}
	}
	if got[150] == got[149] {
		t.Error("a silence of a quarter of an hour does not end the piece")
	}
}

func TestSightingsGoByParentsInTheirOrder(t *testing.T) {
	// Columns: parent, other parent, child.
	codes := [][]int32{{0, 0, 1, 0}, {1, 0, 0, 1}, {2, 2, 0, 1}}
	got := sightings(codes, []int{1, 0}, 2)
	if len(got) != 3 {
		t.Fatalf("%d combinations, must be 3", len(got))
	}
	for i, want := range []struct {
		when  []int
		count [][2]int
	}{{[]int{0, 0}, [][2]int{{2, 1}}}, {[]int{0, 1}, [][2]int{{0, 1}}}, {[]int{1, 0}, [][2]int{{1, 1}, {2, 1}}}} {
		if !slices.Equal(got[i].When, want.when) || !slices.Equal(got[i].Count, want.count) {
			t.Errorf("combination %d is %v, must be %v", i, got[i], want)
		}
	}
}
