package compare

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"net/netip"
	"path/filepath"
	"slices"

	"github.com/evilbench/evilbench/harness/bench"
	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/corpus"
)

// Signature is what fired, and how often.
type Signature struct {
	GID    int64  `json:"gid"`
	SID    int64  `json:"sid"`
	Name   string `json:"name"`
	Alerts int64  `json:"alerts"`
}

// sigID is a signature's identity from one engine or ruleset to the next. Its text may change; engines without numbers have only that.
type sigID struct {
	gid, sid int64
	name     string // only where sid is 0
}

func (s *Signature) id() sigID {
	if s.SID != 0 {
		return sigID{gid: s.GID, sid: s.SID}
	}
	return sigID{name: s.Name}
}

// share is k of n flows.
type share struct{ k, n int64 }

// evidence is what the tables of a cell say beyond its result.json: a cell for each unit that is drawn together.
type evidence struct {
	fired map[string]map[sigID]*Signature // true alerts by campaign
	flows map[string]share                // alarmed and all positive flows by campaign
	hosts []netip.Addr                    // of the home network that sent something, and those that an alert names
	false map[netip.Addr]map[sigID]int64  // false alarms by host; the zero address where an alert names no local one
}

// gather reads the cell's tables. Where they are not there, missing says which; a table that is there and does not fit is an error.
func gather(ctx context.Context, c *loaded) (e *evidence, missing string, err error) {
	p := c.Places
	for _, need := range []struct{ dir, file string }{
		{p.Result, bench.MatchesFile}, {p.Run, bench.AlertsFile}, {p.Corpus, corpus.Flows},
	} {
		if need.dir == "" {
			return nil, need.file + " is not beside " + c.from, nil
		}
		if _, err := filepath.EvalSymlinks(filepath.Join(need.dir, need.file)); errors.Is(err, fs.ErrNotExist) {
			return nil, need.file + " is not beside " + c.from, nil
		} else if err != nil {
			return nil, "", err
		}
	}
	truth, err := corpus.Open(p.Corpus)
	if err != nil {
		return nil, "", err
	}
	if got := truth.Digest(); got != c.Corpus.Digest {
		return nil, fmt.Sprintf("the corpus beside %s is %s now, not %s", c.from, short(got), short(c.Corpus.Digest)), nil
	}
	r := &reader{
		evidence: &evidence{fired: map[string]map[sigID]*Signature{}, flows: map[string]share{}, false: map[netip.Addr]map[sigID]int64{}},
		seen:     map[netip.Addr]struct{}{}, names: map[string]int32{},
	}
	for _, text := range truth.HomeNet {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, "", fmt.Errorf("%s: %w; make the corpus again", truth.Path(corpus.ManifestFile), err)
		}
		r.home = append(r.home, prefix)
	}
	if err := r.read(ctx, truth.Path(corpus.Flows), filepath.Join(p.Run, bench.AlertsFile), filepath.Join(p.Result, bench.MatchesFile)); err != nil {
		return nil, "", err
	}
	return r.evidence, "", r.agree(c)
}

// reader goes through flows, then through alerts and matches side by side. It keeps a byte and a number for each flow.
type reader struct {
	*evidence
	home   []netip.Prefix
	seen   map[netip.Addr]struct{}
	names  map[string]int32
	list   []string // campaigns by number
	owner  []int32  // number of the flow's campaign, -1 = not a positive flow
	marked []bool   // alarmed positive flows
	wrong  int64    // false alarms
}

