package suricata_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/evilbench/evilbench/ids"
	"github.com/evilbench/evilbench/ids/images"
	"github.com/evilbench/evilbench/ids/runner"
	"github.com/evilbench/evilbench/ids/suricata"
	"github.com/evilbench/evilbench/labels"
)

var update = flag.Bool("update", false, "record what the real engines write for testdata/shapes.pcap")

var versions = []string{"6", "7", "8"}

// skipWithout skips where the machine lacks something, and fails where EVILBENCH_REQUIRE says that it must not.
func skipWithout(t *testing.T, what string, err error) {
	t.Helper()
	var m *ids.Missing
	if !errors.As(err, &m) {
		return
	}
	if slices.Contains(strings.Split(os.Getenv("EVILBENCH_REQUIRE"), ","), what) {
		t.Fatalf("EVILBENCH_REQUIRE names %s: %v (%s)", what, m, m.Hint)
	}
	t.Skipf("%v (%s)", m, m.Hint)
}

// engine opens a real Suricata of a version in a container.
func engine(t *testing.T, version string) *runner.Container {
	t.Helper()
	docker, err := runner.Connect(t.Context())
	skipWithout(t, "docker", err)
	if err != nil {
		t.Fatal(err)
	}
	docker.Close()
	image, err := images.Ensure(t.Context(), "suricata:"+version, func(s string) { t.Log(s) })
	skipWithout(t, "suricata", err)
	if err != nil {
		t.Fatal(err)
	}
	c, err := runner.NewContainer(t.Context(), "suricata", image, runner.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func shapes(output, rules string) ids.Input {
	return ids.Input{Capture: "testdata/shapes.pcap", HomeNet: []string{"10.0.0.0/8", "2001:db8::/32"}, Rules: rules, Output: output}
}

func alerts(t *testing.T, d *suricata.Detector, output string) []labels.Alert {
	t.Helper()
	var all []labels.Alert
	for a, err := range d.Alerts(output) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, a)
	}
	return all
}

// TestRealEngines runs every version and compares it with its own recording: what the unit tests rest on is what engines do, and
// two runs say the same.
func TestRealEngines(t *testing.T) {
	for _, v := range versions {
		t.Run(v, func(t *testing.T) {
			c, d, out := engine(t, v), suricata.New(suricata.Options{}), t.TempDir()
			in := shapes(out, "testdata/shapes.rules")
			inv, err := d.Run(in)
			if err != nil {
				t.Fatal(err)
			}
			o, err := c.Run(t.Context(), inv, in)
			if err != nil {
				t.Fatal(err)
			}
			if err := o.Err("suricata", out); err != nil {
				t.Fatal(err)
			}
			recorded := filepath.Join("testdata", v)
			if *update {
				record(t, out, recorded)
			}
			got, err := d.Report(out)
			if err != nil {
				t.Fatal(err)
			}
			want, err := d.Report(recorded)
			if err != nil {
				t.Fatal(err)
			}
			identity, err := c.Identity(t.Context())
			if err != nil || identity.Version != got.Version {
				t.Errorf("identity %+v, %v; the log says version %s", identity, err, got.Version)
			}
			if got.Version != want.Version {
				t.Skipf("version %s, recorded was %s", got.Version, want.Version)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("report (-recorded +now):\n%s", diff)
			}
			volatile := cmpopts.IgnoreFields(labels.Alert{}, "EngineFlow", "Raw", "Score", "Time") // flows flushed at the end have no fixed order in time
			if diff := cmp.Diff(alerts(t, d, recorded), alerts(t, d, out), volatile, cmpopts.EquateComparable(labels.Alert{}.Src)); diff != "" {
				t.Errorf("alerts (-recorded +now):\n%s", diff)
			}
		})
	}
}

func record(t *testing.T, from, to string) {
	t.Helper()
	if err := os.MkdirAll(to, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"eve.json", "suricata.log"} {
		text, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(to, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCheckRealEngines: the configuration raises no warning in any version, and a broken rule is found before a capture is read.
func TestCheckRealEngines(t *testing.T) {
	good := filepath.Join(t.TempDir(), "good.rules")
	rule := `alert http any any -> $EXTERNAL_NET $HTTP_PORTS (msg:"m"; http.uri; content:"x"; classtype:trojan-activity; reference:cve,2021-1; sid:1; rev:1;)` + "\n"
	if err := os.WriteFile(good, []byte(rule), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, v := range versions {
		for _, options := range []suricata.Options{{}, {ExternalAny: true, Checksums: true}} {
			t.Run(v, func(t *testing.T) {
				c, d, out := engine(t, v), suricata.New(options), t.TempDir()
				o, r := check(t, c, d, shapes(out, good))
				if err := o.Err("suricata", out); err != nil {
					t.Fatal(err)
				}
				if len(r.Warnings) > 0 || r.RulesLoaded != 1 || r.RulesFailed != 0 {
					t.Errorf("report %+v; want one rule and no warning", r)
				}
				if said := o.Stdout + o.Stderr; strings.Contains(said, "Warning") || strings.Contains(said, "Error") {
					t.Errorf("the engine warns: %s", said)
				}
				o, r = check(t, c, d, shapes(t.TempDir(), "testdata/shapes.rules"))
				if o.ExitCode != 1 || r.RulesFailed != 2 || len(r.RuleErrors) != 2 {
					t.Fatalf("broken rules: exit code %d, report %+v; want 1 and two errors", o.ExitCode, r)
				}
				if !strings.Contains(r.RuleErrors[1], "frobnicate") || !strings.HasPrefix(r.RuleErrors[1], "line 12: ") {
					t.Errorf("rule error %q", r.RuleErrors[1])
				}
			})
		}
	}
}

func check(t *testing.T, c *runner.Container, d *suricata.Detector, in ids.Input) (ids.Outcome, ids.Report) {
	t.Helper()
	inv, err := d.Check(in)
	if err != nil {
		t.Fatal(err)
	}
	o, err := c.Run(t.Context(), inv, in)
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.Report(in.Output)
	if err != nil {
		t.Fatal(err)
	}
	return o, r
}
