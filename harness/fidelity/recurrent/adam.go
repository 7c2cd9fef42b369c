package recurrent

import "math"

// adam is the optimiser of D. Kingma and J. Ba (ICLR 2015), with their constants.
type adam struct {
	rate         float64
	mean, square []float64
	steps        int
}

func newAdam(parameters int, rate float64) adam {
	return adam{rate: rate, mean: make([]float64, parameters), square: make([]float64, parameters)}
}

func (a *adam) step(parameters, gradient []float64) {
	const beta1, beta2, epsilon = 0.9, 0.999, 1e-8
	a.steps++
	rate := a.rate * math.Sqrt(1-math.Pow(beta2, float64(a.steps))) / (1 - math.Pow(beta1, float64(a.steps)))
	for i, g := range gradient {
		a.mean[i] = beta1*a.mean[i] + (1-beta1)*g
		a.square[i] = beta2*a.square[i] + (1-beta2)*g*g
		parameters[i] -= rate * a.mean[i] / (math.Sqrt(a.square[i]) + epsilon)
	}
}
