package fidelity

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/harness/fidelity/compliance"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// Options steer Measure.
type Options struct {
	Mode     Mode
	Rows     int                   // drawn from each table in a repetition, without putting back; 0 = the tables as they are, once
	Repeat   int                   // repetitions; 0 = 20
	Seed     uint64                // of the draws
	Workers  int                   // 0 = as many as there are processors; the figures are the same with any number
	Progress func(done, total int) // called now and then by any worker; nil = never
}

const defaultRepeat = 20

// Measure computes every metric of every generator in every repetition. What cannot be computed is a figure that says why; an error
// is only a wrong option, or the context's.
func Measure(ctx context.Context, in Input, o Options) (*Report, error) {
	if o.Repeat == 0 {
		o.Repeat = defaultRepeat
	}
	if o.Rows == 0 {
		o.Repeat = 1
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	switch {
	case o.Mode != Paper && o.Mode != Strict:
		return nil, fmt.Errorf("mode %q is neither %s nor %s", o.Mode, Paper, Strict)
	case o.Rows < 0 || o.Repeat < 0:
		return nil, fmt.Errorf("%d rows in %d repetitions; neither can be negative", o.Rows, o.Repeat)
	case in.Train == nil:
		return nil, errors.New("no training table was given")
	}
	rules, err := compliance.Generic()
	if err != nil {
		return nil, err
	}
	m := measurement{Input: in, options: o, metrics: Metrics(o.Mode), rules: rules}
	m.lines = in.Generated
	if in.Reference != nil {
		m.lines = append([]Generated{{"Reference", in.Reference}}, in.Generated...)
	}
	if o.Mode == Strict {
		m.original = newOriginal(in.Train)
	}
	if err := m.run(ctx); err != nil {
		return nil, err
	}
	return m.report(), nil
}

// measurement is one call of Measure.
type measurement struct {
	Input
	options  Options
	metrics  []Metric
	rules    *compliance.Set
	original *original
	lines    []Generated // the reference first where there is one
	runs     [][][]score.Number
}

// run fills runs: by line, repetition and metric.
func (m *measurement) run(ctx context.Context) error {
	total := len(m.lines) * m.options.Repeat
	m.runs = make([][][]score.Number, len(m.lines))
	for i := range m.runs {
		m.runs[i] = make([][]score.Number, m.options.Repeat)
	}
	var next, done atomic.Int64
	var workers sync.WaitGroup
	for range min(m.options.Workers, total) {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for {
				task := int(next.Add(1)) - 1
				if task >= total || ctx.Err() != nil {
					return
				}
				line, repetition := task%len(m.lines), task/len(m.lines)
				m.runs[line][repetition] = m.sample(line, repetition).measure(m.metrics)
				if n := int(done.Add(1)); m.options.Progress != nil {
					m.options.Progress(n, total)
				}
			}
		}()
	}
	workers.Wait()
	return ctx.Err()
}

// sample draws the rows of one repetition. The real rows are the same for every generator, and a generator's do not depend on which
// others there are.
func (m *measurement) sample(line, repetition int) *sample {
	root := draw.NewSeed(m.options.Seed).Word("fidelity")
	rows := func(role string, t *flowlog.Table) *flowlog.Table {
		if t == nil || m.options.Rows == 0 {
			return t
		}
		stream := root.Word(role).Number(uint64(repetition)).Stream()
		return t.Take(chosen(&stream, t.Rows(), m.options.Rows))
	}
	s := &sample{mode: m.options.Mode, rules: m.rules, train: rows("train", m.Train), evaluate: rows("evaluate", m.Evaluate)}
	if s.mode == Strict {
		s.reference, s.original = rows("reference", m.Reference), m.original
	}
	if line == 0 && m.Reference != nil {
		s.generated = rows("reference", m.Reference)
		s.yardstick = true
		return s
	}
	s.generated = rows("generated "+m.lines[line].Name, m.lines[line].Table)
	return s
}

// chosen draws n of the numbers below total in random order, all of them where there are no more (Fisher and Yates).
func chosen(stream *draw.Stream, total, n int) []int {
	n = min(n, total)
	out := make([]int, n)
	moved := make(map[int]int, n)
	at := func(i int) int {
		if v, found := moved[i]; found {
			return v
		}
		return i
	}
	for i := range out {
		j := i + stream.IntN(total-i)
		out[i] = at(j)
		moved[j] = at(i)
	}
	return out
}
