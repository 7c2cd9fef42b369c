package bench

import (
	"context"
	"fmt"
	"iter"

	"github.com/evilbench/evilbench/ids"
	"github.com/evilbench/evilbench/labels"
)

// Files of a run, and the format of the first.
const (
	RunFile    = "run.json"
	AlertsFile = "alerts.arrow"
	LogsDir    = "logs"
	RulesFile  = "ruleset.rules" // what rules.Set.WriteArchive wrote; absent where there were none
	ConfigDir  = "config"        // the invocation's own files, by name
	RunFormat  = "evilbench.run/1"
)

// RunRecord is run.json: what ran, on what, at what cost, and what the engine said of it. All that depends on the machine is
// here.
type RunRecord struct {
	Format     string       `json:"format"`
	Version    string       `json:"version"` // of the tool
	Spec       string       `json:"spec,omitempty"`
	Identity   ids.Identity `json:"identity"`
	Ruleset    Ruleset      `json:"ruleset"`
	Corpus     string       `json:"corpus"` // digest
	HomeNet    []string     `json:"home_net"`
	Config     string       `json:"config"` // digest of arguments and configuration files
	Arguments  []string     `json:"arguments"`
	TaintKept  bool         `json:"taint_kept"`
	Usage      ids.Usage    `json:"usage"`
	Report     ids.Report   `json:"report"`
	Alerts     int64        `json:"alerts"`
	Unread     int64        `json:"unread_lines"`
	Signatures []Signature  `json:"signatures"` // that fired, in the order of their first alert
	Warnings   []string     `json:"warnings"`   // findings before and after the run
}

// Signature is one that fired, and the words of Campaign.Expects it speaks.
type Signature struct {
	GID      int64    `json:"gid"`
	SID      int64    `json:"sid"`
	Name     string   `json:"name"`
	Category string   `json:"category"`
	Kinds    []string `json:"kinds"`
	Alerts   int64    `json:"alerts"`
}

// ReadRun reads run.json at path, or in the directory path.
func ReadRun(path string) (*RunRecord, error) {
	var r RunRecord
	if err := readJSON(&path, RunFile, &r); err != nil {
		return nil, err
	}
	if r.Format != RunFormat {
		return nil, fmt.Errorf("%s: format is %q, this version reads %s; run again", path, r.Format, RunFormat)
	}
	return &r, nil
}

// signatureKey is what kinds are derived from: two signatures of an engine without numbers differ in their texts.
type signatureKey struct {
	gid, sid       int64
	name, category string
}

func keyOf(a *labels.Alert) signatureKey { return signatureKey{a.GID, a.SID, a.Name, a.Category} }

// kinds answers which words an alert speaks, from the signatures of a run.
func (r *RunRecord) kinds() func(*labels.Alert) []string {
	known := make(map[signatureKey][]string, len(r.Signatures))
	for _, s := range r.Signatures {
		known[signatureKey{s.GID, s.SID, s.Name, s.Category}] = s.Kinds
	}
	return func(a *labels.Alert) []string { return known[keyOf(a)] }
}

// mostUnread bounds the log lines that are quoted when they cannot be read.
const mostUnread = 3

// checkEvery is how many alerts pass between two looks at the context.
const checkEvery = 4096

// record writes the engine's alerts as a table and notes which signatures fired.
func (r *RunRecord) record(ctx context.Context, alerts iter.Seq2[labels.Alert, error], path string, kinds kindsFunc) error {
	w, err := labels.Alerts.Create(path)
	if err != nil {
		return err
	}
	defer w.Close()
	at := map[signatureKey]int{}
	for a, err := range alerts {
		if err != nil {
			if r.Unread++; r.Unread <= mostUnread {
				r.Warnings = append(r.Warnings, err.Error())
			}
			continue
		}
		if r.Alerts%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		r.Alerts++
		a.Alert = r.Alerts
		i, seen := at[keyOf(&a)]
		if !seen {
			i = len(r.Signatures)
			at[keyOf(&a)] = i
			r.Signatures = append(r.Signatures, Signature{
				GID: a.GID, SID: a.SID, Name: a.Name, Category: a.Category, Kinds: kinds(a.GID, a.SID, a.Category, a.Name),
			})
		}
		r.Signatures[i].Alerts++
		if err := w.Write(&a); err != nil {
			return err
		}
	}
	if r.Unread > mostUnread {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%d lines of the engine's log could not be read", r.Unread))
	}
	r.Ruleset.Fired = len(r.Signatures)
	return w.Close()
}

// kindsFunc says which kinds of attack a signature speaks of.
type kindsFunc func(gid, sid int64, category, message string) []string
