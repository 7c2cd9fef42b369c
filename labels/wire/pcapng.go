package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Block types that matter here (draft-ietf-opsawg-pcapng, section 4 and appendix A for the obsolete packet block).
const (
	blockSection   = 0x0a0d0d0a
	blockInterface = 1
	blockPacket    = 2
	blockSimple    = 3
	blockEnhanced  = 6
)

const (
	blockFrame    = 12 // type, length, and the length again behind the body
	orderMagic    = 0x1a2b3c4d
	maxInterfaces = 1 << 16 // in one section
)

// pcapng is the block format. It is read here, not by the packet library: that one knows link types of eight bits only and
// allocates what a block claims to be.
type pcapng struct {
	in         *input
	order      binary.ByteOrder
	interfaces []iface
	first      LinkType
	size       int64 // of the block being read as far as it is still in the buffer
	last       int64 // time of the packet before
}

// newPcapng reads up to the first interface.
func newPcapng(in *input) (*pcapng, error) {
	p := &pcapng{in: in}
	for len(p.interfaces) == 0 {
		kind, body, err := p.block()
		switch {
		case errors.Is(err, io.EOF):
			return p, nil // a capture without packets
		case err != nil:
			return nil, err
		case kind == blockPacket || kind == blockSimple || kind == blockEnhanced:
			return nil, errors.New("a packet before any interface")
		}
		if err := p.note(kind, body); err != nil {
			return nil, err
		}
	}
	p.first = p.interfaces[0].link
	return p, nil
}

func (p *pcapng) linkType() LinkType { return p.first }

// nanosecond is true because a later interface can have any resolution.
func (p *pcapng) nanosecond() bool { return true }

func (p *pcapng) next(f *Frame) error {
	for {
		kind, body, err := p.block()
		if err != nil {
			return err
		}
		switch kind {
		case blockEnhanced:
			return p.enhanced(body, f)
		case blockSimple:
			return p.simple(body, f)
		case blockPacket:
			return p.obsolete(body, f)
		}
		if err := p.note(kind, body); err != nil {
			return err
		}
	}
}

// note takes in what a block says that is no packet. Names, statistics, secrets and unknown blocks are passed over.
func (p *pcapng) note(kind uint32, body []byte) error {
	switch kind {
	case blockSection:
		if len(body) < 16 {
			return errShort
		}
		if major := p.order.Uint16(body[4:]); major != 1 {
			return fmt.Errorf("section of pcapng version %d, where 1 is known", major)
		}
		p.interfaces = p.interfaces[:0]
	case blockInterface:
		if len(p.interfaces) == maxInterfaces {
			return fmt.Errorf("more than %d interfaces", maxInterfaces)
		}
		i, err := newInterface(body, p.order)
		if err != nil {
			return err
		}
		p.interfaces = append(p.interfaces, i)
	}
	return nil
}

var errShort = errors.New("block is too short for what it should hold")

// block reads the next block. The body stays valid until the next call; that of a block of no interest is nil.
func (p *pcapng) block() (kind uint32, body []byte, err error) {
	if _, err := p.in.Discard(int(p.size)); err != nil {
		return 0, nil, cut(err)
	}
	p.size = 0
	if err := p.in.more(); err != nil {
		return 0, nil, err
	}
	head, err := p.in.Peek(blockFrame)
	if err != nil {
		return 0, nil, cut(err)
	}
	if binary.BigEndian.Uint32(head) == blockSection { // the same in both byte orders
		switch uint32(orderMagic) {
		case binary.LittleEndian.Uint32(head[8:]):
			p.order = binary.LittleEndian
		case binary.BigEndian.Uint32(head[8:]):
			p.order = binary.BigEndian
		default:
			return 0, nil, fmt.Errorf("section with byte-order magic %x", head[8:12])
		}
	}
	kind, size := p.order.Uint32(head), int64(p.order.Uint32(head[4:]))
	if size < blockFrame || size%4 != 0 {
		return 0, nil, fmt.Errorf("block of type %#x with length %d, which is not a multiple of 4 from %d on", kind, size, blockFrame)
	}
	switch kind {
	case blockSection, blockInterface, blockPacket, blockSimple, blockEnhanced:
		body, err = p.keep(kind, size)
	default:
		err = p.skip(kind, size)
	}
	return kind, body, err
}

// keep leaves a block in the buffer and returns its body.
func (p *pcapng) keep(kind uint32, size int64) ([]byte, error) {
	if size > bufferSize {
		return nil, fmt.Errorf("block of type %#x with length %d, more than any packet needs", kind, size)
	}
	whole, err := p.in.Peek(int(size))
	if err != nil {
		return nil, cut(err)
	}
	p.size = size
	return whole[8 : size-4], p.closing(kind, size, whole[size-4:])
}

// skip passes over a block, of which only the closing length is looked at.
func (p *pcapng) skip(kind uint32, size int64) error {
	if _, err := p.in.Discard(int(size - 4)); err != nil {
		return cut(err)
	}
	end, err := p.in.Peek(4)
	if err != nil {
		return cut(err)
	}
	if err := p.closing(kind, size, end); err != nil {
		return err
	}
	p.size = 4
	return nil
}

func (p *pcapng) closing(kind uint32, size int64, end []byte) error {
	if again := int64(p.order.Uint32(end)); again != size {
		return fmt.Errorf("block of type %#x has length %d in front and %d behind", kind, size, again)
	}
	return nil
}
