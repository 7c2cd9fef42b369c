// Package generator makes labelled traffic: a scenario, a model and a seed become a corpus, the same bytes with any number of
// workers.
package generator

import (
	"context"
	"fmt"
	"strings"

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
	Notes          []string // how it was made
}

// Generate makes the scenario's traffic and hands it to the sink in time order.
func Generate(ctx context.Context, sc *scenario.Scenario, m *model.Model, sink Sink, options Options) (Result, error) {
	t, lacks, err := prepare(sc, m, options)
	if err != nil {
		return Result{}, err
	}
	count := &counter{Sink: sink, span: newSpan(t.campaigns)}
	p := &pipeline{start: t.start, end: t.end, make: t.window, sink: count, options: options}
	if err := p.run(ctx); err != nil {
		return Result{}, err
	}
	r := Result{Packets: count.packets, Flows: count.flows, Campaigns: count.span.rows(), Start: t.start, End: t.end, Warnings: lacks, Notes: t.tellers.notes()}
	for _, c := range t.campaigns {
		if row := count.span[c.truth.Campaign]; row.Start == 0 {
			r.Warnings = append(r.Warnings, fmt.Sprintf("campaign %s left no packet before the capture ended", c.truth.Campaign))
		}
	}
	return r, nil
}

// prepare builds the scenario's network and what happens on it, and says what is left out.
func prepare(sc *scenario.Scenario, m *model.Model, o Options) (*traffic, []string, error) {
	seed := draw.NewSeed(sc.Seed)
	w, err := newWorld(sc, m, seed)
	if err != nil {
		return nil, nil, fmt.Errorf("scenario %s: %w", sc.Name, err)
	}
	lacks := w.uncast(m)
	if len(lacks) > 0 && !o.SkipMissing {
		return nil, nil, fmt.Errorf("model %s does not fit the network of scenario %s: %s; add such hosts, or leave these flows out (--skip-missing)",
			m.Provenance.Name, sc.Name, strings.Join(lacks, "; "))
	}
	for i := range lacks {
		lacks[i] += ": these flows were left out"
	}
	rate := sc.Rate
	if o.FlowsPerDay > 0 {
		rate = o.FlowsPerDay / flow.PerDay(m, w)
	}
	sampler, err := flow.New(m, w, rate)
	if err != nil {
		return nil, nil, fmt.Errorf("scenario %s: %w", sc.Name, err)
	}
	cs, err := campaigns(sc, w, seed)
	if err != nil {
		return nil, nil, fmt.Errorf("scenario %s: %w", sc.Name, err)
	}
	var t *tellers
	if !o.OwnPackets {
		if t, err = newTellers(m, o.Noise); err != nil {
			return nil, nil, err
		}
	}
	start := sc.Start.UnixNano()
	return &traffic{start: start, end: start + int64(sc.Duration), seed: seed.Word("flows"), sampler: sampler, domain: w.domain, tellers: t, campaigns: cs}, lacks, nil
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
