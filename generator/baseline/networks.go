package baseline

import (
	"strconv"

	"github.com/evilbench/evilbench/generator/bayes"
	"github.com/evilbench/evilbench/generator/bins"
	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// Structures are learnt with at most so many parents, and counts smoothed with so many rows, as the published comparators do.
const (
	mostParents = 3
	smoothing   = 1.0
)

// independent is IndependentBN: one network of a flow's values, its day and its time of day; each flow is drawn by itself.
type independent struct {
	*coding
	network *bayes.Network
}

func learnIndependent(t *flowlog.Table, o Options) (Rival, error) {
	c, err := encode(t)
	if err != nil {
		return nil, err
	}
	n, err := fit(&bayes.Data{Names: names(len(c.columns)), Cards: c.cards, Columns: c.columns}, o)
	if err != nil {
		return nil, err
	}
	return &independent{c, n}, nil
}

func names(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = strconv.Itoa(i)
	}
	return out
}

func fit(d *bayes.Data, o Options) (*bayes.Network, error) {
	s, err := bayes.Learn(d, bayes.LearnOptions{MaxParents: mostParents, Jobs: o.Jobs})
	if err != nil {
		return nil, err
	}
	return bayes.Fit(d, s, bayes.Smoothing{Kind: bayes.BDeu, Mass: smoothing})
}

func (n *independent) Generate(seed draw.Seed, rows int) (*flowlog.Table, error) {
	r := seed.Word("independent-bn").Stream()
	out := make([][]int32, rows)
	for i := range out {
		out[i] = make([]int32, len(n.cards))
		n.network.Draw(&r, out[i])
	}
	return n.decode("independent-bn", &r, out, nil)
}

// sequenceLength is how many flows one row of SequenceBN's network speaks of, as published.
const sequenceLength = 5

// sequence is SequenceBN: a network of five flows in a row, of which the first has a time and the others a distance to the one before.
type sequence struct {
	*coding
	network *bayes.Network
	gaps    *bins.Bins
}

func learnSequence(t *flowlog.Table, o Options) (Rival, error) {
	c, err := encode(t)
	if err != nil {
		return nil, err
	}
	groups := t.Rows() / sequenceLength
	if groups < 2 {
		return learnIndependent(t, o)
	}
	times := t.Columns[c.time].Times
	distances := make([]float64, 0, t.Rows())
	for i := 1; i < t.Rows(); i++ {
		distances = append(distances, float64(times[i]-times[i-1])/1e9)
	}
	s := &sequence{coding: c}
	if s.gaps, err = bins.Published(distances, quantiles); err != nil {
		return nil, err
	}
	d := &bayes.Data{}
	for k := range sequenceLength {
		for v := range c.columns {
			column, card := c.columns[v], c.cards[v]
			if k > 0 && v == c.time {
				card = s.gaps.Codes()
			} else if k > 0 && v == c.time+1 {
				continue // the distance says both
			}
			codes := make([]int32, groups)
			for g := range groups {
				row := g*sequenceLength + k
				codes[g] = column[row]
				if k > 0 && v == c.time {
					codes[g] = s.gaps.Code(distances[row-1])
				}
			}
			d.Append(strconv.Itoa(len(d.Columns)), card, codes)
		}
	}
	if s.network, err = fit(d, o); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *sequence) Generate(seed draw.Seed, rows int) (*flowlog.Table, error) {
	r := seed.Word("sequence-bn").Stream()
	whole := make([]int32, len(s.network.Cards))
	var out [][]int32
	var starts []int64
	for len(out) < rows {
		s.network.Draw(&r, whole)
		at, now := 0, int64(0)
		for k := range min(sequenceLength, rows-len(out)) {
			row := make([]int32, len(s.cards))
			for v := range s.cards {
				if k > 0 && v == s.time+1 {
					continue
				}
				row[v] = whole[at]
				at++
			}
			if k == 0 {
				now = s.start(&r, row)
			} else {
				now += int64(s.gaps.Draw(&r, row[s.time]) * 1e9)
				row[s.time] = 0
			}
			out, starts = append(out, row), append(starts, now)
		}
	}
	return s.decode("sequence-bn", &r, out, starts)
}
