// Package foreign makes a corpus of captures that somebody else recorded.
package foreign

import (
	"cmp"
	"fmt"
	"iter"
	"net/netip"
	"slices"
	"time"

	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// slack is how far apart a flow and its label may lie: clocks are read at different points of a connection.
const slack = int64(2 * time.Second)

// halfDay is what a 12-hour clock that does not say which half may be wrong by.
const halfDay = int64(12 * time.Hour)

// ends are a tuple without direction. The VLAN is left out, since few label files know it.
type ends struct {
	low, high netip.AddrPort
	proto     uint8
}

func endsOf(t labels.Tuple) ends {
	a, b := netip.AddrPortFrom(t.Src, t.Sport), netip.AddrPortFrom(t.Dst, t.Dport)
	if a.Compare(b) > 0 {
		a, b = b, a
	}
	return ends{low: a, high: b, proto: t.Proto}
}

// mark is what one line of a label file says of the time from start to end.
type mark struct {
	start, end int64
	halfDay    bool
	hit        bool
	class      labels.Class
	attack     string
}

// overlap is how long the mark and a flow overlap, and whether they touch at all.
func (m *mark) overlap(start, end int64) (length int64, touch bool) {
	length, touch = common(m.start, m.end, start, end)
	if m.halfDay && !touch {
		return common(m.start+halfDay, m.end+halfDay, start, end)
	}
	return length, touch
}

func common(start, end, otherStart, otherEnd int64) (length int64, touch bool) {
	from, to := max(start, otherStart), min(end, otherEnd)
	return to - from, to-from >= -slack
}

// marks are the labels of a file, found by the ends of a flow.
type marks struct {
	name      string
	by        map[ends][]mark
	read      int64
	disagree  int64
	offsets   map[time.Duration]int64 // quarter hours between a mark and a flow with the same ends, where they miss
	unlabeled int64
}

// gather reads the labels. Lines whose label says nothing are counted and left out.
func gather(name string, records iter.Seq2[flowlog.Record, error]) (*marks, error) {
	m := &marks{name: name, by: map[ends][]mark{}, offsets: map[time.Duration]int64{}}
	for r, err := range records {
		if err != nil {
			return nil, err
		}
		m.read++
		if r.Class == "" {
			m.unlabeled++
			continue
		}
		k := endsOf(r.Tuple)
		m.by[k] = append(m.by[k], mark{
			start: r.Start, end: r.End + r.Accuracy, halfDay: r.HalfDay, class: r.Class, attack: attackName(r.Label, r.Detail),
		})
	}
	if m.read == m.unlabeled {
		return nil, fmt.Errorf("%s: none of its %d lines has a label; give a labelled log, or import with --benign or --campaign", name, m.read)
	}
	return m, nil
}

// find is the mark that tells most about a flow: that with the longest overlap, then the nearest start, then the one
// that accuses. All that touch count as hit.
func (m *marks) find(f *labels.Flow) (labels.Class, string) {
	var best *mark
	var bestLength int64
	same := m.by[endsOf(f.Tuple)]
	for i := range same {
		candidate := &same[i]
		length, touch := candidate.overlap(f.Start, f.End)
		if !touch {
			continue
		}
		candidate.hit = true
		if best == nil {
			best, bestLength = candidate, length
			continue
		}
		if (best.class == labels.Benign) != (candidate.class == labels.Benign) {
			m.disagree++
		}
		order := cmp.Or(
			cmp.Compare(length, bestLength),
			cmp.Compare(distance(best.start, f.Start), distance(candidate.start, f.Start)),
			cmp.Compare(accusation(candidate.class), accusation(best.class)),
		)
		if order > 0 {
			best, bestLength = candidate, length
		}
	}
	if best == nil {
		m.miss(same, f)
		return "", ""
	}
	return best.class, best.attack
}

func distance(a, b int64) int64 { return max(a-b, b-a) }

func accusation(c labels.Class) int {
	return slices.Index([]labels.Class{labels.Benign, labels.Attempted, labels.Malicious}, c)
}

// miss notes how far the nearest mark with the same ends is, for the hint about time zones.
func (m *marks) miss(same []mark, f *labels.Flow) {
	if len(same) == 0 {
		return
	}
	nearest := slices.MinFunc(same, func(a, b mark) int {
		return cmp.Compare(distance(a.start, f.Start), distance(b.start, f.Start))
	})
	m.offsets[time.Duration(f.Start-nearest.start).Round(15*time.Minute)]++
}

// unhit is the number of labels that found no flow.
func (m *marks) unhit() int64 {
	var n int64
	for _, same := range m.by {
		for i := range same {
			if !same[i].hit {
				n++
			}
		}
	}
	return n
}

// other is the error for a file of which no label found a flow.
func (m *marks) other() error {
	hint := "give the log that was made from it"
	var most int64
	var offset time.Duration
	for o, n := range m.offsets {
		if n > most || n == most && o < offset {
			most, offset = n, o
		}
	}
	if most > 0 && offset != 0 {
		hint = fmt.Sprintf("the same addresses and ports are in the capture %s later: is the log in another time zone?", offset)
		if offset < 0 {
			hint = fmt.Sprintf("the same addresses and ports are in the capture %s earlier: is the log in another time zone?", -offset)
		}
	}
	return fmt.Errorf("%s: label file is for another capture: none of its %d labels meets a flow; %s", m.name, m.read-m.unlabeled, hint)
}
