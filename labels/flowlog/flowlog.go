// Package flowlog reads what others wrote down about flows: Zeek's conn.log and tables in the manner of CIC-IDS.
package flowlog

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"time"

	"github.com/evilbench/evilbench/labels"
	"github.com/klauspost/compress/gzip"
)

// Format is a kind of flow log.
type Format string

// The formats that Open tells apart.
const (
	ZeekTSV  Format = "zeek-tsv"
	ZeekJSON Format = "zeek-json"
	CICCSV   Format = "cic-csv"
)

// Record is one flow of a log.
type Record struct {
	// Flow is numbered from 1 in the order of the log. Class is "" where the log has no label, or one that says it does
	// not know. Bytes are those of the IP packets in Zeek's logs, of the payload in CIC's; 0 where unknown.
	labels.Flow

	UID      string // the log's own id, "" = none
	History  string // Zeek's history, "" = none
	Payload  [2]int64
	Label    string // the log's word, "" = none
	Detail   string // the log's second word, "" = none
	Line     int    // line of the log, from 1
	Timed    bool   // the log gives a duration; else End = Start
	HalfDay  bool   // the log's clock may have 12 hours only: the flow may be 12 hours later
	Accuracy int64  // ns: the true start lies within [Start, Start+Accuracy)
}

// Options steer a reader.
type Options struct {
	Location *time.Location // of times that name no zone; nil = UTC
}

// Log is an open flow log.
type Log struct {
	Format Format
	name   string
	decode func(yield func(Record, error) bool)
	close  func() error
}

// Open opens a flow log, gzipped or not, and finds out its format.
func Open(path string, o Options) (*Log, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	l, err := Read(f, path, o)
	if err != nil {
		f.Close()
		return nil, err
	}
	l.close = f.Close
	return l, nil
}

// Read reads a flow log from r, which errors call name.
func Read(r io.Reader, name string, o Options) (*Log, error) {
	if o.Location == nil {
		o.Location = time.UTC
	}
	in := bufio.NewReaderSize(r, 64<<10)
	if head, _ := in.Peek(2); bytes.Equal(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		in = bufio.NewReaderSize(z, 64<<10)
	}
	if head, _ := in.Peek(3); bytes.Equal(head, []byte("\xef\xbb\xbf")) {
		in.Discard(3)
	}
	l := &Log{name: name, close: func() error { return nil }}
	head, err := in.Peek(512)
	head = bytes.TrimLeft(head, " \t\r\n")
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return nil, fmt.Errorf("%s: %w", name, err)
	case len(head) == 0:
		return nil, fmt.Errorf("%s: empty; give a conn.log or a CSV of flows", name)
	case head[0] == '#':
		l.Format = ZeekTSV
		z := &zeekTSV{lines: newLines(in, name)}
		l.decode = z.records
	case head[0] == '{':
		l.Format = ZeekJSON
		z := &zeekJSON{lines: newLines(in, name)}
		l.decode = z.records
	default:
		l.Format = CICCSV
		c, err := newCIC(in, name, o.Location)
		if err != nil {
			return nil, err
		}
		l.decode = c.records
	}
	return l, nil
}

// All yields the records in order, once. An error, which names the file and the line, is the last thing it yields.
func (l *Log) All() iter.Seq2[Record, error] { return l.decode }

// Close closes what Open opened.
func (l *Log) Close() error { return l.close() }

// maxLine bounds a line of a log; Zeek's longest have some thousand bytes.
const maxLine = 1 << 20

// lines reads lines and knows where it is.
type lines struct {
	scanner *bufio.Scanner
	name    string
	n       int
}

func newLines(r io.Reader, name string) *lines {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 0, 64<<10), maxLine)
	return &lines{scanner: s, name: name}
}

// next is the next line without its end, or false at the end and at an error.
func (l *lines) next() ([]byte, bool) {
	if !l.scanner.Scan() {
		return nil, false
	}
	l.n++
	return l.scanner.Bytes(), true
}

// err is what ended the reading, if it was not the end of the file.
func (l *lines) err() error {
	switch err := l.scanner.Err(); {
	case err == nil:
		return nil
	case errors.Is(err, bufio.ErrTooLong):
		return fmt.Errorf("%s:%d: a line longer than %d bytes; is this a flow log?", l.name, l.n+1, maxLine)
	default:
		return fmt.Errorf("%s:%d: %w", l.name, l.n+1, err)
	}
}

func (l *lines) fault(err error) error { return fmt.Errorf("%s:%d: %w", l.name, l.n, err) }
