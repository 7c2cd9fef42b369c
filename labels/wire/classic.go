package wire

import (
	"encoding/binary"
	"fmt"

	"github.com/google/gopacket/pcapgo"
)

// Sizes of the headers of a classic pcap file (draft-ietf-opsawg-pcap, sections 4 and 5).
const (
	fileHeader   = 24
	recordHeader = 16
)

// classic is the pcap format.
type classic struct {
	in   *input
	r    *pcapgo.Reader
	link LinkType
	nano bool
}

func newClassic(in *input) (*classic, error) {
	head, err := in.Peek(fileHeader)
	if err != nil {
		return nil, cut(err)
	}
	c := &classic{in: in}
	var order binary.ByteOrder = binary.LittleEndian
	if head[0] == 0xa1 {
		order = binary.BigEndian
	}
	// The library keeps eight bits of the link type. The upper half of the field is about frame check sequences.
	c.link = LinkType(order.Uint32(head[20:]) & 0xffff)
	c.nano = order.Uint32(head) == 0xa1b23c4d
	if c.r, err = pcapgo.NewReader(in.Reader); err != nil {
		return nil, fmt.Errorf("%w; convert the file with: editcap -F pcapng", err)
	}
	// Many writers do not keep to the length that they announce; readers go by a bound of their own.
	c.r.SetSnaplen(maxPacket)
	return c, nil
}

func (c *classic) next(f *Frame) error {
	// Where the file ends behind a record's header the library says EOF too.
	if err := c.in.more(); err != nil {
		return err
	}
	data, info, err := c.r.ZeroCopyReadPacketData()
	if err != nil {
		return cut(err)
	}
	f.Time, f.Data, f.Offset = info.Timestamp.UnixNano(), data, c.in.position()-int64(len(data))
	f.Length, f.Link = info.Length, c.link
	return nil
}

func (c *classic) linkType() LinkType { return c.link }
func (c *classic) nanosecond() bool   { return c.nano }
