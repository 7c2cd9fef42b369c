package track_test

import (
	"errors"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/flowlog"
	"github.com/evilbench/evilbench/labels/track"
	"github.com/evilbench/evilbench/labels/wire"
)

// recordings are the connection logs that Zeek wrote for the shared captures, by capture. Without them the test is skipped, or
// fails where they are required.
func recordings(t *testing.T) map[string]string {
	t.Helper()
	root := os.Getenv("EVILBENCH_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	logs, err := filepath.Glob(filepath.Join(root, "zeek", "logs", "*", "tsv", "conn.log"))
	if err != nil {
		t.Fatal(err)
	}
	if len(logs) == 0 && strings.Contains(os.Getenv("EVILBENCH_REQUIRE"), "data") {
		t.Fatal("no recordings of Zeek, and EVILBENCH_REQUIRE names data")
	} else if len(logs) == 0 {
		t.Skip("no recordings of Zeek here; set EVILBENCH_DATA")
	}
	out := map[string]string{}
	for _, log := range logs {
		name := strings.TrimSuffix(filepath.Base(filepath.Dir(filepath.Dir(log))), ".pcap")
		captures, _ := filepath.Glob(filepath.Join(root, "captures", "*", name+".*"))
		if len(captures) != 1 {
			t.Fatalf("captures of recording %s: %v", name, captures)
		}
		out[captures[0]] = log
	}
	return out
}

// ends is a tuple, whichever end came first.
type ends struct {
	low, high netip.AddrPort
	proto     uint8
	icmp      [2]int16
}

func endsOf(f *labels.Flow) ends {
	a, b := netip.AddrPortFrom(f.Src, f.Sport), netip.AddrPortFrom(f.Dst, f.Dport)
	if b.Compare(a) < 0 {
		a, b = b, a
	}
	return ends{a, b, f.Proto, [2]int16{f.ICMPType, f.ICMPCode}}
}

func tracked(t *testing.T, path string) map[ends][]labels.Flow {
	t.Helper()
	r, err := wire.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	out := map[ends][]labels.Flow{}
	tr := track.New(track.Options{}, func(f *labels.Flow) error {
		out[endsOf(f)] = append(out[endsOf(f)], *f)
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
		if wire.Decode(f, &h) != nil {
			continue
		}
		if _, _, err := tr.Add(f.Time, &h); err != nil {
			t.Fatal(err)
		}
	}
	if err := tr.Flush(); err != nil {
		t.Fatal(err)
	}
	return out
}

// tally counts how Zeek's rows compare with the tracker's biflows.
type tally struct{ rows, covered, whole, turned, states, ids int }

// TestAgreesWithZeek compares with what Zeek wrote about the same captures. Zeek gives up on a SYN after 5 s and on a name query
// after 10 s, so that a biflow with retries is several rows there; and it takes the end with a well-known port for the responder
// in what it joins under way, even behind a SYN/ACK. Rows of which neither is true must agree in all.
func TestAgreesWithZeek(t *testing.T) {
	var n tally
	for capture, log := range recordings(t) {
		flows := tracked(t, capture)
		l, err := flowlog.Open(log, flowlog.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for r, err := range l.All() {
			if err != nil {
				t.Fatal(err)
			}
			n.compare(t, filepath.Base(capture), flows[endsOf(&r.Flow)], &r)
		}
		l.Close()
	}
	share := func(part int) float64 { return 100 * float64(part) / float64(n.rows) }
	t.Logf("%d rows of Zeek: %.2f %% within a biflow, %.2f %% one biflow with the same packets, of which %d the other way round",
		n.rows, share(n.covered), share(n.whole), n.turned)
	if n.covered != n.rows {
		t.Errorf("%d rows of Zeek have no biflow", n.rows-n.covered)
	}
	if share(n.whole) < 75 || share(n.turned) > 5 {
		t.Errorf("too few rows agree: %+v", n)
	}
	if n.states != n.whole-n.turned || n.ids != n.whole {
		t.Errorf("of %d rows that agree in packets (%d turned), %d agree in state, %d in community id", n.whole, n.turned, n.states, n.ids)
	}
}

func (n *tally) compare(t *testing.T, capture string, flows []labels.Flow, row *flowlog.Record) {
	n.rows++
	const microsecond = 1000 // Zeek's times are no finer
	for _, f := range flows {
		if row.Start < f.Start-microsecond || row.Start > f.End+microsecond {
			continue
		}
		n.covered++
		turned := f.Src != row.Src || f.Sport != row.Sport
		if turned {
			f.FwdPackets, f.BwdPackets = f.BwdPackets, f.FwdPackets
		}
		if row.Start > f.Start+microsecond || f.FwdPackets != row.FwdPackets || f.BwdPackets != row.BwdPackets {
			return
		}
		n.whole++
		if f.Src == f.Dst || f.CommunityID == row.CommunityID { // between equal addresses Zeek compares ports byte-swapped
			n.ids++
		} else {
			t.Errorf("%s: %+v: community id %s", capture, row, f.CommunityID)
		}
		switch {
		case turned && (strings.Contains(row.History, "^") || strings.HasPrefix(row.History, "H")): // turned by Zeek, or a SYN/ACK that was not
			n.turned++
		case turned:
			t.Errorf("%s: %+v: the originator is %s", capture, row, f.Src)
		case f.State == row.State:
			n.states++
		default:
			t.Errorf("%s: %+v: state %s", capture, row, f.State)
		}
		return
	}
	t.Errorf("%s: no biflow for %+v", capture, row)
}
