package baseline

import (
	"errors"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// copula draws all columns from one normal distribution with the correlations of the training table's normal scores, and gives each its
// own marginal back (A. Sklar 1959; the Gaussian copula of N. Patki, R. Wedge and K. Veeramachaneni, DSAA 2016). Categories are ordered by
// how often they occur.
type copula struct {
	train  *flowlog.Table
	lower  *mat.TriDense // Cholesky factor of the correlations
	orders [][]int       // of each column: training rows in the order of the values
}

func learnCopula(t *flowlog.Table, _ Options) (Rival, error) {
	n, columns := t.Rows(), len(t.Columns)
	c := &copula{train: t}
	scores := mat.NewDense(n, columns, nil)
	for k := range columns {
		values := ordered(&t.Columns[k])
		order := make([]int, n)
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int {
			switch {
			case values[a] < values[b]:
				return -1
			case values[a] > values[b]:
				return 1
			}
			return 0
		})
		c.orders = append(c.orders, order)
		for i, p := range ranks(values) {
			scores.Set(i, k, distuv.UnitNormal.Quantile(min(max(p, 0.5/float64(n)), 1-0.5/float64(n))))
		}
	}
	var correlation mat.SymDense
	stat.CorrelationMatrix(&correlation, scores, nil)
	var err error
	c.lower, err = factor(&correlation)
	return c, err
}

// ordered are the numbers that a column is ordered by: for categories, how rare they are.
func ordered(column *flowlog.Column) []float64 {
	switch column.Kind {
	case flowlog.Time:
		out := make([]float64, len(column.Times))
		for i, t := range column.Times {
			out[i] = float64(t - column.Times[0])
		}
		return out
	case flowlog.Categorical:
		counts := make([]int, len(column.Words))
		for _, code := range column.Codes {
			counts[code]++
		}
		words := make([]int, len(counts))
		for i := range words {
			words[i] = i
		}
		slices.SortStableFunc(words, func(a, b int) int { return counts[b] - counts[a] })
		place := make([]float64, len(words))
		for i, w := range words {
			place[w] = float64(i)
		}
		out := make([]float64, len(column.Codes))
		for i, code := range column.Codes {
			out[i] = place[code]
		}
		return out
	default:
		return numbers(column)
	}
}

// factor is the Cholesky factor of the nearest correlations that are positive definite: columns that never change correlate with none, and
// eigenvalues are raised above 0.
func factor(c *mat.SymDense) (*mat.TriDense, error) {
	n := c.SymmetricDim()
	for i := range n {
		for j := range i {
			if v := c.At(i, j); math.IsNaN(v) {
				c.SetSym(i, j, 0)
			}
		}
		c.SetSym(i, i, 1)
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(c, true) {
		return nil, errors.New("the correlations have no eigenvalues")
	}
	values := eigen.Values(nil)
	var vectors mat.Dense
	eigen.VectorsTo(&vectors)
	for i := range values {
		values[i] = max(values[i], 1e-6)
	}
	var repaired mat.Dense
	repaired.Product(&vectors, mat.NewDiagDense(n, values), vectors.T())
	whole := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			whole.SetSym(i, j, repaired.At(i, j)/math.Sqrt(repaired.At(i, i)*repaired.At(j, j)))
		}
	}
	var cholesky mat.Cholesky
	if !cholesky.Factorize(whole) {
		return nil, errors.New("the correlations are not positive definite")
	}
	lower := new(mat.TriDense)
	cholesky.LTo(lower)
	return lower, nil
}

func (c *copula) Generate(seed draw.Seed, rows int) (*flowlog.Table, error) {
	r := seed.Word("copula").Stream()
	n, columns := c.train.Rows(), len(c.train.Columns)
	picks := make([][]int, columns)
	z := make([]float64, columns)
	for range rows {
		for k := range z {
			z[k] = r.Normal()
		}
		for k := range columns {
			x := 0.0
			for j := range k + 1 {
				x += c.lower.At(k, j) * z[j]
			}
			p := distuv.UnitNormal.CDF(x)
			picks[k] = append(picks[k], c.orders[k][min(n-1, int(p*float64(n)))])
		}
	}
	var out []flowlog.Column
	for k := range columns {
		out = append(out, c.train.Take(picks[k]).Columns[k])
	}
	t, err := flowlog.NewTable("copula", out...)
	if err != nil {
		return nil, err
	}
	return named(sorted(t), "copula"), nil
}
