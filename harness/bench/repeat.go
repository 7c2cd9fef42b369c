package bench

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evilbench/evilbench/labels"
)

// Repeats is what an engine said in several runs on identical input, of which the first is the cell's own. Two runs agree where
// they gave the same alerts as often: time, signature, addresses, ports, protocol and packet, in any order.
type Repeats struct {
	Runs       int                 `json:"runs"`      // that came to their end
	Alerts     []int64             `json:"alerts"`    // of each run
	Differing  []int64             `json:"differing"` // of each run: alerts that it or the first has and the other lacks
	Signatures []RepeatedSignature `json:"signatures,omitempty"`
	Campaigns  []RepeatedCampaign  `json:"campaigns,omitempty"`
	Failed     []string            `json:"failed,omitempty"` // why runs did not come to their end
}

// RepeatedSignature is one whose alerts are not the same in all runs.
type RepeatedSignature struct {
	GID       int64   `json:"gid"`
	SID       int64   `json:"sid"`
	Name      string  `json:"name"`
	Alerts    []int64 `json:"alerts"`    // of each run
	Differing int64   `json:"differing"` // alerts, over all runs, that the first run or the other lacks
}

// RepeatedCampaign is one whose true alerts are not as many in all runs.
type RepeatedCampaign struct {
	Campaign string  `json:"campaign"`
	Attack   string  `json:"attack"`
	Alerts   []int64 `json:"alerts"` // true ones, of each run
	Strict   []int64 `json:"strict_alerts"`
}

// Differ says whether any run was not like the first.
func (r *Repeats) Differ() bool {
	return len(r.Failed) > 0 || slices.ContainsFunc(r.Differing, func(n int64) bool { return n > 0 })
}

// Flipped counts campaigns that some runs caught and others did not.
func (r *Repeats) Flipped() (n int) {
	for _, c := range r.Campaigns {
		if slices.Contains(c.Alerts, 0) && slices.Max(c.Alerts) > 0 {
			n++
		}
	}
	return n
}

// warning says how far runs differ; "" where they do not.
func (r *Repeats) warning() string {
	if !r.Differ() {
		return ""
	}
	var said []string
	if n := slices.Max(r.Differing); n > 0 {
		said = append(said, fmt.Sprintf("%d runs on identical input gave %s alerts, up to %s of them other ones than in the first run; campaigns caught in some runs only: %d",
			r.Runs, between(r.Alerts), thousands(n), r.Flipped()))
	}
	if n := len(r.Failed); n > 0 {
		said = append(said, fmt.Sprintf("%d of %d runs on identical input failed: %s", n, n+r.Runs, r.Failed[0]))
	}
	return strings.Join(said, "; ")
}

func between(counts []int64) string {
	low, high := slices.Min(counts), slices.Max(counts)
	if low == high {
		return thousands(low)
	}
	return thousands(low) + " to " + thousands(high)
}

// repeat runs the engine again on what the cell's run read, and compares. The runs are scored only where they differ.
func (p *Plan) repeat(ctx context.Context, s *store, first RunInput, run string, cell *Cell, in ScoreInput) error {
	r := &Repeats{}
	runs, jobs := []string{run}, []*job{nil}
	for n := 1; n < p.Repeats; n++ {
		again := first
		again.repetition = n
		j, err := newJob(ctx, again)
		if err != nil {
			return err
		}
		dir, err := s.run(ctx, j)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			r.Failed = append(r.Failed, fmt.Sprintf("run %d: %v", n+1, err))
			continue
		}
		runs, jobs = append(runs, dir), append(jobs, j)
	}
	if err := r.compare(ctx, runs); err != nil {
		return err
	}
	if slices.Max(r.Differing) > 0 {
		cells := []*Cell{cell}
		for i := 1; i < len(runs); i++ {
			in.Run = runs[i]
			again, err := s.score(ctx, jobs[i], in)
			if err != nil {
				return err
			}
			cells = append(cells, again)
		}
		r.campaigns(cells)
	}
	cell.Repeats = r
	if w := r.warning(); w != "" {
		cell.Warnings = append(cell.Warnings, w)
		p.Display.Warn(w)
	}
	return nil
}

// fingerprint is what makes two alerts of two runs the same. Numbers that an engine deals out anew in each run are no part of it.
type fingerprint [16]byte

func fingerprintOf(a *labels.Alert) fingerprint {
	h := sha256.New()
	fmt.Fprintf(h, "%d %d %d %d %q %q %s %s %d %d %d %d %d %d", a.Time, a.GID, a.SID, a.Packet, a.Name, a.Kind, a.Src, a.Dst, a.Sport, a.Dport,
		a.Proto, a.ICMPType, a.ICMPCode, a.VLAN)
	return fingerprint(h.Sum(nil)[:16])
}

// tallies counts what several runs said. Memory grows with the distinct alerts, not with all.
type tallies struct {
	runs       int
	at         map[fingerprint]int // row of counts
	counts     [][]int64           // by run
	signature  []int               // of each row
	signatures map[signatureKey]int
	said       []RepeatedSignature
}

func (t *tallies) row(a *labels.Alert) int {
	f := fingerprintOf(a)
	i, known := t.at[f]
	if known {
		return i
	}
	k := keyOf(a)
	at, known := t.signatures[k]
	if !known {
		at = len(t.said)
		t.signatures[k] = at
		t.said = append(t.said, RepeatedSignature{GID: a.GID, SID: a.SID, Name: a.Name, Alerts: make([]int64, t.runs)})
	}
	t.at[f] = len(t.counts)
	t.counts, t.signature = append(t.counts, make([]int64, t.runs)), append(t.signature, at)
	return len(t.counts) - 1
}

// compare reads the alerts of all runs.
func (r *Repeats) compare(ctx context.Context, runs []string) error {
	t := tallies{runs: len(runs), at: map[fingerprint]int{}, signatures: map[signatureKey]int{}}
	r.Runs, r.Alerts, r.Differing = len(runs), make([]int64, len(runs)), make([]int64, len(runs))
	for run, dir := range runs {
		for a, err := range labels.Alerts.Rows(ctx, filepath.Join(dir, AlertsFile)) {
			if err != nil {
				return err
			}
			t.counts[t.row(&a)][run]++
			r.Alerts[run]++
		}
	}
	for row, counts := range t.counts {
		s := &t.said[t.signature[row]]
		for run, n := range counts {
			d := max(n-counts[0], counts[0]-n)
			s.Alerts[run] += n
			s.Differing += d
			r.Differing[run] += d
		}
	}
	for _, s := range t.said {
		if s.Differing > 0 {
			r.Signatures = append(r.Signatures, s)
		}
	}
	slices.SortStableFunc(r.Signatures, func(a, b RepeatedSignature) int {
		return cmp.Or(cmp.Compare(b.Differing, a.Differing), cmp.Compare(a.GID, b.GID), cmp.Compare(a.SID, b.SID), cmp.Compare(a.Name, b.Name))
	})
	return nil
}

// campaigns keeps those whose true alerts are not as many in all runs.
func (r *Repeats) campaigns(cells []*Cell) {
	for i := range cells[0].Details {
		d := &cells[0].Details[i]
		c := RepeatedCampaign{Campaign: d.Campaign, Attack: d.Attack}
		same := true
		for _, cell := range cells {
			o := &cell.Details[i]
			c.Alerts, c.Strict = append(c.Alerts, o.Alerts), append(c.Strict, o.Strict)
			same = same && o.Alerts == d.Alerts && o.Strict == d.Strict
		}
		if !same {
			r.Campaigns = append(r.Campaigns, c)
		}
	}
}
