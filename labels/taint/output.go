package taint

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/evilbench/evilbench/labels/wire"
)

// output is a file being written beside its place, and put there when it is whole.
type output struct {
	*bufio.Writer
	file *os.File
	path string
}

func replace(path string) (*output, error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".partial-*")
	if err != nil {
		return nil, err
	}
	return &output{bufio.NewWriterSize(f, 256<<10), f, path}, nil
}

func (o *output) finish(err error) error {
	if err = errors.Join(err, o.flush()); err != nil {
		return errors.Join(err, o.drop())
	}
	return o.place()
}

func (o *output) flush() error { return errors.Join(o.Flush(), o.file.Chmod(0o644)) }

func (o *output) drop() error { return errors.Join(o.file.Close(), os.Remove(o.file.Name())) }

func (o *output) place() error {
	return errors.Join(o.file.Close(), os.Rename(o.file.Name(), o.path))
}

// capture is an output that is a capture.
type capture struct {
	*output
	packets *wire.Writer
	link    wire.LinkType
}

func create(path string, like *wire.Reader) (*capture, error) {
	o, err := replace(path)
	if err != nil {
		return nil, err
	}
	w, err := wire.NewWriter(o, like.LinkType(), like.Nanosecond())
	if err != nil {
		return nil, errors.Join(err, o.drop())
	}
	return &capture{o, w, like.LinkType()}, nil
}

// put writes a packet. A classic capture file has one link type.
func (c *capture) put(f wire.Frame) error {
	if f.Link != c.link {
		return fmt.Errorf("packet %d has link type %d, the capture began with %d; split the interfaces into captures of their own", f.Index, f.Link, c.link)
	}
	return c.packets.Write(f.Time, f.Data, f.Length)
}

func (c *capture) flush() error { return errors.Join(c.packets.Flush(), c.output.flush()) }
