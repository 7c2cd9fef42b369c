package foreign

import (
	"errors"
	"fmt"
	"io"

	"github.com/evilbench/evilbench/labels"
)

// header is what a capture says of itself.
type header struct {
	link  int  // LINKTYPE_ number
	nanos bool // times are finer than a microsecond
}

// tracker numbers the flows of packets, from 1 in the order of their first packets.
type tracker interface {
	// add is the packet's flow, 0 where it belongs to none, and whether its originator sent it. A flow that it ends
	// is handed on, and so is the error of handing it on.
	add(p packet) (flow int64, forward bool, err error)
	// finish ends all flows.
	finish() error
}

// links are the link types that every engine reads: NULL, Ethernet, RAW and its forms on the BSDs and for one version
// of IP, LOOP, Linux SLL and SLL2 (tcpdump.org, "Link-layer header types").
var links = map[int]bool{0: true, 1: true, 12: true, 14: true, 101: true, 108: true, 113: true, 228: true, 229: true, 276: true}

// opened is the captures of a corpus, opened and found fit.
type opened struct {
	header
	*merged
}

// open opens all captures, and refuses what no engine reads and what cannot be one capture.
func (t *tools) open(paths, names []string) (o *opened, err error) {
	var captures []capture
	defer func() {
		if err != nil {
			for _, c := range captures {
				c.Close()
			}
		}
	}()
	o = &opened{}
	for i, path := range paths {
		c, h, err := t.capture(path)
		if err != nil {
			return nil, err
		}
		captures = append(captures, c)
		if !links[h.link] {
			return nil, fmt.Errorf("%s: link type %d, which no engine reads; Ethernet, RAW, NULL, Linux SLL and SLL2 will do", path, h.link)
		}
		if i > 0 && h.link != o.link {
			return nil, fmt.Errorf("%s: link type %d, where %s has %d; import them as two corpora", path, h.link, paths[0], o.link)
		}
		o.link = h.link
		o.nanos = o.nanos || h.nanos
	}
	o.merged, err = newMerged(captures, names)
	return o, err
}

// pass shows every packet of the captures with its flow, and every flow when it has ended, in the order of numbers.
func (t *tools) pass(o *opened, visit func(p packet, flow int64, forward bool) error, flow func(*labels.Flow) error) error {
	tracked := t.track(o.link, newOrdered(flow).add)
	for {
		p, err := o.next()
		if errors.Is(err, io.EOF) {
			return tracked.finish()
		}
		if err != nil {
			return err
		}
		number, forward, err := tracked.add(p)
		if err != nil {
			return err
		}
		if err := visit(p, number, forward); err != nil {
			return err
		}
	}
}
