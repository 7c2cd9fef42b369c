package wire

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
)

// Writer writes a classic pcap file (draft-ietf-opsawg-pcap), little-endian and buffered.
type Writer struct {
	w    *bufio.Writer
	nano bool
	head [recordHeader]byte
}

// NewWriter writes the file header. Times are stored in nanoseconds or, rounded down, in microseconds.
func NewWriter(w io.Writer, link LinkType, nano bool) (*Writer, error) {
	b := &Writer{w: bufio.NewWriterSize(w, 256<<10), nano: nano}
	var h [fileHeader]byte
	magic := uint32(0xa1b2c3d4)
	if nano {
		magic = 0xa1b23c4d
	}
	binary.LittleEndian.PutUint32(h[0:], magic)
	binary.LittleEndian.PutUint16(h[4:], 2)
	binary.LittleEndian.PutUint16(h[6:], 4)
	binary.LittleEndian.PutUint32(h[16:], maxPacket)
	binary.LittleEndian.PutUint32(h[20:], uint32(link))
	_, err := b.w.Write(h[:])
	return b, err
}

// Write appends one packet; time is ns since the epoch, length its size on the wire. It keeps nothing of data.
func (b *Writer) Write(time int64, data []byte, length int) error {
	if time < 0 || time/1e9 > 1<<32-1 {
		return fmt.Errorf("time %d ns is outside what a pcap file can hold (1970 to 2106)", time)
	}
	if len(data) > maxPacket {
		return fmt.Errorf("packet of %d bytes, where readers take %d at most", len(data), maxPacket)
	}
	part := time % 1e9
	if !b.nano {
		part /= 1e3
	}
	binary.LittleEndian.PutUint32(b.head[0:], uint32(time/1e9))
	binary.LittleEndian.PutUint32(b.head[4:], uint32(part))
	binary.LittleEndian.PutUint32(b.head[8:], uint32(len(data)))
	binary.LittleEndian.PutUint32(b.head[12:], uint32(length))
	if _, err := b.w.Write(b.head[:]); err != nil {
		return err
	}
	_, err := b.w.Write(data)
	return err
}

// Flush hands everything to the underlying writer.
func (b *Writer) Flush() error { return b.w.Flush() }
