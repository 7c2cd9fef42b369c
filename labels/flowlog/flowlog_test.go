package flowlog

import (
	"bytes"
	"compress/gzip"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/evilbench/evilbench/labels"
	"github.com/google/go-cmp/cmp"
)

func collect(t *testing.T, text string, o Options) ([]Record, error) {
	t.Helper()
	l, err := Read(strings.NewReader(text), "x.log", o)
	if err != nil {
		return nil, err
	}
	var records []Record
	for r, err := range l.All() {
		if err != nil {
			return records, err
		}
		records = append(records, r)
	}
	return records, nil
}

var equalAddr = cmp.Comparer(func(a, b netip.Addr) bool { return a == b })

const zeekHeader = "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n" +
	"#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\thistory\torig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\tvlan\tinner_vlan\tlabel\tdetailedlabel\n" +
	"#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tcount\tcount\tstring\tstring\tcount\tcount\tcount\tcount\tint\tint\tstring\tstring\n"

const zeekLine = "1676851329.767505\tCa\\x2db\t192.168.1.109\t5353\t192.168.1.1\t53\tudp\tdns\t0.000890\t592\t600\tSF\tDd\t2\t648\t3\t656\t100\t7\tMalicious\tC&C\\x2dDNS\n"

func TestZeek(t *testing.T) {
	want := Record{
		Flow: labels.Flow{
			Flow:     1,
			Tuple:    labels.Tuple{Src: netip.MustParseAddr("192.168.1.109"), Dst: netip.MustParseAddr("192.168.1.1"), Sport: 5353, Dport: 53, Proto: 17, VLAN: 100<<12 | 7},
			ICMPType: -1, ICMPCode: -1, Start: 1676851329767505000, End: 1676851329768395000,
			FwdPackets: 2, BwdPackets: 3, FwdBytes: 648, BwdBytes: 656, Service: "dns", State: "SF", Class: labels.Malicious,
		},
		UID: "Ca-b", History: "Dd", Payload: [2]int64{592, 600}, Label: "Malicious", Detail: "C&C-DNS", Line: 8, Timed: true, Accuracy: 1000,
	}
	check := func(name, text string, line int) {
		t.Run(name, func(t *testing.T) {
			got, err := collect(t, text, Options{})
			if err != nil {
				t.Fatal(err)
			}
			want.Line = line
			if diff := cmp.Diff([]Record{want}, got, equalAddr); diff != "" {
				t.Error(diff)
			}
		})
	}
	check("tsv", zeekHeader+zeekLine+"#close\t2023-03-20-15-45-35\n", 8)
	check("byte order mark", "\ufeff"+zeekHeader+zeekLine, 8)
	check("other separator", strings.ReplaceAll(strings.Replace(zeekHeader, "x09", "x7c", 1)+zeekLine, "\t", "|"), 8)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write([]byte(zeekHeader + zeekLine))
	z.Close()
	check("gzip", packed.String(), 8)

	fields := `"uid":"Ca-b","proto":"udp","service":"dns","duration":8.90e-4,"orig_bytes":592,"resp_bytes":600,"conn_state":"SF","history":"Dd","orig_pkts":2,"orig_ip_bytes":648,"resp_pkts":3,"resp_ip_bytes":656,"vlan":100,"inner_vlan":7,"label":"Malicious","detailedlabel":"C&C-DNS","tunnel_parents":["x"]}`
	flat := `"id.orig_h":"192.168.1.109","id.orig_p":5353,"id.resp_h":"192.168.1.1","id.resp_p":53,`
	check("json", `{"ts":1676851329.767505,`+flat+fields, 1)
	check("json in milliseconds", `{"ts":1676851329767.505,`+flat+fields, 1)
	check("json in words", "\n"+`{"ts":"2023-02-20T00:02:09.767505Z",`+flat+fields, 2)
	check("json nested", `{"ts":1676851329.767505,"id":{"orig_h":"192.168.1.109","orig_p":5353,"resp_h":"192.168.1.1","resp_p":53},`+fields, 1)
}

