// Package join finds out what each alert speaks of: which packet, which flow, which campaign, or nothing that exists.
package join

import (
	"fmt"
	"iter"
	"time"

	"github.com/evilbench/evilbench/labels"
)

// Truth is a corpus's truth, in the order of its tables.
type Truth struct {
	Campaigns []labels.Campaign
	Flows     iter.Seq2[labels.Flow, error]
	Packets   iter.Seq2[labels.Packet, error]
	// Details is read once, and only when an alert lacks what the tables could match: nil = not known. ReadDetails takes them
	// from the capture.
	Details iter.Seq2[Detail, error]
}

// Options say how far clocks may differ. Zero fields mean the defaults.
type Options struct {
	// Slack is how far two readings of the same moment may lie apart. Default 1 ms: engines cut times to microseconds.
	Slack time.Duration
	// Timeout is how long after a flow's last packet an engine may still speak of it. Default 1 h: pseudo packets come when a
	// flow times out, and aggregating detectors report late.
	Timeout time.Duration
	// Candidates bounds the candidates kept with a match, the latest first; the verdict always rests on all of them. Default 100.
	Candidates int
}

func (o Options) withDefaults() Options {
	if o.Slack == 0 {
		o.Slack = time.Millisecond
	}
	if o.Timeout == 0 {
		o.Timeout = time.Hour
	}
	if o.Candidates == 0 {
		o.Candidates = 100
	}
	return o
}

// Rung names, in the order of the ladder.
const (
	RungPacket   = "packet"   // the packet's number
	RungFlow     = "flow"     // the engine's flow: its ends and its start
	RungTuple    = "tuple"    // the ends and the alert's time
	RungICMP     = "icmp"     // addresses, type and code, or what an error quotes, and the alert's time
	RungFragment = "fragment" // addresses, protocol and IP id
	RungHost     = "host"     // addresses alone, within the time of a flow or campaign
	RungTime     = "time"     // no address: weak
	RungNone     = "none"
)

// rungs are all of them.
var rungs = []string{RungPacket, RungFlow, RungTuple, RungICMP, RungFragment, RungHost, RungTime, RungNone}

// Counts say how the alerts ended. Read is the sum of the four verdicts, and of the rungs.
type Counts struct {
	Read        int64  `json:"read"`
	True        int64  `json:"true"`
	False       int64  `json:"false"`
	Ambiguous   int64  `json:"ambiguous"`
	Unmatchable int64  `json:"unmatchable"`
	Rungs       []Rung `json:"rungs"` // in the order of the ladder
}

// Rung is how many alerts were matched by one rung.
type Rung struct {
	Rung   string `json:"rung"`
	Alerts int64  `json:"alerts"`
}

// Run matches every alert and hands the matches to sink in the alerts' order; sink must not keep the match. Memory grows with
// the flows (about 80 bytes each, 12 more for every kind of lookup that alerts need) and the packets (4 bytes each), not with the
// alerts; time grows with the sum of all three.
func Run(truth Truth, alerts iter.Seq2[labels.Alert, error], sink func(*labels.Match) error, options Options) (Counts, error) {
	index, err := newIndex(truth)
	if err != nil {
		return Counts{}, err
	}
	l := newLadder(index, &truth, options.withDefaults())
	t := tally{rungs: map[string]int64{}}
	for a, err := range alerts {
		if err != nil {
			return Counts{}, err
		}
		m, err := l.climb(&a)
		if err != nil {
			return Counts{}, err
		}
		t.add(m)
		if err := sink(m); err != nil {
			return Counts{}, err
		}
	}
	return t.close()
}

// tally counts verdicts.
type tally struct {
	counts Counts
	rungs  map[string]int64
}

func (t *tally) add(m *labels.Match) {
	t.counts.Read++
	t.rungs[m.Rung]++
	switch m.Verdict {
	case labels.VerdictTrue:
		t.counts.True++
	case labels.VerdictFalse:
		t.counts.False++
	case labels.VerdictAmbiguous:
		t.counts.Ambiguous++
	case labels.VerdictUnmatchable:
		t.counts.Unmatchable++
	}
}

// close holds that no alert was lost on the way.
func (t *tally) close() (Counts, error) {
	c := t.counts
	if sum := c.True + c.False + c.Ambiguous + c.Unmatchable; sum != c.Read {
		return c, fmt.Errorf("join: %d alerts read, %d verdicts given: this is a fault of evilbench, please report it", c.Read, sum)
	}
	var climbed int64
	for _, name := range rungs {
		c.Rungs = append(c.Rungs, Rung{name, t.rungs[name]})
		climbed += t.rungs[name]
	}
	if climbed != c.Read {
		return c, fmt.Errorf("join: %d alerts read, %d on a rung: this is a fault of evilbench, please report it", c.Read, climbed)
	}
	return c, nil
}
