// Package gate says whether a detector has got worse: it holds a result against a baseline and limits, and gives each refusal its
// reason and its remedy.
package gate

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evilbench/evilbench/harness/bench"
)

// BaselineFormat is the value of a baseline's first field.
const BaselineFormat = "evilbench.baseline/1"

// Baseline is what a result is held against: small enough to be committed, and written so that a change of one campaign is a change
// of one line.
type Baseline struct {
	Format string `json:"format"`
	Cells  []Cell `json:"cells"`
}

// Cell is one detector with one ruleset on one corpus.
type Cell struct {
	Detector  string     `json:"detector"`
	Rules     string     `json:"rules"`
	RuleSum   string     `json:"rules_digest"`
	Corpus    string     `json:"corpus"`
	CorpusSum string     `json:"corpus_digest"`
	Seed      uint64     `json:"seed"`
	Flows     Flows      `json:"flows"`
	Alerts    Alerts     `json:"alerts"`
	HostDays  float64    `json:"host_days"`
	Failed    int        `json:"failed_rules"`
	Wall      float64    `json:"wall_seconds"` // 0 = not measured
	Peak      int64      `json:"peak_bytes"`   // 0 = not measured
	Campaigns []Campaign `json:"campaigns"`
	Alarms    []Alarm    `json:"false_alarms"`
}

// Flows is the confusion matrix over biflows.
type Flows struct {
	TP int64 `json:"tp"`
	FN int64 `json:"fn"`
	FP int64 `json:"fp"`
	TN int64 `json:"tn"`
}

// Alerts is where the alerts went.
type Alerts struct {
	Read        int64 `json:"read"`
	False       int64 `json:"false"`
	Ambiguous   int64 `json:"ambiguous"`
	Unmatchable int64 `json:"unmatchable"`
}

// Campaign is what became of one.
type Campaign struct {
	Campaign string `json:"campaign"`
	Attack   string `json:"attack"`
	Caught   bool   `json:"caught"`
	Right    bool   `json:"right_reason"`
}

// Alarm is a signature with false alarms.
type Alarm struct {
	Signature string `json:"signature"` // gid:sid
	Name      string `json:"name"`
	Alerts    int64  `json:"alerts"`
}

// FromResult takes what a baseline keeps of a result.
func FromResult(r *bench.Result) (*Baseline, error) {
	b := &Baseline{Format: BaselineFormat}
	for i := range r.Cells {
		c := &r.Cells[i]
		if c.Score == nil {
			return nil, fmt.Errorf("cell %d, %s on %s: failed and has no figures: %s", i+1, c.Detector.Spec, c.Corpus.Name, c.Error)
		}
		b.Cells = append(b.Cells, cellOf(c))
	}
	if err := b.check(); err != nil {
		return nil, err
	}
	return b, nil
}

