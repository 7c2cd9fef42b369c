package tadam

import (
	"fmt"
	"testing"

	"github.com/evilbench/evilbench/generator/automaton"
	"github.com/evilbench/evilbench/generator/draw"
)

// BenchmarkWords says how the cost grows with the number of words.
func BenchmarkWords(b *testing.B) {
	for _, n := range []int{100, 1000, 10_000, 100_000} {
		grow(b, n, disturbed(random(4), draw.NewSeed(9), n, 0.05))
	}
}

// BenchmarkLength says how it grows with the length of words: of the packets of a transfer that goes on and on.
func BenchmarkLength(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		again := 1 - 1/float64(n)
		g := func(mean float64) *automaton.Guard {
			return &automaton.Guard{Mean: []float64{mean}, Covariance: []float64{9}}
		}
		a := &automaton.Automaton{Dims: 1, States: 5, Accepting: 4, Symbols: []automaton.Symbol{{Name: "open"}, {Name: "data"}, {Name: "ack"}}, Edges: []automaton.Edge{
			{From: 0, To: 1, Symbol: 0, Probability: 1, Guard: g(10)},
			{From: 1, To: 2, Symbol: 1, Probability: 1, Guard: g(30)},
			{From: 2, To: 3, Symbol: 2, Probability: 1, Guard: g(20)},
			{From: 3, To: 2, Symbol: 1, Probability: again, Guard: g(40)},
			{From: 3, To: 4, Symbol: automaton.End, Probability: 1 - again},
		}}
		grow(b, n, disturbed(a, draw.NewSeed(9), 100, 0.02))
	}
}

// BenchmarkAlphabet says how it grows with the number of symbols, each with a state of its own.
func BenchmarkAlphabet(b *testing.B) {
	for _, n := range []int{4, 15, 60} {
		a := &automaton.Automaton{Dims: 1, States: n + 1, Accepting: n}
		for s := range n {
			a.Symbols = append(a.Symbols, automaton.Symbol{Name: fmt.Sprint("s", s)})
			e := automaton.Edge{From: s, To: s + 1, Symbol: s, Probability: 1, Guard: &automaton.Guard{Mean: []float64{float64(10 + s)}, Covariance: []float64{9}}}
			if s == n-1 {
				e.To, e.Probability = 0, 0.3
				a.Edges = append(a.Edges, automaton.Edge{From: s, To: n, Symbol: automaton.End, Probability: 0.7})
			}
			a.Edges = append(a.Edges, e)
		}
		grow(b, n, disturbed(a, draw.NewSeed(9), 300, 0.02))
	}
}

func grow(b *testing.B, n int, ws *automaton.Words) {
	b.Run(fmt.Sprint(n), func(b *testing.B) {
		symbols := 0
		for i := range ws.Words {
			symbols += len(ws.Words[i].Symbols)
		}
		before := cpuSeconds()
		for b.Loop() {
			r, err := Learn(ws, Options{})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(len(r.Automaton.Edges)), "edges")
		}
		cpu := (cpuSeconds() - before) / float64(b.N)
		b.ReportMetric(cpu, "CPU-s")
		b.ReportMetric(1e6*cpu/float64(symbols), "CPU-µs/symbol")
	})
}
