package flow

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/evilbench/evilbench/generator/draw"
	"github.com/evilbench/evilbench/generator/model"
)

// Sampler draws flows from one model on one network. It is safe for concurrent use.
type Sampler struct {
	dir      Directory
	cascade  *model.Cascade
	patterns []pattern
	idle     []string
	vars     int // most variables of any pattern
	slots    int // most placeholders of any pattern
}

// New prepares a model for a network; rate multiplies every pattern's. Every source that a row names must have a machine: the error
// lists all that have none. A pattern whose Per has no machine is idle, see [Sampler.Idle].
func New(m *model.Model, dir Directory, rate float64) (*Sampler, error) {
	s := &Sampler{dir: dir, cascade: m.Cascade}
	from, _ := time.Parse(time.RFC3339, m.Provenance.From) // checked where anything counts from it
	missing := missing{dir: dir, cast: len(m.Hosts) > 0}
	for i := range m.Patterns {
		p := &m.Patterns[i]
		if p.Per != "site" && dir.Members(p.Per) == 0 {
			s.idle = append(s.idle, p.Name)
			continue
		}
		missing.look(p)
		c, err := compile(p, m.Profiles[p.Profile], dir, rate, from.UnixNano())
		if err != nil {
			return nil, fmt.Errorf("model %s: %w", m.Provenance.Name, err)
		}
		s.patterns = append(s.patterns, c)
		s.vars, s.slots = max(s.vars, len(c.vars)), max(s.slots, c.slots)
	}
	if len(missing.lines) > 0 {
		return nil, fmt.Errorf("model %s does not fit the network: nobody is %s", m.Provenance.Name, strings.Join(missing.lines, "; nobody is "))
	}
	return s, nil
}

// Idle names the patterns that have nobody to happen to on this network.
func (s *Sampler) Idle() []string { return slices.Clone(s.idle) }

// missing gathers the sources that no machine answers to, each once with the first place that wants it.
type missing struct {
	dir   Directory
	cast  bool // the model has machines of its own: who plays them is the directory's to say
	seen  []string
	lines []string
}

func (m *missing) look(p *model.Pattern) {
	for i := range p.Rows {
		for _, cell := range []model.Cell{p.Rows[i].Src, p.Rows[i].Dst, p.Rows[i].Answer} {
			for _, from := range p.Sources(cell) {
				if slices.Contains(m.seen, from) || m.dir.Members(from) > 0 || m.cast && strings.HasPrefix(from, "host:") {
					continue
				}
				m.seen = append(m.seen, from)
				m.lines = append(m.lines, fmt.Sprintf("%s (pattern %s, row %d)", from, p.Name, i))
			}
		}
	}
}

// Window appends the flows of all instances that start in [start, end), ns since the epoch, to out: sorted by time, ties in the
// order of the model. Index is the window's number; what a window holds depends on (seed, index, start, end) alone, so windows can
// be drawn in any order. Rows of an instance may start after end.
func (s *Sampler) Window(seed draw.Seed, index int64, start, end int64, out []Record) []Record {
	d := &drawing{
		dir:    s.dir,
		index:  make([]int, s.vars),
		number: make([]float64, s.vars),
		who:    make([]Entity, s.slots),
		told:   make([]int, s.slots),
	}
	steady, crowded := even(start, end), paceOf(s.cascade, seed.Word("cascade"), start, end)
	root := seed.Word("pattern")
	for i := range s.patterns {
		p := &s.patterns[i]
		base, pace := root.Word(p.name), &crowded
		if p.steady {
			pace = &steady
		}
		for k := range p.members {
			p.window(d, base.Number(uint64(k)).Number(uint64(index)), k, start, end, pace)
		}
	}
	return d.sorted(out)
}

// drawing is what one window needs while it is drawn.
type drawing struct {
	dir        Directory
	index      []int     // of each variable's value or bin
	number     []float64 // of each variable
	impossible bool      // what was drawn cannot be
	who        []Entity  // by placeholder
	told       []int     // by placeholder: the row that answered it, -1 = none
	records    []Record
}

// sorted appends the records in order of time. It sorts small keys rather than the records themselves.
func (d *drawing) sorted(out []Record) []Record {
	type key struct {
		time int64
		at   int
	}
	keys := make([]key, len(d.records))
	for i := range d.records {
		keys[i] = key{d.records[i].Time, i}
	}
	slices.SortFunc(keys, func(a, b key) int { return cmp.Or(cmp.Compare(a.time, b.time), cmp.Compare(a.at, b.at)) })
	out = slices.Grow(out, len(keys))
	for _, k := range keys {
		out = append(out, d.records[k.at])
	}
	return out
}
