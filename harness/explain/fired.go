package explain

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"slices"

	"github.com/evilbench/evilbench/harness/bench"
	"github.com/evilbench/evilbench/ids/rules"
	"github.com/evilbench/evilbench/labels"
)

// fired is where the run's signatures fired.
type fired struct {
	signatures map[rules.ID]*bench.Signature
	campaigns  map[string]*labels.Campaign
	right      map[string]map[rules.ID]int64 // true alerts by campaign
	wrong      map[int64]map[rules.ID]int64  // false alerts by flow, 0 = none
	unsure     []unsure                      // alerts that may mean several things, or nothing
}

// unsure is an alert without a decided verdict.
type unsure struct {
	alert      int64
	rule       rules.ID
	candidates []int64
}

// maxUnsure bounds the alerts without a verdict that are kept.
const maxUnsure = 100_000

// readFired goes through alerts and matches side by side.
func (e *evidence) readFired(ctx context.Context) (*fired, error) {
	f := &fired{
		signatures: map[rules.ID]*bench.Signature{}, campaigns: map[string]*labels.Campaign{},
		right: map[string]map[rules.ID]int64{}, wrong: map[int64]map[rules.ID]int64{},
	}
	for i := range e.record.Signatures {
		g := &e.record.Signatures[i]
		f.signatures[rules.ID{GID: g.GID, SID: g.SID}] = g
	}
	for i := range e.campaigns {
		f.campaigns[e.campaigns[i].Campaign] = &e.campaigns[i]
	}
	for p, err := range e.matched(ctx) {
		if err != nil {
			return nil, err
		}
		f.add(rules.ID{GID: p.alert.GID, SID: p.alert.SID}, &p.match)
	}
	return f, nil
}

func (f *fired) add(id rules.ID, m *labels.Match) {
	switch m.Verdict {
	case labels.VerdictTrue:
		count(f.right, m.Campaign, id)
	case labels.VerdictFalse:
		count(f.wrong, m.Flow, id)
	default:
		if len(f.unsure) < maxUnsure {
			f.unsure = append(f.unsure, unsure{m.Alert, id, slices.Clone(m.Candidates)})
		}
	}
}

func count[K comparable](in map[K]map[rules.ID]int64, key K, id rules.ID) {
	if in[key] == nil {
		in[key] = map[rules.ID]int64{}
	}
	in[key][id]++
}

// on lists the rules that fired on a campaign, those of an expected kind before the others, most alerts first.
func (f *fired) on(campaign string) []Hit {
	out := []Hit{}
	for id, n := range f.right[campaign] {
		out = append(out, f.hit(id, n, f.campaigns[campaign]))
	}
	sortHits(out)
	return out
}

func (f *fired) hit(id rules.ID, n int64, c *labels.Campaign) Hit {
	h := Hit{GID: id.GID, SID: id.SID, Alerts: n}
	if g := f.signatures[id]; g != nil {
		h.Name, h.Expected = g.Name, c != nil && expects(c, g.Kinds)
	}
	return h
}

func sortHits(hits []Hit) {
	slices.SortFunc(hits, func(a, b Hit) int {
		if a.Expected != b.Expected {
			if a.Expected {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.Alerts, a.Alerts), cmp.Compare(a.GID, b.GID), cmp.Compare(a.SID, b.SID))
	})
}

// pair is an alert and where it went.
type pair struct {
	alert labels.Alert
	match labels.Match
}

// matched streams the run's alerts with their matches.
func (e *evidence) matched(ctx context.Context) iter.Seq2[pair, error] {
	return func(yield func(pair, error) bool) {
		alerts := labels.Alerts.Rows(ctx, filepath.Join(e.Places.Run, bench.AlertsFile))
		next, stop := iter.Pull2(labels.Matches.Rows(ctx, filepath.Join(e.Places.Result, bench.MatchesFile)))
		defer stop()
		for a, err := range alerts {
			if err != nil {
				yield(pair{}, err)
				return
			}
			m, err, ok := next()
			if err == nil && (!ok || m.Alert != a.Alert) {
				err = errors.New("another alert stands in its place")
			}
			if err != nil {
				yield(pair{}, fmt.Errorf("%s: no match of alert %d: %w; score again", e.Places.Result, a.Alert, err))
				return
			}
			if !yield(pair{a, m}, nil) {
				return
			}
		}
	}
}
