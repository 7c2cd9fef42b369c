package fidelity

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/harness/fidelity/boost"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/harness/stats"
	"github.com/evilbench/evilbench/labels/flowlog"
)

const (
	folds       = 5
	mostTold    = 5000 // rows of each table
	fewestTold  = 40
	nameHour    = "hour of day"
	mostTelling = 3
)

// twoSample is the classifier two-sample test (D. Lopez-Paz and M. Oquab, ICLR 2017): how well boosted trees tell generated rows
// from training rows that they have not seen. An area under the ROC curve of 0.5 is that of a coin. Time is no feature; the hour is
// one where the options say so. Rows that are alike but for their time are in one of the five folds together: a model that meets the
// twin of a row it is tried on would be right or wrong about it for that reason alone. The intervals draw pieces of adjoining flows
// of either table.
func twoSample(v *view) []Aspect {
	const name, best = "C2ST AUC", "0.5"
	c, missing := v.contest()
	if missing != "" {
		return append(absent(GroupLikeness, name, best, missing), absent(GroupLikeness, "C2ST accuracy", best, missing)...)
	}
	all := make([]int, len(c.features))
	for i := range all {
		all[i] = i
	}
	scores := c.scores(all)
	auc := c.auc(scores, v, "all")
	var alone []Aspect
	for i, f := range c.features {
		a := Aspect{Group: GroupLikeness, Name: "C2ST AUC of " + f.name + " alone", Best: best, Figure: c.auc(c.scores([]int{i}), v, f.name)}
		if a.Figure.Bounded && a.Figure.High < 0.5 {
			a.Detail = "below 0.5: its values are those of the training table, dealt anew, so that what is rarer in one fold is more frequent in the others"
		}
		alone = append(alone, a)
	}
	telling := slices.Clone(alone)
	slices.SortStableFunc(telling, func(a, b Aspect) int { return cmp.Compare(b.Figure.Value, a.Figure.Value) })
	var most []string
	for i, a := range telling[:min(mostTelling, len(telling))] {
		if a.Figure.Missing == "" {
			most = append(most, fmt.Sprintf("%s %.3f", strings.TrimSuffix(strings.TrimPrefix(telling[i].Name, "C2ST AUC of "), " alone"), a.Figure.Value))
		}
	}
	return append([]Aspect{
		{Group: GroupLikeness, Name: name, Best: best, Figure: auc, Detail: "alone: " + strings.Join(most, ", ")},
		{Group: GroupLikeness, Name: "C2ST accuracy", Best: best, Figure: c.accuracy(scores, v)},
	}, alone...)
}

// contest is rows of both tables, the training table's first, as many of each.
type contest struct {
	features  []feature
	generated []bool
	piece     []int // the generated rows' come after the training rows'
	pieces    int
	fold      []int
}

// feature is a column, of codes or of numbers.
type feature struct {
	name    string
	codes   []int32
	numbers []float64
}

func (f *feature) addTo(b *boost.Features) {
	if f.codes != nil {
		b.Category(f.codes)
	} else {
		b.Number(f.numbers)
	}
}

func (v *view) contest() (c *contest, missing string) {
	n := min(v.train.Rows(), v.table.Rows(), mostTold, v.options.Rows)
	if n < fewestTold {
		return nil, fmt.Sprintf("%d rows of %s and %d of %s; a classifier needs at least %d of each", v.train.Rows(), v.train.Name, v.table.Rows(), v.table.Name, fewestTold)
	}
	tables := []*flowlog.Table{
		ordered(drawn(v.train, n, v.reality.seed.Word("contest")), n), ordered(drawn(v.table, n, v.seed.Word("contest")), n),
	}
	c = &contest{generated: make([]bool, 2*n), piece: append(pieceOf(n), pieceOf(n)...), pieces: 2 * min(pieces, n), fold: make([]int, 2*n)}
	for i := n; i < 2*n; i++ {
		c.generated[i] = true
		c.piece[i] += c.pieces / 2
	}
	for _, name := range flowlog.Published()[1:] {
		a, missing := columnsOf(tables[0], []string{name})
		if missing != "" {
			continue // a column that not both tables have tells nothing of the rows
		}
		b, missing := columnsOf(tables[1], []string{name})
		if missing != "" {
			continue
		}
		f := feature{name: name}
		if a[0].Kind == flowlog.Categorical {
			codes, _ := joint(a[0], b[0])
			f.codes = append(codes[0], codes[1]...)
		} else {
			f.numbers = append(slices.Clone(a[0].Numbers), b[0].Numbers...)
		}
		c.features = append(c.features, f)
	}
	if v.options.HourOfDay {
		f := feature{name: nameHour}
		for _, t := range tables {
			when, missing := columnsOf(t, []string{flowlog.FirstSeen})
			if missing != "" {
				return nil, missing
			}
			for _, at := range when[0].Times {
				f.numbers = append(f.numbers, float64(floorDiv(at, 3600e9)-24*floorDiv(at, 86400e9)))
			}
		}
		c.features = append(c.features, f)
	}
	c.deal(v.seed.Word("folds"))
	if len(c.features) == 0 {
		return nil, v.train.Name + " and " + v.table.Name + " have no column in common that is complete in both"
	}
	return c, ""
}

