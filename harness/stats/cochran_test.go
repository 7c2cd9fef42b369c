package stats

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestCochranQ: W. J. Conover, Practical Nonparametric Statistics, 3rd ed. 1999, p. 253: Q is 2.8, p is .2466.
func TestCochranQ(t *testing.T) {
	var rows [][]bool
	for _, r := range []string{"111", "111", "010", "110", "000", "111", "111", "110", "001", "010", "111", "111"} {
		rows = append(rows, []bool{r[0] == '1', r[1] == '1', r[2] == '1'})
	}
	q, df, p, err := CochranQ(rows)
	if err != nil || !near(q, 2.8, 1e-12) || df != 2 || !near(p, math.Exp(-1.4), 1e-9) {
		t.Errorf("Q %v, %d degrees of freedom, p %v, %v", q, df, p, err)
	}
}

func TestCochranQMissing(t *testing.T) {
	for name, rows := range map[string][][]bool{
		"nothing":          nil,
		"one detector":     {{true}, {false}},
		"all always agree": {{true, true}, {false, false}},
	} {
		if _, _, _, err := CochranQ(rows); !isMissing(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, _, err := CochranQ([][]bool{{true, false}, {true}}); err == nil || isMissing(err) {
		t.Errorf("a short row: %v", err)
	}
}

// TestCochranQOfTwo: of two detectors it is McNemar's chi-square.
func TestCochranQOfTwo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(rapid.Bool(), 2, 2), 1, 80).Draw(t, "rows")
		var b, c int64
		for _, r := range rows {
			if r[0] && !r[1] {
				b++
			}
			if r[1] && !r[0] {
				c++
			}
		}
		q, df, _, err := CochranQ(rows)
		if b+c == 0 {
			if !isMissing(err) {
				t.Errorf("no disagreement: %v", err)
			}
			return
		}
		if want := McNemar(b, c).ChiSquare; !near(q, want, 1e-9) || df != 1 {
			t.Errorf("Q %v, McNemar's %v", q, want)
		}
	})
}
