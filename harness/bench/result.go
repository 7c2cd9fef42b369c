package bench

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/evilbench/evilbench/harness/join"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/ids"
	"github.com/evilbench/evilbench/labels/corpus"
)

// Files of a result, and the format of the first.
const (
	ResultFile   = "result.json"
	MatchesFile  = "matches.arrow"
	NeverFile    = "never-exercised.txt" // enabled rules of which no alert was read; empty where rules are not known
	cellsDir     = "cells"               // links to what the cells were made from, by their numbers from 1
	ResultFormat = "evilbench.result/1"
)

// Result is result.json: one cell for each detector, ruleset and corpus.
type Result struct {
	Format  string `json:"format"`
	Version string `json:"version"` // of the tool
	Cells   []Cell `json:"cells"`

	Pooled []Pooled `json:"pooled,omitempty"` // cells of one scenario with several seeds, aggregated
}

// Cell is one detector with one ruleset on one corpus. A cell that failed has Error and no Score: its figures are absent, not 0.
type Cell struct {
	Detector Detector `json:"detector"`
	Ruleset  Ruleset  `json:"ruleset"`
	Corpus   Corpus   `json:"corpus"`
	*score.Score
	Rungs    []join.Rung `json:"rungs,omitempty"`   // how alerts were matched, in the order of the ladder
	Quality  *Quality    `json:"quality,omitempty"` // of the corpus
	Run      *RunSummary `json:"run,omitempty"`
	Repeats  *Repeats    `json:"repeats,omitempty"` // nil = the engine ran once
	Warnings []string    `json:"warnings"`
	Error    string      `json:"error,omitempty"`

	Places Places `json:"-"`
}

// Detector is what ran.
type Detector struct {
	Spec    string `json:"spec,omitempty"` // as asked for, e.g. suricata:7
	Engine  string `json:"engine"`
	Version string `json:"version"`
	Image   string `json:"image"`            // reference, "" = not from an image
	Digest  string `json:"digest,omitempty"` // image id
	Runner  string `json:"runner"`           // container, local or recorded
	Detail  string `json:"detail,omitempty"`
}

// Ruleset is what a detector ran with.
type Ruleset struct {
	Name     string `json:"name"` // "" = none
	Digest   string `json:"digest"`
	Enabled  int    `json:"enabled"`
	Disabled int    `json:"disabled"`
	Failed   int    `json:"failed"` // that the engine could not load
	Bundled  bool   `json:"bundled"`
	Fired    int    `json:"fired"` // signatures with an alert
}

// Corpus is what a detector ran on.
type Corpus struct {
	Name      string           `json:"name"`
	Digest    string           `json:"digest"`
	Packets   int64            `json:"packets"`
	Flows     int64            `json:"flows"`
	Campaigns int64            `json:"campaigns"`
	Bytes     int64            `json:"bytes"`
	Days      float64          `json:"days"`
	Synthetic bool             `json:"synthetic"`
	Seed      uint64           `json:"seed,omitempty"`
	Scenario  *corpus.Scenario `json:"scenario,omitempty"`
	Family    string           `json:"family,omitempty"` // digest of all but the seed; corpora that share it are samples of the same
	Model     string           `json:"model,omitempty"`
	Sources   []corpus.Source  `json:"sources,omitempty"`
	Version   string           `json:"version"` // of the tool that made it
}

// RunSummary is the part of run.json that reports need.
type RunSummary struct {
	Config string     `json:"config"` // digest of the engine's configuration and arguments
	Usage  ids.Usage  `json:"usage"`
	Report ids.Report `json:"report"`
}

// Places are the directories a cell was made from. They are the machine's and no part of the result.
type Places struct{ Corpus, Run, Result string }

// Failed counts the cells without figures.
func (r *Result) Failed() int {
	n := 0
	for i := range r.Cells {
		if r.Cells[i].Error != "" {
			n++
		}
	}
	return n
}

// Publish writes result.json to dir and, for each cell, links to its corpus, run and result.
func (r *Result) Publish(dir string) error {
	cells := filepath.Join(dir, cellsDir)
	if err := os.RemoveAll(cells); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	if err := writeJSON(filepath.Join(dir, ResultFile), r); err != nil {
		return err
	}
	for i := range r.Cells {
		if err := r.Cells[i].Places.link(filepath.Join(cells, fmt.Sprint(i+1))); err != nil {
			return err
		}
	}
	return nil
}

func (p Places) link(dir string) error {
	for _, l := range []struct{ name, target string }{{"corpus", p.Corpus}, {"run", p.Run}, {"result", p.Result}} {
		if l.target == "" {
			continue
		}
		target, err := filepath.Abs(l.target)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return err
		}
		if err := os.Symlink(target, filepath.Join(dir, l.name)); err != nil {
			return err
		}
	}
	return nil
}

// ReadResult reads result.json at path, or in the directory path.
func ReadResult(path string) (*Result, error) {
	var r Result
	if err := readJSON(&path, ResultFile, &r); err != nil {
		return nil, err
	}
	if r.Format != ResultFormat {
		return nil, fmt.Errorf("%s: format is %q, this version reads %s; score again", path, r.Format, ResultFormat)
	}
	if len(r.Cells) == 0 {
		return nil, fmt.Errorf("%s: no cell in it; score again", path)
	}
	for i := range r.Cells {
		if c := &r.Cells[i]; c.Score == nil && c.Error == "" {
			return nil, fmt.Errorf("%s: cell %d has neither figures nor an error; score again", path, i+1)
		}
	}
	return &r, nil
}

// maxJSON bounds what is read of a file of our own.
const maxJSON = 256 << 20

// readJSON reads the file at path, or the file name in the directory path. path is then the file's.
func readJSON(path *string, name string, into any) error {
	given := *path
	info, err := os.Stat(given)
	if err == nil && info.IsDir() {
		*path = filepath.Join(given, name)
		info, err = os.Stat(*path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return absent(given, name)
	}
	if err != nil {
		return err
	}
	if info.Size() > maxJSON {
		return fmt.Errorf("%s: %d bytes: not a file of evilbench", *path, info.Size())
	}
	text, err := os.ReadFile(*path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s: damaged: %w; make it again", *path, err)
	}
	return nil
}

// writeJSON writes a file whole or not at all.
func writeJSON(path string, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	part := path + ".partial"
	if err := os.WriteFile(part, append(text, '\n'), 0o666); err != nil {
		return err
	}
	return os.Rename(part, path)
}
