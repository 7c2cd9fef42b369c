package anomaly

import (
	"fmt"
	"slices"

	"github.com/evilbench/evilbench/generator/automaton"
	"github.com/evilbench/evilbench/generator/automaton/peers"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/harness/stats"
)

// Classification is how well models of one service each name the service of a word: that of the model with the fewest bits, the first by
// name of several. Services count alike, however many words they have.
type Classification struct {
	Model    string    `json:"model"`
	Train    int       `json:"train"` // words
	Test     int       `json:"test"`
	Accuracy Figure    `json:"accuracy"`
	MacroF1  Figure    `json:"macro_f1"` // mean over the services
	States   int       `json:"states"`   // of all models together
	Edges    int       `json:"edges"`
	Services []Service `json:"services"`
}

// Service is one row of a confusion matrix.
type Service struct {
	Name  string  `json:"name"`
	Train int     `json:"train"`
	Test  int     `json:"test"`
	F1    float64 `json:"f1"`
	Named []int   `json:"named"` // test words said to be of each service, in the order of the services
}

// Teacher makes a scorer of one service's words, and says how large it is.
type Teacher struct {
	Model string
	Learn func(words *automaton.Words) (s Scorer, states, edges int, err error)
}

// Teachers make a learner fit for Classify. All models share the letters of all training words, so that their bits can be compared.
func Teachers(learners []peers.Learner, letters *peers.Letters) []Teacher {
	var out []Teacher
	for _, l := range learners {
		out = append(out, Teacher{Model: l.Name(), Learn: func(words *automaton.Words) (Scorer, int, int, error) {
			m, err := l.Learn(words, letters)
			if err != nil {
				return nil, 0, 0, err
			}
			states, edges := m.Size()
			return m, states, edges, nil
		}})
	}
	return out
}

// Classify learns a model of each service of train with each teacher, and names the services of the words of test, which must be of one
// alphabet with train. Intervals are percentiles of a bootstrap over the test words. Words of a service that train has not are an error.
func Classify(train, test *automaton.Words, teachers []Teacher, opts Options) ([]Classification, error) {
	parts := map[string]*automaton.Words{}
	var names []string
	for _, w := range train.Words {
		p := parts[w.Service]
		if p == nil {
			p = &automaton.Words{Symbols: train.Symbols, Dims: train.Dims}
			parts[w.Service] = p
			names = append(names, w.Service)
		}
		p.Words = append(p.Words, w)
	}
	slices.Sort(names)
	if len(names) < 2 || len(test.Words) == 0 {
		return nil, &stats.Missing{Reason: fmt.Sprintf(
			"%d services to learn and %d words to name; want two services and a word", len(names), len(test.Words))}
	}
	truth := make([]int, len(test.Words))
	for i, w := range test.Words {
		at, known := slices.BinarySearch(names, w.Service)
		if !known {
			return nil, fmt.Errorf("no training word is of service %q", w.Service)
		}
		truth[i] = at
	}
	out := make([]Classification, len(teachers))
	err := each(len(teachers), opts.Workers, func(t int) error {
		c := Classification{Model: teachers[t].Model, Train: len(train.Words), Test: len(test.Words)}
		scorers := make([]Scorer, len(names))
		for i, name := range names {
			s, states, edges, err := teachers[t].Learn(parts[name])
			if err != nil {
				return fmt.Errorf("%s of %s: %w", c.Model, name, err)
			}
			scorers[i] = s
			c.States += states
			c.Edges += edges
		}
		pairs := make([]pair, len(test.Words))
		for i := range test.Words {
			pairs[i] = pair{truth[i], least(scorers, &test.Words[i])}
		}
		c.grade(names, parts, pairs, opts)
		out[t] = c
		return nil
	})
	return out, err
}

// least is the scorer with the fewest bits.
func least(scorers []Scorer, w *automaton.Word) int {
	best, bits := 0, scorers[0].Bits(w)
	for i, s := range scorers[1:] {
		if b := s.Bits(w); b < bits {
			best, bits = i+1, b
		}
	}
	return best
}

// pair is the service of a word, and the one it was said to be.
type pair struct{ truth, named int }

func (c *Classification) grade(names []string, parts map[string]*automaton.Words, pairs []pair, opts Options) {
	n := len(names)
	confusion := make([]int, n*n)
	for _, p := range pairs {
		confusion[p.truth*n+p.named]++
	}
	value, f1 := grades(confusion, n)
	for i, name := range names {
		row := confusion[i*n : (i+1)*n]
		s := Service{Name: name, Train: len(parts[name].Words), F1: f1[i], Named: slices.Clone(row)}
		for _, k := range row {
			s.Test += k
		}
		c.Services = append(c.Services, s)
	}
	drawn := make([]rates, opts.Draws)
	sample := make([]int, n*n)
	for d := range drawn {
		r := opts.Seed.Number(uint64(d)).Stream()
		clear(sample)
		for range pairs {
			p := draw.Pick(&r, pairs)
			sample[p.truth*n+p.named]++
		}
		drawn[d], _ = grades(sample, n)
	}
	c.Accuracy = Figure{Value: value[0], Interval: percentiles(drawn, 0, value[0])}
	c.MacroF1 = Figure{Value: value[1], Interval: percentiles(drawn, 1, value[1])}
}

// grades are accuracy and macro F1 of a confusion matrix of n services, and the F1 of each. A service that is neither there nor named is
// left out of the mean.
func grades(confusion []int, n int) (r rates, f1 []float64) {
	f1 = make([]float64, n)
	right, all, present := 0, 0, 0
	for i := range n {
		row, column := 0, 0
		for j := range n {
			row += confusion[i*n+j]
			column += confusion[j*n+i]
		}
		hit := confusion[i*n+i]
		right += hit
		all += row
		if row+column == 0 {
			continue
		}
		present++
		f1[i] = 2 * float64(hit) / float64(row+column)
		r[1] += f1[i]
	}
	r[0] = float64(right) / float64(all)
	r[1] /= float64(present)
	return r, f1
}
