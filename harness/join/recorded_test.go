package join

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"testing"

	"github.com/evilbench/evilbench/ids/suricata"
	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/track"
	"github.com/evilbench/evilbench/labels/wire"
)

const recorded = "../../ids/suricata/testdata"

// trackCapture makes the truth of a capture in which every flow is a campaign of its own, so that a wrong match cannot pass.
func trackCapture(t *testing.T, path string) (truth Truth, packets []labels.Packet) {
	t.Helper()
	r, err := wire.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var flows []labels.Flow
	tracker := track.New(track.Options{}, func(f *labels.Flow) error {
		flows = append(flows, *f)
		return nil
	})
	var h wire.Headers
	for {
		f, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		_ = wire.Decode(f, &h) // where it fails the packet is of no flow
		number, forward, err := tracker.Add(f.Time, &h)
		if err != nil {
			t.Fatal(err)
		}
		p := labels.Packet{Index: f.Index, Time: f.Time, Flow: number, Forward: forward}
		if number != 0 {
			p.Campaign = fmt.Sprint(number)
		}
		packets = append(packets, p)
	}
	if err := tracker.Flush(); err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(flows, func(a, b labels.Flow) int { return cmp.Compare(a.Flow, b.Flow) })
	for i := range flows {
		f := &flows[i]
		f.Campaign, f.Class = fmt.Sprint(f.Flow), labels.Malicious
		truth.Campaigns = append(truth.Campaigns, labels.Campaign{Campaign: f.Campaign, Start: f.Start, End: f.End})
	}
	truth.Flows, truth.Packets, truth.Details = list(flows), list(packets), ReadDetails(path)
	return truth, packets
}

// TestRecordedRuns joins what three versions of Suricata said of one capture, once as it is and once without packet numbers: then
// every alert must be matched to the same flow, or be ambiguous with that flow among the candidates.
func TestRecordedRuns(t *testing.T) {
	truth, packets := trackCapture(t, filepath.Join(recorded, "shapes.pcap"))
	for _, version := range []string{"6", "7", "8"} {
		t.Run(version, func(t *testing.T) {
			var alerts []labels.Alert
			for a, err := range suricata.New(suricata.Options{}).Alerts(filepath.Join(recorded, version)) {
				if err != nil {
					t.Fatal(err)
				}
				alerts = append(alerts, a)
			}
			whole, counts := matchAll(t, truth, alerts, Options{})
			if counts.Unmatchable > 0 || counts.Ambiguous > 0 {
				t.Errorf("all is known, and yet %+v", counts)
			}
			bare := slices.Clone(alerts)
			for i := range bare {
				bare[i].Packet = 0
			}
			less, counts := matchAll(t, truth, bare, Options{})
			t.Logf("%d alerts, without packet numbers: %+v", len(alerts), counts)
			for i := range alerts {
				a, m := &alerts[i], &whole[i]
				if a.Packet != 0 && m.Flow != packets[a.Packet-1].Flow {
					t.Errorf("packet %d, %s: flow %d, want %d (%s)", a.Packet, a.Name, m.Flow, packets[a.Packet-1].Flow, m.Reason)
				}
				if b := &less[i]; b.Flow != m.Flow && !(b.Verdict == labels.VerdictAmbiguous && slices.Contains(b.Candidates, m.Flow)) {
					t.Errorf("packet %d, %s, without its number: flow %d, want %d (%s: %s)", a.Packet, a.Name, b.Flow, m.Flow, b.Rung, b.Reason)
				}
			}
		})
	}
}

// TestReadDetails holds the fragments and the ICMP error of the capture.
func TestReadDetails(t *testing.T) {
	got := map[int64]Detail{}
	for d, err := range ReadDetails(filepath.Join(recorded, "shapes.pcap")) {
		if err != nil {
			t.Fatal(err)
		}
		got[d.Packet] = d
	}
	if d := got[50]; d.Fragment || d.Quoted != (labels.Tuple{Src: addr("10.0.0.5"), Dst: addr("198.51.100.7"), Sport: 9000, Dport: 9001, Proto: udp}) {
		t.Errorf("port unreachable: %+v", d)
	}
	if a, b := got[25], got[26]; !a.Fragment || !b.Fragment || a.ID != b.ID || a.Proto != udp {
		t.Errorf("fragments: %+v, %+v", a, b)
	}
	for _, err := range ReadDetails("no such file") {
		if err == nil {
			t.Error("no error of a file that is not there")
		}
	}
}
