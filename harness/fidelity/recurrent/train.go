package recurrent

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
)

// Train learns to predict each word of a sequence from those before it. Words are 0 to vocabulary-1. The same options give the
// same network.
func Train(sequence []int, vocabulary int, o Options) (*Network, error) {
	o = o.withDefaults()
	for i, w := range sequence {
		if w < 0 || w >= vocabulary {
			return nil, fmt.Errorf("word %d of the sequence is %d, not one of 0..%d", i+1, w, vocabulary-1)
		}
	}
	// A short sequence is read in fewer stretches, each at least two words long.
	o.Batch = min(o.Batch, len(sequence)/2)
	if o.Batch == 0 {
		return nil, fmt.Errorf("a sequence of %d words has no next word to learn from; at least 2 are needed", len(sequence))
	}
	n := initial(vocabulary, o)
	t := newTrainer(n, o)
	for range o.Epochs {
		t.epoch(sequence)
	}
	return n, nil
}

// trainer walks a network down the gradient.
type trainer struct {
	*Network
	options  Options
	gradient *Network
	adam     adam
	moments  []*moment
	last     *moment // of the chunk before
	errors   blas64.General
	inputs   blas64.General
	output   []float64 // gradients by the memory's output and cell, from the step after
	cell     []float64
}

func newTrainer(n *Network, o Options) *trainer {
	t := &trainer{Network: n, options: o, gradient: shaped(n.words, n.embedding, n.hidden), adam: newAdam(len(n.all), o.Rate)}
	for range o.Length {
		t.moments = append(t.moments, n.moment(o.Batch))
	}
	t.errors = matrix(make([]float64, o.Batch*4*n.hidden), o.Batch, 4*n.hidden)
	t.inputs = matrix(make([]float64, o.Batch*(n.embedding+n.hidden)), o.Batch, n.embedding+n.hidden)
	t.output, t.cell = make([]float64, o.Batch*n.hidden), make([]float64, o.Batch*n.hidden)
	t.last = n.moment(o.Batch)
	return t
}

// epoch reads the sequence once, in stretches side by side; each remembers what it read before.
func (t *trainer) epoch(sequence []int) {
	stretch := len(sequence) / t.options.Batch
	clear(t.last.output.Data)
	clear(t.last.cell.Data)
	for from := 0; from < stretch-1; from += t.options.Length {
		steps := min(t.options.Length, stretch-1-from)
		clear(t.gradient.all)
		t.chunk(sequence, stretch, from, steps)
		t.adam.step(t.all, t.gradient.all)
		copy(t.last.output.Data, t.moments[steps-1].output.Data)
		copy(t.last.cell.Data, t.moments[steps-1].cell.Data)
	}
}

// chunk reads steps words and adds up the gradient of the mean surprise, which it returns in nats a word.
func (t *trainer) chunk(sequence []int, stretch, from, steps int) (loss float64) {
	last := t.last
	for s := range steps {
		m := t.moments[s]
		for b := range m.words {
			m.words[b] = sequence[b*stretch+from+s]
		}
		t.forward(m, last)
		last = m
	}
	clear(t.output)
	clear(t.cell)
	scale := 1 / float64(steps*t.options.Batch)
	for s := steps - 1; s >= 0; s-- {
		m := t.moments[s]
		for b := range m.words {
			next := sequence[b*stretch+from+s+1]
			row := m.chance.Data[b*t.words : (b+1)*t.words]
			loss -= scale * math.Log(row[next])
			row[next]--
			for i := range row {
				row[i] *= scale
				t.gradient.offset[i] += row[i]
			}
		}
		t.backward(m)
	}
	return loss
}

// backward takes one step back. The moment's chances hold the gradient by the softmax's input.
func (t *trainer) backward(m *moment) {
	d, h, g := t.embedding, t.hidden, t.gradient
	blas64.Gemm(blas.Trans, blas.NoTrans, 1, m.output, m.chance, 1, g.out)
	by := matrix(t.output, m.output.Rows, h)
	blas64.Gemm(blas.NoTrans, blas.Trans, 1, m.chance, t.out, 1, by)
	for b := range m.words {
		gates := m.gates.Data[b*4*h : (b+1)*4*h]
		errors := t.errors.Data[b*4*h : (b+1)*4*h]
		for i := range h {
			at := b*h + i
			in, forget, out, candidate := gates[i], gates[h+i], gates[2*h+i], gates[3*h+i]
			squashed := math.Tanh(m.cell.Data[at])
			cell := t.cell[at] + t.output[at]*out*(1-squashed*squashed)
			errors[i] = cell * candidate * in * (1 - in)
			errors[h+i] = cell * m.before.Data[at] * forget * (1 - forget)
			errors[2*h+i] = t.output[at] * squashed * out * (1 - out)
			errors[3*h+i] = cell * in * (1 - candidate*candidate)
			t.cell[at] = cell * forget
		}
		for i, e := range errors {
			g.bias[i] += e
		}
	}
	blas64.Gemm(blas.Trans, blas.NoTrans, 1, m.input, t.errors, 1, g.gates)
	blas64.Gemm(blas.NoTrans, blas.Trans, 1, t.errors, t.gates, 0, t.inputs)
	for b, w := range m.words {
		row := t.inputs.Data[b*(d+h) : (b+1)*(d+h)]
		for i := range d {
			g.embed.Data[w*d+i] += row[i]
		}
		copy(t.output[b*h:(b+1)*h], row[d:])
	}
}

// Accuracy is the share of the words after the first that the network holds for the likeliest, having read all those before.
// It is NaN where there is no such word.
func (n *Network) Accuracy(sequence []int) float64 {
	if len(sequence) < 2 {
		return math.NaN()
	}
	now, last := n.moment(1), (*moment)(nil)
	spare := n.moment(1)
	hits := 0
	for i := 0; i+1 < len(sequence); i++ {
		now.words[0] = sequence[i]
		n.forward(now, last)
		best := 0
		for w, p := range now.chance.Data {
			if p > now.chance.Data[best] {
				best = w
			}
		}
		if best == sequence[i+1] {
			hits++
		}
		last, now, spare = now, spare, now
	}
	return float64(hits) / float64(len(sequence)-1)
}
