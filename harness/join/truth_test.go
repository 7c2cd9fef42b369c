package join

import (
	"iter"
	"math"
	"net/netip"
	"testing"
	"time"

	"github.com/evilbench/evilbench/labels"
)

const (
	tcp = 6
	udp = 17
	t0  = int64(1_700_000_000_000_000_000)
	sec = int64(time.Second)
	// captured is Suricata's word for a packet that was in the capture.
	captured = "wire/pcap"
)

func list[T any](rows []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

// office is a small truth: a web server, a client that is also scanned, an attacker, pings, a port used twice, an ARP packet.
func office() Truth {
	flow := func(n int64, src string, sport uint16, dst string, dport uint16, proto uint8, from, to int64, campaign string) labels.Flow {
		f := labels.Flow{
			Flow: n, Tuple: labels.Tuple{Src: addr(src), Dst: addr(dst), Sport: sport, Dport: dport, Proto: proto},
			ICMPType: -1, ICMPCode: -1, Start: t0 + from*sec, End: t0 + to*sec, Class: labels.Benign, Campaign: campaign,
		}
		if campaign != "" {
			f.Class = labels.Malicious
		}
		return f
	}
	ping := flow(5, "10.0.0.5", 0, "10.0.0.9", 0, protoICMP, 50, 52, "")
	ping.ICMPType, ping.ICMPCode = 8, 0
	tagged := flow(7, "10.0.0.5", 4000, "10.0.0.9", 53, udp, 70, 71, "dns")
	tagged.VLAN = 7
	return Truth{
		Campaigns: []labels.Campaign{
			{Campaign: "scan", Start: t0 + 10*sec, End: t0 + 40*sec, Sources: []string{"203.0.113.6"}, Targets: []string{"10.0.0.9"}},
			{Campaign: "dns", Start: t0 + 70*sec, End: t0 + 71*sec, Sources: []string{"10.0.0.5"}, Targets: []string{"10.0.0.9"}},
			{Campaign: "late", Start: t0 + 9000*sec, End: t0 + 9001*sec, Sources: []string{"10.0.0.7"}, Targets: []string{"10.0.0.8"}},
		},
		Flows: list([]labels.Flow{
			flow(1, "10.0.0.5", 1025, "10.0.0.9", 80, tcp, 0, 5, ""),
			flow(2, "203.0.113.6", 5555, "10.0.0.9", 22, tcp, 10, 12, "scan"),
			flow(3, "203.0.113.6", 5555, "10.0.0.9", 23, tcp, 12, 40, "scan"),
			flow(4, "10.0.0.5", 1025, "10.0.0.9", 80, tcp, 45, 46, "scan"), // the port of flow 1 again
			ping,
			flow(6, "10.0.0.5", 4000, "10.0.0.9", 53, udp, 70, 71, ""),
			tagged, // the same ends on another VLAN
			flow(8, "10.0.0.7", 4001, "10.0.0.8", 53, udp, 200, 201, ""),
			// The port of flow 8 again, by then for an attack, when nothing else goes on.
			flow(9, "10.0.0.7", 4001, "10.0.0.8", 53, udp, 9000, 9001, "late"),
		}),
		Packets: list([]labels.Packet{
			{Index: 1, Flow: 1, Time: t0},
			{Index: 2, Flow: 1, Time: t0 + 5*sec, Campaign: "scan"}, // a malicious packet in a benign flow
			{Index: 3, Flow: 2, Time: t0 + 10*sec, Campaign: "scan"},
			{Index: 4, Flow: 3, Time: t0 + 12*sec, Campaign: "scan"},
			{Index: 5, Flow: 0, Time: t0 + 13*sec},                   // ARP
			{Index: 6, Flow: 0, Time: t0 + 14*sec, Campaign: "scan"}, // ARP of the attack
			{Index: 7, Flow: 5, Time: t0 + 50*sec},
		}),
	}
}

// alert is one without anything.
func alert(change func(*labels.Alert)) labels.Alert {
	a := labels.Alert{Alert: 1, Engine: "test", Score: math.NaN(), ICMPType: -1, ICMPCode: -1, Kind: "alert"}
	change(&a)
	return a
}

// talk fills in a tuple.
func talk(a *labels.Alert, src string, sport uint16, dst string, dport uint16, proto uint8) {
	a.Src, a.Dst, a.Sport, a.Dport, a.Proto = addr(src), addr(dst), sport, dport, proto
}

// matchAll joins and keeps copies.
func matchAll(t *testing.T, truth Truth, alerts []labels.Alert, o Options) ([]labels.Match, Counts) {
	t.Helper()
	var out []labels.Match
	counts, err := Run(truth, list(alerts), func(m *labels.Match) error {
		c := *m
		c.Candidates = append([]int64{}, m.Candidates...)
		out = append(out, c)
		return nil
	}, o)
	if err != nil {
		t.Fatal(err)
	}
	return out, counts
}
