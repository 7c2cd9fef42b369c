package baseline

import (
	"fmt"
	"strings"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// markov walks for each source over what its flows are (their categories), each step as likely as it followed there, and takes as long for
// it as it took there once. Numbers are drawn one by one from flows of the same kind.
type markov struct {
	train  *flowlog.Table
	kinds  [][]int  // training rows by kind
	walks  []walker // by source
	shares []float64
	time   int
}

// walker is what one source does.
type walker struct {
	starts []step           // its first flow
	next   map[int32][]step // by the kind of the flow before
	any    []step           // where nothing ever followed
}

// step is a flow's kind, and how long after the one before it began, or when, ns.
type step struct {
	kind int32
	wait int64
}

func learnMarkov(t *flowlog.Table, _ Options) (Rival, error) {
	source, ok := t.Column(flowlog.SrcIP)
	if !ok {
		return nil, fmt.Errorf("no column %q, by which walks are told apart", flowlog.SrcIP)
	}
	m := &markov{train: t, walks: make([]walker, len(source.Words)), shares: make([]float64, len(source.Words))}
	known := map[string]int32{}
	last := make([]int, len(source.Words)) // row + 1
	var times []int64
	for i := range t.Columns {
		if t.Columns[i].Kind == flowlog.Time {
			m.time, times = i, t.Columns[i].Times
		}
	}
	of := make([]int32, t.Rows())
	for row := range t.Rows() {
		k := kindOf(t, row)
		id, ok := known[k]
		if !ok {
			id = int32(len(m.kinds))
			known[k] = id
			m.kinds = append(m.kinds, nil)
		}
		of[row] = id
		m.kinds[id] = append(m.kinds[id], row)
		who := source.Codes[row]
		w := &m.walks[who]
		m.shares[who]++
		before := last[who] - 1
		last[who] = row + 1
		if before < 0 {
			w.starts = append(w.starts, step{id, times[row]})
			w.next = map[int32][]step{}
			continue
		}
		s := step{id, times[row] - times[before]}
		w.next[of[before]] = append(w.next[of[before]], s)
		w.any = append(w.any, s)
	}
	return m, nil
}

// kindOf joins a row's categories.
func kindOf(t *flowlog.Table, row int) string {
	var b strings.Builder
	for i := range t.Columns {
		if c := &t.Columns[i]; c.Kind == flowlog.Categorical {
			fmt.Fprintf(&b, "%d,", c.Codes[row])
		}
	}
	return b.String()
}

func (m *markov) Generate(seed draw.Seed, rows int) (*flowlog.Table, error) {
	r := seed.Word("markov").Stream()
	var kinds []int32
	var times []int64
	total := 0.0
	for _, s := range m.shares {
		total += s
	}
	left := float64(rows)
	for who := range m.walks {
		n := int(left*m.shares[who]/total + 0.5) // as many flows as the source's share, and all of them in the end
		left, total = left-float64(n), total-m.shares[who]
		w := &m.walks[who]
		if n == 0 || len(w.starts) == 0 {
			continue
		}
		now := draw.Pick(&r, w.starts)
		at := now.wait
		for range n {
			kinds, times = append(kinds, now.kind), append(times, at)
			list := w.next[now.kind]
			if len(list) == 0 {
				list = w.any
			}
			if len(list) == 0 {
				continue
			}
			now = draw.Pick(&r, list)
			at += now.wait
		}
	}
	var out []flowlog.Column
	for c := range m.train.Columns {
		picks := make([]int, len(kinds))
		for i, k := range kinds {
			picks[i] = draw.Pick(&r, m.kinds[k])
		}
		column := m.train.Take(picks).Columns[c]
		if c == m.time {
			column.Times = times
		}
		out = append(out, column)
	}
	t, err := flowlog.NewTable("markov", out...)
	if err != nil {
		return nil, err
	}
	return named(sorted(t), "markov"), nil
}
