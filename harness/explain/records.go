package explain

import (
	"fmt"
	"net/netip"

	"github.com/evilbench/evilbench/ids"
	"github.com/evilbench/evilbench/labels"
)

// records is what the engine recorded of a campaign's flows.
type records struct {
	flows    int64            // of the campaign with a record
	packets  int64            // in the records
	apps     map[string]int64 // records by recognised protocol; "failed" and "" for none
	gaps     int64            // records of streams with missing bytes
	missed   *labels.Flow     // example of a flow without a record
	unknown  *labels.Flow     // example of a flow whose protocol is known to the truth and not to the engine
	blind    int64            // how many there are
	services int64            // campaign flows whose protocol the truth knows
	torn     int64            // lines that could not be read
}

// key finds records of a flow from either end.
type key struct {
	a, b  netip.AddrPort
	proto uint8
}

func keyOf(t *labels.Tuple) key {
	a, b := netip.AddrPortFrom(t.Src, t.Sport), netip.AddrPortFrom(t.Dst, t.Dport)
	if t.Proto == 1 || t.Proto == 58 { // engines write types in the place of ports, or nothing
		a, b = netip.AddrPortFrom(t.Src, 0), netip.AddrPortFrom(t.Dst, 0)
	}
	if b.Compare(a) < 0 {
		a, b = b, a
	}
	return key{a, b, t.Proto}
}

// slack, in ns, is how far the engine's times may lie from the truth's: it rounds, and cuts flows by timeouts of its own.
const slack = 1e9

// maxTorn bounds the lines of a log that may be unreadable.
const maxTorn = 1000

// readRecords reads the engine's flow records beside the campaign's flows. A record that overlaps several flows with the same ends
// speaks of each of them, and its packets are counted once.
func (s *scene) readRecords() (*records, error) {
	r := &records{apps: map[string]int64{}}
	byKey := map[key][]int{}
	for i := range s.flows {
		k := keyOf(&s.flows[i].Tuple)
		byKey[k] = append(byKey[k], i)
	}
	seen, known := make([]bool, len(s.flows)), make([]bool, len(s.flows))
	for record, err := range s.Engine.Flows(s.logs) {
		if err != nil {
			if r.torn++; r.torn > maxTorn {
				return nil, fmt.Errorf("flow records: %w", err)
			}
			continue
		}
		counted := false
		for _, i := range byKey[keyOf(&record.Tuple)] {
			f := &s.flows[i]
			if record.End < f.Start-slack || record.Start > f.End+slack {
				continue
			}
			seen[i], known[i] = true, known[i] || recognised(&record)
			if !counted {
				r.add(&record)
				counted = true
			}
		}
	}
	for i := range s.flows {
		r.conclude(&s.flows[i], seen[i], known[i])
	}
	return r, nil
}

func recognised(r *ids.FlowRecord) bool { return r.App != "" && r.App != "failed" }

func (r *records) add(record *ids.FlowRecord) {
	r.packets += record.Forward + record.Backward
	r.apps[record.App]++
	if record.Gap {
		r.gaps++
	}
}

func (r *records) conclude(f *labels.Flow, seen, known bool) {
	if seen {
		r.flows++
	} else if r.missed == nil {
		r.missed = f
	}
	if f.Service == "" || f.Proto != 6 && f.Proto != 17 {
		return
	}
	r.services++
	if seen && !known {
		if r.blind++; r.unknown == nil {
			r.unknown = f
		}
	}
}
