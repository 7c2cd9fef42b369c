package stats

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestFisherByHand is the lady tasting tea: of the splits of four and four, 1/70, 16/70, 36/70, 16/70 and 1/70, those at most as
// likely as three right.
func TestFisherByHand(t *testing.T) {
	for _, c := range []struct {
		k1, n1, k2, n2 int64
		want           float64
	}{
		{3, 4, 1, 4, 34.0 / 70}, {4, 4, 0, 4, 2.0 / 70}, {2, 4, 2, 4, 1}, {0, 5, 0, 7, 1}, {5, 5, 7, 7, 1},
	} {
		got, err := FisherExact(c.k1, c.n1, c.k2, c.n2)
		if err != nil || math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%d of %d, %d of %d: %v, %v, want %v", c.k1, c.n1, c.k2, c.n2, got, err, c.want)
		}
	}
}

func TestFisherProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n1, n2 := rapid.Int64Range(1, 300).Draw(t, "n1"), rapid.Int64Range(1, 300).Draw(t, "n2")
		k1, k2 := rapid.Int64Range(0, n1).Draw(t, "k1"), rapid.Int64Range(0, n2).Draw(t, "k2")
		p, err := FisherExact(k1, n1, k2, n2)
		if err != nil || !(p > 0 && p <= 1) {
			t.Fatalf("%v, %v", p, err)
		}
		for name, other := range map[string][4]int64{"sides": {k2, n2, k1, n1}, "outcomes": {n1 - k1, n1, n2 - k2, n2}} {
			q, err := FisherExact(other[0], other[1], other[2], other[3])
			if err != nil || math.Abs(p-q) > 1e-9 {
				t.Fatalf("%s exchanged: %v and %v", name, p, q)
			}
		}
	})
}

func TestFisherFaults(t *testing.T) {
	var missing *Missing
	if _, err := FisherExact(0, 0, 1, 2); !errors.As(err, &missing) {
		t.Errorf("no campaigns: %v", err)
	}
	if _, err := FisherExact(3, 2, 1, 2); err == nil || errors.As(err, &missing) {
		t.Errorf("three of two: %v", err)
	}
}
