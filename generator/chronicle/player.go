package chronicle

import (
	"fmt"
	"slices"

	"github.com/evilbench/evilbench/generator/bayes"
	"github.com/evilbench/evilbench/generator/bins"
	"github.com/evilbench/evilbench/generator/draw"
)

// Player makes flows from a description.
type Player struct {
	patterns []played
}

// played is a pattern ready to be drawn from. The rows that no pattern explains are one of a single row.
type played struct {
	pattern Pattern
	open    []role
	network *bayes.Network
	codes   [][]int32 // the table's code of each of the network's, by variable
	who     [][]int32 // by column of the table: who a code stands for, nil = not an address
	rhythm  Rhythm
	delays  []*bins.Bins // before each row after the first, in seconds
	lengths []codeDraw   // which bin of delays
}

// codeDraw are cumulative weights of codes.
type codeDraw []float64

// Flow is a flow in codes; of an address column the value is who it is.
type Flow struct {
	Time   float64 // s since the epoch
	Values []int32
}

// NewPlayer fits networks, rhythms and delays to what the description explains. origin is the time of the table's first flow and
// end that at which watching ended, in seconds since the epoch.
func NewPlayer(t *Table, d *Description, smoothing bayes.Smoothing, origin, end float64) (*Player, error) {
	p := &Player{}
	who := make([][]int32, len(t.Columns)) // by column: who a code stands for
	for c := range t.Columns {
		who[c] = t.Columns[c].who()
	}
	entries := append([]*Entry{}, d.Entries...)
	if len(d.Rows) > 0 {
		entries = append(entries, &Entry{Pattern: single(len(t.Columns)), Structure: d.Base, Windows: d.Rows})
	}
	for i, e := range entries {
		if e.Count() == 0 {
			continue
		}
		x := played{pattern: e.Pattern, open: e.Pattern.open(), who: who}
		data, codes := e.Pattern.data(t, e.Windows)
		x.codes = codes
		var err error
		if len(x.open) > 0 {
			if x.network, err = bayes.Fit(data, e.Structure, smoothing); err != nil {
				return nil, fmt.Errorf("pattern %d: %w", i+1, err)
			}
		}
		if err := x.times(t, e, origin, end); err != nil {
			return nil, fmt.Errorf("pattern %d: %w", i+1, err)
		}
		p.patterns = append(p.patterns, x)
	}
	return p, nil
}

// times fits the rhythm of the windows and the delays within them.
func (x *played) times(t *Table, e *Entry, origin, end float64) error {
	length := len(e.Pattern.Rows)
	starts := make([]float64, 0, e.Count())
	gaps := make([][]float64, length-1)
	for w := 0; w < len(e.Windows); w += length {
		rows := e.Windows[w : w+length]
		starts = append(starts, origin+float64(t.Time[rows[0]])/100)
		for k := 1; k < length; k++ {
			gaps[k-1] = append(gaps[k-1], float64(t.Time[rows[k]]-t.Time[rows[k-1]])/100)
		}
	}
	slices.Sort(starts)
	var err error
	if x.rhythm, err = FitRhythm(starts, origin, end); err != nil {
		return err
	}
	for _, g := range gaps {
		b, err := bins.Fine(g, 20)
		if err != nil {
			return err
		}
		weights := make(codeDraw, b.Codes())
		for _, v := range g {
			weights[b.Code(v)]++
		}
		x.delays, x.lengths = append(x.delays, b), append(x.lengths, weights)
	}
	return nil
}

// Window appends the flows of all windows of patterns that start in [from, to), s since the epoch; rate multiplies how many there are.
// They depend on the seed and the arguments alone. Flows of a window may start after to, and are in the order of their patterns.
func (p *Player) Window(seed draw.Seed, from, to, rate float64, out []Flow) []Flow {
	for i := range p.patterns {
		x := &p.patterns[i]
		address := seed.Number(uint64(i))
		instance := uint64(0)
		x.rhythm.Starts(address.Word("start"), from, to, rate, func(at float64) {
			out = x.draw(address.Number(instance), at, out)
			instance++
		})
	}
	return out
}

// draw appends one window of the pattern.
func (x *played) draw(seed draw.Seed, at float64, out []Flow) []Flow {
	r := seed.Stream()
	var values []int32
	if x.network != nil {
		values = make([]int32, len(x.open))
		x.network.Draw(&r, values)
	}
	bound := make([]int32, x.pattern.placeholders())
	next := 0
	for i, row := range x.pattern.Rows {
		if i > 0 {
			at += x.delays[i-1].Draw(&r, int32(r.Weighted(x.lengths[i-1])))
		}
		f := Flow{Time: at, Values: make([]int32, len(row.Cells))}
		for c, cell := range row.Cells {
			switch cell.Kind {
			case Fix:
				f.Values[c] = cell.Value
				continue
			case Use:
				f.Values[c] = bound[cell.Value]
				continue
			}
			code := x.codes[next][values[next]]
			next++
			if x.who[c] != nil {
				code = x.who[c][code]
			}
			f.Values[c] = code
			if cell.Kind == Set {
				bound[cell.Value] = code
			}
		}
		out = append(out, f)
	}
	return out
}
