package fidelity

import (
	"fmt"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// copying is memorisation as its neighbours tell it: how many generated rows lie nearer to a training row than to any unseen real
// row, as many of each being there to be near to, ties halved (0.5 where nothing is remembered; above it, rows were), and how many are
// training rows, time apart. Real is what the rows of the evaluate table score, which nobody could have copied. Distances are those
// of the strict Density.
func copying(v *view) []Aspect {
	const nearer, exact = "Nearer to training rows", "Exact copies"
	none := func(reason string) []Aspect {
		return append(absent(GroupCopying, nearer, "0.5", reason), absent(GroupCopying, exact, "as real", reason)...)
	}
	switch {
	case v.reference == nil:
		return none("no unseen real table was given as the reference")
	case v.yardstick:
		return none("the reference is what copying is measured by")
	}
	mine := v.remembered(ordered(drawn(v.table, v.options.Rows, v.seed.Word("copying")), v.options.Rows), v.seed.Word("copying"))
	out := []Aspect{
		{Group: GroupCopying, Name: nearer, Best: "0.5", Figure: mine.nearer}, {Group: GroupCopying, Name: exact, Best: "as real", Figure: mine.exact},
	}
	if v.evaluate != nil {
		real := v.unseen()
		out[0].Real, out[1].Real = &real.nearer, &real.exact
	}
	return out
}

// remembered is both figures of one table.
type remembered struct{ nearer, exact score.Number }

func (r *reality) remembered(t *flowlog.Table, seed draw.Seed) remembered {
	n, missing := r.neighbourhood(t)
	if missing != "" {
		return remembered{score.Number{Missing: missing}, score.Number{Missing: missing}}
	}
	return remembered{r.shareOf(n.nearer, "flow", seed.Word("nearer")), r.shareOf(n.same, "flow", seed.Word("exact"))}
}

// neighbourhood says of each row of a table whether it is nearer to a training row than to one of the reference (1, or ½ of a tie),
// and whether it is a training row (1) but for its time.
type neighbourhood struct{ nearer, same []float64 }

func (r *reality) neighbourhood(t *flowlog.Table) (n *neighbourhood, missing string) {
	size := min(r.train.Rows(), r.reference.Rows(), r.options.Rows)
	tables := []*flowlog.Table{
		t, r.train, drawn(r.train, size, r.seed.Word("neighbours")), drawn(r.reference, size, r.seed.Word("strangers")),
	}
	clouds, missing := together(tables)
	if missing != "" {
		return nil, missing
	}
	own := clouds[0]
	toTrain, toSome, toOthers := own.nearestIn(clouds[1]), own.nearestIn(clouds[2]), own.nearestIn(clouds[3])
	n = &neighbourhood{make([]float64, t.Rows()), make([]float64, t.Rows())}
	for i, row := range own.rows {
		switch {
		case toSome[i] < toOthers[i]:
			n.nearer[row] = 1
		case toSome[i] == toOthers[i]:
			n.nearer[row] = 0.5
		}
		if toTrain[i] == 0 {
			n.same[row] = 1
		}
	}
	return n, ""
}

// together puts the rows of all tables into one space, without time, scaled by the second of them.
func together(tables []*flowlog.Table) (clouds []*cloud, missing string) {
	names := flowlog.Published()[1:]
	columns := make([][]*flowlog.Column, len(tables))
	for i, t := range tables {
		if columns[i], missing = columnsOf(t, names); missing != "" {
			return nil, missing
		}
	}
	codes, numbers := make([][][]int32, len(tables)), make([][][]float64, len(tables))
	var distinct []int
	in := &space{}
	for k := range names {
		var of []*flowlog.Column
		for i := range tables {
			of = append(of, columns[i][k])
		}
		if of[0].Kind == flowlog.Categorical {
			joined, n := joint(of...)
			distinct = append(distinct, n)
			for i := range tables {
				codes[i] = append(codes[i], joined[i])
			}
			continue
		}
		in.dims++
		for i := range tables {
			numbers[i] = append(numbers[i], logScaled(of[1], of[i]))
		}
	}
	guards, below := in.layOut(distinct)
	for i, t := range tables {
		for _, column := range numbers[i] {
			if !allFinite(column) {
				return nil, fmt.Sprintf("%s holds numbers too large to compute with", t.Name)
			}
		}
		clouds = append(clouds, newCloud(in, mismatch{guards, below}, codes[i], numbers[i], t.Rows()))
	}
	return clouds, ""
}

func allFinite(values []float64) bool {
	for _, v := range values {
		if v-v != 0 {
			return false
		}
	}
	return true
}
