// Package recurrent predicts the next word of a sequence with a small long short-term memory network (S. Hochreiter and
// J. Schmidhuber, Neural Computation 9, 1997), so that two sequences can be compared by what can be learnt from them.
package recurrent

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"

	"github.com/evilbench/evilbench/generator/draw"
)

// Options are the network's size and how it is trained. Zero fields mean the defaults.
type Options struct {
	Embedding int     // numbers a word becomes; default 16
	Hidden    int     // of the memory; default 32
	Length    int     // words that an error is traced back through; default 32
	Batch     int     // stretches of the sequence read side by side; default 16
	Epochs    int     // default 10
	Rate      float64 // of learning (Adam); default 0.01
	Seed      draw.Seed
}

func (o Options) withDefaults() Options {
	for _, d := range []struct {
		field *int
		value int
	}{{&o.Embedding, 16}, {&o.Hidden, 32}, {&o.Length, 32}, {&o.Batch, 16}, {&o.Epochs, 10}} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	if o.Rate == 0 {
		o.Rate = 0.01
	}
	return o
}

// Network is one layer of memory between an embedding and a softmax. Gates lie side by side: in, forget, out, candidate.
type Network struct {
	words, embedding, hidden int
	all                      []float64 // every parameter; the matrices below are parts of it

	embed  blas64.General // words × embedding
	gates  blas64.General // (embedding + hidden) × 4 hidden
	bias   []float64      // 4 hidden
	out    blas64.General // hidden × words
	offset []float64      // words
}

func shaped(words, embedding, hidden int) *Network {
	n := &Network{words: words, embedding: embedding, hidden: hidden}
	sizes := []int{words * embedding, (embedding + hidden) * 4 * hidden, 4 * hidden, hidden * words, words}
	total := 0
	for _, s := range sizes {
		total += s
	}
	n.all = make([]float64, total)
	rest := n.all
	part := func(i int) []float64 {
		p := rest[:sizes[i]]
		rest = rest[sizes[i]:]
		return p
	}
	n.embed = matrix(part(0), words, embedding)
	n.gates = matrix(part(1), embedding+hidden, 4*hidden)
	n.bias = part(2)
	n.out = matrix(part(3), hidden, words)
	n.offset = part(4)
	return n
}

func matrix(data []float64, rows, columns int) blas64.General {
	return blas64.General{Rows: rows, Cols: columns, Stride: columns, Data: data}
}

// initial draws the weights (X. Glorot and Y. Bengio, AISTATS 2010); a forget gate starts open.
func initial(words int, o Options) *Network {
	n := shaped(words, o.Embedding, o.Hidden)
	r := o.Seed.Word("weights").Stream()
	for _, m := range []blas64.General{n.embed, n.gates, n.out} {
		bound := math.Sqrt(6 / float64(m.Rows+m.Cols))
		for i := range m.Data {
			m.Data[i] = bound * (2*r.Float64() - 1)
		}
	}
	for i := n.hidden; i < 2*n.hidden; i++ {
		n.bias[i] = 1
	}
	return n
}

// moment is what one step of a batch leaves behind for the way back.
type moment struct {
	words  []int          // read
	input  blas64.General // batch × (embedding + hidden): the word's embedding beside the memory's last output
	gates  blas64.General // batch × 4 hidden, after their functions
	cell   blas64.General // batch × hidden
	before blas64.General // the cell a step earlier
	output blas64.General // batch × hidden
	chance blas64.General // batch × words: of the next word
}

func (n *Network) moment(batch int) *moment {
	m := &moment{words: make([]int, batch)}
	m.input = matrix(make([]float64, batch*(n.embedding+n.hidden)), batch, n.embedding+n.hidden)
	m.gates = matrix(make([]float64, batch*4*n.hidden), batch, 4*n.hidden)
	m.cell = matrix(make([]float64, batch*n.hidden), batch, n.hidden)
	m.before = matrix(make([]float64, batch*n.hidden), batch, n.hidden)
	m.output = matrix(make([]float64, batch*n.hidden), batch, n.hidden)
	m.chance = matrix(make([]float64, batch*n.words), batch, n.words)
	return m
}

// forward reads one word in each row of the batch. last is the moment before, nil at the beginning.
func (n *Network) forward(m, last *moment) {
	d, h := n.embedding, n.hidden
	clear(m.before.Data)
	for b, w := range m.words {
		row := m.input.Data[b*(d+h) : (b+1)*(d+h)]
		copy(row, n.embed.Data[w*d:(w+1)*d])
		clear(row[d:])
		if last != nil {
			copy(row[d:], last.output.Data[b*h:(b+1)*h])
			copy(m.before.Data[b*h:(b+1)*h], last.cell.Data[b*h:(b+1)*h])
		}
		copy(m.gates.Data[b*4*h:(b+1)*4*h], n.bias)
		copy(m.chance.Data[b*n.words:(b+1)*n.words], n.offset)
	}
	blas64.Gemm(blas.NoTrans, blas.NoTrans, 1, m.input, n.gates, 1, m.gates)
	for b := range m.words {
		g := m.gates.Data[b*4*h : (b+1)*4*h]
		for i := range 3 * h {
			g[i] = 1 / (1 + math.Exp(-g[i]))
		}
		for i := range h {
			g[3*h+i] = math.Tanh(g[3*h+i])
			c := g[h+i]*m.before.Data[b*h+i] + g[i]*g[3*h+i]
			m.cell.Data[b*h+i] = c
			m.output.Data[b*h+i] = g[2*h+i] * math.Tanh(c)
		}
	}
	blas64.Gemm(blas.NoTrans, blas.NoTrans, 1, m.output, n.out, 1, m.chance)
	for b := range m.words {
		softmax(m.chance.Data[b*n.words : (b+1)*n.words])
	}
}

func softmax(x []float64) {
	top := x[0]
	for _, v := range x {
		top = max(top, v)
	}
	sum := 0.0
	for i, v := range x {
		x[i] = math.Exp(v - top)
		sum += x[i]
	}
	for i := range x {
		x[i] /= sum
	}
}
