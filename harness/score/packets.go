package score

import (
	"cmp"
	"fmt"
	"iter"

	"github.com/evilbench/evilbench/labels"
)

// packetLedger counts the packets that alerts name.
type packetLedger struct {
	named folded[int64]
	cells confusion
}

func newPacketLedger() *packetLedger {
	return &packetLedger{named: folded[int64]{compare: cmp.Compare[int64], merge: func(into *int64, next int64) bool { return *into == next }}}
}

// readPackets goes through the packets once: how much of each campaign had passed when it was detected, and which packets were
// named by a decided alert.
func (h *hearing) readPackets(packets iter.Seq2[labels.Packet, error]) error {
	named := h.packets.named.fold()
	last := int64(0)
	for p, err := range packets {
		if err != nil {
			return err
		}
		if p.Index <= last {
			return fmt.Errorf("packets: packet %d stands behind packet %d; packets are in the order of the capture", p.Index, last)
		}
		last = p.Index
		for len(named) > 0 && named[0] < p.Index {
			named = named[1:]
		}
		hit := len(named) > 0 && named[0] == p.Index
		h.packets.count(p.Campaign != "", hit)
		if p.Campaign == "" {
			continue
		}
		c := h.by[p.Campaign]
		if c == nil {
			return fmt.Errorf("packets: packet %d names campaign %q, which is not in the corpus", p.Index, p.Campaign)
		}
		c.pass(&p)
	}
	return nil
}

func (l *packetLedger) count(malicious, hit bool) {
	switch {
	case malicious && hit:
		l.cells.TP++
	case malicious:
		l.cells.FN++
	case hit:
		l.cells.FP++
	default:
		l.cells.TN++
	}
}

func (l *packetLedger) unit() Unit {
	u := l.cells.unit("packet", "named by an alert that is true or false")
	u.Recall = Ratio{Missing: "an alert names one packet of the many that it is about", Cluster: Cluster{Unit: "packet"}}
	return u
}
