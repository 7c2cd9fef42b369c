package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// One rule instead of all: a real engine loses campaigns, and compare names them with the rules that had caught them.
func TestCompareRulesets(t *testing.T) {
	engine(t, "suricata:7")
	dir := t.TempDir()
	few, out := filepath.Join(dir, "few.rules"), filepath.Join(dir, "out")
	const rule = `alert tcp any any -> any 9 (msg:"TEST SCAN nothing"; flags:S; classtype:network-scan; sid:4000001; rev:1;)` + "\n"
	if err := os.WriteFile(few, []byte(rule), 0o666); err != nil {
		t.Fatal(err)
	}
	call(t, "bench", "--scenario", "smoke", "--ids", "suricata:7", "--runner", "container", "--progress", "plain",
		"--rules", "bundled", "--rules", few, "--store", filepath.Join(dir, "store"), "-o", out)
	tables, _ := call(t, "compare", out)
	for _, want := range []string{"B (few) against A (bundled)", "rules digest", "Lost by B: ", "absent", "What it cost"} {
		if !strings.Contains(tables, want) {
			t.Errorf("the tables do not say %q:\n%s", want, tables)
		}
	}
	again, _ := call(t, "compare", out)
	if again != tables {
		t.Errorf("the second comparison says\n%s\nthe first\n%s", again, tables)
	}
	text, _ := call(t, "compare", out, "--format", "json")
	var c object
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	versus := object(c.at(t, "versus").([]any)[0].(map[string]any))
	lost := versus.at(t, "lost").([]any)
	if len(lost) == 0 {
		t.Fatal("no campaign is lost with a rule that matches nothing")
	}
	for _, l := range lost {
		campaign := object(l.(map[string]any))
		fired := campaign.at(t, "fired").([]any)
		if len(fired) == 0 || campaign.text(t, "b") != "missed" {
			t.Errorf("%v was lost, but nothing had caught it", campaign)
		}
		for _, f := range fired {
			if other := object(f.(map[string]any)).text(t, "other"); other != "absent" {
				t.Errorf("a bundled rule is %s in the other ruleset", other)
			}
		}
	}
	for _, cost := range versus.at(t, "cost").([]any) {
		if v := object(cost.(map[string]any)).object(t, "a").number(t, "value"); v == 0 {
			t.Errorf("no cost was measured: %v", cost)
		}
	}
}
