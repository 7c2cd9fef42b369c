// Package learn makes a traffic model of a table of flows: it finds the patterns that describe the table in the fewest bits, and writes them
// down with their networks, rhythms and delays.
package learn

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/evilbench/evilbench/generator/chronicle"
	"github.com/evilbench/evilbench/generator/model"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// Addresses say what becomes of the addresses in the table.
type Addresses uint8

// The ways.
const (
	Pseudonyms Addresses = iota // replaced by others with the same common prefixes
	Kept
	Dropped // hosts are known by their roles alone
)

// Options of learning. Zero fields mean the defaults.
type Options struct {
	Name      string // of the model
	Note      string // its description
	Addresses Addresses
	Secret    []byte         // of the pseudonyms: the same secret gives the same ones
	HomeNet   []netip.Prefix // the monitored network; default: private addresses, or the prefix that most flows come from
	Sources   []model.Source
	Given     []string // options to write down in the model's provenance
	Tool      string
	Offset    time.Duration // of the network's clocks from UTC
	Published bool          // instances start at the times of the table, as FlowChronicle's do
	Search    chronicle.Options
}

// Result is what was learnt.
type Result struct {
	Model       *model.Model
	Description *chronicle.Description
	BaseBits    float64 // what the table costs without patterns
}

// Learn learns a model of the table's flows. The same table and options give the same model.
func Learn(t *flowlog.Table, o Options) (*Result, error) {
	c, err := newCoding(t, o.Offset)
	if err != nil {
		return nil, err
	}
	base, err := chronicle.Learn(c.table, chronicle.Options{Code: o.Search.Code, Tests: -1, Jobs: o.Search.Jobs})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.Name, err)
	}
	d, err := chronicle.Learn(c.table, o.Search)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.Name, err)
	}
	cast := newCast(c, o)
	m := &model.Model{
		Format: model.Format,
		Provenance: model.Provenance{
			Name: o.Name, Description: o.Note, Sources: o.Sources, Rows: int64(c.table.Rows()),
			From: stamp(c.start), To: stamp(c.end), Options: o.Given, Notes: t.Notes, CreatedWith: o.Tool,
		},
		Hosts:      cast.hosts,
		Popularity: cast.popularity,
		Profiles:   map[string]model.Profile{},
	}
	w := &writer{titles: map[string]int{}, published: o.Published, coding: c, cast: cast, model: m, whole: profileOf(c.when, c.start, c.end, nil)}
	if err := w.patterns(d); err != nil {
		return nil, fmt.Errorf("%s: %w", t.Name, err)
	}
	return &Result{Model: m, Description: d, BaseBits: base.Bits}, nil
}

// stamp writes seconds since the epoch.
func stamp(t float64) string { return time.Unix(0, int64(t*1e9)).UTC().Format(time.RFC3339) }
