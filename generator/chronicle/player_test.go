package chronicle

import (
	"math"
	"slices"
	"testing"

	"github.com/evilbench/evilbench/generator/bayes"
	"github.com/evilbench/evilbench/generator/draw"
)

func player(t *testing.T, table *Table, end float64) *Player {
	t.Helper()
	d, err := Learn(table, Options{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewPlayer(table, d, bayes.Smoothing{Kind: bayes.Marginal, Mass: 0.1}, 0, end)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestPlayedVisits learns the planted visits and holds what is played against how they were planted.
func TestPlayedVisits(t *testing.T) {
	const visits = 400
	end := float64(visits*900) / 100
	p := player(t, planted(visits, 0), end)
	var flows []Flow
	for w := range int(end/30) * 4 {
		flows = p.Window(draw.NewSeed(3).Number(uint64(w)), float64(w%int(end/30))*30, float64(w%int(end/30))*30+30, 1, flows)
	}
	asked, spoken := 0, 0
	for i, f := range flows {
		switch f.Values[2] {
		case 0:
			asked++
			if f.Values[1] != 5 {
				t.Fatalf("a name is asked of %d", f.Values[1])
			}
			next := flows[i+1]
			if gap := next.Time - f.Time; next.Values[2] != 1 || next.Values[0] != f.Values[0] || gap < 0.1 || gap > 0.4 {
				t.Fatalf("after %v comes %v", f, next)
			}
		case 1:
			spoken++
		}
	}
	if want := 4 * visits; math.Abs(float64(asked-want)) > 0.15*float64(want) || asked != spoken {
		t.Errorf("%d names asked, %d spoken to, %d were planted", asked, spoken, want)
	}
}

func TestWindowsAlone(t *testing.T) {
	p := player(t, planted(200, 60), 1800)
	alone := p.Window(draw.NewSeed(3).Number(7), 210, 240, 1, nil)
	again := p.Window(draw.NewSeed(3).Number(7), 210, 240, 1, nil)
	if len(alone) == 0 || !slices.EqualFunc(alone, again, func(a, b Flow) bool { return a.Time == b.Time && slices.Equal(a.Values, b.Values) }) {
		t.Errorf("%d flows, then %d", len(alone), len(again))
	}
	if double := p.Window(draw.NewSeed(3).Number(7), 210, 240, 20, nil); len(double) < 5*len(alone) {
		t.Errorf("twenty times the rate gives %d flows, once %d", len(double), len(alone))
	}
}
