package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/evilbench/evilbench/ids"
)

// leakRules see nothing but the bit: by the keyword made for it, and by the header byte it lies in, since Suricata 6 to 8 load the
// first and match nothing with it.
const leakRules = `alert ip any any -> any any (msg:"evilbench leak audit: reserved bit set"; fragbits:R; sid:9999998; rev:1;)
alert ip any any -> any any (msg:"evilbench leak audit: reserved bit set"; ipv4.hdr; byte_test:1,&,0x80,6; sid:9999999; rev:1;)
`

// leakRuleCount is how many rules that is.
const leakRuleCount = 2

// Leak is what a leak audit found.
type Leak struct {
	Packets int64 // that the engine read
	Alerts  int64 // for packets with the bit
	First   int64 // number of the first such packet, 0 = none or not known
}

// LeakAudit has an engine look for the taint in a capture, with rules that see nothing else. A capture that is fit for a
// sensor gives Alerts 0. The error is for an audit that proves nothing: the engine failed, did not load the rule, or read no
// packet. dir is an empty directory for the engine's files.
func LeakAudit(ctx context.Context, d ids.Detector, r ids.Runner, capture string, homeNet []string, dir string) (Leak, error) {
	logs, ruleFile := filepath.Join(dir, LogsDir), filepath.Join(dir, "leak.rules")
	if err := os.Mkdir(logs, 0o777); err != nil {
		return Leak{}, err
	}
	if err := os.WriteFile(ruleFile, []byte(leakRules), 0o644); err != nil {
		return Leak{}, err
	}
	in := ids.Input{Capture: capture, HomeNet: homeNet, Rules: ruleFile, Output: logs}
	inv, err := d.Run(in)
	if err != nil {
		return Leak{}, err
	}
	outcome, err := r.Run(ctx, inv, in)
	if err != nil {
		return Leak{}, err
	}
	if err := outcome.Err(inv.Engine, logs); err != nil {
		return Leak{}, err
	}
	report, err := d.Report(logs)
	if err != nil {
		return Leak{}, err
	}
	if report.RulesLoaded != leakRuleCount || report.Packets == 0 {
		return Leak{}, fmt.Errorf("leak audit of %s: the engine loaded %d rules and read %d packets: this proves nothing (logs: %s)",
			capture, report.RulesLoaded, report.Packets, logs)
	}
	leak := Leak{Packets: report.Packets}
	for a, err := range d.Alerts(logs) {
		if err != nil {
			return leak, fmt.Errorf("leak audit of %s: %w", capture, err)
		}
		leak.Alerts++
		if leak.First == 0 || a.Packet != 0 && a.Packet < leak.First {
			leak.First = a.Packet
		}
	}
	return leak, nil
}
