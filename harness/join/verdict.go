package join

import (
	"fmt"
	"slices"
	"strings"

	"github.com/evilbench/evilbench/labels"
)

// hear adds a campaign that may be meant.
func (l *ladder) hear(campaign int32) {
	if !slices.Contains(l.voices, campaign) {
		l.voices = append(l.voices, campaign)
	}
}

// hearFlow adds a flow that may be meant.
func (l *ladder) hearFlow(i int32) {
	var space [1]int32
	for _, c := range l.index.voices(l.index.flows.at(i), &space) {
		l.hear(c)
	}
	l.addCandidate(i)
}

// addCandidate keeps a flow where there is space.
func (l *ladder) addCandidate(i int32) {
	switch {
	case slices.Contains(l.found, i):
	case len(l.found) < l.options.Candidates:
		l.found = append(l.found, i)
	default:
		l.more = true
	}
}

// settled tells whether nothing that could still be found would change the match.
func (l *ladder) settled() bool { return l.more && len(l.voices) > 1 }

// gather hears the flows of a lookup that fit and were under way then. Once there are enough candidates, it looks only for other
// campaigns.
func (l *ladder) gather(k *lookup, hash uint64, then span, fits func(*flow) bool) {
	k.walk(hash, then, func(i int32) step {
		if !fits(l.index.flows.at(i)) {
			return over
		}
		l.hearFlow(i)
		switch {
		case l.settled():
			return stop
		case l.more:
			return over
		}
		return next
	})
}

// decide fills in the match. All that may be meant has a say: where it agrees, that is the verdict, and where it does not, the
// alert is ambiguous.
func (l *ladder) decide(rung, reason string) {
	m := &l.match
	m.Rung = rung
	switch campaign := l.voices[0]; {
	case len(l.voices) > 1:
		m.Verdict = labels.VerdictAmbiguous
		reason += "; candidates are of different campaigns, or benign and malicious"
	case campaign == benign:
		m.Verdict = labels.VerdictFalse
	default:
		m.Verdict, m.Campaign = labels.VerdictTrue, l.index.campaigns.list[campaign].id
	}
	switch {
	case m.Verdict == labels.VerdictAmbiguous:
	case l.more:
		reason += fmt.Sprintf("; stands for more than %d flows", len(l.found))
	case len(l.found) > 1:
		reason += fmt.Sprintf("; stands for %d flows", len(l.found))
	}
	m.Reason = strings.Join(append(l.notes, reason), "; ")
	if len(l.found) == 1 && !l.more {
		m.Flow = int64(l.found[0]) + 1
	}
	for _, i := range l.found {
		m.Candidates = append(m.Candidates, int64(i)+1)
	}
	slices.Sort(m.Candidates)
}
