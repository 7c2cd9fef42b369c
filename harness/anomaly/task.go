package anomaly

import (
	"encoding/binary"
	"fmt"
	"math"
	"sync"

	"github.com/evilbench/evilbench/generator/automaton"
	"github.com/evilbench/evilbench/generator/automaton/peers"
	"github.com/evilbench/evilbench/generator/draw"
)

// Task is to tell usual words from foreign ones, having seen usual ones alone. All are of one alphabet.
type Task struct {
	Name    string
	Train   *automaton.Words
	Usual   []automaton.Word
	Foreign []automaton.Word
	Share   float64 // of foreign words, for F1; 0 = that of the test words
	Values  int     // of each symbol, that models see; 0 = symbols alone
	Bins    int     // into which each is cut; 0 = 4, quartiles
}

// Letters are those of the task's training words.
func (t *Task) Letters() *peers.Letters {
	bins := t.Bins
	if bins == 0 {
		bins = 4
	}
	return peers.NewLetters(t.Train, t.Values, bins)
}

// Entry is a model to be measured.
type Entry struct {
	Model  string
	Scorer Scorer
	States int
	Edges  int
}

// Row is a model's figures by one ranking.
type Row struct {
	Task    string  `json:"task"`
	Train   int     `json:"train"` // words
	Model   string  `json:"model"`
	Ranking Ranking `json:"ranking"`
	States  int     `json:"states"`
	Edges   int     `json:"edges"`
	All     Figures `json:"all"`
	// Fresh are the figures with those usual words alone that no training word equals, in symbols and values. Most sessions of a log are
	// copies of one another, so that a list of those seen would do well without Fresh. It is absent where there are none.
	Fresh *Figures `json:"fresh,omitempty"`
}

// Options of a measurement.
type Options struct {
	Draws   int // of the bootstrap; below 2 = no intervals
	Seed    draw.Seed
	Workers int // 0 = 1; the rows do not depend on it
}

// Learn makes an entry of each learner. Errors name the learner.
func (t *Task) Learn(learners []peers.Learner, workers int) ([]Entry, error) {
	letters := t.Letters()
	out := make([]Entry, len(learners))
	err := each(len(learners), workers, func(i int) error {
		m, err := learners[i].Learn(t.Train, letters)
		if err != nil {
			return fmt.Errorf("%s: %w", learners[i].Name(), err)
		}
		states, edges := m.Size()
		out[i] = Entry{Model: learners[i].Name(), Scorer: m, States: states, Edges: edges}
		return nil
	})
	return out, err
}

// Measure gives each entry's rows, one for each ranking that it has the means for.
func (t *Task) Measure(entries []Entry, opts Options) ([]Row, error) {
	fresh := t.fresh()
	share := t.Share
	if share == 0 {
		share = float64(len(t.Foreign)) / float64(max(1, len(t.Usual)+len(t.Foreign)))
	}
	rows := make([][]Row, len(entries))
	err := each(len(entries), opts.Workers, func(i int) error {
		e := entries[i]
		by := Rankings(e.Scorer)
		all, of := make([][]Trial, len(by)), make([][]Trial, len(by))
		unseen := 0
		score := func(w *automaton.Word, foreign, known bool) error {
			for r, s := range Scores(e.Scorer, by, w) {
				if math.IsNaN(s) {
					return fmt.Errorf("%s: a word of %d symbols has no score", e.Model, len(w.Symbols))
				}
				trial := Trial{Score: s, Foreign: foreign}
				all[r] = append(all[r], trial)
				if !known {
					of[r] = append(of[r], trial)
				}
			}
			return nil
		}
		for j := range t.Usual {
			if fresh[j] {
				unseen++
			}
			if err := score(&t.Usual[j], false, !fresh[j]); err != nil {
				return err
			}
		}
		for j := range t.Foreign {
			if err := score(&t.Foreign[j], true, false); err != nil {
				return err
			}
		}
		for r, ranking := range by {
			row := Row{Task: t.Name, Train: len(t.Train.Words), Model: e.Model, Ranking: ranking, States: e.States, Edges: e.Edges}
			var err error
			if row.All, err = Measure(all[r], share, opts.Draws, opts.Seed); err != nil {
				return fmt.Errorf("%s: %w", t.Name, err)
			}
			if unseen > 0 {
				f, err := Measure(of[r], share, opts.Draws, opts.Seed)
				if err != nil {
					return fmt.Errorf("%s: %w", t.Name, err)
				}
				row.Fresh = &f
			}
			rows[i] = append(rows[i], row)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var out []Row
	for _, r := range rows {
		out = append(out, r...)
	}
	return out, nil
}

// fresh says which usual words equal no training word.
func (t *Task) fresh() []bool {
	seen := map[string]bool{}
	for i := range t.Train.Words {
		seen[identity(&t.Train.Words[i])] = true
	}
	out := make([]bool, len(t.Usual))
	for i := range t.Usual {
		out[i] = !seen[identity(&t.Usual[i])]
	}
	return out
}

// identity is the same for words of the same symbols and values.
func identity(w *automaton.Word) string {
	key := make([]byte, 0, 4*len(w.Symbols)+8*len(w.Values))
	for _, s := range w.Symbols {
		key = binary.LittleEndian.AppendUint32(key, uint32(s))
	}
	for _, v := range w.Values {
		key = binary.LittleEndian.AppendUint64(key, math.Float64bits(v))
	}
	return string(key)
}

// each calls f for 0..n-1 on so many workers, and returns the error of the least number.
func each(n, workers int, f func(int) error) error {
	errs := make([]error, n)
	next := make(chan int)
	var wait sync.WaitGroup
	for range max(1, min(workers, n)) {
		wait.Go(func() {
			for i := range next {
				errs[i] = f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
