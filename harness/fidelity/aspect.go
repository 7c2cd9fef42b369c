package fidelity

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/harness/stats"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// The groups of aspects.
const (
	GroupTime     = "time"     // does one flow follow the other as in real traffic
	GroupLikeness = "likeness" // can generated flows be told from real ones
	GroupCopying  = "copying"  // are they training flows over again
	GroupVariety  = "variety"  // is everything there, rare things included
	GroupHosts    = "hosts"    // does a host behave as a real one
)

// Aspect is one figure about generated flows that the published metrics do not give.
type Aspect struct {
	Group  string        `json:"group"`
	Name   string        `json:"name"`
	Best   string        `json:"best"` // in words: 0, 0.5, as real
	Figure score.Number  `json:"figure"`
	Real   *score.Number `json:"real,omitempty"` // what the figure is of real traffic alone, where it is one of a single table
	Detail string        `json:"detail,omitempty"`
}

// AspectLine is the aspects of one table.
type AspectLine struct {
	Name    string   `json:"name"`
	Aspects []Aspect `json:"aspects"`
}

// AspectOptions steer Aspects. Zero fields mean the defaults.
type AspectOptions struct {
	Mode      Mode   // paper = the ACF gap as published; default strict
	Rows      int    // most rows of a table that are looked at, adjoining ones for what is about order, else drawn; default 10,000
	Networks  int    // trained for TSTR of each column and table; default 3, -1 = no TSTR
	HourOfDay bool   // the classifier sees the hour, which tells tables apart that are of other times
	Draws     int    // of a bootstrap; default 2000
	Seed      uint64 // of all draws
	Workers   int    // 0 = as many as there are processors; the figures are the same with any number
	Progress  func(done, total int)
}

