package anomaly

import (
	"fmt"
	"slices"

	"github.com/evilbench/evilbench/generator/automaton"
	"github.com/evilbench/evilbench/generator/automaton/peers"
	"github.com/evilbench/evilbench/generator/draw"
)

// Contender is a learner with a ranking, and how well it did without any foreign word.
type Contender struct {
	Learner peers.Learner
	Ranking Ranking
	AUROC   float64 // mean over the folds
}

// folds of the training words.
const folds = 5

// Choose ranks all learners with all their rankings on the training words alone, the best first: each fifth of the words is told from
// artificial anomalies, which are those words with one edit (W. Fan et al., "Using artificial anomalies to detect unknown and known
// network intrusions", ICDM 2001), by a model of the other four. Equal ones keep the learners' order. There must be folds·2 words.
func (t *Task) Choose(learners []peers.Learner, seed draw.Seed, workers int) ([]Contender, error) {
	if n := len(t.Train.Words); n < 2*folds {
		return nil, fmt.Errorf("%s: %d training words; want at least %d to choose a model by", t.Name, n, 2*folds)
	}
	out := make([][]Contender, len(learners))
	err := each(len(learners), workers, func(i int) error {
		for fold := range folds {
			part := t.fold(fold, seed.Number(uint64(fold)).Stream())
			entries, err := part.Learn(learners[i:i+1], 1)
			if err != nil {
				return err
			}
			rows, err := part.Measure(entries, Options{})
			if err != nil {
				return err
			}
			for r, row := range rows {
				if fold == 0 {
					out[i] = append(out[i], Contender{Learner: learners[i], Ranking: row.Ranking})
				}
				out[i][r].AUROC += row.All.AUROC.Value / folds
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	all := slices.Concat(out...)
	slices.SortStableFunc(all, func(a, b Contender) int {
		switch {
		case a.AUROC > b.AUROC:
			return -1
		case a.AUROC < b.AUROC:
			return 1
		}
		return 0
	})
	return all, nil
}

// fold is the task of telling one fifth of the training words from their edits.
func (t *Task) fold(fold int, r draw.Stream) *Task {
	part := *t
	part.Train = &automaton.Words{Symbols: t.Train.Symbols, Dims: t.Train.Dims}
	known := map[string]bool{}
	var letters []int32 // in the share that they have
	for i := range t.Train.Words {
		w := t.Train.Words[i]
		known[identity(&w)] = true
		letters = append(letters, w.Symbols...)
	}
	part.Usual, part.Foreign = nil, nil
	for i, w := range t.Train.Words {
		if i%folds != fold {
			part.Train.Words = append(part.Train.Words, w)
			continue
		}
		part.Usual = append(part.Usual, w)
		for range 20 { // an edit can make a usual word
			if e := edit(w, t.Train.Dims, letters, &r); !known[identity(&e)] {
				part.Foreign = append(part.Foreign, e)
				break
			}
		}
	}
	return &part
}

// edit drops, adds, replaces or swaps a symbol, or leaves out all from one on. A symbol takes its values along; one that is new has the
// values of its neighbour.
func edit(w automaton.Word, dims int, letters []int32, r *draw.Stream) automaton.Word {
	dims = max(0, dims)
	e := automaton.Word{Symbols: slices.Clone(w.Symbols), Values: slices.Clone(w.Values)}
	n := len(e.Symbols)
	at := r.IntN(n)
	values := func(i int) []float64 { return w.Values[i*dims : (i+1)*dims] }
	other := draw.Pick(r, letters)
	switch kind := r.IntN(5); {
	case kind == 0:
		e.Symbols = slices.Insert(e.Symbols, at, other)
		e.Values = slices.Insert(e.Values, at*dims, values(at)...)
	case kind == 1 || n == 1:
		e.Symbols[at] = other
	case kind == 2:
		e.Symbols = slices.Delete(e.Symbols, at, at+1)
		e.Values = slices.Delete(e.Values, at*dims, (at+1)*dims)
	case kind == 3:
		at = min(at, n-2)
		e.Symbols[at], e.Symbols[at+1] = e.Symbols[at+1], e.Symbols[at]
		copy(e.Values[at*dims:], values(at+1))
		copy(e.Values[(at+1)*dims:], values(at))
	default:
		at = max(1, at)
		e.Symbols, e.Values = e.Symbols[:at], e.Values[:at*dims]
	}
	return e
}
