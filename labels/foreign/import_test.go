package foreign

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/corpus"
	"github.com/google/go-cmp/cmp"
)

// The captures of these tests are text: a line "link L", then a line "TIME SOURCE DESTINATION EVIL" for each packet,
// with times in seconds and the last octets of addresses in 10.0.0.0/24. A line "torn" breaks one off.
type script struct {
	lines []string
	name  string
	n     int
}

func (s *script) Close() error { return nil }

func (s *script) next() (packet, error) {
	if len(s.lines) == 0 {
		return packet{}, io.EOF
	}
	s.n++
	var at int64
	var src, dst, evil byte
	if _, err := fmt.Sscan(s.lines[0], &at, &src, &dst, &evil); err != nil {
		return packet{}, fmt.Errorf("%s: packet %d at byte 99: cut short", s.name, s.n)
	}
	s.lines = s.lines[1:]
	return packet{time: base + at*second, data: []byte{src, dst, evil}, size: 60}, nil
}

// pairs tracks one flow for each two hosts. Host 0 speaks no IP.
type pairs struct {
	flows []*labels.Flow
	ended func(*labels.Flow) error
}

func (t *pairs) add(p packet) (int64, bool, error) {
	a := netip.AddrFrom4([4]byte{10, 0, 0, p.data[0]})
	b := netip.AddrFrom4([4]byte{10, 0, 0, p.data[1]})
	if p.data[0] == 0 {
		return 0, false, nil
	}
	for _, f := range t.flows {
		if f.Src == a && f.Dst == b || f.Src == b && f.Dst == a {
			f.End = p.time
			return f.Flow, f.Src == a, nil
		}
	}
	n := int64(len(t.flows) + 1)
	t.flows = append(t.flows, &labels.Flow{Flow: n, Tuple: labels.Tuple{Src: a, Dst: b, Proto: 6}, ICMPType: -1, ICMPCode: -1, Start: p.time, End: p.time})
	return n, true, nil
}

func (t *pairs) finish() error {
	for i := range t.flows {
		if err := t.ended(t.flows[len(t.flows)-1-i]); err != nil {
			return err
		}
	}
	return nil
}

var scripted = &tools{
	capture: func(path string) (capture, header, error) {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, header{}, err
		}
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		var h header
		fmt.Sscanf(lines[0], "link %d", &h.link)
		return &script{lines: lines[1:], name: path}, h, nil
	},
	track: func(_ int, ended func(*labels.Flow) error) tracker { return &pairs{ended: ended} },
	write: func(w io.Writer, h header) (func(packet) error, error) {
		_, err := w.Write(binary.BigEndian.AppendUint32(nil, uint32(h.link)))
		return func(p packet) error {
			_, err := w.Write(p.data)
			return err
		}, err
	},
	tainted: func(_ int, data []byte) bool { return data[2] == 1 },
	taint: func(_ int, data []byte, evil bool) bool {
		data[2] = 0
		if evil && data[0] != 0 {
			data[2] = 1
		}
		return data[0] != 0
	},
}

