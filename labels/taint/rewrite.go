package taint

import (
	"errors"
	"io"
	"os"

	"github.com/evilbench/evilbench/labels/wire"
)

// Counts says what was done to a capture.
type Counts struct {
	Packets int64 `json:"packets"`
	Tainted int64 `json:"tainted"` // carry the bit now
	Changed int64 `json:"changed"`
	Cannot  int64 `json:"cannot"` // have no IPv4 header
}

// Set copies a capture with the bit set on every IPv4 packet, and the header checksums adjusted.
func Set(in, out string) (Counts, error) { return rewrite(in, out, true) }

// Clear copies a capture with the bit cleared and the header checksums adjusted. Everything else stays byte for byte, whatever the
// file format (a gzipped capture comes out unpacked), so this is what a detector gets.
func Clear(in, out string) (Counts, error) { return rewrite(in, out, false) }

func rewrite(in, out string, on bool) (Counts, error) {
	var c Counts
	err := each(in, func(r *wire.Reader) error {
		w, err := replace(out)
		if err != nil {
			return err
		}
		copied, err := patch(in, w)
		if err != nil {
			return w.finish(err)
		}
		defer copied.Close()
		err = packets(r, func(f wire.Frame, h *wire.Headers) error {
			c.Packets++
			if h.IP != 4 {
				c.Cannot++
				return nil
			}
			if on {
				c.Tainted++
			}
			if !wire.SetEvil(f.Data, h.IPOffset, on) {
				return nil
			}
			c.Changed++
			return copied.put(f.Offset, f.Data)
		})
		if err == nil {
			err = copied.rest()
		}
		return w.finish(err)
	})
	return c, err
}

// patched copies a capture's bytes, some of them replaced.
type patched struct {
	file *os.File
	from io.Reader
	to   io.Writer
	at   int64
}

func patch(path string, to io.Writer) (*patched, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	from, err := wire.Unpack(f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &patched{file: f, from: from, to: to}, nil
}

func (p *patched) Close() error { return p.file.Close() }

// put copies up to the offset and puts data in the place of as many bytes.
func (p *patched) put(offset int64, data []byte) error {
	if _, err := io.CopyN(p.to, p.from, offset-p.at); err != nil {
		return err
	}
	if _, err := io.CopyN(io.Discard, p.from, int64(len(data))); err != nil {
		return err
	}
	p.at = offset + int64(len(data))
	_, err := p.to.Write(data)
	return err
}

func (p *patched) rest() error {
	_, err := io.Copy(p.to, p.from)
	return err
}
