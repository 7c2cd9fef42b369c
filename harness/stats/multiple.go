package stats

import (
	"cmp"
	"fmt"
	"slices"
)

// Holm adjusts the probabilities of several tests so that comparing each with alpha keeps the chance of even one false finding
// below alpha, whatever depends on what (S. Holm, Scandinavian Journal of Statistics 6, 1979). Same order as p.
func Holm(p []float64) []float64 {
	adjusted := make([]float64, len(p))
	floor := 0.0
	for rank, i := range ascending(p) {
		floor = max(floor, min(1, float64(len(p)-rank)*p[i]))
		adjusted[i] = floor
	}
	return adjusted
}

// BenjaminiHochberg adjusts the probabilities of many tests so that comparing each with q keeps the expected share of false
// findings among the findings below q, for independent or positively dependent tests (Y. Benjamini and Y. Hochberg, JRSS B 57,
// 1995; Benjamini and D. Yekutieli, Annals of Statistics 29, 2001). Same order as p.
func BenjaminiHochberg(p []float64) []float64 {
	adjusted := make([]float64, len(p))
	ceiling := 1.0
	for rank, i := range slices.Backward(ascending(p)) {
		ceiling = min(ceiling, p[i]*float64(len(p))/float64(rank+1))
		// Rounding must not put a probability below what it was adjusted from.
		adjusted[i] = max(p[i], ceiling)
	}
	return adjusted
}

// ascending is the order of p by value, equal ones as they came. It stops a caller who hands in what is no probability.
func ascending(p []float64) []int {
	order := make([]int, len(p))
	for i, v := range p {
		if !(0 <= v && v <= 1) {
			panic(fmt.Sprintf("stats: probability %v", v))
		}
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	return order
}
