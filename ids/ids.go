// Package ids says what a detector is: how one is described, started and read back, whatever the engine.
package ids

import (
	"context"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/evilbench/evilbench/labels"
)

// Input is what a detector gets to see.
type Input struct {
	Capture string   // path of the capture: never tainted unless the user asked for it
	HomeNet []string // CIDR prefixes of the monitored network
	Rules   string   // path of one file with all rules, "" = none
	Output  string   // an empty folder for the engine's logs
	VLAN    bool     // the capture has VLAN tags
}

// Invocation is one engine start in neutral terms. Paths are the host's; a runner maps them.
type Invocation struct {
	Engine string            // suricata
	Args   []string          // with {capture}, {rules}, {config} and {output} for the paths, so that a container can put them elsewhere
	Files  map[string][]byte // further inputs by placeholder name, e.g. "config" -> suricata.yaml
}

// Detector is one engine: how to start it, and how to read what it said.
type Detector interface {
	// Name is the engine's name, e.g. suricata.
	Name() string
	// Check is the invocation that tests configuration and rules without reading a capture. Give it an output folder of its own:
	// engines append to logs they find.
	Check(Input) (Invocation, error)
	// Run is the invocation that reads the capture.
	Run(Input) (Invocation, error)
	// Alerts streams what the engine wrote to its output folder. An error that names a line ends neither the stream nor the
	// run: it is yielded, and reading goes on.
	Alerts(output string) iter.Seq2[labels.Alert, error]
	// Report reads the engine's own account of the run: rules loaded, packets seen, losses.
	Report(output string) (Report, error)
}

// Report is the engine's own account of a run.
type Report struct {
	Version       string   `json:"version"`
	RulesLoaded   int      `json:"rules_loaded"`
	RulesFailed   int      `json:"rules_failed"`
	RulesSkipped  int      `json:"rules_skipped"`
	Packets       int64    `json:"packets"`
	InvalidPkts   int64    `json:"invalid_packets"`
	BadChecksums  int64    `json:"bad_checksums"`
	Flows         int64    `json:"flows"`
	AppLayer      AppLayer `json:"app_layer"`
	Anomalies     int64    `json:"anomalies"`
	AlertOverflow int64    `json:"alert_queue_overflow"`
	Suppressed    int64    `json:"alerts_suppressed"`
	RuleErrors    []string `json:"rule_errors,omitempty"` // the engine's own words, one per failed rule, first 50
	Warnings      []string `json:"warnings,omitempty"`
}

// AppLayer counts flows by what the engine's protocol detection made of them. Recognised + Failed + None = flows logged.
type AppLayer struct {
	Recognised int64            `json:"recognised"`
	Failed     int64            `json:"failed"` // looked at payload and gave up
	None       int64            `json:"none"`   // nothing to look at: no payload, or no protocol above IP
	Protocols  map[string]int64 `json:"protocols,omitempty"`
}

// Usage is what a run cost.
type Usage struct {
	WallSeconds float64 `json:"wall_seconds"`
	CPUSeconds  float64 `json:"cpu_seconds"` // 0 = not measured
	PeakBytes   int64   `json:"peak_bytes"`  // 0 = not measured
}

// Outcome is how an invocation ended.
type Outcome struct {
	ExitCode int
	Stdout   string // last 32 KiB
	Stderr   string // last 32 KiB
	Usage    Usage
	Killed   string // "" or why: out of memory, deadline
}

// Err explains an end that was not a good one: engine, exit code, the last lines of both streams, where the logs lie; nil after
// exit code 0.
func (o Outcome) Err(engine, logs string) error {
	if o.ExitCode == 0 && o.Killed == "" {
		return nil
	}
	why := fmt.Sprintf("exit code %d", o.ExitCode)
	if o.Killed != "" {
		why = "killed: " + o.Killed
	}
	return fmt.Errorf("%s: %s%s%s (logs: %s)", engine, why, lastLines("stdout", o.Stdout), lastLines("stderr", o.Stderr), logs)
}

// lastLines keeps what a person wants to see first of a stream.
func lastLines(name, text string) string {
	const most = 8
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if lines[0] == "" {
		return ""
	}
	if len(lines) > most {
		lines = lines[len(lines)-most:]
	}
	return "\n  " + name + ": " + strings.Join(lines, "\n  "+name+": ")
}

// Runner starts invocations somewhere: in a container, as a local process, or not at all (recorded logs).
type Runner interface {
	// Identity says what will run: engine version, image and its digest. It starts nothing that reads a capture.
	Identity(ctx context.Context) (Identity, error)
	// Run starts the invocation and waits for it. The output folder holds the engine's files afterwards. An exit code other than
	// zero is an outcome, not an error.
	Run(ctx context.Context, inv Invocation, in Input) (Outcome, error)
	io.Closer
}

// Identity is what ran.
type Identity struct {
	Runner  string `json:"runner"` // container, local, recorded
	Engine  string `json:"engine"`
	Version string `json:"version"`          // as the engine prints it, e.g. 7.0.10
	Image   string `json:"image,omitempty"`  // reference
	Digest  string `json:"digest,omitempty"` // image id, sha256:...
	Detail  string `json:"detail,omitempty"` // what is inside, e.g. Debian trixie suricata 1:7.0.10-1
}

// Name is what a person is told of the engine. The version of recorded logs may not be known.
func (i Identity) Name() string {
	if i.Version == "" {
		return i.Engine + " of unknown version"
	}
	return i.Engine + " " + i.Version
}

// Missing says that the machine lacks something: what was wanted, why it is not there, what to type next.
type Missing struct {
	Want string
	Why  string
	Hint string
}

func (m *Missing) Error() string { return fmt.Sprintf("%s: %s", m.Want, m.Why) }
