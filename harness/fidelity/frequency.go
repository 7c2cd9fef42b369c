package fidelity

import (
	"math"
	"slices"

	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// discrete are the columns that JSD and CMD compare.
var discrete = []string{flowlog.Proto, flowlog.SrcIP, flowlog.DstIP, flowlog.DstPort, flowlog.Flags}

// jsd is the mean over the discrete columns of the Jensen-Shannon distance between the two distributions of values: the square root
// of the divergence (J. Lin, IEEE Trans. Inf. Theory 37, 1991), in nats as published (at most 0.8326), in bits when strict (at most
// 1).
func jsd(s *sample) score.Number {
	train, generated, missing := s.both(discrete)
	if missing != "" {
		return score.Number{Missing: missing}
	}
	var sum float64
	for i := range discrete {
		sum += jensenShannon(train[i], generated[i])
	}
	if s.mode == Strict {
		sum /= math.Sqrt(math.Ln2)
	}
	return score.Number{Value: sum / float64(len(discrete))}
}

// jensenShannon is the distance in nats.
func jensenShannon(a, b *flowlog.Column) float64 {
	codes, distinct := joint(a, b)
	p, q := shares(codes[0], distinct), shares(codes[1], distinct)
	var divergence float64
	for i := range p {
		m := (p[i] + q[i]) / 2
		divergence += (relative(p[i], m) + relative(q[i], m)) / 2
	}
	return math.Sqrt(max(0, divergence))
}

func relative(p, m float64) float64 {
	if p == 0 {
		return 0
	}
	return p * math.Log(p/m)
}

func shares(codes []int32, distinct int) []float64 {
	out := make([]float64, distinct)
	for _, c := range codes {
		out[c]++
	}
	for i := range out {
		out[i] /= float64(len(codes))
	}
	return out
}

// cmd is the contingency matrix difference: the mean over the pairs of discrete columns of the Frobenius norm of the difference of
// the two tables of joint frequencies.
func cmd(s *sample) score.Number {
	train, generated, missing := s.both(discrete)
	if missing != "" {
		return score.Number{Missing: missing}
	}
	a, b := make([][]int32, len(discrete)), make([][]int32, len(discrete))
	for i := range discrete {
		codes, _ := joint(train[i], generated[i])
		a[i], b[i] = codes[0], codes[1]
	}
	var sum float64
	pairs := 0
	for i := range a {
		for j := range i {
			sum += contingency(cells(a[j], a[i]), cells(b[j], b[i]))
			pairs++
		}
	}
	return score.Number{Value: sum / float64(pairs)}
}

// cells names the cell of the contingency table that each row falls in, ascending.
func cells(a, b []int32) []uint64 {
	out := make([]uint64, len(a))
	for row := range a {
		out[row] = uint64(a[row])<<32 | uint64(b[row])
	}
	slices.Sort(out)
	return out
}

// contingency is the Frobenius norm of the difference of two tables of relative frequencies, given by the cells of their rows.
func contingency(a, b []uint64) float64 {
	var sum float64
	for i, j := 0, 0; i < len(a) || j < len(b); {
		cell := uint64(math.MaxUint64)
		if i < len(a) {
			cell = a[i]
		}
		if j < len(b) {
			cell = min(cell, b[j])
		}
		from, at := i, j
		for i < len(a) && a[i] == cell {
			i++
		}
		for j < len(b) && b[j] == cell {
			j++
		}
		d := float64(i-from)/float64(len(a)) - float64(j-at)/float64(len(b))
		sum += d * d
	}
	return math.Sqrt(sum)
}
