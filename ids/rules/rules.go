// Package rules reads rulesets in Suricata's language, so that a run knows which rules it had and what each one is about.
package rules

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// ID is a rule's identity across revisions.
type ID struct{ GID, SID int64 }

// Tag is one entry of a rule's metadata option, e.g. {evilbench_kind, scan}. A key may occur more than once.
type Tag struct{ Key, Value string }

// Rule is what a ruleset says about one enabled rule. Text fields are as written, quotes and escapes of msg removed.
type Rule struct {
	ID
	Rev        int64    // 0 = none given
	Action     string   // alert, pass, drop, ...
	Protocol   string   // tcp, http, ...
	Source     string   // address expression
	SourcePort string   // port expression
	Direction  string   // ->, <- or <>
	Target     string   // address expression
	TargetPort string   // port expression
	Message    string   // msg
	Classtype  string   // short name as in classification.config, "" = none
	Flow       []string // to_server, established, ...
	Metadata   []Tag
	References []string // e.g. "cve,2021-44228"
	Silent     bool     // flowbits:noalert or noalert: sets state and raises nothing
	File       string   // name inside the ruleset
	Line       int      // 1-based, where the rule starts
	Text       string   // the rule on one line, as an engine gets it
}

// Tagged returns the values of a metadata key in the order written.
func (r *Rule) Tagged(key string) []string {
	var values []string
	for _, t := range r.Metadata {
		if t.Key == key {
			values = append(values, t.Value)
		}
	}
	return values
}

// Set is a ruleset as an engine gets it: one text, enabled rules only, one a line.
type Set struct {
	Name     string // "bundled", or the source's base name without endings
	Digest   string // hex SHA-256 of the text WriteTo writes
	Enabled  int    // rules in the text
	Disabled int    // rules that were commented out
	Bundled  bool   // evilbench's own rules
	Rules    []Rule // enabled rules in the order of the text
	Dormant  []Rule // rules that were commented out, in the order of the files

	text  []byte
	index map[ID]int
}

// Rule finds an enabled rule. Where an identity occurs twice the higher revision counts, as it does for Suricata.
func (s *Set) Rule(gid, sid int64) (Rule, bool) {
	i, ok := s.index[ID{gid, sid}]
	if !ok {
		return Rule{}, false
	}
	return s.Rules[i], true
}

// Kinds says which kinds of attack an alert speaks of: what the rule's own tag says, else what Kinds reads from the texts.
func (s *Set) Kinds(gid, sid int64, category, message string) []string {
	r, ok := s.Rule(gid, sid)
	if !ok {
		return Kinds(category, message, "")
	}
	if tagged := r.Tagged(KindTag); len(tagged) > 0 {
		return tagged
	}
	return Kinds(category, message, r.Classtype)
}

// Kinds says which kinds of attack the rule's alerts would speak of: what its own tag says, else what Kinds reads from its texts.
func (r *Rule) Kinds() []string {
	if tagged := r.Tagged(KindTag); len(tagged) > 0 {
		return tagged
	}
	return Kinds("", r.Message, r.Classtype)
}

// Classtypes lists the classtypes in use, sorted.
func (s *Set) Classtypes() []string {
	var all []string
	for i := range s.Rules {
		if c := s.Rules[i].Classtype; c != "" {
			all = append(all, c)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// WriteTo writes the ruleset as one text, fit for suricata -S.
func (s *Set) WriteTo(w io.Writer) (int64, error) {
	n, err := w.Write(s.text)
	return int64(n), err
}

// WriteFile writes the ruleset to one file, whole or not at all.
func (s *Set) WriteFile(path string) error { return s.writeFile(path, s.text) }

// WriteArchive writes one file that Load reads back as the same ruleset with the same digest: the enabled rules as an engine gets
// them, and behind them those that were commented out.
func (s *Set) WriteArchive(path string) error {
	text := slices.Clip(s.text)
	for i := range s.Dormant {
		text = append(append(append(text, '#'), s.Dormant[i].Text...), '\n')
	}
	return s.writeFile(path, text)
}

func (s *Set) writeFile(path string, text []byte) error {
	part, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("ruleset %s: %w", s.Name, err)
	}
	defer os.Remove(part.Name())
	_, err = part.Write(text)
	if err == nil {
		err = part.Chmod(0o644)
	}
	if e := part.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(part.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("ruleset %s: %w", s.Name, err)
	}
	return nil
}