func (o AspectOptions) withDefaults() (AspectOptions, error) {
	if o.Mode == "" {
		o.Mode = Strict
	}
	if o.Rows == 0 {
		o.Rows = 10_000
	}
	if o.Networks == 0 {
		o.Networks = 3
	}
	if o.Draws == 0 {
		o.Draws = stats.MinDraws
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	switch {
	case o.Mode != Paper && o.Mode != Strict:
		return o, fmt.Errorf("mode %q is neither %s nor %s", o.Mode, Paper, Strict)
	case o.Rows < 2:
		return o, fmt.Errorf("%d rows; at least 2 are needed", o.Rows)
	case o.Draws < stats.MinDraws:
		return o, fmt.Errorf("%d draws of a bootstrap; at least %d are needed", o.Draws, stats.MinDraws)
	}
	return o, nil
}

// Aspects computes all aspects of the reference, where there is one, and of every generator. What cannot be computed is a figure
// that says why; an error is only a wrong option, or the context's.
func Aspects(ctx context.Context, in Input, o AspectOptions) ([]AspectLine, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	if in.Train == nil {
		return nil, errors.New("no training table was given")
	}
	lines := in.Generated
	if in.Reference != nil {
		lines = append([]Generated{{"Reference", in.Reference}}, in.Generated...)
	}
	seed := draw.NewSeed(o.Seed).Word("fidelity").Word("aspects")
	real := newReality(in, o, seed)
	var tasks []func()
	parts := make([][][]Aspect, len(lines))
	for i, line := range lines {
		v := real.view(line)
		parts[i] = make([][]Aspect, len(families))
		for k, family := range families {
			tasks = append(tasks, func() { parts[i][k] = family(v) })
		}
	}
	if err := o.run(ctx, tasks); err != nil {
		return nil, err
	}
	out := make([]AspectLine, len(lines))
	for i, line := range lines {
		out[i] = AspectLine{line.Name, slices.Concat(parts[i]...)}
	}
	return out, nil
}

// families are what computes aspects, in the order in which they are shown.
var families = []func(*view) []Aspect{
	acfGaps, transfers, arrivals, surprises, twoSample, copying, vendi, duplicates, services, hosts,
}

// run does the tasks, whose results lie where each of them puts its own.
func (o *AspectOptions) run(ctx context.Context, tasks []func()) error {
	var next, done atomic.Int64
	var workers sync.WaitGroup
	for range min(o.Workers, len(tasks)) {
		workers.Go(func() {
			for {
				task := int(next.Add(1)) - 1
				if task >= len(tasks) || ctx.Err() != nil {
					return
				}
				tasks[task]()
				if n := int(done.Add(1)); o.Progress != nil {
					o.Progress(n, len(tasks))
				}
			}
		})
	}
	workers.Wait()
	return ctx.Err()
}

// reality is the real tables, and what is computed of them once.
type reality struct {
	train, reference, evaluate *flowlog.Table
	options                    AspectOptions
	seed                       draw.Seed
	trainOrdered, evalOrdered  func() *flowlog.Table
	networks                   func(column string) *taught // trained on the training table
	trainWaits                 func() waiting
	trainDiversity             func() score.Number
	unseen                     func() remembered // of the evaluate table
}

// view is one table as the aspects see it.
type view struct {
	*reality
	name      string
	table     *flowlog.Table
	ordered   func() *flowlog.Table // adjoining rows in the order of time
	yardstick bool                  // the table is the reference
	seed      draw.Seed
}

func newReality(in Input, o AspectOptions, seed draw.Seed) *reality {
	r := &reality{train: in.Train, reference: in.Reference, evaluate: in.Evaluate, options: o, seed: seed}
	r.trainOrdered = sync.OnceValue(func() *flowlog.Table { return ordered(in.Train, o.Rows) })
	r.evalOrdered = sync.OnceValue(func() *flowlog.Table {
		if in.Evaluate == nil {
			return nil
		}
		return ordered(in.Evaluate, o.Rows)
	})
	r.networks = onceFor(discrete, r.teach)
	r.trainWaits = sync.OnceValue(func() waiting { return waits(in.Train) })
	r.trainDiversity = sync.OnceValue(func() score.Number { return r.diversity(in.Train, seed.Word("vendi of the training table")) })
	r.unseen = sync.OnceValue(func() remembered { return r.remembered(r.evalOrdered(), seed.Word("unseen")) })
	return r
}

// view looks at a table, which is the yardstick where it is the reference.
func (r *reality) view(of Generated) *view {
	v := &view{reality: r, name: of.Name, table: of.Table, yardstick: of.Table == r.reference, seed: r.seed.Word("table " + of.Name)}
	v.ordered = sync.OnceValue(func() *flowlog.Table { return ordered(of.Table, r.options.Rows) })
	return v
}

// onceFor computes a value for each key at most once, whoever asks.
func onceFor[V any](keys []string, of func(string) V) func(string) V {
	values := map[string]func() V{}
	for _, k := range keys {
		values[k] = sync.OnceValue(func() V { return of(k) })
	}
	return func(k string) V { return values[k]() }
}

// ordered is a table in the order of time, of more than n rows the first n. A table without times stays as it is.
func ordered(t *flowlog.Table, n int) *flowlog.Table {
	rows := make([]int, t.Rows())
	for i := range rows {
		rows[i] = i
	}
	if when, found := t.Column(flowlog.FirstSeen); found {
		slices.SortStableFunc(rows, func(a, b int) int {
			switch {
			case when.Times[a] < when.Times[b]:
				return -1
			case when.Times[a] > when.Times[b]:
				return 1
			}
			return 0
		})
	}
	return t.Take(first(rows, n))
}

func first[V any](s []V, n int) []V { return s[:min(n, len(s))] }

// drawn is n rows of a table, or all of fewer, in their order.
func drawn(t *flowlog.Table, n int, seed draw.Seed) *flowlog.Table {
	stream := seed.Stream()
	rows := chosen(&stream, t.Rows(), n)
	slices.Sort(rows)
	return t.Take(rows)
}

// absent is one aspect that has no value.
func absent(group, name, best, reason string) []Aspect {
	return []Aspect{{Group: group, Name: name, Best: best, Figure: score.Number{Missing: reason}}}
}
