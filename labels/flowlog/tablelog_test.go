package flowlog

import (
	"context"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/evilbench/evilbench/labels"
)

// byEnds groups rows by protocol, addresses and service port; what is compared is their bytes, packets and flags.
func byEnds(t *Table) map[string][]string {
	out := map[string][]string{}
	for _, row := range rowsOf(t) {
		ends := fmt.Sprint(row[1:5]...)
		out[ends] = append(out[ends], fmt.Sprint(row[5:10]...))
	}
	for _, rows := range out {
		slices.Sort(rows)
	}
	return out
}

// Zeek's log of a capture and the capture itself must give the same flows. Ends between which Zeek cuts the packets into another
// number of flows are left aside; the tracker's tests say how many there may be.
func TestCaptureAgainstZeek(t *testing.T) {
	logs, err := filepath.Glob(filepath.Join(shared(t, "zeek", "logs"), "*", "tsv", "conn.log"))
	if err != nil {
		t.Fatal(err)
	}
	same, compared := 0, 0
	for _, log := range logs {
		name := strings.TrimSuffix(filepath.Base(filepath.Dir(filepath.Dir(log))), ".pcap")
		captures, _ := filepath.Glob(filepath.Join(shared(t, "captures"), "*", name+".*"))
		if len(captures) != 1 {
			t.Fatalf("captures of recording %s: %v", name, captures)
		}
		table := open(t, captures[0], TableOptions{})
		if when, _ := table.Column(FirstSeen); !slices.IsSorted(when.Times) {
			t.Errorf("%s: rows out of order", name)
		}
		ours := byEnds(table)
		for ends, theirs := range byEnds(open(t, log, TableOptions{})) {
			if len(ours[ends]) != len(theirs) {
				continue
			}
			compared += len(theirs)
			for i, row := range theirs {
				if row == ours[ends][i] {
					same++
				} else {
					t.Logf("%s: %s: Zeek %s, here %s", name, ends, row, ours[ends][i])
				}
			}
		}
	}
	if compared < 2000 || same*200 < compared*199 {
		t.Errorf("%d of %d flows come out alike", same, compared)
	}
}

func TestArrowTable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "flows.arrow")
	w, err := labels.Flows.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	flows := []labels.Flow{
		{Flow: 1, Tuple: labels.Tuple{Src: netip.MustParseAddr("10.0.0.1"), Dst: netip.MustParseAddr("10.0.0.2"), Sport: 40000, Dport: 53, Proto: 17},
			ICMPType: -1, ICMPCode: -1, Start: 5e9, End: 6.5e9, FwdPackets: 1, BwdPackets: 2, FwdBytes: 60, BwdBytes: 300, Service: "dns", State: "SF", Class: labels.Benign},
		{Flow: 2, Tuple: labels.Tuple{Src: netip.MustParseAddr("fe80::1"), Dst: netip.MustParseAddr("ff02::1"), Proto: 58},
			ICMPType: 135, ICMPCode: 0, Start: 7e9, End: 7e9, FwdPackets: 1, FwdBytes: 86, State: "OTH", Class: labels.Malicious, Campaign: "a"},
	}
	for i := range flows {
		if err := w.Write(&flows[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	want := [][]any{
		{int64(5e9), "UDP", "10.0.0.1", "10.0.0.2", "53.0", 300.0, 2.0, 60.0, 1.0, nil, 1.5},
		{int64(7e9), "ICMP", "fe80::1", "ff02::1", "135.0", 0.0, 0.0, 86.0, 1.0, nil, 0.0},
	}
	if diff := cmp.Diff(want, rowsOf(open(t, path, TableOptions{}))); diff != "" {
		t.Errorf("differs (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want[:1], rowsOf(open(t, path, TableOptions{Benign: true}))); diff != "" {
		t.Errorf("benign ones differ (-want +got):\n%s", diff)
	}
}

func TestBenignNeedsLabels(t *testing.T) {
	const log = "#separator \\x09\n#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\torig_ip_bytes\n1.5\t10.0.0.1\t1\t10.0.0.2\t2\tudp\t60\n"
	_, err := ReadTable(context.Background(), strings.NewReader(log), "conn.log", TableOptions{Benign: true})
	if err == nil || err.Error() != "conn.log: no flow has a label to tell benign ones by" {
		t.Error(err)
	}
}

func TestZeekHistory(t *testing.T) {
	for history, want := range map[string]string{
		"": "......", "S": "....S.", "ShADadFf": ".AP.SF", "SR": "...RS.", "Q": "....SF", "I": "...R.F", "C": "......",
	} {
		if got := flagsOf(history); got != want {
			t.Errorf("%q: %s, want %s", history, got, want)
		}
	}
}