func TestZeekWithoutDuration(t *testing.T) {
	got, err := collect(t, zeekHeader+strings.Replace(zeekLine, "0.000890", "-", 1), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got[0].Timed || got[0].End != got[0].Start {
		t.Errorf("timed %v, from %d to %d", got[0].Timed, got[0].Start, got[0].End)
	}
}

func TestICMPPorts(t *testing.T) {
	for _, c := range []struct {
		src, orig, resp string
		proto           uint8
		typ, code       int16
	}{
		{"10.0.0.1", "8", "0", 1, 8, 0},
		{"10.0.0.1", "3", "1", 1, 3, 1},
		{"fe80::1", "135", "136", 58, 135, 0},
		{"fe80::1", "143", "0", 58, 143, 0},
	} {
		line := strings.NewReplacer("192.168.1.109", c.src, "5353", c.orig, "\t53\tudp", "\t"+c.resp+"\ticmp").Replace(zeekLine)
		got, err := collect(t, zeekHeader+line, Options{})
		if err != nil {
			t.Fatal(err)
		}
		r := got[0]
		if r.Proto != c.proto || r.ICMPType != c.typ || r.ICMPCode != c.code || r.Sport != 0 || r.Dport != 0 {
			t.Errorf("%v became proto %d, type %d, code %d, ports %d, %d", c, r.Proto, r.ICMPType, r.ICMPCode, r.Sport, r.Dport)
		}
	}
}

func TestLabelsPartedBySpaces(t *testing.T) {
	text := strings.ReplaceAll(strings.ReplaceAll(zeekHeader, "\tlabel\tdetailedlabel", "   label   detailed-label"), "\tstring\tstring\n", "   string   string\n") +
		strings.ReplaceAll(zeekLine, "\tMalicious\t", "   Malicious   ")
	got, err := collect(t, text, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got[0].Label != "Malicious" || got[0].Detail != "C&C-DNS" || got[0].VLAN != 100<<12|7 {
		t.Errorf("%+v", got[0])
	}
}

const cicHeader = "Flow ID, Source IP, Source Port, Destination IP, Destination Port, Protocol, Timestamp, Flow Duration, Total Fwd Packets, Total Backward Packets,Total Length of Fwd Packets, Total Length of Bwd Packets, Label\n"

func TestCIC(t *testing.T) {
	got, err := collect(t, cicHeader+
		"a,192.168.10.5,49188,192.168.10.3,88,6,3/7/2017 8:55,1500000,2,1,12,5.0,BENIGN\n"+
		",,,,,,,,,,,,\n"+cicHeader+
		"b,172.16.0.1,80,192.168.10.50,53,17,06/07/2017 09:20:00,-1,1,0,0,0,Web Attack \x96 Brute Force\n"+
		"c,172.16.0.1,80,192.168.10.50,53,17,06/07/2017 02:20:11 PM,1,1,0,0,0,DoS Hulk - Attempted\n",
		Options{Location: time.FixedZone("ADT", -3*3600)})
	if err != nil {
		t.Fatal(err)
	}
	addr := netip.MustParseAddr
	at := func(text string) int64 {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return at.UnixNano()
	}
	attack := labels.Tuple{Src: addr("172.16.0.1"), Dst: addr("192.168.10.50"), Sport: 80, Dport: 53, Proto: 17}
	want := []Record{
		{
			Flow: labels.Flow{
				Flow: 1, Tuple: labels.Tuple{Src: addr("192.168.10.5"), Dst: addr("192.168.10.3"), Sport: 49188, Dport: 88, Proto: 6},
				ICMPType: -1, ICMPCode: -1, Start: at("2017-07-03T11:55:00Z"), End: at("2017-07-03T11:55:00Z") + 1.5e9,
				FwdPackets: 2, BwdPackets: 1, FwdBytes: 12, BwdBytes: 5, Class: labels.Benign,
			},
			UID: "a", Payload: [2]int64{12, 5}, Label: "BENIGN", Line: 2, Timed: true, HalfDay: true, Accuracy: 60e9,
		},
		{
			Flow: labels.Flow{
				Flow: 2, Tuple: attack, ICMPType: -1, ICMPCode: -1, Start: at("2017-07-06T12:20:00Z"), End: at("2017-07-06T12:20:00Z"),
				FwdPackets: 1, Class: labels.Malicious,
			},
			UID: "b", Label: "Web Attack - Brute Force", Line: 5, Timed: true, HalfDay: true, Accuracy: 1e9,
		},
		{
			Flow: labels.Flow{
				Flow: 3, Tuple: attack, ICMPType: -1, ICMPCode: -1, Start: at("2017-07-06T17:20:11Z"), End: at("2017-07-06T17:20:11Z") + 1000,
				FwdPackets: 1, Class: labels.Attempted,
			},
			UID: "c", Label: "DoS Hulk - Attempted", Line: 6, Timed: true, Accuracy: 1e9,
		},
	}
	if diff := cmp.Diff(want, got, equalAddr); diff != "" {
		t.Error(diff)
	}
}

func TestCIC2018Headings(t *testing.T) {
	got, err := collect(t, "Flow ID,Src IP,Src Port,Dst IP,Dst Port,Protocol,Timestamp,Flow Duration,Tot Fwd Pkts,Tot Bwd Pkts,TotLen Fwd Pkts,TotLen Bwd Pkts,Label\n"+
		"x,172.31.69.25,22,18.219.211.138,44,6,14/02/2018 13:31:01,9,3,4,5,6,SSH-Bruteforce\n", Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := got[0]
	if r.Start != time.Date(2018, 2, 14, 13, 31, 1, 0, time.UTC).UnixNano() || r.HalfDay || r.FwdPackets != 3 || r.BwdBytes != 6 || r.Class != labels.Malicious {
		t.Errorf("%+v", r)
	}
}

func TestFaults(t *testing.T) {
	cicLine := "a,192.168.10.5,49188,192.168.10.3,88,6,3/7/2017 8:55,1,2,1,12,5,BENIGN\n"
	for name, c := range map[string]struct{ text, want string }{
		"empty":           {"", "x.log: empty"},
		"prose":           {"Dear Sir,\n", "x.log:1: neither a conn.log"},
		"no fields":       {"#separator \\x09\n", "no #fields line"},
		"record first":    {"#separator \\x09\n1\t2\n", "x.log:2: a record before the #fields line"},
		"another log":     {"#separator \\x09\n#path\tdns\n", "x.log:2: a log of dns; give the conn.log"},
		"lacks a column":  {strings.Replace(zeekHeader, "proto", "photo", 1), "x.log:6: no column proto"},
		"torn line":       {zeekHeader + zeekLine + zeekLine[:40], "x.log:9: 4 columns where #fields lists 21"},
		"bad time":        {zeekHeader + strings.Replace(zeekLine, "1676851329.", "16x.", 1), `x.log:8: ts: "16x.767505": not a decimal number`},
		"bad address":     {zeekHeader + strings.Replace(zeekLine, "192.168.1.1\t", "192.168.1\t", 1), `id.resp_h: "192.168.1" is not an address`},
		"bad port":        {zeekHeader + strings.Replace(zeekLine, "5353", "65536", 1), `id.orig_p: "65536" is not a number below 2^16`},
		"bad protocol":    {zeekHeader + strings.Replace(zeekLine, "udp", "upd", 1), `proto: "upd"`},
		"endless line":    {zeekHeader + strings.Repeat("x", maxLine+1), "x.log:8: a line longer"},
		"torn json":       {`{"ts":16,"uid":`, "x.log:1: torn or broken JSON"},
		"json of another": {`{"ts":16,"uid":"x"}`, "x.log:1: no field id.orig_h"},
		"mixed json":      {`{"ts":1,"id.orig_h":"::1","id.orig_p":1,"id.resp_h":"::2","id.resp_p":2,"proto":"udp"}` + "\n5\n", "x.log:2: not a JSON object"},
		"no addresses":    {"Dst Port,Protocol,Timestamp,Label\n", "x.log:1: no column Source IP"},
		"csv torn":        {cicHeader + cicLine + "a,1.2\n", "x.log:3: 2 columns where the heading has 13"},
		"csv time":        {cicHeader + strings.Replace(cicLine, "3/7", "7/30", 1), `x.log:2: Timestamp: "7/30/2017 8:55" is not a time, day first`},
		"csv quote":       {cicHeader + `"` + strings.Repeat("x\n", maxLine), "a quote missing"},
		"bad gzip":        {"\x1f\x8b\x08nonsense", "x.log: "},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := collect(t, c.text, Options{})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%d records, error %v, want %q", len(got), err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one line: %v", err)
			}
		})
	}
}

