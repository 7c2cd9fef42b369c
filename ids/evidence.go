package ids

import "github.com/evilbench/evilbench/labels"

// FlowRecord is what an engine recorded of one flow as it ended.
type FlowRecord struct {
	labels.Tuple
	ICMPType, ICMPCode int16  // -1 = not ICMP
	Start, End         int64  // ns since the epoch
	Forward, Backward  int64  // packets
	App                string // protocol the engine recognised; "failed" = it looked and gave up, "" = it did not look
	State              string // the engine's word: new, established, closed
	Gap                bool   // bytes of the stream are missing
	Alerted            bool
}

// RuleFault is a rule that an engine could not load.
type RuleFault struct {
	Line   int    // of the rules file, 1-based
	Reason string // the engine's own words
}

// Limit is a setting that keeps an engine from seeing something.
type Limit string

// The limits that can be lifted one at a time.
const (
	LimitChecksums Limit = "checksums"      // packets with wrong checksums are dropped
	LimitHomeNet   Limit = "home-net"       // rules are bound to a home network
	LimitMidstream Limit = "midstream"      // TCP connections whose beginning was not seen are not followed
	LimitDepth     Limit = "depth"          // streams and bodies are inspected to some depth
	LimitAlerts    Limit = "alerts"         // one packet raises so many alerts at most
	LimitPorts     Limit = "protocol-ports" // some protocols are looked for on their own ports only
)

// Settings are those of an invocation that decide what the engine can see.
type Settings struct {
	Variables   map[string]string // address and port groups
	Checksums   bool              // packets with wrong checksums are dropped
	Midstream   bool              // connections without a beginning are followed
	StreamDepth int64             // bytes, 0 = unlimited
	BodyLimit   int64             // bytes of an HTTP body, 0 = unlimited
	Thresholds  string            // file of suppressions, "" = none
}