// files writes files into a fresh directory, which it makes the current one.
func files(t *testing.T, contents map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range contents {
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

const (
	talk  = "link 1\n0 1 2 0\n1 3 2 0\n2 2 1 0\n3 0 9 0\n4 3 2 1\n"
	table = "Source IP,Source Port,Destination IP,Destination Port,Protocol,Timestamp,Flow Duration,Label\n"
	// 1_500_000_000 is 2017-07-14 02:40:00 UTC.
	blamed = table + "10.0.0.3,0,10.0.0.2,0,6,2017-07-14 02:40:01,3000000,Bot\n10.0.0.1,0,10.0.0.2,0,6,2017-07-14 02:40:00,1,BENIGN\n"
)

type outcome struct {
	campaigns string // of the packets, "." = benign, + = tainted
	classes   string // of the flows
	warnings  []string
}

func TestImport(t *testing.T) {
	for name, c := range map[string]struct {
		options Options
		files   map[string]string
		want    outcome
	}{
		"benign": {
			Options{Captures: []string{"a"}, Benign: true}, map[string]string{"a": talk},
			outcome{". . . . .", "benign benign", []string{"1 benign packets came with the evil bit set; it is cleared"}},
		},
		"campaign": {
			Options{Captures: []string{"a"}, Campaign: "psexec", Technique: "T1569.002"}, map[string]string{"a": talk},
			outcome{"psexec+ psexec+ psexec+ . psexec+", "malicious malicious", []string{}},
		},
		"labels": {
			Options{Captures: []string{"a"}, Labels: "l"}, map[string]string{"a": talk, "l": blamed},
			outcome{". bot+ . . bot+", "benign malicious", []string{}},
		},
		"some labels": {
			Options{Captures: []string{"a"}, Labels: "l"},
			map[string]string{"a": talk, "l": table + "10.0.0.2,0,10.0.0.3,0,6,2017-07-14 02:40:01,1,Bot\n10.0.0.7,0,10.0.0.8,0,6,2017-07-14 02:40:01,1,Bot\n"},
			outcome{". bot+ . . bot+", "benign malicious", []string{
				"1 of 2 flows have no label in l and count as benign", "1 of 2 labels in l meet no flow",
			}},
		},
		"merged": {
			Options{Captures: []string{"a", "b"}, Benign: true},
			map[string]string{"a": "link 1\n0 1 2 0\n9 1 2 0\n", "b": "link 1\n5 3 4 0\n6 torn\n"},
			outcome{". . .", "benign benign", []string{"b: packet 2 at byte 99: cut short; the 1 packets before are kept"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			files(t, c.files)
			report, err := scripted.run(t.Context(), c.options, "out")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, read(t, report.Manifest), cmp.AllowUnexported(outcome{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// read checks that the corpus agrees with itself and sums it up.
func read(t *testing.T, want *corpus.Manifest) outcome {
	t.Helper()
	c, err := corpus.Open("out")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Verify(); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(*want, c.Manifest); diff != "" {
		t.Error(diff)
	}
	packets, err := labels.Packets.Load(c.Path(corpus.Packets))
	if err != nil {
		t.Fatal(err)
	}
	archive, err := os.ReadFile(c.Path(corpus.Traffic))
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for i, p := range packets {
		word := p.Campaign
		if word == "" {
			word = "."
		}
		if p.Tainted {
			word += "+"
		}
		if bit := archive[4+3*i+2] == 1; bit != p.Tainted {
			t.Errorf("packet %d: bit %v, table %v", i+1, bit, p.Tainted)
		}
		words = append(words, word)
	}
	flows, err := labels.Flows.Load(c.Path(corpus.Flows))
	if err != nil {
		t.Fatal(err)
	}
	var classes []string
	for _, f := range flows {
		classes = append(classes, string(f.Class))
	}
	return outcome{strings.Join(words, " "), strings.Join(classes, " "), c.Warnings}
}

func TestManifestOfAnImport(t *testing.T) {
	files(t, map[string]string{"a": talk})
	report, err := scripted.run(t.Context(), Options{Captures: []string{"a"}, Campaign: "psexec", Technique: "T1569.002", Version: "v"}, "out")
	if err != nil {
		t.Fatal(err)
	}
	m := report.Manifest
	if m.CreatedBy != "import" || m.Packets != 5 || m.Flows != 2 || m.Campaigns != 1 || m.Bytes != 300 || m.Start.UnixNano() != base || m.End.UnixNano() != base+4*second {
		t.Errorf("%+v", m)
	}
	if diff := cmp.Diff([]string{"10.0.0.0/8"}, m.HomeNet); diff != "" {
		t.Error(diff)
	}
	if len(m.Sources) != 1 || m.Sources[0].Path != "a" || len(m.Sources[0].SHA256) != 64 {
		t.Errorf("%+v", m.Sources)
	}
	got, err := labels.Campaigns.Load(filepath.Join("out", corpus.Campaigns))
	if err != nil {
		t.Fatal(err)
	}
	want := []labels.Campaign{{
		Campaign: "psexec", Attack: "psexec", Technique: "T1569.002", Start: base, End: base + 4*second,
		Sources: []string{"10.0.0.1", "10.0.0.3"}, Targets: []string{"10.0.0.2"}, Parameters: "{}", Expects: []string{"lateral", "exploit"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		options Options
		files   map[string]string
		want    string
	}{
		"nothing":        {Options{Benign: true}, nil, "no capture to import"},
		"unsaid":         {Options{Captures: []string{"a"}}, nil, "exactly one of"},
		"twofold":        {Options{Captures: []string{"a"}, Benign: true, Campaign: "x"}, nil, "exactly one of"},
		"unknown kind":   {Options{Captures: []string{"a"}, Campaign: "x", Expects: []string{"evil"}}, nil, `"evil" is no kind of alert`},
		"link type":      {Options{Captures: []string{"a"}, Benign: true}, map[string]string{"a": "link 127\n0 1 2 0\n"}, "a: link type 127, which no engine reads"},
		"two link types": {Options{Captures: []string{"a", "b"}, Benign: true}, map[string]string{"a": talk, "b": "link 101\n0 1 2 0\n"}, "b: link type 101, where a has 1"},
		"no packets":     {Options{Captures: []string{"a"}, Benign: true}, map[string]string{"a": "link 1\n"}, "a: a capture without packets"},
		"torn at once":   {Options{Captures: []string{"a"}, Benign: true}, map[string]string{"a": "link 1\ntorn\n"}, "a: packet 1 at byte 99: cut short"},
		"other capture": {
			Options{Captures: []string{"a"}, Labels: "l"},
			map[string]string{"a": talk, "l": strings.ReplaceAll(blamed, "10.0.0.", "10.9.9.")}, "l: label file is for another capture",
		},
		"torn labels": {Options{Captures: []string{"a"}, Labels: "l"}, map[string]string{"a": talk, "l": blamed + "10.0"}, "l:4: 1 columns"},
	} {
		t.Run(name, func(t *testing.T) {
			files(t, c.files)
			_, err := scripted.run(t.Context(), c.options, "out")
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if _, err := os.Stat("out"); !errors.Is(err, os.ErrNotExist) {
				t.Error("something is left behind:", err)
			}
		})
	}
}
