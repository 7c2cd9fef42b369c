package explain

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"

	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/corpus"
	"github.com/evilbench/evilbench/labels/wire"
)

// packets is what the capture shows of a campaign's packets, as a sensor gets them.
type packets struct {
	count       int64
	first, last int64 // numbers
	undecoded   int64 // without an IP header that can be read, though their type says IP
	checked     int64 // with a checksum that is known
	wrong       int64 // of those
	firstWrong  int64 // its number
	tcp         int64 // TCP flows
	headless    int64 // of those without a SYN
	deepest     int64 // most payload bytes in one direction of one TCP flow
}

// direction is one half of a flow.
type direction struct {
	flow    int64
	forward bool
}

// wanted are the campaign's packets and all others of its flows.
func (s *scene) wanted() func(*labels.Packet) bool {
	flows := make(map[int64]bool, len(s.flows))
	for i := range s.flows {
		flows[s.flows[i].Flow] = true
	}
	return func(p *labels.Packet) bool { return p.Campaign == s.campaign.Campaign || p.Flow != 0 && flows[p.Flow] }
}

// readPackets walks through the campaign's packets.
func (s *scene) readPackets(ctx context.Context) (*packets, error) {
	p := &packets{}
	depth := map[direction]int64{}
	begun := map[int64]bool{} // TCP flows, and whether their SYN was seen
	var h wire.Headers
	err := s.walk(ctx, s.wanted(), s.record.TaintKept, func(f wire.Frame, row *labels.Packet) error {
		if p.count++; p.first == 0 {
			p.first = f.Index
		}
		p.last = f.Index
		if err := wire.Decode(f, &h); err != nil {
			if !errors.Is(err, wire.ErrNotIP) {
				p.undecoded++
			}
			return nil
		}
		p.check(f, &h)
		if h.Proto == 6 && h.Transport && row.Flow != 0 {
			const syn = 2
			begun[row.Flow] = begun[row.Flow] || h.Flags&syn != 0
			d := direction{row.Flow, row.Forward}
			depth[d] += int64(h.Payload)
			p.deepest = max(p.deepest, depth[d])
		}
		return nil
	})
	p.tcp = int64(len(begun))
	for _, b := range begun {
		if !b {
			p.headless++
		}
	}
	return p, err
}

// check counts the checksums of IPv4 headers and of what they carry.
func (p *packets) check(f wire.Frame, h *wire.Headers) {
	right, known := wire.TransportChecksum(f, h)
	if size := h.TransportOffset - h.IPOffset; h.IP == 4 && wire.Checksum(f.Data[h.IPOffset:h.IPOffset+size]) != 0 {
		right, known = false, true
	}
	if !known {
		return
	}
	if p.checked++; !right {
		if p.wrong++; p.firstWrong == 0 {
			p.firstWrong = f.Index
		}
	}
}

// walk goes through the capture beside its sidecar and hands out the packets that want takes. Unless it is to be kept, the taint is
// cleared as it is for a sensor, so that the bytes are those a detector gets.
func (e *evidence) walk(ctx context.Context, want func(*labels.Packet) bool, keepTaint bool, do func(wire.Frame, *labels.Packet) error) (err error) {
	path := e.corpus.Path(corpus.Traffic)
	r, err := wire.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	next, stop := iter.Pull2(labels.Packets.Rows(ctx, e.corpus.Path(corpus.Packets)))
	defer stop()
	var h wire.Headers
	for {
		f, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		row, err, ok := next()
		if err != nil {
			return err
		}
		if !ok || row.Index != f.Index {
			return fmt.Errorf("%s: packet %d has no row in %s; make the corpus again", path, f.Index, corpus.Packets)
		}
		if !want(&row) {
			continue
		}
		if !keepTaint && wire.Decode(f, &h) == nil && h.IP == 4 {
			wire.SetEvil(f.Data, h.IPOffset, false)
		}
		if err := do(f, &row); err != nil {
			return err
		}
	}
}

// cut writes the packets that want takes to a capture of their own, whole or not at all, and counts them.
func (e *evidence) cut(ctx context.Context, path string, want func(*labels.Packet) bool, keepTaint bool) (n int64, err error) {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".partial-*")
	if err != nil {
		return 0, err
	}
	defer func() {
		if err = errors.Join(err, file.Chmod(0o644), file.Close()); err == nil && n > 0 {
			err = os.Rename(file.Name(), path)
			return
		}
		err = errors.Join(err, os.Remove(file.Name()))
	}()
	out := bufio.NewWriter(file)
	w, err := wire.NewWriter(out, wire.LinkType(e.corpus.LinkType), true)
	if err != nil {
		return 0, err
	}
	err = e.walk(ctx, want, keepTaint, func(f wire.Frame, _ *labels.Packet) error {
		n++
		return w.Write(f.Time, f.Data, f.Length)
	})
	return n, errors.Join(err, w.Flush(), out.Flush())
}
