package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/bits"
)

// iface is what an interface description block says (draft-ietf-opsawg-pcapng, section 4.2).
type iface struct {
	link   LinkType
	snap   uint32 // 0 = no limit
	unit   uint8  // if_tsresol: a power of ten, or of two where the upper bit is set
	offset int64  // if_tsoffset, s
}

// Options of an interface description block.
const (
	optionEnd        = 0
	optionResolution = 9
	optionOffset     = 14
)

func newInterface(b []byte, order binary.ByteOrder) (iface, error) {
	if len(b) < 8 {
		return iface{}, errShort
	}
	i := iface{link: LinkType(order.Uint16(b)), snap: order.Uint32(b[4:]), unit: 6}
	for b = b[8:]; len(b) >= 4; {
		code, n := order.Uint16(b), int(order.Uint16(b[2:]))
		padded := (n + 3) &^ 3
		if code == optionEnd {
			break
		}
		if padded > len(b)-4 {
			return i, fmt.Errorf("interface option %d with %d bytes in a block that has %d left", code, n, len(b)-4)
		}
		switch {
		case code == optionResolution && n == 1:
			i.unit = b[4]
		case code == optionOffset && n == 8:
			i.offset = int64(order.Uint64(b[4:]))
		}
		b = b[4+padded:]
	}
	return i, nil
}

var errTime = errors.New("time is outside 1970 to 2262")

// time turns units into nanoseconds since the epoch.
func (i *iface) time(units uint64) (int64, error) {
	var high, low uint64
	switch n := i.unit & 0x7f; {
	case i.unit&0x80 != 0 && n < 64: // units of 2^-n s
		high, low = bits.Mul64(units, 1e9)
		low, high = low>>n|high<<(64-n), high>>n
	case i.unit&0x80 == 0 && n <= 9:
		high, low = bits.Mul64(units, pow10(9-n))
	case i.unit&0x80 == 0 && n <= 27:
		low = units / pow10(n-9)
	} // finer units do not reach a nanosecond in 64 bits
	if high != 0 || low > math.MaxInt64 {
		return 0, errTime
	}
	if i.offset == 0 {
		return int64(low), nil
	}
	limit := int64(math.MaxInt64) / 1e9
	if i.offset > limit || i.offset < -limit {
		return 0, errTime
	}
	shift := i.offset * 1e9
	if sum := int64(low) + shift; sum >= 0 { // low is not negative: an overflow comes out below zero
		return sum, nil
	}
	return 0, errTime
}

func pow10(n uint8) uint64 {
	p := uint64(1)
	for range n {
		p *= 10
	}
	return p
}

func (p *pcapng) enhanced(b []byte, f *Frame) error {
	if len(b) < 20 {
		return errShort
	}
	return p.packet(f, p.order.Uint32(b), b[4:], b[20:], 20)
}

// obsolete reads a packet block, the enhanced block's predecessor: its interface has 16 bits.
func (p *pcapng) obsolete(b []byte, f *Frame) error {
	if len(b) < 20 {
		return errShort
	}
	return p.packet(f, uint32(p.order.Uint16(b)), b[4:], b[20:], 20)
}

// packet reads time and lengths from head; data begins skip bytes into the body.
func (p *pcapng) packet(f *Frame, number uint32, head, data []byte, skip int64) error {
	if int64(number) >= int64(len(p.interfaces)) {
		return fmt.Errorf("packet of interface %d, of which the section describes %d", number, len(p.interfaces))
	}
	i := &p.interfaces[number]
	time, err := i.time(uint64(p.order.Uint32(head))<<32 | uint64(p.order.Uint32(head[4:])))
	if err != nil {
		return err
	}
	captured, length := int64(p.order.Uint32(head[8:])), int64(p.order.Uint32(head[12:]))
	if captured > int64(len(data)) || captured > maxPacket {
		return fmt.Errorf("packet claims %d captured bytes in a block that holds %d, at most %d are read", captured, len(data), maxPacket)
	}
	p.last = time
	f.Time, f.Data, f.Offset, f.Link = time, data[:captured], p.in.position()+8+skip, i.link
	f.Length = int(max(length, captured))
	return nil
}

// simple reads a simple packet block, which is of the first interface and has no time: it gets that of the packet before.
func (p *pcapng) simple(b []byte, f *Frame) error {
	if len(b) < 4 {
		return errShort
	}
	if len(p.interfaces) == 0 {
		return errors.New("simple packet in a section without an interface")
	}
	i := &p.interfaces[0]
	length := p.order.Uint32(b)
	captured := length
	if i.snap != 0 {
		captured = min(captured, i.snap)
	}
	if int64(captured) > int64(len(b)-4) || captured > maxPacket {
		return fmt.Errorf("packet claims %d bytes in a block that holds %d, at most %d are read", captured, len(b)-4, maxPacket)
	}
	f.Time, f.Data, f.Offset, f.Length, f.Link = p.last, b[4:4+captured], p.in.position()+12, int(length), i.link
	return nil
}