// deal puts rows into folds, those alike into one.
func (c *contest) deal(seed draw.Seed) {
	stream := seed.Stream()
	dealt := map[string]int{}
	var key []byte
	for row := range c.fold {
		key = key[:0]
		for _, f := range c.features {
			switch {
			case f.name == nameHour:
			case f.codes != nil:
				key = binary.LittleEndian.AppendUint32(key, uint32(f.codes[row]))
			default:
				key = binary.LittleEndian.AppendUint64(key, math.Float64bits(f.numbers[row]))
			}
		}
		fold, found := dealt[string(key)]
		if !found {
			fold = stream.IntN(folds)
			dealt[string(key)] = fold
		}
		c.fold[row] = fold
	}
}

// scores are the log-odds that a row is generated, by a model that has not seen it.
func (c *contest) scores(of []int) []float64 {
	var f boost.Features
	for _, i := range of {
		c.features[i].addTo(&f)
	}
	out := make([]float64, len(c.generated))
	for fold := range folds {
		var rows []int
		for i, in := range c.fold {
			if in != fold {
				rows = append(rows, i)
			}
		}
		m := boost.Train(&f, c.generated, rows, boost.Options{})
		for i, in := range c.fold {
			if in == fold {
				out[i] = m.Score(&f, i)
			}
		}
	}
	return out
}

// auc compares rows of one fold alone, since two models' scores are not on one scale.
func (c *contest) auc(scores []float64, v *view, name string) score.Number {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(c.fold[a], c.fold[b]), cmp.Compare(scores[a], scores[b]), cmp.Compare(a, b))
	})
	// Rows with the same score in the same fold are one step of the curve.
	last := make([]bool, len(order))
	for i, row := range order {
		last[i] = i+1 == len(order) || c.fold[order[i+1]] != c.fold[row] || scores[order[i+1]] != scores[row]
	}
	statistic := func(weight []int) float64 {
		var wins, pairs float64
		var below, real, generated, tied, mine float64 // of the fold: real rows below, all; of the step: real, generated
		for i, row := range order {
			w := float64(weight[c.piece[row]])
			if c.generated[row] {
				mine += w
			} else {
				tied += w
			}
			if !last[i] {
				continue
			}
			wins += mine * (below + tied/2)
			below, real, generated = below+tied, real+tied, generated+mine
			tied, mine = 0, 0
			if i+1 == len(order) || c.fold[order[i+1]] != c.fold[row] {
				pairs += real * generated
				below, real, generated = 0, 0, 0
			}
		}
		return wins / pairs
	}
	once := make([]int, c.pieces)
	for i := range once {
		once[i] = 1
	}
	i, err := stats.BCa(c.pieces, v.options.Draws, v.seed.Word("C2ST").Word(name), statistic)
	return bounded(statistic(once), len(scores), score.Cluster{Unit: "flow", Over: overPieces, Clusters: int64(c.pieces)}, i, err)
}

// accuracy is the share of rows told right.
func (c *contest) accuracy(scores []float64, v *view) score.Number {
	rows := make([][]float64, c.pieces)
	right := 0.0
	for i, s := range scores {
		if rows[c.piece[i]] == nil {
			rows[c.piece[i]] = make([]float64, 2)
		}
		rows[c.piece[i]][1]++
		if (s > 0) == c.generated[i] {
			rows[c.piece[i]][0]++
			right++
		}
	}
	n := len(scores)
	i, err := stats.BCaSums(rows, v.options.Draws, v.seed.Word("C2ST accuracy"), func(s []float64) float64 { return s[0] / s[1] })
	return bounded(right/float64(n), n, score.Cluster{Unit: "flow", Over: overPieces, Clusters: int64(c.pieces)}, i, err)
}
