package recurrent

import (
	"math"
	"testing"

	"github.com/evilbench/evilbench/generator/draw"
)

// TestGradient compares the way back with finite differences, parameter by parameter.
func TestGradient(t *testing.T) {
	o := Options{Embedding: 3, Hidden: 4, Length: 5, Batch: 2, Seed: draw.NewSeed(1)}.withDefaults()
	n := initial(6, o)
	r := draw.NewSeed(2).Stream()
	sequence := make([]int, 12)
	for i := range sequence {
		sequence[i] = r.IntN(6)
	}
	tr := newTrainer(n, o)
	for i := range tr.last.output.Data { // as in the middle of a sequence
		tr.last.output.Data[i], tr.last.cell.Data[i] = r.Float64()-0.5, r.Float64()-0.5
	}
	tr.chunk(sequence, 6, 0, 5)
	gradient := append([]float64{}, tr.gradient.all...)
	for i := range n.all {
		const step = 1e-5
		was := n.all[i]
		n.all[i] = was + step
		up := tr.chunk(sequence, 6, 0, 5)
		n.all[i] = was - step
		down := tr.chunk(sequence, 6, 0, 5)
		n.all[i] = was
		if want := (up - down) / (2 * step); math.Abs(gradient[i]-want) > 1e-6 {
			t.Fatalf("parameter %d: gradient %v, by differences %v", i, gradient[i], want)
		}
	}
}

func accuracy(t *testing.T, train, test []int, words int) float64 {
	t.Helper()
	n, err := Train(train, words, Options{Seed: draw.NewSeed(3)})
	if err != nil {
		t.Fatal(err)
	}
	return n.Accuracy(test)
}

func TestLearnsWhatNeedsMemory(t *testing.T) {
	// 0 1 2 1 over and over: what follows 1 depends on the word before it.
	var sequence []int
	for i := range 2000 {
		sequence = append(sequence, []int{0, 1, 2, 1}[i%4])
	}
	if got := accuracy(t, sequence, sequence[:400], 3); got < 0.97 {
		t.Errorf("accuracy %v of a sequence without chance", got)
	}
}

func TestNoiseCannotBeLearnt(t *testing.T) {
	r := draw.NewSeed(4).Stream()
	train, test := make([]int, 2000), make([]int, 2000)
	for i := range train {
		train[i], test[i] = r.IntN(8), r.IntN(8)
	}
	if got := accuracy(t, train, test, 8); got > 0.19 {
		t.Errorf("accuracy %v of noise, of which one in eight can be guessed", got)
	}
}

func TestSameNetworkTwice(t *testing.T) {
	sequence := []int{0, 1, 2, 3, 0, 1, 2, 3, 3, 2, 1, 0, 0, 1, 2}
	var first []float64
	for range 2 {
		n, err := Train(sequence, 4, Options{Seed: draw.NewSeed(9)})
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = n.all
		}
		for i := range n.all {
			if n.all[i] != first[i] {
				t.Fatal("two trainings of one sequence differ")
			}
		}
	}
}

func TestFaults(t *testing.T) {
	for name, sequence := range map[string][]int{"empty": {}, "one word": {0}, "unknown word": {0, 1, 9}, "negative": {0, -1}} {
		if _, err := Train(sequence, 3, Options{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// BenchmarkTrain trains on as many flows as a working day of a small company has. Its unit is the word.
func BenchmarkTrain(b *testing.B) {
	const words = 4000
	r := draw.NewSeed(5).Stream()
	sequence := make([]int, words)
	for i := range sequence {
		sequence[i] = r.IntN(300)
	}
	for b.Loop() {
		if _, err := Train(sequence, 300, Options{Epochs: 1}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/words, "ns/word")
}
