package foreign

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/corpus"
	"github.com/evilbench/evilbench/labels/wire"
	"github.com/google/go-cmp/cmp"
)

// capture makes a pcap of a script: a line "link L", then a line "TIME SOURCE DESTINATION EVIL" for each packet, with
// times in seconds and the last octets of addresses in 10.0.0.0/24; source 0 sends ARP. A line "torn" breaks one off.
func capture(t *testing.T, script string) string {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(script), "\n")
	var link int
	fmt.Sscanf(lines[0], "link %d", &link)
	var out bytes.Buffer
	w, err := wire.NewWriter(&out, wire.LinkType(link), false)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines[1:] {
		var at int64
		var src, dst, evil byte
		if line == "torn" {
			w.Flush()
			out.Write(make([]byte, 10))
			break
		}
		if _, err := fmt.Sscan(line, &at, &src, &dst, &evil); err != nil {
			t.Fatal(err)
		}
		data := frame(src, dst, evil == 1)
		if link == 101 {
			data = data[14:]
		}
		if err := w.Write(base+at*second, data, len(data)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// frame is UDP between port 9 of two hosts, or ARP.
func frame(src, dst byte, evil bool) []byte {
	f := make([]byte, 60)
	if src == 0 {
		copy(f[12:], []byte{8, 6})
		return f
	}
	copy(f[12:], []byte{8, 0, 0x45, 0, 0, 46, 0, 1, 0, 0, 64, 17, 0, 0, 10, 0, 0, src, 10, 0, 0, dst, 0, 9, 0, 9, 0, 26})
	if evil {
		f[20] = 0x80
	}
	binary.BigEndian.PutUint16(f[24:], ^ones(f[14:34]))
	return f
}

// ones is the one's complement sum of RFC 1071; 0xffff over a whole header says that its checksum is right.
func ones(b []byte) uint16 {
	var sum uint32
	for i := 0; i < len(b); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	sum = sum>>16 + sum&0xffff
	return uint16(sum>>16 + sum)
}

// files writes files into a fresh directory, which it makes the current one.
func files(t *testing.T, contents map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range contents {
		if strings.HasPrefix(text, "link") {
			text = capture(t, text)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

const (
	talk  = "link 1\n0 1 2 0\n1 3 2 0\n2 2 1 0\n3 0 9 0\n4 3 2 1\n"
	table = "Source IP,Source Port,Destination IP,Destination Port,Protocol,Timestamp,Flow Duration,Label\n"
	// 1_500_000_000 is 2017-07-14 02:40:00 UTC.
	blamed = table + "10.0.0.3,9,10.0.0.2,9,17,2017-07-14 02:40:01,3000000,Bot\n10.0.0.1,9,10.0.0.2,9,17,2017-07-14 02:40:00,1,BENIGN\n"
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
			outcome{"psexec+ psexec+ psexec+ psexec psexec+", "malicious malicious", []string{}},
		},
		"tainted capture": {
			Options{Captures: []string{"a"}, Labels: "l"}, map[string]string{"a": talk, "l": talk},
			outcome{". tainted+ . . tainted+", "benign malicious", []string{}},
		},
		"labels": {
			Options{Captures: []string{"a"}, Labels: "l"}, map[string]string{"a": talk, "l": blamed},
			outcome{". bot+ . . bot+", "benign malicious", []string{}},
		},
		"some labels": {
			Options{Captures: []string{"a"}, Labels: "l"},
			map[string]string{"a": talk, "l": table + "10.0.0.2,9,10.0.0.3,9,17,2017-07-14 02:40:01,1,Bot\n10.0.0.7,9,10.0.0.8,9,17,2017-07-14 02:40:01,1,Bot\n"},
			outcome{". bot+ . . bot+", "benign malicious", []string{
				"1 of 2 flows have no label in l and count as benign", "1 of 2 labels in l meet no flow",
			}},
		},
		"merged": {
			Options{Captures: []string{"a", "b"}, Benign: true},
			map[string]string{"a": "link 1\n0 1 2 0\n9 1 2 0\n", "b": "link 1\n5 3 4 0\ntorn\n"},
			outcome{". . .", "benign benign", []string{"b: packet 2, near byte 110: unexpected EOF; what comes before it is readable: 1 packets are kept"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			files(t, c.files)
			report, err := Import(t.Context(), c.options, "out")
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
	archive, err := wire.Open(c.Path(corpus.Traffic))
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	var words []string
	for i, p := range packets {
		word := p.Campaign
		if word == "" {
			word = "."
		}
		if p.Tainted {
			word += "+"
		}
		f, err := archive.Next()
		if err != nil {
			t.Fatal(err)
		}
		var h wire.Headers
		if err := wire.Decode(f, &h); err == nil && ones(f.Data[h.IPOffset:h.IPOffset+20]) != 0xffff {
			t.Errorf("packet %d: checksum is wrong", i+1)
		}
		if h.Evil != p.Tainted {
			t.Errorf("packet %d: bit %v, table %v", i+1, h.Evil, p.Tainted)
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
	report, err := Import(t.Context(), Options{Captures: []string{"a"}, Campaign: "psexec", Technique: "T1569.002", Version: "v"}, "out")
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
		"torn at once":   {Options{Captures: []string{"a"}, Benign: true}, map[string]string{"a": "link 1\ntorn\n"}, "a: packet 1, near byte"},
		"other capture": {
			Options{Captures: []string{"a"}, Labels: "l"},
			map[string]string{"a": talk, "l": strings.ReplaceAll(blamed, "10.0.0.", "10.9.9.")}, "l: label file is for another capture",
		},
		"torn labels": {Options{Captures: []string{"a"}, Labels: "l"}, map[string]string{"a": talk, "l": blamed + "10.0"}, "l:4: 1 columns"},
	} {
		t.Run(name, func(t *testing.T) {
			files(t, c.files)
			_, err := Import(t.Context(), c.options, "out")
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if _, err := os.Stat("out"); !errors.Is(err, os.ErrNotExist) {
				t.Error("something is left behind:", err)
			}
		})
	}
}
