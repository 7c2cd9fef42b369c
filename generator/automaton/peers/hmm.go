package peers

import (
	"fmt"
	"math"

	"github.com/evilbench/evilbench/generator/automaton"
	"github.com/evilbench/evilbench/generator/draw"
)

// HMM is a hidden Markov model learnt by Baum and Welch's method (L. E. Baum et al., Annals of Mathematical Statistics 41, 1970) with
// the forward variables scaled to sum to one (L. R. Rabiner, Proceedings of the IEEE 77:2, 1989). The end of a word is a letter that
// states emit, so that code lengths are of words of any length.
type HMM struct {
	Hidden []int     // numbers of states to choose from by BIC; none = 3, 5, 8, 12
	Rounds int       // at most, of each; 0 = 60
	Seed   draw.Seed // of the first guesses
}

// Limits and constants of the learning.
const (
	hmmRounds = 60
	hmmGain   = 1e-4 // of the log likelihood, relative: less ends the learning
	hmmPrior  = 1e-3 // added to each expected count, so that nothing is impossible
	mostHMM   = 256
)

// Name is what a table calls it.
func (h HMM) Name() string { return "HMM" }

// Learn makes one model for each number of states and keeps that of the least BIC: -2 ln L + free parameters · ln(letters read).
func (h HMM) Learn(words *automaton.Words, letters *Letters) (Model, error) {
	hidden, rounds := h.Hidden, h.Rounds
	if len(hidden) == 0 {
		hidden = []int{3, 5, 8, 12}
	}
	if rounds == 0 {
		rounds = hmmRounds
	}
	texts := letters.texts(words)
	var read float64
	for _, t := range texts {
		read += t.times * float64(len(t.letters))
	}
	var best *hmm
	least := math.Inf(1)
	for _, n := range hidden {
		if n < 1 || n > mostHMM {
			return nil, fmt.Errorf("an HMM of %d states; want 1 to %d", n, mostHMM)
		}
		m := newHMM(n, letters, h.Seed)
		likelihood := m.learn(texts, rounds)
		free := float64(n - 1 + n*(n-1) + n*(letters.Size()-1))
		if bic := -2*likelihood + free*math.Log(max(1, read)); bic < least {
			best, least = m, bic
		}
	}
	return best, nil
}

type hmm struct {
	states  int
	letters *Letters
	initial []float64
	move    []float64 // from*states + to
	emit    []float64 // letter*states + state: a letter's column lies together
}

func newHMM(states int, letters *Letters, seed draw.Seed) *hmm {
	m := &hmm{
		states: states, letters: letters, initial: make([]float64, states), move: make([]float64, states*states),
		emit: make([]float64, states*letters.Size()),
	}
	r := seed.Number(uint64(states)).Stream()
	for _, of := range [][]float64{m.initial, m.move, m.emit} {
		for i := range of {
			of[i] = 0.5 + r.Float64()
		}
	}
	m.normalise(0)
	return m
}

// normalise adds the prior to expected counts and makes probabilities of them.
func (m *hmm) normalise(prior float64) {
	share(m.initial, 0, 1, m.states, prior)
	for s := range m.states {
		share(m.move, s*m.states, 1, m.states, prior)
		share(m.emit, s, m.states, m.letters.Size(), prior)
	}
}

// share makes n values, from the first and then every stride-th, sum to one.
func share(of []float64, first, stride, n int, prior float64) {
	var all float64
	for i := range n {
		of[first+i*stride] += prior
		all += of[first+i*stride]
	}
	for i := range n {
		of[first+i*stride] /= all
	}
}

// learn returns the natural logarithm of the likelihood before the last round's step.
func (m *hmm) learn(texts []text, rounds int) float64 {
	last := math.Inf(-1)
	for range rounds {
		next := &hmm{
			states: m.states, letters: m.letters, initial: make([]float64, m.states), move: make([]float64, len(m.move)),
			emit: make([]float64, len(m.emit)),
		}
		e := expectation{m: m}
		var likelihood float64
		for _, t := range texts {
			likelihood += t.times * e.add(t, next)
		}
		if likelihood-last < hmmGain*math.Abs(likelihood) {
			return likelihood
		}
		next.normalise(hmmPrior)
		m.initial, m.move, m.emit = next.initial, next.move, next.emit
		last = likelihood
	}
	return last
}

// expectation has the buffers of a forward and backward pass.
type expectation struct {
	m                       *hmm
	alpha, beta, next, norm []float64
}

// add adds the expected counts of a text and returns ln of its probability.
func (e *expectation) add(t text, counts *hmm) float64 {
	m, n := e.m, e.m.states
	e.alpha, e.norm = m.forward(t.letters, e.alpha[:0], e.norm[:0])
	e.beta, e.next = resize(e.beta, n), resize(e.next, n)
	for s := range e.beta {
		e.beta[s] = 1
	}
	var nats float64
	for i := len(t.letters) - 1; i >= 0; i-- {
		x := int(t.letters[i])
		nats += math.Log(e.norm[i])
		alpha := e.alpha[i*n : (i+1)*n]
		for s, a := range alpha {
			counts.emit[x*n+s] += t.times * a * e.beta[s]
			if i == 0 {
				counts.initial[s] += t.times * a * e.beta[s]
			}
		}
		if i == 0 {
			break
		}
		before := e.alpha[(i-1)*n : i*n]
		clear(e.next)
		for to, b := range e.beta {
			b *= m.emit[x*n+to] / e.norm[i]
			for from, a := range before {
				p := m.move[from*n+to] * b
				counts.move[from*n+to] += t.times * a * p
				e.next[from] += p
			}
		}
		e.beta, e.next = e.next, e.beta
	}
	return nats
}

func resize(s []float64, n int) []float64 {
	if cap(s) < n {
		return make([]float64, n)
	}
	return s[:n]
}

// forward appends the states' probabilities after each letter and each letter's own probability, given those before it.
func (m *hmm) forward(letters []int32, alpha, norm []float64) (after, of []float64) {
	n := m.states
	for i, letter := range letters {
		var all float64
		for to := range n {
			p := 0.0
			if i == 0 {
				p = m.initial[to]
			} else {
				for from, a := range alpha[(i-1)*n : i*n] {
					p += a * m.move[from*n+to]
				}
			}
			p *= m.emit[int(letter)*n+to]
			all += p
			alpha = append(alpha, p)
		}
		for s := range alpha[i*n:] {
			alpha[i*n+s] /= all
		}
		norm = append(norm, all)
	}
	return alpha, norm
}

func (m *hmm) Size() (states, edges int) { return m.states, m.states * m.states }

func (m *hmm) Bits(w *automaton.Word) float64 { return sum(m.Surprises(w, nil)) }

func (m *hmm) Surprises(w *automaton.Word, into []float64) []float64 {
	_, norm := m.forward(m.letters.Spell(w, nil), nil, nil)
	for _, p := range norm {
		into = append(into, -math.Log2(p))
	}
	return into
}
