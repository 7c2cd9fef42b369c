package join

import (
	"iter"
	"net/netip"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/evilbench/evilbench/labels"
)

// BenchmarkJoin matches a tenth as many alerts as there are flows, each flow with four packets. Its unit is the flow; s/join is what
// the join takes beyond making up the rows, which stands for reading the tables, and peak-B what the process held at most.
//
// EVILBENCH_JOIN_FLOWS=10000000 is the size that the limits are for: 10 s and 2 GiB on two processors.
func BenchmarkJoin(b *testing.B) {
	n := 300_000
	if s := os.Getenv("EVILBENCH_JOIN_FLOWS"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil || n < 100 {
			b.Fatalf("EVILBENCH_JOIN_FLOWS=%s: want a number of flows, 100 or more", s)
		}
	}
	for _, c := range []struct {
		name  string
		truth truthOf
		alert func(truthOf, int) labels.Alert
	}{
		{"packets", spread, byNumber},
		{"mixed", spread, mixture},
		{"hosts", spread, bothHosts},
		{"one-pair", onePair, bothHosts},
		{"one-tuple", oneTuple, lateAlert},
	} {
		b.Run(c.name, func(b *testing.B) { benchmark(b, c.truth, c.alert, n) })
	}
}

func benchmark(b *testing.B, flow truthOf, alert func(truthOf, int) labels.Alert, n int) {
	truth := Truth{
		Campaigns: []labels.Campaign{{Campaign: "c", Start: t0, End: t0 + int64(n)*1e6, Sources: []string{"10.0.0.1"}, Targets: []string{"192.0.2.1"}}},
		Flows:     numbered(n, flow),
		Packets: numbered(4*n, func(i int) labels.Packet {
			f := flow(i / 4)
			return labels.Packet{Index: int64(i) + 1, Flow: f.Flow, Time: f.Start, Campaign: f.Campaign}
		}),
	}
	alerts := numbered(n/10, func(i int) labels.Alert { return alert(flow, i*10) })
	began := time.Now()
	drain(truth.Flows)
	drain(truth.Packets)
	drain(alerts)
	rows := time.Since(began)
	b.ReportAllocs()
	for b.Loop() {
		runtime.GC()
		c, err := Run(truth, alerts, func(*labels.Match) error { return nil }, Options{})
		if err != nil || c.Read != int64(n/10) {
			b.Fatal(c, err)
		}
	}
	each := b.Elapsed() / time.Duration(b.N)
	b.ReportMetric(float64(each.Nanoseconds())/float64(n), "ns/flow")
	b.ReportMetric((each - rows).Seconds(), "s/join")
	b.ReportMetric(float64(peak(b)), "peak-B")
}

// peak is the most the process has held so far: VmHWM, Linux alone.
func peak(b *testing.B) int64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Skip("peak memory: ", err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kib << 10
		}
	}
	return 0
}

type truthOf func(i int) labels.Flow

// benchFlow is one of a flow a millisecond, every hundredth of them malicious.
func benchFlow(i int, src netip.Addr, sport uint16) labels.Flow {
	f := labels.Flow{
		Flow: int64(i) + 1, Tuple: labels.Tuple{Src: src, Dst: netip.AddrFrom4([4]byte{192, 0, 2, 1}), Sport: sport, Dport: 443, Proto: tcp},
		ICMPType: -1, ICMPCode: -1, Start: t0 + int64(i)*1e6, End: t0 + int64(i)*1e6 + sec, Class: labels.Benign,
	}
	if i%100 == 0 {
		f.Campaign = "c"
	}
	return f
}

// spread has flows from a million hosts.
func spread(i int) labels.Flow {
	h := i % 1_000_000
	return benchFlow(i, netip.AddrFrom4([4]byte{10, byte(h >> 16), byte(h >> 8), byte(h)}), uint16(i>>4))
}

// onePair has all flows between two hosts, none malicious, so that every alert could stand for all of an hour's.
func onePair(i int) labels.Flow {
	f := benchFlow(i, netip.AddrFrom4([4]byte{10, 0, 0, 9}), uint16(i))
	f.Campaign = ""
	return f
}

// oneTuple has one port used again and again.
func oneTuple(i int) labels.Flow {
	f := onePair(i)
	f.Sport = 1025
	return f
}

func byNumber(flow truthOf, i int) labels.Alert {
	f := flow(i)
	return alert(func(a *labels.Alert) {
		a.Src, a.Dst, a.Sport, a.Dport, a.Proto, a.Time, a.FlowStart = f.Dst, f.Src, f.Dport, f.Sport, tcp, f.Start, f.Start
		a.Packet, a.PacketSource = int64(i)*4+1, captured
	})
}

func bothHosts(flow truthOf, i int) labels.Alert {
	f := flow(i)
	return alert(func(a *labels.Alert) { a.Src, a.Dst, a.Time = f.Dst, f.Src, f.Start })
}

func lateAlert(flow truthOf, i int) labels.Alert {
	a := byNumber(flow, i)
	a.Packet, a.PacketSource, a.FlowStart, a.Time = 0, "", 0, a.Time+sec/2
	return a
}

// mixture has alerts for every rung.
func mixture(flow truthOf, i int) labels.Alert {
	a := byNumber(flow, i)
	switch i / 10 % 10 {
	case 0, 1, 2, 3:
	case 4, 5:
		a.Packet, a.PacketSource = 0, "stream (flow timeout)"
	case 6:
		return lateAlert(flow, i)
	case 7:
		return bothHosts(flow, i)
	case 8:
		return alert(func(b *labels.Alert) { b.Src, b.Time = a.Src, a.Time })
	case 9:
		return alert(func(b *labels.Alert) { b.Time = a.Time })
	}
	return a
}

func drain[T any](rows iter.Seq2[T, error]) {
	for range rows {
	}
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
