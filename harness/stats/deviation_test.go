package stats

import (
	"errors"
	"math"
	"testing"

	"github.com/evilbench/evilbench/generator/draw"
)

// The deviation of a mean is known.
func TestDistanceOfAMean(t *testing.T) {
	const n = 400
	stream := draw.NewSeed(5).Stream()
	values := make([]float64, n)
	for i := range values {
		values[i] = stream.Normal()
	}
	mean := func(weight []int) float64 {
		var sum, total float64
		for i, w := range weight {
			sum += float64(w) * values[i]
			total += float64(w)
		}
		return sum / total
	}
	got, err := Distance(n, 4000, draw.NewSeed(1), mean)
	if err != nil {
		t.Fatal(err)
	}
	var square float64
	center := mean(ones(n))
	for _, v := range values {
		square += (v - center) * (v - center) / n
	}
	half := normal() * math.Sqrt(square/n)
	if math.Abs(got.Low-(center-half)) > 0.05*half || math.Abs(got.High-(center+half)) > 0.05*half {
		t.Errorf("%v, want %v ± %v", got, center, half)
	}
}

func TestDistanceMissing(t *testing.T) {
	for name, statistic := range map[string]func([]int) float64{
		"constant":  func([]int) float64 { return 1 },
		"rounding":  func(w []int) float64 { return 1 + 1e-16*float64(w[0]) + 2e-16*float64(w[1]%2) },
		"undefined": func([]int) float64 { return math.NaN() },
		"often undefined": func(w []int) float64 {
			if w[0] == 0 {
				return math.NaN()
			}
			return float64(w[0])
		},
	} {
		var missing *Missing
		if _, err := Distance(10, MinDraws, draw.NewSeed(1), statistic); !errors.As(err, &missing) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Distance(10, 10, draw.NewSeed(1), func([]int) float64 { return 1 }); err == nil {
		t.Error("ten draws were enough")
	}
}
