package suricata

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"

	"github.com/evilbench/evilbench/labels"
)

// maxLine bounds one line of a log. Alerts without payload are some hundred bytes.
const maxLine = 4 << 20

// Alerts streams the alerts of eve.json in the order written. A torn, over-long or invalid line is yielded as an error that names
// file and line, and reading goes on; the one error that ends the stream is an unreadable file.
func (*Detector) Alerts(output string) iter.Seq2[labels.Alert, error] {
	return func(yield func(labels.Alert, error) bool) {
		path := filepath.Join(output, "eve.json")
		n := int64(0)
		for line, err := range logLines(path) {
			if err != nil {
				if !yield(labels.Alert{}, err) {
					return
				}
				continue
			}
			if !hasType(line.text, "alert") {
				continue
			}
			a, ok, err := decodeAlert(line.text)
			if err != nil {
				err = line.fault(fmt.Sprintf("not an EVE record: %v", err))
				if !yield(labels.Alert{}, err) {
					return
				}
				continue
			}
			if !ok {
				continue
			}
			n++
			a.Alert = n
			if !yield(a, nil) {
				return
			}
		}
	}
}

// logLine is a line that looks like a whole JSON object. Its text is valid until the next one.
type logLine struct {
	path   string
	number int
	text   []byte
}

func (l logLine) fault(why string) error {
	return fmt.Errorf("%s:%d: %s: line skipped; if the engine was stopped, run it again into an empty folder", l.path, l.number, why)
}

// logLines yields the lines of a log of JSON objects, and an error for each that is none.
func logLines(path string) iter.Seq2[logLine, error] {
	return func(yield func(logLine, error) bool) {
		f, err := os.Open(path)
		if err != nil {
			yield(logLine{}, fmt.Errorf("%w: the engine wrote no such log; see its standard error", err))
			return
		}
		defer f.Close()
		for line, err := range readLines(f, path) {
			if !yield(line, err) {
				return
			}
		}
	}
}

func readLines(r io.Reader, path string) iter.Seq2[logLine, error] {
	return func(yield func(logLine, error) bool) {
		in := bufio.NewReaderSize(r, 256<<10)
		var long []byte // a line that did not fit the buffer
		for number := 1; ; number++ {
			text, whole, err := readLine(in, &long)
			if err != nil && !errors.Is(err, io.EOF) {
				yield(logLine{}, fmt.Errorf("%s:%d: %w: copy the folder to a sound disk and read it again", path, number, err))
				return
			}
			line := logLine{filepath.Base(path), number, bytes.TrimSpace(text)}
			var fault error
			switch {
			case !whole:
				fault = line.fault(fmt.Sprintf("longer than %d bytes", maxLine))
			case len(line.text) == 0:
			case line.text[0] != '{' || line.text[len(line.text)-1] != '}':
				fault = line.fault("torn: not a whole JSON object")
			}
			if (fault != nil || len(line.text) > 0) && !yield(line, fault) {
				return
			}
			if err != nil {
				return
			}
		}
	}
}

// readLine returns the next line; whole is false where it was too long and its rest was skipped.
func readLine(in *bufio.Reader, long *[]byte) (line []byte, whole bool, err error) {
	*long = (*long)[:0]
	whole = true
	for {
		part, err := in.ReadSlice('\n')
		if !errors.Is(err, bufio.ErrBufferFull) {
			if len(*long) == 0 || !whole {
				return part, whole, err
			}
			*long = append(*long, part...)
			return *long, len(*long) <= maxLine, err
		}
		if whole = whole && len(*long)+len(part) <= maxLine; whole {
			*long = append(*long, part...)
		}
	}
}

// hasType tells, without decoding, whether a line can be an event of a type: alerts are a small part of most logs. Quotes inside
// JSON strings are escaped, so text from the wire cannot pass for the key.
func hasType(line []byte, eventType string) bool {
	const key = `"event_type"`
	for {
		i := bytes.Index(line, []byte(key))
		if i < 0 {
			return false
		}
		line = bytes.TrimLeft(line[i+len(key):], " \t")
		value, ok := bytes.CutPrefix(line, []byte(":"))
		if !ok {
			continue
		}
		value, ok = bytes.CutPrefix(bytes.TrimLeft(value, " \t"), []byte(`"`))
		if ok && len(value) > len(eventType) && string(value[:len(eventType)]) == eventType && value[len(eventType)] == '"' {
			return true
		}
	}
}
