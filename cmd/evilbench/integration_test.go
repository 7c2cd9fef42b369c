package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/evilbench/evilbench/ids"
	"github.com/evilbench/evilbench/ids/rules"
	"github.com/evilbench/evilbench/ids/suricata"
)

func TestBench(t *testing.T) {
	engine(t, "suricata:7")
	engine(t, "suricata:8")
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	args := []string{
		"bench", "--scenario", "smoke", "--ids", "suricata:7,suricata:8", "--runner", "container", "--progress", "plain",
		"--store", filepath.Join(dir, "store"), "-o", out,
	}
	tables, talk := call(t, args...)
	if n := strings.Count(talk, "evilbench: run: "); n != 2 {
		t.Errorf("%d runs were shown, want one for each detector:\n%s", n, talk)
	}
	text, err := os.ReadFile(filepath.Join(out, "result.json"))
	if err != nil {
		t.Fatal(err)
	}
	var result object
	if err := json.Unmarshal(text, &result); err != nil {
		t.Fatal(err)
	}
	if result.text(t, "format") != "evilbench.result/1" {
		t.Errorf("format is %v", result["format"])
	}
	cells, _ := result.at(t, "cells").([]any)
	if len(cells) != 2 {
		t.Fatalf("%d cells, want 2", len(cells))
	}
	for i, want := range []string{"7.", "8."} {
		cell := object(cells[i].(map[string]any))
		checkCell(t, cell)
		if version := cell.object(t, "detector").text(t, "version"); !strings.HasPrefix(version, want) {
			t.Errorf("cell %d is of version %s, want %s", i, version, want)
		}
		if !strings.Contains(tables, cell.object(t, "detector").text(t, "version")) {
			t.Errorf("the tables do not name version %s:\n%s", cell.object(t, "detector")["version"], tables)
		}
	}
	for _, name := range []string{"report.md", "cells/1/run/run.json", "cells/2/result/matches.arrow"} {
		if info, err := os.Stat(filepath.Join(out, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	before := written(t, out)
	again, talk := call(t, args...)
	for _, step := range []string{"corpus", "sensor", "check", "run", "score"} {
		if strings.Contains(talk, "evilbench: "+step+": ") {
			t.Errorf("the second bench did step %s again:\n%s", step, talk)
		}
	}
	if after := written(t, out); !slices.Equal(before, after) {
		t.Errorf("the runs were written at %v and again at %v", before, after)
	}
	if again != tables {
		t.Errorf("the second bench prints other tables:\n%s\nthan the first:\n%s", again, tables)
	}
	second, err := os.ReadFile(filepath.Join(out, "result.json"))
	if err != nil || !bytes.Equal(second, text) {
		t.Errorf("the second bench wrote another result.json (%v)", err)
	}
}

// written says when the runs of a bench were.
func written(t *testing.T, out string) []time.Time {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(out, "cells", "*", "run", "run.json"))
	if err != nil || len(paths) != 2 {
		t.Fatalf("runs: %v, %v", paths, err)
	}
	var times []time.Time
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			t.Fatal(err)
		}
		times = append(times, info.ModTime())
	}
	return times
}

// Every version we name loads every rule we bundle, without a word of complaint.
func TestBundledRulesLoad(t *testing.T) {
	set, err := rules.Load("bundled")
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range []string{"suricata:6", "suricata:7", "suricata:8"} {
		t.Run(spec, func(t *testing.T) {
			r, _ := engine(t, spec)
			dir := t.TempDir()
			in := ids.Input{HomeNet: []string{"192.168.0.0/16", "fd00::/8"}, Rules: filepath.Join(dir, "bundled.rules"), Output: filepath.Join(dir, "logs")}
			if err := os.Mkdir(in.Output, 0o777); err != nil {
				t.Fatal(err)
			}
			if err := set.WriteFile(in.Rules); err != nil {
				t.Fatal(err)
			}
			d := suricata.New(suricata.Options{})
			inv, err := d.Check(in)
			if err != nil {
				t.Fatal(err)
			}
			outcome, err := r.Run(t.Context(), inv, in)
			if err != nil {
				t.Fatal(err)
			}
			if err := outcome.Err(inv.Engine, in.Output); err != nil {
				t.Fatal(err)
			}
			report, err := d.Report(in.Output)
			if err != nil {
				t.Fatal(err)
			}
			if set.Enabled == 0 || report.RulesLoaded != set.Enabled || report.RulesFailed != 0 || report.RulesSkipped != 0 {
				t.Errorf("%d rules bundled; loaded %d, failed %d, skipped %d: %q",
					set.Enabled, report.RulesLoaded, report.RulesFailed, report.RulesSkipped, report.RuleErrors)
			}
			if len(report.Warnings) > 0 {
				t.Errorf("the engine complains: %q", report.Warnings)
			}
		})
	}
}