func cellOf(c *bench.Cell) Cell {
	out := Cell{
		Detector: strings.TrimSpace(c.Detector.Engine + " " + c.Detector.Version), Rules: c.Ruleset.Name, RuleSum: c.Ruleset.Digest,
		Corpus: c.Corpus.Name, CorpusSum: c.Corpus.Digest, Seed: c.Corpus.Seed,
		Flows:    Flows{c.Flows.TP, c.Flows.FN, c.Flows.FP, c.Flows.TN},
		Alerts:   Alerts{c.Alerts.Read, c.Alerts.False, c.Alerts.Ambiguous, c.Alerts.Unmatchable},
		HostDays: float64(c.Load.Hosts) * c.Load.Days, Failed: c.Ruleset.Failed,
		Campaigns: []Campaign{}, Alarms: []Alarm{},
	}
	if c.Run != nil {
		out.Wall, out.Peak = c.Run.Usage.WallSeconds, c.Run.Usage.PeakBytes
	}
	for i := range c.Details {
		d := &c.Details[i]
		out.Campaigns = append(out.Campaigns, Campaign{d.Campaign, d.Attack, d.Detected(), d.Strict > 0})
	}
	for _, f := range c.FalseAlarms {
		out.Alarms = append(out.Alarms, Alarm{fmt.Sprintf("%d:%d", f.GID, f.SID), f.Name, f.Alerts})
	}
	slices.SortFunc(out.Campaigns, func(a, b Campaign) int { return cmp.Compare(a.Campaign, b.Campaign) })
	slices.SortFunc(out.Alarms, func(a, b Alarm) int {
		return cmp.Or(cmp.Compare(a.Signature, b.Signature), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// mostBytes bounds a baseline file.
const mostBytes = 64 << 20

// ReadBaseline reads the baseline at path.
func ReadBaseline(path string) (*Baseline, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() || info.Size() > mostBytes {
		return nil, fmt.Errorf("%s: not a baseline: make one with gate --update", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	b, err := ParseBaseline(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return b, nil
}

// ParseBaseline reads a baseline. It must be whole: an unknown field is a fault, since it might be a limit that somebody believes in.
func ParseBaseline(text []byte) (*Baseline, error) {
	var head struct {
		Format string `json:"format"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, fmt.Errorf("damaged: %w; take it from version control, or make it again with gate --update", err)
	}
	if head.Format != BaselineFormat {
		return nil, fmt.Errorf("format is %q, this version reads %s; make the baseline again with gate --update", head.Format, BaselineFormat)
	}
	var b Baseline
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&b); err != nil {
		return nil, fmt.Errorf("damaged: %w; take it from version control, or make it again with gate --update", err)
	}
	return &b, b.check()
}

// check refuses what cannot come from a result.
func (b *Baseline) check() error {
	if len(b.Cells) == 0 {
		return fmt.Errorf("no cell in it; make the baseline again with gate --update")
	}
	seen := map[string]bool{}
	for i := range b.Cells {
		c := &b.Cells[i]
		k := c.side() + " " + c.CorpusSum
		if seen[k] {
			return fmt.Errorf("cell %d: %s is in it twice on one corpus", i+1, c.side())
		}
		seen[k] = true
		if min(c.Flows.TP, c.Flows.FN, c.Flows.FP, c.Flows.TN, c.Alerts.Read, c.Alerts.False, c.Alerts.Ambiguous, c.Alerts.Unmatchable, c.Peak) < 0 ||
			!(c.HostDays >= 0) || !(c.Wall >= 0) {
			return fmt.Errorf("cell %d: a count is negative", i+1)
		}
		for j := 1; j < len(c.Campaigns); j++ {
			if c.Campaigns[j-1].Campaign >= c.Campaigns[j].Campaign {
				return fmt.Errorf("cell %d: campaign %s is out of order or twice", i+1, c.Campaigns[j].Campaign)
			}
		}
	}
	return nil
}

// key is what a cell is held against: the same engine in any version, on a corpus of the same name.
func (c *Cell) key() string {
	engine, _, _ := strings.Cut(c.Detector, " ")
	return engine + " on " + c.Corpus
}

// side names a cell among others of its engine.
func (c *Cell) side() string {
	rules := c.Rules
	if rules == "" {
		rules = "no rules"
	}
	return fmt.Sprintf("%s with %s on %s", c.Detector, rules, c.Corpus)
}

// Encode writes the baseline with one campaign and one signature a line.
func (b *Baseline) Encode() ([]byte, error) {
	var out bytes.Buffer
	fmt.Fprintf(&out, "{\n  \"format\": %q,\n  \"cells\": [", b.Format)
	for i := range b.Cells {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := b.Cells[i].encode(&out); err != nil {
			return nil, err
		}
	}
	out.WriteString("\n  ]\n}\n")
	return out.Bytes(), nil
}

func (c *Cell) encode(out *bytes.Buffer) error {
	campaigns, err := lines(c.Campaigns)
	if err != nil {
		return err
	}
	alarms, err := lines(c.Alarms)
	if err != nil {
		return err
	}
	head := *c
	head.Campaigns, head.Alarms = nil, nil
	text, err := json.MarshalIndent(head, "    ", "  ")
	if err != nil {
		return err
	}
	text = bytes.Replace(text, []byte(`"campaigns": null`), fmt.Appendf(nil, `"campaigns": %s`, campaigns), 1)
	text = bytes.Replace(text, []byte(`"false_alarms": null`), fmt.Appendf(nil, `"false_alarms": %s`, alarms), 1)
	out.WriteString("\n    ")
	out.Write(text)
	return nil
}

// lines writes a list with one item a line.
func lines[T any](list []T) (string, error) {
	if len(list) == 0 {
		return "[]", nil
	}
	var b strings.Builder
	b.WriteString("[")
	for i, item := range list {
		text, err := json.Marshal(item)
		if err != nil {
			return "", err
		}
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("\n        ")
		b.Write(text)
	}
	b.WriteString("\n      ]")
	return b.String(), nil
}

// Write puts the baseline at path, whole or not at all.
func (b *Baseline) Write(path string) error {
	text, err := b.Encode()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	part := path + ".partial"
	if err := os.WriteFile(part, text, 0o666); err != nil {
		return err
	}
	return os.Rename(part, path)
}
