// Package taint keeps RFC 3514's bit, by which an archive capture says of itself which packets belong to an attack.
package taint

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"

	"github.com/evilbench/evilbench/labels"
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

// Clear copies a capture with the bit cleared and the header checksums adjusted. Everything else stays byte for byte, so this is
// what a detector gets.
func Clear(in, out string) (Counts, error) { return rewrite(in, out, false) }

func rewrite(in, out string, on bool) (Counts, error) {
	var c Counts
	err := each(in, func(r *wire.Reader) error {
		w, err := create(out, r)
		if err != nil {
			return err
		}
		err = packets(r, func(f wire.Frame, h *wire.Headers) error {
			c.Packets++
			switch {
			case h.IP != 4:
				c.Cannot++
			case wire.SetEvil(f.Data, h.IPOffset, on):
				c.Changed++
			}
			if h.IP == 4 && on {
				c.Tainted++
			}
			return w.put(f)
		})
		return w.finish(err)
	})
	return c, err
}

// Split copies tainted packets into one capture and all others into a second, the bit left as it is.
func Split(in, tainted, rest string) (Counts, error) {
	var c Counts
	err := each(in, func(r *wire.Reader) error {
		yes, err := create(tainted, r)
		if err != nil {
			return err
		}
		no, err := create(rest, r)
		if err != nil {
			return yes.finish(err)
		}
		err = packets(r, func(f wire.Frame, h *wire.Headers) error {
			c.Packets++
			if h.IP != 4 {
				c.Cannot++
			}
			if h.Evil {
				c.Tainted++
				return yes.put(f)
			}
			return no.put(f)
		})
		// Neither of the two is put in place unless both are whole.
		if err = errors.Join(err, yes.flush(), no.flush()); err != nil {
			return errors.Join(err, yes.drop(), no.drop())
		}
		return errors.Join(yes.place(), no.place())
	})
	return c, err
}

// Report is what an audit found.
type Report struct {
	Packets      int64   `json:"packets"`
	Tainted      int64   `json:"tainted"`      // carry the bit in the capture
	Malicious    int64   `json:"malicious"`    // belong to a campaign by the sidecar
	SidecarOnly  int64   `json:"sidecar_only"` // malicious, and cannot carry the bit
	Disagree     int64   `json:"disagree"`
	FirstIndices []int64 `json:"first_indices,omitempty"` // of packets on which they disagree, at most 10
}

// Audit proves that bit and sidecar agree on every packet that can carry the bit: it is set exactly where the packet belongs to a
// campaign, and the sidecar says so. It fails where the two do not describe the same packets.
func Audit(capture string, sidecar iter.Seq2[labels.Packet, error]) (Report, error) {
	var rep Report
	next, stop := iter.Pull2(sidecar)
	defer stop()
	err := each(capture, func(r *wire.Reader) error {
		err := packets(r, func(f wire.Frame, h *wire.Headers) error {
			p, err, ok := next()
			if err != nil {
				return err
			}
			if !ok || p.Index != f.Index {
				return fmt.Errorf("%s: packet %d has no row in the sidecar; it belongs to another capture", capture, f.Index)
			}
			rep.add(&p, h)
			return nil
		})
		if err != nil {
			return err
		}
		if p, _, ok := next(); ok {
			return fmt.Errorf("%s: the sidecar goes on at packet %d where the capture ends; it belongs to another capture", capture, p.Index)
		}
		return nil
	})
	return rep, err
}

func (rep *Report) add(p *labels.Packet, h *wire.Headers) {
	rep.Packets++
	malicious, can := p.Campaign != "", h.IP == 4
	if malicious {
		rep.Malicious++
	}
	if h.Evil {
		rep.Tainted++
	}
	if malicious && !can {
		rep.SidecarOnly++
	}
	if h.Evil == (malicious && can) && p.Tainted == h.Evil {
		return
	}
	rep.Disagree++
	if len(rep.FirstIndices) < 10 {
		rep.FirstIndices = append(rep.FirstIndices, p.Index)
	}
}

func each(path string, do func(*wire.Reader) error) error {
	r, err := wire.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(do(r), r.Close())
}

// packets walks through a capture. A frame whose headers cannot be read has no bit.
func packets(r *wire.Reader, do func(wire.Frame, *wire.Headers) error) error {
	var h wire.Headers
	for {
		f, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if wire.Decode(f, &h) != nil {
			h = wire.Headers{Length: f.Length}
		}
		if err := do(f, &h); err != nil {
			return err
		}
	}
}

// output is a capture being written beside its place.
type output struct {
	*wire.Writer
	file *os.File
	path string
	link wire.LinkType
}

func create(path string, like *wire.Reader) (*output, error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".partial-*")
	if err != nil {
		return nil, err
	}
	w, err := wire.NewWriter(f, like.LinkType(), like.Nanosecond())
	c := &output{w, f, path, like.LinkType()}
	if err != nil {
		return nil, errors.Join(err, c.drop())
	}
	return c, nil
}

// put writes a packet. A classic capture file has one link type.
func (c *output) put(f wire.Frame) error {
	if f.Link != c.link {
		return fmt.Errorf("packet %d has link type %d, the capture began with %d; split the interfaces into captures of their own", f.Index, f.Link, c.link)
	}
	return c.Write(f.Time, f.Data, f.Length)
}

func (c *output) finish(err error) error {
	if err = errors.Join(err, c.flush()); err != nil {
		return errors.Join(err, c.drop())
	}
	return c.place()
}

func (c *output) flush() error { return errors.Join(c.Flush(), c.file.Chmod(0o644)) }

func (c *output) drop() error { return errors.Join(c.file.Close(), os.Remove(c.file.Name())) }

func (c *output) place() error {
	return errors.Join(c.file.Close(), os.Rename(c.file.Name(), c.path))
}
