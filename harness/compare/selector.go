package compare

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/evilbench/evilbench/harness/bench"
)

// SelectorError is an argument that chooses nothing, or is none. It says what there is to choose from.
type SelectorError struct{ Argument, Problem string }

// Error implements error.
func (e *SelectorError) Error() string { return e.Argument + ": " + e.Problem }

// selector chooses cells of a result: PATH takes all, PATH#2 the second, and PATH#detector=suricata:7,corpus=office those for which
// all of it holds. A file whose own name has a # in it is taken as it is.
type selector struct {
	argument, path string
	number         int // 1-based, 0 = none
	wants          []want
}

type want struct {
	key   *selectorKey
	value string
}

// selectorKey is a word of the syntax: which values a cell answers to, and the one that is shown.
type selectorKey struct {
	name  string
	fits  func(c *bench.Cell, value string) bool
	shown func(c *bench.Cell) string
}

var selectorKeys = []selectorKey{
	{"detector", fitsDetector, shownDetector},
	{"rules", func(c *bench.Cell, v string) bool { return v == shownRules(c) || digestFits(c.Ruleset.Digest, v) }, shownRules},
	{"corpus", func(c *bench.Cell, v string) bool { return v == c.Corpus.Name || digestFits(c.Corpus.Digest, v) }, func(c *bench.Cell) string { return c.Corpus.Name }},
	{"seed", func(c *bench.Cell, v string) bool { return v == shownSeed(c) }, shownSeed},
	{"config", func(c *bench.Cell, v string) bool { return digestFits(shownConfig(c), v) }, shownConfig},
}

// fewestDigits is how much of a digest names something.
const fewestDigits = 6

func digestFits(digest, prefix string) bool {
	return len(prefix) >= fewestDigits && strings.HasPrefix(digest, prefix)
}

// fitsDetector takes what was asked for (suricata:7), the engine alone, and the engine with as much of its version as is written.
func fitsDetector(c *bench.Cell, value string) bool {
	d := c.Detector
	engine, version, both := strings.Cut(value, ":")
	if value == d.Spec || !both && engine == d.Engine {
		return true
	}
	return engine == d.Engine && (version == d.Version || strings.HasPrefix(d.Version, version+"."))
}

func shownDetector(c *bench.Cell) string {
	if c.Detector.Version == "" {
		return c.Detector.Spec
	}
	return c.Detector.Engine + ":" + c.Detector.Version
}

func shownRules(c *bench.Cell) string {
	if c.Ruleset.Name == "" {
		return "none"
	}
	return c.Ruleset.Name
}

func shownSeed(c *bench.Cell) string {
	if !c.Corpus.Synthetic {
		return "none"
	}
	return strconv.FormatUint(c.Corpus.Seed, 10)
}

func shownConfig(c *bench.Cell) string {
	if c.Run == nil {
		return ""
	}
	return c.Run.Config
}

func parseSelector(argument string) (selector, error) {
	s := selector{argument: argument, path: argument}
	if _, err := os.Stat(argument); err == nil {
		return s, nil
	}
	at := strings.LastIndexByte(argument, '#')
	if at < 0 {
		return s, nil // reading it says what is wrong with the path
	}
	s.path = argument[:at]
	choice := argument[at+1:]
	if n, err := strconv.Atoi(choice); err == nil {
		if s.number = n; n < 1 {
			return s, &SelectorError{argument, "cells are counted from 1"}
		}
		return s, nil
	}
	for part := range strings.SplitSeq(choice, ",") {
		name, value, ok := strings.Cut(part, "=")
		i := slices.IndexFunc(selectorKeys, func(k selectorKey) bool { return k.name == name })
		if !ok || value == "" || i < 0 {
			return s, &SelectorError{argument, fmt.Sprintf("%q chooses no cell: write #2, or #KEY=VALUE,... with the keys %s", part, keyNames())}
		}
		s.wants = append(s.wants, want{&selectorKeys[i], value})
	}
	return s, nil
}

func keyNames() string {
	var names []string
	for _, k := range selectorKeys {
		names = append(names, k.name)
	}
	return strings.Join(names, ", ")
}

// choose picks the result's cells, with where each one came from.
func (s *selector) choose(r *bench.Result) ([]*loaded, error) {
	var out []*loaded
	for i := range r.Cells {
		out = append(out, &loaded{Cell: &r.Cells[i], from: fmt.Sprintf("%s#%d", s.path, i+1), tool: r.Version})
	}
	if s.number > len(out) {
		return nil, &SelectorError{s.argument, fmt.Sprintf("%s has cells 1 to %d", s.path, len(out))}
	}
	if s.number > 0 {
		return out[s.number-1 : s.number], nil
	}
	for _, w := range s.wants {
		var values []string
		var kept []*loaded
		for _, l := range out {
			if w.key.fits(l.Cell, w.value) {
				kept = append(kept, l)
			} else if v := w.key.shown(l.Cell); !slices.Contains(values, v) {
				values = append(values, v)
			}
		}
		if len(kept) == 0 {
			return nil, &SelectorError{s.argument, fmt.Sprintf("no cell with %s=%s; there is %s", w.key.name, w.value, strings.Join(values, ", "))}
		}
		out = kept
	}
	return out, nil
}

// locate finds the folders beside a result: the links that bench made, or what score put into the same folder.
func locate(r *bench.Result, path string) {
	r.Locate(path)
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		path = filepath.Dir(path)
	}
	if _, err := os.Stat(filepath.Join(path, bench.MatchesFile)); err == nil && len(r.Cells) == 1 && r.Cells[0].Places.Result == "" {
		r.Cells[0].Places.Result = path
	}
}
