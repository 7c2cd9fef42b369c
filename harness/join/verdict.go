package join

import (
	"slices"
	"strings"

	"github.com/evilbench/evilbench/labels"
)

// decide fills in the match. All that may be meant has a say: where it agrees, that is the verdict, and where it does not, the
// alert is ambiguous. A packet speaks for itself, since its campaign need not be its flow's.
func (l *ladder) decide(rung, reason string) {
	m := &l.match
	m.Rung = rung
	if rung != RungPacket {
		for _, i := range l.found {
			l.voices = append(l.voices, l.index.flows[i].campaign)
		}
	}
	campaign := l.voices[0]
	if slices.ContainsFunc(l.voices, func(c int32) bool { return c != campaign }) {
		m.Verdict = labels.VerdictAmbiguous
		reason += "; candidates are of different campaigns, or benign and malicious"
	} else if campaign == benign {
		m.Verdict = labels.VerdictFalse
	} else {
		m.Verdict, m.Campaign = labels.VerdictTrue, l.index.campaigns[campaign].id
	}
	m.Reason = strings.Join(append(l.notes, reason), "; ")
	l.keep()
}

// keep lists the candidates.
func (l *ladder) keep() {
	m := &l.match
	if len(l.found) == 1 {
		m.Flow = int64(l.found[0]) + 1
	}
	for _, i := range l.found {
		m.Candidates = append(m.Candidates, int64(i)+1)
	}
	slices.Sort(m.Candidates)
	if most := l.options.Candidates; len(m.Candidates) > most {
		m.Candidates = m.Candidates[:most]
	}
}
