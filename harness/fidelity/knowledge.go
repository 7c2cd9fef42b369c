package fidelity

import (
	"math"
	"slices"
	"strings"

	"github.com/evilbench/evilbench/harness/fidelity/compliance"
	"github.com/evilbench/evilbench/harness/score"
	"github.com/evilbench/evilbench/labels/flowlog"
)

// dkc is the domain knowledge check. As published it is the shares of rows that break each of 21 rules, added up and divided by 20.
// When strict it is the mean, over the generic rules of package compliance that are about any row, of the share that breaks them
// among the rows they are about.
func dkc(s *sample) score.Number {
	columns, missing := columnsOf(s.generated, ruled)
	if missing != "" {
		return score.Number{Missing: missing}
	}
	if s.mode == Strict {
		return s.compliance()
	}
	var sum float64
	for _, n := range published(columns) {
		sum += float64(n) / float64(s.generated.Rows())
	}
	return score.Number{Value: sum / 20}
}

func (s *sample) compliance() score.Number {
	report, err := s.rules.Check(compliance.Flows(s.generated))
	if err != nil {
		return score.Number{Missing: err.Error()}
	}
	var sum float64
	about := 0
	for _, f := range report.Findings {
		if f.Broken.Missing == "" {
			sum += f.Broken.Value()
			about++
		}
	}
	if about == 0 {
		return score.Number{Missing: "no rule is about any of its rows"}
	}
	return score.Number{Value: sum / float64(about)}
}

// ruled are the columns that rules look at, in the order of row's fields.
var ruled = []string{
	flowlog.Proto, flowlog.DstIP, flowlog.DstPort, flowlog.Flags,
	flowlog.InBytes, flowlog.InPackets, flowlog.OutBytes, flowlog.OutPackets, flowlog.Elapsed,
}

// row is a flow as the published rules see it.
type row struct {
	proto, dest, port, flags                 string
	inBytes, inPackets, outBytes, outPackets float64
	duration                                 float64
}

func (r *row) on(ports ...string) bool { return slices.Contains(ports, r.port) }
func (r *row) local() bool             { return strings.HasPrefix(r.dest, "192.168.") }
func (r *row) broadcast() bool         { return r.on("137.0", "138.0", "1900.0") }

// rules are the published ones, true where a flow breaks them (FlowChronicle, CoNEXT 2024). Rules 7 to 13 are the policy of
// CIDDS-001's network. The published code's slips are kept: rule 3 means neither ICMP nor IGMP and so catches every port 0; rule 10
// misspells two ports; rule 19 looks for a minus sign in the printed duration, which has one in its exponent below 0.0001.
var rules = [21]func(*row) bool{
	func(r *row) bool {
		return r.proto == "TCP" && r.on("53.0", "137.0", "138.0", "5353.0", "1900.0", "67.0", "0.0", "3544.0", "8612.0", "3702.0", "123.0")
	},
	func(r *row) bool {
		return r.proto == "UDP" && r.on("443.0", "80.0", "8000.0", "25.0", "993.0", "587.0", "445.0", "0.0", "84.0", "8088.0", "8080.0")
	},
	func(r *row) bool { return r.on("0.0") },
	func(r *row) bool { return r.proto == "ICMP" && r.outBytes != 0 },
	func(r *row) bool { return r.proto == "ICMP" && r.outPackets != 0 },
	func(r *row) bool { return r.proto == "IGMP" && (r.inBytes != 0 || r.outBytes != 0) },
	func(r *row) bool { return r.broadcast() && r.inBytes != 0 },
	func(r *row) bool { return r.broadcast() && r.inPackets != 0 },
	func(r *row) bool { return r.broadcast() && !strings.HasSuffix(r.dest, ".255") },
	func(r *row) bool { return r.on("8000.0", "25.0", "443.0") && r.local() },
	func(r *row) bool { return r.on("993.0", "67.0") && !r.local() },
	func(r *row) bool { return r.on("53.0") && r.dest != "DNS" },
	func(r *row) bool { return r.on("5353.0") && r.dest != "10008_251" },
	func(r *row) bool { return r.proto != "TCP" && r.flags != "......" },
	func(r *row) bool { return r.inPackets*42 > r.inBytes },
	func(r *row) bool { return r.outPackets*42 > r.outBytes },
	func(r *row) bool { return r.inBytes > 65535*r.inPackets },
	func(r *row) bool { return r.outBytes > 65535*r.outPackets },
	func(r *row) bool { return math.Signbit(r.duration) || r.duration > 0 && r.duration < 0.0001 },
	func(r *row) bool { return r.duration == 0 && r.inPackets+r.outPackets > 1 },
	func(r *row) bool { return r.duration > 0 && r.inPackets+r.outPackets == 1 },
}

// published counts the rows that break each of the published rules.
func published(c []*flowlog.Column) (broken [len(rules)]int) {
	for i := range c[0].Len() {
		r := row{
			proto: c[0].Word(i), dest: c[1].Word(i), port: c[2].Word(i), flags: c[3].Word(i),
			inBytes: c[4].Numbers[i], inPackets: c[5].Numbers[i], outBytes: c[6].Numbers[i], outPackets: c[7].Numbers[i],
			duration: c[8].Numbers[i],
		}
		for k, breaks := range rules {
			if breaks(&r) {
				broken[k]++
			}
		}
	}
	return broken
}
