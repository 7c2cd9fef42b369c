package compliance

import (
	"fmt"
	"iter"

	"github.com/evilbench/evilbench/labels"
)

// protocols are the names that rules know; others go by their number.
var protocols = map[uint8]string{1: "ICMP", 2: "IGMP", 6: "TCP", 17: "UDP", 47: "GRE", 50: "ESP", 58: "ICMPv6", 132: "SCTP"}

// Benign turns truth flows into rows, and leaves out those of campaigns: attacks are meant to break rules. Their bytes count the link layer too; their TCP flags are not kept, so that Flags is empty.
func Benign(flows iter.Seq2[labels.Flow, error]) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for f, err := range flows {
			if err != nil {
				yield(Row{}, err)
				return
			}
			if f.Campaign != "" {
				continue
			}
			if !yield(rowOf(&f), nil) {
				return
			}
		}
	}
}

func rowOf(f *labels.Flow) Row {
	r := Row{
		Proto: protocols[f.Proto], Source: f.Src.String(), Dest: f.Dst.String(), Port: -1, ICMPType: int(f.ICMPType), ICMPCode: int(f.ICMPCode),
		OutBytes: float64(f.FwdBytes), OutPackets: float64(f.FwdPackets), InBytes: float64(f.BwdBytes), InPackets: float64(f.BwdPackets),
		Duration: float64(f.End-f.Start) / 1e9,
	}
	if r.Proto == "" {
		r.Proto = fmt.Sprint(f.Proto)
	}
	if r.Proto == "TCP" || r.Proto == "UDP" || r.Proto == "SCTP" {
		r.Port = int(f.Dport)
	}
	return r
}
