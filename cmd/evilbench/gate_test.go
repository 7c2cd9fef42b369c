package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/evilbench/evilbench/benchmarks"
)

// bundled is the text of the bundled rules.
func bundled(t *testing.T) string {
	t.Helper()
	files, err := benchmarks.Rules.ReadDir("rules")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range files {
		if filepath.Ext(f.Name()) != ".rules" {
			continue
		}
		text, err := benchmarks.Rules.ReadFile("rules/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		b.Write(text)
		b.WriteByte('\n')
	}
	return b.String()
}

// TestGateOnRealRules changes a ruleset as people do, and holds what a real engine makes of it against a baseline: nothing changed,
// the rules of a campaign that must be caught taken out, a noisy rule put in.
func TestGateOnRealRules(t *testing.T) {
	engine(t, "suricata:7")
	dir := t.TempDir()
	all := bundled(t)
	campaign := regexp.MustCompile(`(?m)^alert .*(SQL|sql).*$`)
	if !campaign.MatchString(all) {
		t.Fatal("no bundled rule speaks of SQL")
	}
	noisy := `alert dns any any -> any any (msg:"TEST POLICY a name was asked for"; dns.query; content:"."; classtype:policy-violation; sid:4000002; rev:1;)`
	bench := func(name, rules string) string {
		path, out := filepath.Join(dir, name+".rules"), filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(rules), 0o666); err != nil {
			t.Fatal(err)
		}
		call(t, "bench", "--scenario", "office", "--ids", "suricata:7", "--runner", "container", "--progress", "none", "--rules", path,
			"--store", filepath.Join(dir, "store"), "-o", out)
		return out
	}
	config := filepath.Join(dir, "gate.yaml")
	if err := os.WriteFile(config, []byte("format: evilbench.gate/1\nlimits: {detection_drop: 0, new_false_alarms: 0, failed_rules: 0}\nmust_catch: [sql-injection]\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	baseline := filepath.Join(dir, "baseline.json")
	whole := bench("whole", all)
	call(t, "gate", "--update", baseline, whole)
	for _, c := range []struct {
		name, result string
		code         int
		reason       string
	}{
		{"unchanged", whole, exitDone, ""},
		{"disabled", bench("disabled", campaign.ReplaceAllString(all, "")), exitRefused, "must catch sql-injection: missed: sql-injection-1"},
		{"noisy", bench("noisy", all+noisy+"\n"), exitRefused, "1:4000002 TEST POLICY a name was asked for"},
	} {
		var stdout, stderr bytes.Buffer
		a := &app{stdout: &stdout, stderr: &stderr, progress: "none"}
		code := a.main(t.Context(), []string{"gate", baseline, c.result, "--config", config})
		if code != c.code || !strings.Contains(stderr.String(), c.reason) {
			t.Errorf("%s: exit %d, want %d:\n%s%s", c.name, code, c.code, stdout.String(), stderr.String())
		}
	}
}
