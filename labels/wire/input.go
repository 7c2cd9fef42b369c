package wire

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
)

// input is the bytes of a capture, unpacked, and knows how far they were read.
type input struct {
	*bufio.Reader
	source counter
	unit   string // what position counts
}

type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// Unpack is the capture's bytes, unpacked if it is gzipped: what Frame.Offset counts in.
func Unpack(r io.Reader) (io.Reader, error) { return unpack(r) }

func unpack(r io.Reader) (*input, error) {
	in := &input{source: counter{r: r}, unit: "byte"}
	in.Reader = bufio.NewReaderSize(&in.source, bufferSize)
	if magic, _ := in.Peek(2); len(magic) < 2 || magic[0] != 0x1f || magic[1] != 0x8b {
		return in, nil
	}
	z, err := gzip.NewReader(in.Reader)
	if err != nil {
		return nil, fmt.Errorf("gzip header: %w; fetch the file again", err)
	}
	in = &input{source: counter{r: z}, unit: "unpacked byte"}
	in.Reader = bufio.NewReaderSize(&in.source, bufferSize)
	return in, nil
}

// position is the offset of the next byte that was not yet taken.
func (in *input) position() int64 { return in.source.n - int64(in.Buffered()) }

// more is nil where something follows, and the bare io.EOF at the very end.
func (in *input) more() error {
	_, err := in.Peek(1)
	if err == nil || err == io.EOF { //nolint:errorlint // a wrapped one is the unpacker's
		return err
	}
	return cut(err)
}

// cut says that the file ends where something should follow.
func cut(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
