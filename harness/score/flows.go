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

// flowLedger holds five bytes a flow, at index flow-1, and the clusters that flows belong to.
type flowLedger struct {
	states []flowState
	owner  []int32 // of positives and victims' replies a stage, of negatives a host
	stages *stageLedger
	hosts  *hostLedger
	total  confusion // once settled
}

var stateOf = map[labels.Class]flowState{
	labels.Malicious:   positive,
	labels.Attempted:   positive,
	labels.Benign:      negative,
	labels.Lookalike:   negative | lookalike,
	labels.VictimReply: 0,
}

func readFlows(flows iter.Seq2[labels.Flow, error], campaigns []labels.Campaign, home []netip.Prefix, days float64) (*flowLedger, error) {
	l := &flowLedger{stages: newStageLedger(campaigns), hosts: newHostLedger(home, days)}
	for f, err := range flows {
		if err != nil {
			return nil, err
		}
		state, known := stateOf[f.Class]
		if !known {
			return nil, fmt.Errorf("flow %d: unknown class %q", f.Flow, f.Class)
		}
		if len(l.states) == 0 {
			l.hosts.origin = f.Start
		}
		l.states = append(l.states, state)
		if f.Flow != int64(len(l.states)) {
			return nil, fmt.Errorf("flows: row %d has number %d; flows are numbered from 1 without gaps", len(l.states), f.Flow)
		}
		owner := l.hosts.add(&f, state&positive != 0)
		if state&negative == 0 {
			if owner, err = l.stages.add(&f); err != nil {
				return nil, err
			}
		}
		l.owner = append(l.owner, owner)
	}
	return l, nil
}

// alarm marks a flow and tells whether it did. An alert on a benign packet of a malicious flow, or the other way round, says nothing
// about the flow.
func (l *flowLedger) alarm(flow int64, side flowState) (bool, error) {
	if flow < 1 || flow > int64(len(l.states)) {
		return false, fmt.Errorf("matches: flow %d of %d: the matches belong to another corpus", flow, len(l.states))
	}
	if l.states[flow-1]&side == 0 {
		return false, nil
	}
	l.states[flow-1] |= alarmed
	return true, nil
}

// settle counts, by flow and by what the flows belong to.
func (l *flowLedger) settle() Flows {
	var f Flows
	var lookalikes, alarmedLookalikes int64
	for i, s := range l.states {
		hit := s&alarmed != 0
		switch owner := l.owner[i]; {
		case s&positive != 0:
			l.stages.list[owner].flows++
			if hit {
				f.TP++
				l.stages.list[owner].tp++
			} else {
				f.FN++
			}
		case s&negative != 0:
			l.hosts.list[owner].negatives++
			if hit {
				f.FP++
				l.hosts.list[owner].fp++
			} else {
				f.TN++
			}
		default:
			f.VictimReplies++
		}
		if s&lookalike != 0 {
			lookalikes++
			if hit {
				alarmedLookalikes++
			}
		}
	}
	l.total = confusion{f.TP, f.FP, f.FN, f.TN}
	const flow = "flow"
	f.Recall = unitRatio(flow, f.TP, f.TP+f.FN, "no malicious flow in the corpus")
	f.Precision = unitRatio(flow, f.TP, f.TP+f.FP, "no flow was alarmed")
	f.FPR = unitRatio(flow, f.FP, f.FP+f.TN, "no benign flow in the corpus")
	f.Lookalikes = unitRatio(flow, alarmedLookalikes, lookalikes, "no lookalike in the corpus")
	return f
}

func (f *Flows) unit() Unit {
	return Unit{
		Unit: "flow", Rule: "a biflow; caught by a true alert that names it alone", Positives: f.TP + f.FN, Negatives: f.FP + f.TN,
		Recall: f.Recall, Strict: unjudged("flow"), FPR: f.FPR, Precision: f.Precision,
	}
}

// unjudged is the strict figure of a unit in which kinds are not compared.
func unjudged(unit string) Ratio {
	return Ratio{Missing: "the kind of an alert is compared with a campaign's", Cluster: Cluster{Unit: unit}}
}

// clusters are the rows of a bootstrap over campaigns and hosts: the four cells of each.
func (l *flowLedger) clusters() (campaigns, hosts [][]float64) {
	for _, c := range l.stages.campaigns() {
		if c.flows > 0 {
			campaigns = append(campaigns, []float64{cellTP: float64(c.tp), cellFN: float64(c.flows - c.tp), cellTN: 0})
		}
	}
	for i := range l.hosts.list {
		if h := &l.hosts.list[i]; h.negatives > 0 {
			hosts = append(hosts, []float64{cellFP: float64(h.fp), cellTN: float64(h.negatives - h.fp)})
		}
	}
	return campaigns, hosts
}
