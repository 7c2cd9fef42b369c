package wire_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"

	"github.com/evilbench/evilbench/labels/wire"
)

// sharedCaptures are the real captures; without them the test is skipped, or fails where they are required.
func sharedCaptures(t *testing.T) []string {
	t.Helper()
	root := os.Getenv("EVILBENCH_DATA")
	if root == "" {
		root = "../../../shared/data"
	}
	var out []string
	for _, pattern := range []string{"captures/*/*.pcap*", "captures/*/*.cap"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, found...)
	}
	if len(out) == 0 {
		if strings.Contains(os.Getenv("EVILBENCH_REQUIRE"), "data") {
			t.Fatal("no captures in the shared data, and EVILBENCH_REQUIRE names data")
		}
		t.Skip("no shared data here")
	}
	return out
}

// TestEveryCaptureIsReadOrRefused: 400 real captures, some malformed on purpose, end with io.EOF or with an error that names file
// and packet.
func TestEveryCaptureIsReadOrRefused(t *testing.T) {
	whole := 0
	for _, path := range sharedCaptures(t) {
		r, err := wire.Open(path)
		for n := 0; err == nil; n++ {
			if _, err = r.Next(); errors.Is(err, io.EOF) {
				if n > 0 {
					whole++
				}
				break
			}
		}
		if r != nil {
			r.Close()
		}
		if err != nil && !errors.Is(err, io.EOF) && !strings.Contains(err.Error(), filepath.Base(path)) {
			t.Errorf("%s: error does not name the file: %v", path, err)
		} else if err != nil && !errors.Is(err, io.EOF) {
			t.Logf("refused: %v", err)
		}
	}
	if whole < 400 {
		t.Errorf("%d captures read to their end", whole)
	}
}

func classic(t testing.TB, nano bool) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := wire.NewWriter(&b, wire.Ethernet, nano)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		p := over(wire.Ethernet)
		if err := w.Write(1_700_000_000_123_456_789+int64(i), p, len(p)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func nextGeneration(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := pcapgo.NewNgWriter(&b, layers.LinkTypeEthernet)
	if err != nil {
		t.Fatal(err)
	}
	p := over(wire.Ethernet)
	info := gopacket.CaptureInfo{Timestamp: time.Unix(0, 1_700_000_000_123_456_789), CaptureLength: len(p), Length: len(p)}
	if err := w.WritePacket(info, p); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipped(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write(b)
	z.Close()
	return out.Bytes()
}

func TestFormats(t *testing.T) {
	for name, test := range map[string]struct {
		data []byte
		n    int
		time int64
	}{
		"microseconds": {classic(t, false), 3, 1_700_000_000_123_456_000},
		"nanoseconds":  {classic(t, true), 3, 1_700_000_000_123_456_789},
		"gzip":         {zipped(classic(t, true)), 3, 1_700_000_000_123_456_789},
		"pcapng":       {nextGeneration(t), 1, 1_700_000_000_123_456_789},
	} {
		r, err := wire.NewReader(bytes.NewReader(test.data), name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		n := 0
		for {
			f, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if n == 0 && f.Time != test.time {
				t.Errorf("%s: time %d, want %d", name, f.Time, test.time)
			}
			if !bytes.Equal(f.Data, over(wire.Ethernet)) || f.Link != wire.Ethernet {
				t.Errorf("%s: packet %d differs", name, f.Index)
			}
			n++
		}
		if n != test.n {
			t.Errorf("%s: %d packets, want %d", name, n, test.n)
		}
	}
}

func TestBadFilesNameThePlace(t *testing.T) {
	good := classic(t, false)
	for name, test := range map[string]struct {
		data []byte
		want string
	}{
		"empty":     {nil, "empty file"},
		"text":      {[]byte("hello, world"), "neither pcap nor pcapng"},
		"truncated": {good[:len(good)-5], "packet 3"},
		"header":    {good[:20], "file header"},
		"record":    {good[:24+16], "packet 1, near byte 40: unexpected EOF"},
		"gzip":      {zipped(good)[:len(zipped(good))-12], "near unpacked byte"},
		"huge":      {append(bytes.Clone(good[:24]), 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0x7f), "packet 1"},
	} {
		r, err := wire.NewReader(bytes.NewReader(test.data), "x.pcap")
		for err == nil {
			_, err = r.Next()
		}
		if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "x.pcap") {
			t.Errorf("%s: %v, want %q", name, err, test.want)
		}
	}
}

func TestWriterRefusesWhatNoReaderTakes(t *testing.T) {
	w, err := wire.NewWriter(io.Discard, wire.Raw, true)
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"before 1970": w.Write(-1, nil, 0), "after 2106": w.Write(1<<32*1e9, nil, 0), "huge": w.Write(0, make([]byte, 1<<19), 1<<19),
	} {
		if err == nil {
			t.Errorf("%s: written", name)
		}
	}
}
