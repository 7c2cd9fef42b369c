package score

import (
	"fmt"
	"iter"
	"net/netip"

	"github.com/evilbench/evilbench/labels"
)

// flowState is what the score keeps of a flow.
type flowState uint8

const (
	positive flowState = 1 << iota // malicious or attempted
	negative                       // benign or lookalike
	lookalike
	alarmed // an alert was matched to it alone
)

// flowLedger holds a byte a flow, at index flow-1, and the local hosts.
type flowLedger struct {
	states []flowState
	home   []netip.Prefix
	hosts  map[netip.Addr]struct{}
}

var stateOf = map[labels.Class]flowState{
	labels.Malicious:   positive,
	labels.Attempted:   positive,
	labels.Benign:      negative,
	labels.Lookalike:   negative | lookalike,
	labels.VictimReply: 0,
}

func readFlows(flows iter.Seq2[labels.Flow, error], home []netip.Prefix) (*flowLedger, error) {
	l := &flowLedger{home: home, hosts: map[netip.Addr]struct{}{}}
	for f, err := range flows {
		if err != nil {
			return nil, err
		}
		state, known := stateOf[f.Class]
		if !known {
			return nil, fmt.Errorf("flow %d: unknown class %q", f.Flow, f.Class)
		}
		l.states = append(l.states, state)
		if f.Flow != int64(len(l.states)) {
			return nil, fmt.Errorf("flows: row %d has number %d; flows are numbered from 1 without gaps", len(l.states), f.Flow)
		}
		l.see(f.Src)
		if f.BwdPackets > 0 {
			l.see(f.Dst)
		}
	}
	return l, nil
}

// see notes an address that sent something, if it is local.
func (l *flowLedger) see(a netip.Addr) {
	if _, known := l.hosts[a]; known {
		return
	}
	for _, p := range l.home {
		if p.Contains(a) {
			l.hosts[a] = struct{}{}
			return
		}
	}
}

func (l *flowLedger) hostCount() int64 { return int64(len(l.hosts)) }

// alarm marks a flow. An alert on a benign packet of a malicious flow, or the other way round, says nothing about the flow.
func (l *flowLedger) alarm(flow int64, side flowState) error {
	if flow < 1 || flow > int64(len(l.states)) {
		return fmt.Errorf("matches: flow %d of %d: the matches belong to another corpus", flow, len(l.states))
	}
	if l.states[flow-1]&side != 0 {
		l.states[flow-1] |= alarmed
	}
	return nil
}

func (l *flowLedger) confusion() Flows {
	var f Flows
	var lookalikes, alarmedLookalikes int64
	for _, s := range l.states {
		switch hit := s&alarmed != 0; {
		case s&positive != 0 && hit:
			f.TP++
		case s&positive != 0:
			f.FN++
		case s&negative != 0 && hit:
			f.FP++
		case s&negative != 0:
			f.TN++
		default:
			f.VictimReplies++
		}
		if s&lookalike != 0 {
			lookalikes++
			if s&alarmed != 0 {
				alarmedLookalikes++
			}
		}
	}
	f.Recall = NewRatio(f.TP, f.TP+f.FN, "no malicious flow in the corpus")
	f.Precision = NewRatio(f.TP, f.TP+f.FP, "no flow was alarmed")
	f.FPR = NewRatio(f.FP, f.FP+f.TN, "no benign flow in the corpus")
	f.Lookalikes = NewRatio(alarmedLookalikes, lookalikes, "no lookalike in the corpus")
	return f
}
