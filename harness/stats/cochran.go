package stats

import (
	"fmt"

	"gonum.org/v1/gonum/stat/distuv"
)

// CochranQ says whether several detectors catch the same share of the same campaigns (W. G. Cochran, Biometrika 37, 1950):
// rows are campaigns, columns detectors. q is close to chi-square with df degrees of freedom under that hypothesis, p its upper
// tail. A row of another length is an error. It is *Missing with fewer than two detectors, and where every campaign was caught by
// all or by none.
func CochranQ(rows [][]bool) (q float64, df int, p float64, err error) {
	if len(rows) == 0 || len(rows[0]) < 2 {
		return 0, 0, 0, missing("fewer than two detectors, or no campaigns")
	}
	k := len(rows[0])
	columns := make([]float64, k)
	var caught, spread float64
	for i, row := range rows {
		if len(row) != k {
			return 0, 0, 0, fmt.Errorf("stats: campaign %d has %d detectors, not %d", i, len(row), k)
		}
		n := 0
		for j, yes := range row {
			if yes {
				columns[j]++
				n++
			}
		}
		caught += float64(n)
		spread += float64(n * (k - n))
	}
	if spread == 0 {
		return 0, 0, 0, missing("every campaign was caught by all detectors or by none")
	}
	mean := caught / float64(k)
	var between float64
	for _, c := range columns {
		between += (c - mean) * (c - mean)
	}
	df = k - 1
	q = float64(df) * float64(k) * between / spread
	return q, df, distuv.ChiSquared{K: float64(df)}.Survival(q), nil
}
