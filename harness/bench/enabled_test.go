package bench

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evilbench/evilbench/ids/rules"
)

func TestRulesThatWereNeverExercised(t *testing.T) {
	text := `alert tcp any any -> any any (msg:"EVILBENCH SCAN one"; metadata:evilbench_kind scan; sid:1; rev:1;)
alert tcp any any -> any any (msg:"silent"; flowbits:set,x; flowbits:noalert; sid:2; rev:1;)
pass tcp any any -> any any (msg:"passes"; sid:3; rev:1;)
alert tcp any any -> any any (msg:"never"; sid:4; rev:1;)
# alert tcp any any -> any any (msg:"commented out"; sid:5; rev:1;)
`
	file := filepath.Join(t.TempDir(), "some.rules")
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	set, err := rules.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	dir, in := tiny(t, speaking())
	in.Rules = set
	run, result := filepath.Join(t.TempDir(), "run"), filepath.Join(t.TempDir(), "result")
	if _, err := Run(t.Context(), in, run); err != nil {
		t.Fatal(err)
	}
	enabled, err := enabledRules(run)
	if err != nil || len(enabled) != 4 || enabled[0].Kinds[0] != "scan" || !enabled[1].Silent || !enabled[2].Silent || enabled[3].Silent {
		t.Fatalf("enabled rules %+v, %v", enabled, err)
	}
	cell, err := Score(t.Context(), ScoreInput{Corpus: dir, Run: run, Version: "test"}, result)
	if err != nil {
		t.Fatal(err)
	}
	never, err := os.ReadFile(filepath.Join(result, NeverFile))
	if err != nil {
		t.Fatal(err)
	}
	k := cell.Coverage
	if lines := int64(strings.Count(string(never), "\n")); k.Rules.N != 2 || lines != k.Never || k.Rules.K+k.Never != 2 || !strings.Contains(string(never), `1:4 "never"`) {
		t.Errorf("coverage %+v, never exercised:\n%s", k, never)
	}
	if err := os.WriteFile(filepath.Join(run, RulesFile), []byte("alert nonsense\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := enabledRules(run); err == nil || !strings.Contains(err.Error(), "run again") {
		t.Errorf("a damaged ruleset: %v", err)
	}
	if err := os.Remove(filepath.Join(run, RulesFile)); err != nil {
		t.Fatal(err)
	}
	if enabled, err := enabledRules(run); err != nil || enabled != nil {
		t.Errorf("a run without rules: %v, %v", enabled, err)
	}
}
