package flow

import (
	"math"
	"testing"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/model"
)

// withBack has two parents of two values. Under (0, 0) it was 0 three times, under (0, 1) 1 once, under (1, 0) 1 four times.
func withBack(back []float64) variable {
	return compiled(&model.Variable{
		Name: "v", Bins: []model.Bin{{Low: 1, High: 1}, {Low: 2, High: 2}}, Parents: []string{"a", "b"}, Back: back,
		Seen: []model.Seen{
			{When: []int{0, 0}, Count: [][2]int{{0, 3}}},
			{When: []int{0, 1}, Count: [][2]int{{1, 1}}},
			{When: []int{1, 0}, Count: [][2]int{{1, 4}}},
		},
	})
}

// compiled compiles v behind its parents a and b.
func compiled(v *model.Variable) variable {
	two := []model.Bin{{Low: 1, High: 1}, {Low: 2, High: 2}}
	p := &model.Pattern{Variables: []model.Variable{{Name: "a", Bins: two}, {Name: "b", Bins: two}, *v}}
	c := &compiler{p: p, order: []int{0, 1, 2}, vars: map[string]int{"a": 0, "b": 1, v.Name: 2}}
	return c.variable(v)
}

func TestParentsAreLeftOneByOne(t *testing.T) {
	// All: 0 three times of eight. Under a = 0: three of four. With weights 1 and 1, the first of a alone:
	all := 3.0 / 8
	underA := (3 + 1*all) / (4 + 1)
	for _, c := range []struct {
		name string
		back []float64
		a, b int
		want float64
	}{
		{"seen", []float64{1, 1}, 0, 0, (3 + underA) / (3 + 1)},
		{"seen with the other value", []float64{1, 1}, 0, 1, (0 + underA) / (1 + 1)},
		{"never seen together", []float64{1, 1}, 1, 1, (0 + all) / (4 + 1)},
		{"no weight", []float64{1, 0}, 0, 0, 1},
		{"no weight, never seen together", []float64{0, 0}, 1, 1, 0},
		{"great weights", []float64{1e9, 1e9}, 0, 0, all},
	} {
		v := withBack(c.back)
		d := &drawing{index: []int{c.a, c.b, 0}, number: make([]float64, 3)}
		r := draw.NewSeed(5).Stream()
		const draws = 40_000
		first := 0.0
		for range draws {
			if v.draw(&r, d, 2); d.index[2] == 0 {
				first++
			}
		}
		// Four standard errors of a share of a half.
		if got := first / draws; math.Abs(got-c.want) > 4*math.Sqrt(0.25/draws) {
			t.Errorf("%s: the first value has a share of %.4f, must be %.4f", c.name, got, c.want)
		}
	}
}

func TestTimesMultipliesWholeNumbers(t *testing.T) {
	v := compiled(&model.Variable{
		Name: "bytes", Bins: []model.Bin{{Low: 109.2, High: 109.2}}, Times: "b", Most: 600, Seen: []model.Seen{{Count: [][2]int{{0, 1}}}},
	})
	r := draw.NewSeed(1).Stream()
	for _, c := range []struct {
		factor, want float64
		impossible   bool
	}{{5, 546, false}, {0, 109, false}, {5.4, 546, false}, {6, 655, true}} {
		d := &drawing{index: make([]int, 3), number: []float64{0, c.factor, 0}}
		v.draw(&r, d, 2)
		if d.number[2] != c.want || d.impossible != c.impossible {
			t.Errorf("109.2 times %g is %g (impossible %v), must be %g (%v)", c.factor, d.number[2], d.impossible, c.want, c.impossible)
		}
	}
}
