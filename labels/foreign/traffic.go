package foreign

import (
	"bufio"
	"io"
)

// traffic is the corpus's own capture: pcap, whatever the sources were.
type traffic struct {
	out *bufio.Writer
	add func(packet) error
}

func newTraffic(t *tools, w io.Writer, h header) (*traffic, error) {
	out := bufio.NewWriterSize(w, 256<<10)
	add, err := t.write(out, h)
	return &traffic{out: out, add: add}, err
}

func (t *traffic) close() error { return t.out.Flush() }
