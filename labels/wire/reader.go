// Package wire brings captures in and out and reads packet headers; nothing else in the module touches a packet library.
//
// Of gopacket it takes the pcap reader and the names of link and network types. Headers are read here, bounds checked: several of
// the library's decoders (ARP, DNS, DHCPv4, GRE, GTPv1-U, RadioTap) panic on hostile bytes and none of them is ever called.
package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// Frame is one captured packet.
type Frame struct {
	Index  int64  // 1-based
	Time   int64  // ns since the epoch
	Data   []byte // valid, and free to be changed, until the next call of Next
	Offset int64  // of Data in the file, or in what a gzip file unpacks to
	Length int    // on the wire; at least len(Data)
	Link   LinkType
}

const (
	maxPacket  = 256 << 10     // that one record may claim; tcpdump's MAXIMUM_SNAPLEN
	bufferSize = 2 * maxPacket // holds any packet with its block around it
)

// Reader reads pcap and pcapng, plain or gzipped, one packet at a time and without allocating.
type Reader struct {
	name   string
	in     *input
	format format
	frame  Frame // kept here so that it costs no allocation
	index  int64
	closer io.Closer
}

// format is a capture file format.
type format interface {
	// next reads a packet into all of the frame but its index. The error is io.EOF only where the file ends between two records.
	next(*Frame) error
	linkType() LinkType
	nanosecond() bool
}

// Open opens a capture file.
func Open(path string) (*Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	r, err := NewReader(f, path)
	if err != nil {
		f.Close()
		return nil, err
	}
	r.closer = f
	return r, nil
}

// NewReader reads a capture from r; the name is for error messages.
func NewReader(r io.Reader, name string) (*Reader, error) {
	in, err := unpack(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	magic, err := in.Peek(4)
	if len(magic) < 4 {
		if !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("%s: at byte %d: %w", name, len(magic), err)
		}
		if len(magic) == 0 {
			return nil, fmt.Errorf("%s: empty file, not a capture; record or fetch it again", name)
		}
		return nil, fmt.Errorf("%s: %d bytes, too short for a capture; record or fetch it again", name, len(magic))
	}
	c := &Reader{name: name, in: in}
	switch binary.BigEndian.Uint32(magic) {
	case blockSection:
		c.format, err = newPcapng(in)
	case 0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1:
		c.format, err = newClassic(in)
	default:
		return nil, fmt.Errorf("%s: magic number %x at byte 0 is neither pcap nor pcapng; convert the file with: editcap -F pcapng %[1]s OUT", name, magic)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: file header, near %s %d: %w", name, in.unit, in.position(), err)
	}
	return c, nil
}

// LinkType is the capture's link type; of a pcapng file that of its first interface.
func (c *Reader) LinkType() LinkType { return c.format.linkType() }

// Nanosecond tells whether times can be finer than microseconds.
func (c *Reader) Nanosecond() bool { return c.format.nanosecond() }

// Close closes the file that Open opened.
func (c *Reader) Close() error {
	if c.closer == nil {
		return nil
	}
	return c.closer.Close()
}

// Next returns the next packet, and io.EOF behind the last. Any other error names file, packet, byte and remedy.
func (c *Reader) Next() (Frame, error) {
	if err := c.format.next(&c.frame); err != nil {
		if err == io.EOF { //nolint:errorlint // only the bare value is the end between two records
			return Frame{}, io.EOF
		}
		return Frame{}, c.fault(err)
	}
	c.index++
	c.frame.Index = c.index
	return c.frame, nil
}

func (c *Reader) fault(err error) error {
	remedy := "fetch the file again"
	if c.index > 0 {
		remedy = "what comes before it is readable"
	}
	return fmt.Errorf("%s: packet %d, near %s %d: %w; %s", c.name, c.index+1, c.in.unit, c.in.position(), err, remedy)
}
