package foreign

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/evilbench/evilbench/labels"
	"github.com/evilbench/evilbench/labels/track"
	"github.com/evilbench/evilbench/labels/wire"
)

// opened is captures that are open and found fit to be one.
type opened struct {
	*merged
	link wire.LinkType
	nano bool // times of at least one are finer than a microsecond
}

// open opens all captures, and refuses what no engine reads and what cannot be one capture.
func open(paths []string) (_ *opened, err error) {
	o := &opened{}
	var sources []source
	defer func() {
		if err == nil {
			return
		}
		for _, s := range sources {
			s.Close()
		}
	}()
	for _, path := range paths {
		r, err := wire.Open(path)
		if err != nil {
			return nil, err
		}
		sources = append(sources, &single{Reader: r, path: path})
		o.nano = o.nano || r.Nanosecond()
	}
	if o.merged, err = newMerged(sources, paths); err != nil {
		return nil, err
	}
	o.link = o.inputs[0].head.Link
	for _, in := range o.inputs {
		if link := in.head.Link; !link.Known() {
			return nil, fmt.Errorf("%s: link type %d, which no engine reads; Ethernet, RAW, NULL, LOOP, Linux SLL and SLL2 will do", in.name, link)
		} else if link != o.link {
			return nil, fmt.Errorf("%s: link type %d, where %s has %d; import them as two corpora", in.name, link, paths[0], o.link)
		}
	}
	return o, nil
}

// single is a capture with one link type, that of its first packet. A pcapng file can hold several; a corpus cannot.
type single struct {
	*wire.Reader
	path string
	link wire.LinkType
}

var errMixed = errors.New("one capture with several link types; split it by interface first")

func (s *single) Next() (wire.Frame, error) {
	f, err := s.Reader.Next()
	if err != nil {
		return f, err
	}
	if f.Index == 1 {
		s.link = f.Link
	}
	if f.Link != s.link {
		return f, fmt.Errorf("%s: packet %d has link type %d, earlier ones %d: %w", s.path, f.Index, f.Link, s.link, errMixed)
	}
	return f, nil
}

// packet is a packet of the pass with what was found out about it.
type packet struct {
	wire.Frame
	headers *wire.Headers
	flow    int64 // 0 = belongs to none
	forward bool
}

// pass shows every packet of the captures with its flow, and every flow after its last packet, in the order of
// numbers.
func pass(ctx context.Context, o *opened, visit func(packet) error, ended func(*labels.Flow) error) error {
	flows := track.New(track.Options{}, newOrdered(ended).add)
	var headers wire.Headers
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		frame, err := o.next()
		if errors.Is(err, io.EOF) {
			return flows.Flush()
		}
		if err != nil {
			return err
		}
		p := packet{Frame: frame, headers: &headers}
		// What cannot be decoded, or is not IP, belongs to no flow; it stays in the capture all the same.
		if wire.Decode(frame, &headers) != nil {
			headers.IP = 0
		}
		if p.flow, p.forward, err = flows.Add(frame.Time, &headers); err != nil {
			return err
		}
		if err := visit(p); err != nil {
			return err
		}
	}
}
