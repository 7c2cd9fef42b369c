// Package baseline holds simple generators of flows, for learnt models to be held against.
package baseline

import (
	"fmt"
	"slices"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/fault"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// Rival makes tables of flows like the one it has learnt from.
type Rival interface {
	// Generate makes a table of so many rows with the columns of the training table, in order of time. The same seed gives the same rows.
	Generate(seed draw.Seed, rows int) (*flowlog.Table, error)
}

// rivals are all of them by name.
var rivals = []struct {
	name  string
	learn func(*flowlog.Table, Options) (Rival, error)
}{
	{"independent-bn", learnIndependent},
	{"sequence-bn", learnSequence},
	{"shuffle", learnShuffle},
	{"bootstrap", learnBootstrap},
	{"copula", learnCopula},
	{"markov", learnMarkov},
}

// Options of learning. Zero fields mean the defaults.
type Options struct {
	Jobs int // workers; never changes the result. Default: one a core
}

// Names lists the rivals: independent-bn and sequence-bn are FlowChronicle's own comparators (CoNEXT 2024), shuffle permutes each column,
// bootstrap draws whole rows again, copula is Gaussian, markov walks from row to row of each source.
func Names() []string {
	out := make([]string, len(rivals))
	for i := range rivals {
		out[i] = rivals[i].name
	}
	return out
}

// Learn prepares the rival of a name. The table needs a column of times and at least two rows.
func Learn(name string, train *flowlog.Table, o Options) (Rival, error) {
	i := slices.IndexFunc(rivals, func(r struct {
		name  string
		learn func(*flowlog.Table, Options) (Rival, error)
	}) bool {
		return r.name == name
	})
	if i < 0 {
		return nil, fmt.Errorf("no generator %q: %s", name, fault.Suggest(name, Names()))
	}
	if train.Rows() < 2 {
		return nil, fmt.Errorf("%s: %d rows; a generator learns from at least 2", train.Name, train.Rows())
	}
	if _, ok := train.Column(flowlog.FirstSeen); !ok {
		return nil, fmt.Errorf("%s: no column %q", train.Name, flowlog.FirstSeen)
	}
	r, err := rivals[i].learn(sorted(train), o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", train.Name, err)
	}
	return r, nil
}

// sorted is a table in order of time.
func sorted(t *flowlog.Table) *flowlog.Table {
	times, _ := t.Column(flowlog.FirstSeen)
	order := make([]int, t.Rows())
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch x, y := times.Times[a], times.Times[b]; {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	return t.Take(order)
}
