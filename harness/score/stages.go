package score

import (
	"fmt"
	"slices"

	"github.com/evilbench/evilbench/labels"
)

// stage is a named step of one campaign.
type stage struct {
	campaign     int32 // position in the table
	name         string
	flows, tp    int64 // malicious and attempted ones
	hear, strict bool  // a true alert speaks of it, of a kind that the campaign expects
}

type stageKey struct {
	campaign int32
	name     string
}

// stageLedger holds the stages of all campaigns; flows without a stage are the stage "" of theirs.
type stageLedger struct {
	list     []stage
	index    map[stageKey]int32
	number   map[string]int32 // of a campaign in the table
	of       []int            // how many stages a campaign has
	anyNamed bool
}

func newStageLedger(campaigns []labels.Campaign) *stageLedger {
	l := &stageLedger{index: map[stageKey]int32{}, number: make(map[string]int32, len(campaigns)), of: make([]int, len(campaigns))}
	for i := range campaigns {
		l.number[campaigns[i].Campaign] = int32(i)
	}
	return l
}

func (l *stageLedger) add(f *labels.Flow) (int32, error) {
	campaign, known := l.number[f.Campaign]
	if !known {
		return 0, fmt.Errorf("flows: flow %d is %s and names campaign %q, which is not in the corpus", f.Flow, f.Class, f.Campaign)
	}
	k := stageKey{campaign, f.Stage}
	i, known := l.index[k]
	if !known {
		i = int32(len(l.list))
		l.index[k] = i
		l.list = append(l.list, stage{campaign: campaign, name: f.Stage})
		l.of[campaign]++
		l.anyNamed = l.anyNamed || f.Stage != ""
	}
	return i, nil
}

// hear books a true alert on the stage of which all the flows are that it can mean. An alert that can mean several stages says
// nothing about any.
func (l *flowLedger) hearStage(m *labels.Match, campaign int32, strict bool) {
	flows := m.Candidates
	if m.Flow != 0 {
		flows = []int64{m.Flow}
	}
	meant := int32(-1)
	for _, flow := range flows {
		if flow < 1 || flow > int64(len(l.states)) || l.states[flow-1]&negative != 0 {
			return
		}
		if s := l.owner[flow-1]; meant < 0 {
			meant = s
		} else if meant != s {
			return
		}
	}
	if meant < 0 && l.stages.of[campaign] == 1 {
		meant = int32(slices.IndexFunc(l.stages.list, func(s stage) bool { return s.campaign == campaign }))
	}
	if meant < 0 || l.stages.list[meant].campaign != campaign {
		return
	}
	s := &l.stages.list[meant]
	s.hear, s.strict = true, s.strict || strict
}

// campaigns sums stages up by campaign, in the order of the table.
func (l *stageLedger) campaigns() []stage {
	out := make([]stage, len(l.of))
	for i := range l.list {
		c := &out[l.list[i].campaign]
		c.flows += l.list[i].flows
		c.tp += l.list[i].tp
	}
	return out
}

// Stage is how often one step of attacks was detected: among the campaigns that have it.
type Stage struct {
	Stage    string `json:"stage"`
	Detected Ratio  `json:"detected"`
	Strict   Ratio  `json:"strict"`
}

const unitStage = "stage"

// settle counts stages of campaigns, all and by name in alphabetical order.
func (l *stageLedger) settle() (Unit, []Stage) {
	u := Unit{
		Unit: unitStage, Rule: "a named step of a campaign; caught by a true alert all of whose flows are of it",
		FPR: noNegatives(unitStage), Precision: noNegatives(unitStage),
	}
	var names []string
	n, heard, strict := map[string]int64{}, map[string]int64{}, map[string]int64{}
	for i := range l.list {
		s := &l.list[i]
		if s.name == "" {
			continue
		}
		if n[s.name]++; n[s.name] == 1 {
			names = append(names, s.name)
		}
		if s.hear {
			heard[s.name]++
		}
		if s.strict {
			strict[s.name]++
		}
	}
	slices.Sort(names)
	var stages []Stage
	var k, right int64
	for _, name := range names {
		stages = append(stages, Stage{name, unitRatio(unitStage, heard[name], n[name], ""), unitRatio(unitStage, strict[name], n[name], "")})
		u.Positives += n[name]
		k += heard[name]
		right += strict[name]
	}
	const none = "no flow of the corpus names a stage: it was imported, or made before there were any"
	u.Recall, u.Strict = unitRatio(unitStage, k, u.Positives, none), unitRatio(unitStage, right, u.Positives, none)
	return u, stages
}

// noNegatives is the figure of a unit that benign traffic has nothing of.
func noNegatives(unit string) Ratio {
	return Ratio{Missing: "benign traffic has no " + unit + "s", Cluster: Cluster{Unit: unit}}
}