func (r *reader) read(ctx context.Context, flows, alerts, matches string) error {
	for f, err := range labels.Flows.Rows(ctx, flows) {
		if err != nil {
			return err
		}
		r.flow(&f)
	}
	next, stop := iter.Pull2(labels.Matches.Rows(ctx, matches))
	defer stop()
	for a, err := range labels.Alerts.Rows(ctx, alerts) {
		if err != nil {
			return err
		}
		m, err, ok := next()
		if err != nil {
			return err
		}
		if !ok || m.Alert != a.Alert || m.Flow < 0 || m.Flow > int64(len(r.owner)) {
			return fmt.Errorf("%s: does not fit %s at alert %d; score again", matches, alerts, a.Alert)
		}
		r.alert(&a, &m)
	}
	for i, number := range r.owner {
		if number >= 0 {
			s := r.flows[r.list[number]]
			s.n++
			if r.marked[i] {
				s.k++
			}
			r.flows[r.list[number]] = s
		}
	}
	slices.SortFunc(r.hosts, netip.Addr.Compare)
	return nil
}

func (r *reader) flow(f *labels.Flow) {
	number := int32(-1)
	if f.Class == labels.Malicious || f.Class == labels.Attempted {
		known := false
		if number, known = r.names[f.Campaign]; !known {
			number = int32(len(r.list))
			r.names[f.Campaign], r.list = number, append(r.list, f.Campaign)
		}
	}
	r.owner, r.marked = append(r.owner, number), append(r.marked, false)
	r.local(f.Src)
	if f.BwdPackets > 0 {
		r.local(f.Dst)
	}
}

// local notes an address, if it is of the home network.
func (r *reader) local(a netip.Addr) bool {
	if _, known := r.seen[a]; known {
		return true
	}
	if !slices.ContainsFunc(r.home, func(p netip.Prefix) bool { return p.Contains(a) }) {
		return false
	}
	r.seen[a] = struct{}{}
	r.hosts = append(r.hosts, a)
	return true
}

func (r *reader) alert(a *labels.Alert, m *labels.Match) {
	s := Signature{GID: a.GID, SID: a.SID, Name: a.Name}
	switch m.Verdict {
	case labels.VerdictTrue:
		by := r.fired[m.Campaign]
		if by == nil {
			by = map[sigID]*Signature{}
			r.fired[m.Campaign] = by
		}
		if by[s.id()] == nil {
			by[s.id()] = &s
		}
		by[s.id()].Alerts++
		// An alert matched to several flows marks none, as in the score.
		if m.Flow > 0 && r.owner[m.Flow-1] >= 0 {
			r.marked[m.Flow-1] = true
		}
	case labels.VerdictFalse:
		r.wrong++
		host := r.host(a)
		if r.false[host] == nil {
			r.false[host] = map[sigID]int64{}
		}
		r.false[host][s.id()]++
	}
}

// host is whom a false alarm is about: the local end, and of two the one that sent the packet.
func (r *reader) host(a *labels.Alert) netip.Addr {
	for _, end := range []netip.Addr{a.Src, a.Dst} {
		if end.IsValid() && r.local(end) {
			return end
		}
	}
	return netip.Addr{}
}

// agree holds the tables to what result.json says: they may have been made again since.
func (r *reader) agree(c *loaded) error {
	var all share
	for _, s := range r.flows {
		all.k, all.n = all.k+s.k, all.n+s.n
	}
	if all.k != c.Flows.TP || all.n != c.Flows.TP+c.Flows.FN || r.wrong != c.Alerts.False {
		return fmt.Errorf("%s: the tables beside it have %d of %d malicious flows and %d false alarms, it says %d of %d and %d; score again",
			c.from, all.k, all.n, r.wrong, c.Flows.TP, c.Flows.TP+c.Flows.FN, c.Alerts.False)
	}
	return nil
}

// signatures lists what fired on a campaign, most first.
func (e *evidence) signatures(campaign string) []Signature {
	var out []Signature
	for _, s := range e.fired[campaign] {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b Signature) int {
		return cmp.Or(cmp.Compare(b.Alerts, a.Alerts), cmp.Compare(a.GID, b.GID), cmp.Compare(a.SID, b.SID), cmp.Compare(a.Name, b.Name))
	})
	return out
}
