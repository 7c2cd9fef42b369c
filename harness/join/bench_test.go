package join

import (
	"iter"
	"net/netip"
	"testing"

	"github.com/evilbench/evilbench/labels"
)

// BenchmarkJoin matches one alert in ten flows, by the engine's flow. Its unit is the flow.
func BenchmarkJoin(b *testing.B) {
	const flows = 1_000_000
	flow := func(i int) labels.Flow {
		src := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		return labels.Flow{
			Flow: int64(i) + 1, Tuple: labels.Tuple{Src: src, Dst: addr("192.0.2.1"), Sport: uint16(i), Dport: 443, Proto: tcp},
			ICMPType: -1, ICMPCode: -1, Start: t0 + int64(i)*1000, End: t0 + int64(i)*1000 + sec, Class: labels.Benign,
		}
	}
	truth := Truth{Flows: numbered(flows, flow), Packets: numbered(flows, func(i int) labels.Packet {
		return labels.Packet{Index: int64(i) + 1, Flow: int64(i) + 1, Time: t0 + int64(i)*1000}
	})}
	alerts := numbered(flows/10, func(i int) labels.Alert {
		f := flow(i * 10)
		return alert(func(a *labels.Alert) {
			a.Src, a.Dst, a.Sport, a.Dport, a.Proto, a.Time, a.FlowStart = f.Dst, f.Src, f.Dport, f.Sport, tcp, f.Start, f.Start
		})
	})
	b.ReportAllocs()
	for b.Loop() {
		c, err := Run(truth, alerts, func(*labels.Match) error { return nil }, Options{})
		if err != nil || c.False != flows/10 {
			b.Fatal(c, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/flows, "ns/flow")
}

func numbered[T any](n int, row func(int) T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for i := range n {
			if !yield(row(i), nil) {
				return
			}
		}
	}
}
