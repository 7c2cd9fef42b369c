package flowlog

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/klauspost/compress/gzip"
)

// TableOptions steer OpenTable.
type TableOptions struct {
	Location *time.Location    // of times that name no zone; nil = UTC
	Columns  map[string]string // of a CSV: its heading to the name of a table's column; headings that are such names need no entry
	Benign   bool              // leave out flows that the log calls anything but benign; an error where it calls them nothing
	MaxRows  int               // rows kept, a uniform sample beyond; 0 = 1,000,000 (68 MB)
	Seed     uint64            // of that sample
}

const defaultRows = 1_000_000

func (o TableOptions) withDefaults() TableOptions {
	if o.Location == nil {
		o.Location = time.UTC
	}
	if o.MaxRows == 0 {
		o.MaxRows = defaultRows
	}
	return o
}

// OpenTable reads a table of flows from the file at path, gzipped or not, whose format it finds out: evilbench's flows.arrow, a
// Zeek conn.log (TSV, JSON), a capture (pcap, pcapng), CIDDS-001's unidirectional flows, a CIC-IDS table, or any CSV whose headings
// are columns of a table or are mapped to them. Errors name the file, and the line where there is one.
func OpenTable(ctx context.Context, path string, o TableOptions) (*Table, error) {
	o = o.withDefaults()
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in, err := unpacked(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	head, err := in.Peek(16 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	switch {
	case bytes.HasPrefix(head, []byte("ARROW1")):
		return arrowTable(ctx, path, o)
	case isCapture(head):
		return captureTable(ctx, path, o)
	}
	return ReadTable(ctx, in, path, o)
}

// ReadTable reads a table of flows in any of the text formats from r, which errors call name.
func ReadTable(ctx context.Context, r io.Reader, name string, o TableOptions) (*Table, error) {
	o = o.withDefaults()
	in, err := unpacked(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if head, _ := in.Peek(3); bytes.Equal(head, []byte("\xef\xbb\xbf")) {
		in.Discard(3)
	}
	head, err := in.Peek(16 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(head) == 0 {
		return nil, fmt.Errorf("%s: empty; give a conn.log, a capture, flows.arrow or a CSV of flows", name)
	}
	if head[0] != '#' && head[0] != '{' {
		line, _, _ := bytes.Cut(head, []byte("\n"))
		switch kind := headingOf(string(line), o.Columns); kind {
		case ciddsHeading:
			return ciddsTable(ctx, in, name, o)
		case tableHeading:
			return csvTable(ctx, in, name, o)
		}
	}
	l, err := Read(in, name, Options{Location: o.Location})
	if err != nil {
		return nil, err
	}
	return logTable(ctx, l, name, o)
}

// unpacked buffers r, and unpacks it where it is gzipped.
func unpacked(r io.Reader) (*bufio.Reader, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	if head, _ := in.Peek(2); !bytes.Equal(head, []byte{0x1f, 0x8b}) {
		return in, nil
	}
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, err
	}
	return bufio.NewReaderSize(z, 64<<10), nil
}

func isCapture(head []byte) bool {
	for _, magic := range []string{
		"\xd4\xc3\xb2\xa1", "\xa1\xb2\xc3\xd4", "\x4d\x3c\xb2\xa1", "\xa1\xb2\x3c\x4d", "\x0a\x0d\x0d\x0a",
	} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return true
		}
	}
	return false
}

// canceled looks at the context once in a while.
func canceled(ctx context.Context, row int64) error {
	if row%4096 == 0 {
		return ctx.Err()
	}
	return nil
}
