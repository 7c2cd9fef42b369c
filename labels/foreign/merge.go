package foreign

import (
	"errors"
	"fmt"
	"io"

	"github.com/evilbench/evilbench/labels/wire"
)

// source is an open capture. Next returns io.EOF after the last packet; any other error names the file, the packet and
// the byte at which the file is broken.
type source interface {
	Next() (wire.Frame, error)
	Close() error
}

// merged is several captures in the order of time. Each keeps its own order: a packet that is earlier than one before
// it in the same capture stays behind that one. Of equal times the capture named first comes first.
type merged struct {
	inputs []*input
	last   *input
	broken []string // one sentence for each capture that ends before its end
}

type input struct {
	source
	name  string
	head  wire.Frame
	count int64
	done  bool
}

// newMerged reads the first packet of every capture.
func newMerged(captures []source, names []string) (*merged, error) {
	m := &merged{}
	for i, c := range captures {
		in := &input{source: c, name: names[i]}
		m.inputs = append(m.inputs, in)
		if err := m.advance(in); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// advance fetches an input's next packet. A capture of which nothing can be read is an error; one that breaks later
// ends there, with a sentence in broken.
func (m *merged) advance(in *input) error {
	var err error
	in.head, err = in.Next()
	if err == nil {
		in.count++
		return nil
	}
	in.done = true
	if !errors.Is(err, io.EOF) {
		if in.count == 0 || errors.Is(err, errMixed) {
			return err
		}
		m.broken = append(m.broken, fmt.Sprintf("%v: %d packets are kept", err, in.count))
		return nil
	}
	if in.count == 0 {
		return fmt.Errorf("%s: a capture without packets; give one that has some", in.name)
	}
	return nil
}

// next is the earliest packet, or io.EOF.
func (m *merged) next() (wire.Frame, error) {
	if m.last != nil {
		if err := m.advance(m.last); err != nil {
			return wire.Frame{}, err
		}
	}
	m.last = nil
	for _, in := range m.inputs {
		if !in.done && (m.last == nil || in.head.Time < m.last.head.Time) {
			m.last = in
		}
	}
	if m.last == nil {
		return wire.Frame{}, io.EOF
	}
	return m.last.head, nil
}

func (m *merged) close() error {
	var errs []error
	for _, in := range m.inputs {
		errs = append(errs, in.Close())
	}
	return errors.Join(errs...)
}
