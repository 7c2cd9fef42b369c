// Package generator makes labelled traffic: a scenario, a model and a seed become a corpus, the same bytes with any number of
// workers.
package generator

import (
	"context"
	"fmt"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/flow"
	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/generator/scenario"
	"github.com/evilbench/evilbench/labels"
)

// Result says what was made.
type Result struct {
	Packets, Flows int64
	Campaigns      []labels.Campaign
	Start, End     int64    // of the scenario, ns since the epoch
	Warnings       []string // for whoever reads numbers made on this traffic
}

// Generate makes the scenario's traffic and hands it to the sink in time order.
func Generate(ctx context.Context, sc *scenario.Scenario, m *model.Model, sink Sink, options Options) (Result, error) {
	seed := draw.NewSeed(sc.Seed)
	w, err := newWorld(sc, seed)
	if err != nil {
		return Result{}, fmt.Errorf("scenario %s: %w", sc.Name, err)
	}
	sampler, err := flow.New(m, w, sc.Rate)
	if err != nil {
		return Result{}, fmt.Errorf("scenario %s: %w", sc.Name, err)
	}
	cs, err := campaigns(sc, w, seed)
	if err != nil {
		return Result{}, fmt.Errorf("scenario %s: %w", sc.Name, err)
	}
	start := sc.Start.UnixNano()
	end := start + int64(sc.Duration)
	t := &traffic{start: start, end: end, seed: seed.Word("flows"), sampler: sampler, domain: w.domain, campaigns: cs}
	count := &counter{Sink: sink, span: newSpan(cs)}
	p := &pipeline{start: start, end: end, make: t.window, sink: count, options: options}
	if err := p.run(ctx); err != nil {
		return Result{}, err
	}
	r := Result{Packets: count.packets, Flows: count.flows, Campaigns: count.span.rows(), Start: start, End: end}
	for _, c := range cs {
		if row := count.span[c.truth.Campaign]; row.Start == 0 {
			r.Warnings = append(r.Warnings, fmt.Sprintf("campaign %s left no packet before the capture ended", c.truth.Campaign))
		}
	}
	return r, nil
}

// counter watches what goes to the sink.
type counter struct {
	Sink
	span           span
	packets, flows int64
}

func (c *counter) Packets(records []byte, truth []labels.Packet) error {
	c.packets += int64(len(truth))
	for i := range truth {
		if truth[i].Campaign != "" {
			c.span.add(&truth[i])
		}
	}
	return c.Sink.Packets(records, truth)
}

func (c *counter) Flows(flows []labels.Flow) error {
	c.flows += int64(len(flows))
	return c.Sink.Flows(flows)
}