func TestScaled(t *testing.T) {
	for _, c := range []struct {
		text  string
		power int
		want  int64
	}{
		{"1676851329.767505", 9, 1676851329767505000}, {"0", 9, 0}, {"-1.5", 9, -1500000000}, {"9.5367431640625e-7", 9, 953},
		{"1E+3", 0, 1000}, {".25", 3, 250}, {"12.", 0, 12}, {"0.0000000009", 9, 0}, {"1e-400", 9, 0}, {"9223372036.854775807", 9, 9223372036854775807},
	} {
		got, err := scaled(c.text, c.power)
		if err != nil || got != c.want {
			t.Errorf("%s·10^%d = %d, %v; want %d", c.text, c.power, got, err, c.want)
		}
	}
	for _, text := range []string{"", ".", "-", "1,5", "nan", "0x1p3", "1e", "1e5e5", "--1", "9223372036854775808", "1e300", "1.2.3"} {
		if got, err := scaled(text, 0); err == nil {
			t.Errorf("%q read as %d", text, got)
		}
	}
}

// data is a folder of the data outside the repository; the test skips without it.
func data(t *testing.T, folder string) string {
	root := os.Getenv("EVILBENCH_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	dir := filepath.Join(root, folder)
	if _, err := os.Stat(dir); err != nil {
		if strings.Contains(os.Getenv("EVILBENCH_REQUIRE"), "data") {
			t.Fatal(err)
		}
		t.Skip("no data here; set EVILBENCH_DATA:", err)
	}
	return dir
}

func TestRealLogs(t *testing.T) {
	for _, name := range []string{"workstation-2023/conn.log.labeled", "botnet-2011/conn.log.labeled", "m57-long/conn.log", "ipv6/conn.log"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(data(t, "flows"), name)
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			l, err := Open(path, Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			got := map[labels.Class]int{}
			n := 0
			for r, err := range l.All() {
				if err != nil {
					t.Fatal(err)
				}
				n++
				got[r.Class]++
			}
			want := map[labels.Class]int{}
			lines := 0
			for line := range strings.Lines(string(text)) {
				if strings.HasPrefix(line, "#") {
					continue
				}
				lines++
				cells := strings.Split(strings.TrimRight(line, "\n"), "\t")
				switch strings.Join(cells[len(cells)-2:], " ") {
				case "Malicious (empty)":
					want[labels.Malicious]++
				case "Benign (empty)":
					want[labels.Benign]++
				case "Unknown (empty)", "- -":
					want[""]++
				default:
					want[map[bool]labels.Class{true: labels.Benign, false: ""}[strings.HasPrefix(cells[len(cells)-2], "Benign")]]++
				}
			}
			if n != lines {
				t.Errorf("%d records of %d lines", n, lines)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestSameRecordsInBothNotations reads what one run of Zeek wrote in both. Only durations differ: JSON has more digits.
func TestSameRecordsInBothNotations(t *testing.T) {
	pairs, err := filepath.Glob(filepath.Join(data(t, "zeek/logs"), "*", "tsv", "conn.log"))
	if err != nil || len(pairs) == 0 {
		t.Fatal("no recorded conn.log", err)
	}
	for _, path := range pairs {
		tsv, json := load(t, path), load(t, strings.Replace(path, "/tsv/", "/json/", 1))
		if len(tsv) != len(json) {
			t.Errorf("%s: %d records, %d in JSON", path, len(tsv), len(json))
			continue
		}
		for i := range tsv {
			a, b := tsv[i], json[i]
			if d := a.End - b.End; d < -1000 || d > 1000 {
				t.Errorf("%s: record %d ends %d ns apart", path, i+1, d)
			}
			a.End, b.End, a.Line, b.Line = 0, 0, 0, 0
			if diff := cmp.Diff(a, b, equalAddr); diff != "" {
				t.Fatalf("%s: record %d: TSV (-) and JSON (+):\n%s", path, i+1, diff)
			}
		}
	}
}

func load(t *testing.T, path string) []Record {
	t.Helper()
	l, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var records []Record
	for r, err := range l.All() {
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, r)
	}
	return records
}

func drain(t *testing.T, text []byte) {
	l, err := Read(bytes.NewReader(text), "fuzz.log", Options{})
	if err != nil {
		return
	}
	for r, err := range l.All() {
		if err != nil {
			return
		}
		if !r.Src.IsValid() || !r.Dst.IsValid() || r.Line < 1 || r.Flow.Flow < 1 {
			t.Fatalf("a record that cannot be: %+v", r)
		}
	}
}

func FuzzConnLog(f *testing.F) {
	f.Add([]byte(zeekHeader + zeekLine))
	f.Add([]byte(`{"ts":1676851329.7,"id.orig_h":"::1","id.orig_p":5353,"id.resp_h":"::2","id.resp_p":53,"proto":"udp"}`))
	f.Add([]byte("#separator \\x\n#fields\tts   label\n"))
	f.Fuzz(drain)
}

func FuzzCIC(f *testing.F) {
	f.Add([]byte(cicHeader + "a,192.168.10.5,49188,192.168.10.3,88,6,3/7/2017 8:55,1,2,1,12,5,BENIGN\n"))
	f.Add([]byte(cicHeader + `"a,192`))
	f.Fuzz(drain)
}

func BenchmarkZeekTSV(b *testing.B) {
	text := zeekHeader + strings.Repeat(zeekLine, 1000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		l, err := Read(strings.NewReader(text), "bench.log", Options{})
		if err != nil {
			b.Fatal(err)
		}
		for _, err := range l.All() {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}
