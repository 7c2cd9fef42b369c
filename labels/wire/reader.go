// Package wire brings captures in and out and reads packet headers; nothing else in the module touches a packet library.
package wire

import (
	"bufio"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
)

// LinkType is a LINKTYPE_ number of the tcpdump registry.
type LinkType uint16

// The link types that can be decoded.
const (
	Null     LinkType = 0
	Ethernet LinkType = 1
	RawBSD   LinkType = 12
	RawOpen  LinkType = 14
	Raw      LinkType = 101
	Loop     LinkType = 108
	SLL      LinkType = 113
	IPv4     LinkType = 228
	IPv6     LinkType = 229
	SLL2     LinkType = 276
)

// Known tells whether packets of this link type can be decoded.
func (l LinkType) Known() bool {
	switch l {
	case Null, Ethernet, RawBSD, RawOpen, Raw, Loop, SLL, IPv4, IPv6, SLL2:
		return true
	}
	return false
}

// Frame is one captured packet. Data is valid until the next call of Next.
type Frame struct {
	Index  int64 // 1-based
	Time   int64 // ns since the epoch
	Data   []byte
	Length int // on the wire; at least len(Data)
	Link   LinkType
}

// maxPacket bounds what one record may claim.
const maxPacket = 256 << 10

// Reader reads pcap and pcapng, plain or gzipped.
type Reader struct {
	name    string
	source  source
	link    LinkType
	nano    bool
	ng      bool
	index   int64
	counter *counter
	closer  io.Closer
	ahead   *first // pcapng: the first packet, read to learn its link type
}

type first struct {
	frame Frame
	err   error
}

type source interface {
	ZeroCopyReadPacketData() ([]byte, gopacket.CaptureInfo, error)
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
	b := bufio.NewReaderSize(r, 256<<10)
	magic, err := b.Peek(4)
	if len(magic) >= 2 && magic[0] == 0x1f && magic[1] == 0x8b {
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, fmt.Errorf("%s: not a whole gzip file: %w", name, err)
		}
		b = bufio.NewReaderSize(z, 256<<10)
		magic, err = b.Peek(4)
		if err != nil {
			return nil, fmt.Errorf("%s: the compressed capture is empty or cut: %w", name, err)
		}
	} else if err != nil {
		if len(magic) == 0 {
			return nil, fmt.Errorf("%s: empty file, not a capture", name)
		}
		return nil, fmt.Errorf("%s: %d bytes, too short for a capture", name, len(magic))
	}
	c := &Reader{name: name, counter: &counter{r: b}}
	switch binary.BigEndian.Uint32(magic) {
	case 0x0a0d0d0a:
		return c, c.openNG()
	case 0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1:
		c.nano = magic[1] == 0xb2 && magic[2] == 0x3c || magic[0] == 0x4d
		return c, c.openClassic()
	}
	return nil, fmt.Errorf("%s: magic number %x is neither pcap nor pcapng; convert the file with editcap or tcpdump", name, magic)
}

func (c *Reader) openClassic() error {
	r, err := pcapgo.NewReader(c.counter)
	if err != nil {
		return c.fault(err)
	}
	r.SetSnaplen(maxPacket)
	c.source, c.link = r, LinkType(r.LinkType())
	return nil
}

func (c *Reader) openNG() (err error) {
	defer c.recovered(&err)
	o := pcapgo.DefaultNgReaderOptions
	o.WantMixedLinkType = true
	r, err := pcapgo.NewNgReader(c.counter, o)
	if err != nil {
		return c.fault(err)
	}
	c.source, c.nano, c.ng = r, true, true
	f, err := c.read()
	c.ahead, c.link = &first{f, err}, f.Link
	return nil
}

// LinkType is the capture's link type; of a pcapng file that of its first packet.
func (c *Reader) LinkType() LinkType { return c.link }

// Nanosecond tells whether times are finer than microseconds.
func (c *Reader) Nanosecond() bool { return c.nano }

// Close closes the file that Open opened.
func (c *Reader) Close() error {
	if c.closer == nil {
		return nil
	}
	return c.closer.Close()
}

// Next returns the next packet, and io.EOF behind the last. Any other error names file, packet and place.
func (c *Reader) Next() (Frame, error) {
	if a := c.ahead; a != nil {
		c.ahead = nil
		return a.frame, a.err
	}
	return c.read()
}

func (c *Reader) read() (f Frame, err error) {
	defer c.recovered(&err)
	data, info, err := c.source.ZeroCopyReadPacketData()
	if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return Frame{}, io.EOF
	}
	if err != nil {
		return Frame{}, c.fault(err)
	}
	if len(data) > maxPacket {
		return Frame{}, c.fault(fmt.Errorf("%d bytes captured, more than any link carries", len(data)))
	}
	c.index++
	f = Frame{Index: c.index, Time: info.Timestamp.UnixNano(), Data: data, Length: max(info.Length, len(data)), Link: c.link}
	if c.ng && len(info.AncillaryData) > 0 {
		if l, ok := info.AncillaryData[0].(layers.LinkType); ok {
			f.Link = LinkType(l)
		}
	}
	return f, nil
}

func (c *Reader) fault(err error) error {
	return fmt.Errorf("%s: packet %d, near byte %d: %w; what comes before it is readable", c.name, c.index+1, c.counter.n, err)
}

// recovered turns a panic of the library on a hostile file into an error.
func (c *Reader) recovered(err *error) {
	if r := recover(); r != nil {
		*err = c.fault(fmt.Errorf("damaged block: %v", r))
	}
}
