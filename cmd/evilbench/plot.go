package main

import (
	"bytes"
	"time"

	"github.com/evilbench/evilbench/harness/fidelity"
	"github.com/evilbench/evilbench/labels/flowlog"
	"github.com/evilbench/evilbench/reports/svg"
)

// plotStep is what a count of a plot of flows is over; a table is plotted over at most mostSteps of them.
const (
	plotStep  = 10 * time.Minute
	mostSteps = 10_000
)

// plotRates draws how many flows start in each ten minutes of the training table and of each generated one.
func plotRates(path string, train *flowlog.Table, generated []fidelity.Generated) error {
	panels := []svg.Panel{rates("train", train)}
	for _, g := range generated {
		panels = append(panels, rates(g.Name, g.Table))
	}
	var b bytes.Buffer
	if err := svg.Rates(&b, "Flows per 10 minutes", panels); err != nil {
		return err
	}
	return replace(path, b.Bytes())
}

func rates(name string, t *flowlog.Table) svg.Panel {
	p := svg.Panel{Title: name, Step: plotStep}
	times, ok := t.Column(flowlog.FirstSeen)
	if !ok || t.Rows() == 0 {
		return p
	}
	first := times.Times[0]
	for _, at := range times.Times {
		first = min(first, at)
	}
	p.From = time.Unix(0, first).UTC().Truncate(plotStep)
	for _, at := range times.Times {
		i := int(time.Duration(at-p.From.UnixNano()) / plotStep)
		if i >= mostSteps {
			continue
		}
		for len(p.Counts) <= i {
			p.Counts = append(p.Counts, 0)
		}
		p.Counts[i]++
	}
	return p
}
