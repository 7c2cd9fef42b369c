package sequences

import (
	"hash/fnv"

	"github.com/evilbench/evilbench/generator/automaton"
	"github.com/evilbench/evilbench/generator/words"
	"github.com/evilbench/evilbench/harness/anomaly"
	"github.com/evilbench/evilbench/harness/fidelity/boost"
)

// Of the classifier's features, how many packets it sees one by one, and into how many parts words are dealt.
const (
	seenPackets = 8
	folds       = 5
)

// tell is the classifier two-sample test (D. Lopez-Paz and M. Oquab, ICLR 2017) by boosted trees: every word is scored by trees that were
// grown on others. Words with the same symbols are in one part together. Of the greater side every n-th word is left out, so that both
// weigh alike.
func tell(sides []*automaton.Words, o Options) (anomaly.Figure, error) {
	var list []*automaton.Word
	var other []bool
	n := min(len(sides[0].Words), len(sides[1].Words))
	for side, ws := range sides {
		for i := range n {
			list = append(list, &ws.Words[i*len(ws.Words)/n])
			other = append(other, side == 1)
		}
	}
	f := features(list)
	fold := make([]int, len(list))
	for i, w := range list {
		h := fnv.New32a()
		for _, s := range w.Symbols {
			h.Write([]byte{byte(s), byte(s >> 8)})
		}
		fold[i] = int(h.Sum32() % folds)
	}
	trials := make([]anomaly.Trial, len(list))
	for k := range folds {
		var train []int
		for i := range list {
			if fold[i] != k {
				train = append(train, i)
			}
		}
		m := boost.Train(f, other, train, boost.Options{})
		for i := range list {
			if fold[i] == k {
				trials[i] = anomaly.Trial{Score: m.Score(f, i), Foreign: other[i]}
			}
		}
	}
	figures, err := anomaly.Measure(trials, 0.5, o.Draws, o.Seed.Word("c2st"))
	return figures.AUROC, err
}

// features are a word's totals, and its first packets one by one.
func features(list []*automaton.Word) *boost.Features {
	columns := make([][]float64, 5+2*seenPackets)
	symbols := make([][]int32, seenPackets)
	for _, w := range list {
		row := make([]float64, len(columns))
		row[0] = float64(len(w.Symbols))
		for i := range w.Symbols {
			gap, size := w.Values[2*i], w.Values[2*i+1]
			row[1] += words.Amount(gap)
			row[2] = max(row[2], gap)
			row[3] += words.Amount(size)
			if size > 0 {
				row[4]++
			}
		}
		for k := range seenPackets {
			symbol := int32(0)
			if k < len(w.Symbols) {
				symbol = w.Symbols[k] + 1
				row[5+2*k], row[6+2*k] = w.Values[2*k]+1, w.Values[2*k+1]+1
			}
			symbols[k] = append(symbols[k], symbol)
		}
		row[1], row[3] = words.Level(row[1]), words.Level(row[3]) // as coarse as what they are made of
		for c, v := range row {
			columns[c] = append(columns[c], v)
		}
	}
	f := &boost.Features{}
	for _, c := range columns {
		f.Number(c)
	}
	for _, s := range symbols {
		f.Category(s)
	}
	return f
}
