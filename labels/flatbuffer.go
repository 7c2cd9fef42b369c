package labels

import (
	"encoding/binary"
	"fmt"
)

// flat is a FlatBuffers table: the buffer and the table's place in it (flatbuffers.dev, "FlatBuffers internals").
type flat struct {
	buf []byte
	pos uint32
}

func flatRoot(buf []byte) flat { return flat{buf, binary.LittleEndian.Uint32(buf)} }

// field is the place of field i, or 0 where the table leaves it at its default.
func (f flat) field(i int) uint32 {
	vtable := f.pos - binary.LittleEndian.Uint32(f.buf[f.pos:])
	slot := uint32(4 + 2*i)
	if slot >= uint32(binary.LittleEndian.Uint16(f.buf[vtable:])) {
		return 0
	}
	offset := uint32(binary.LittleEndian.Uint16(f.buf[vtable+slot:]))
	if offset == 0 {
		return 0
	}
	return f.pos + offset
}

func (f flat) int64(i int) int64 {
	if at := f.field(i); at != 0 {
		return int64(binary.LittleEndian.Uint64(f.buf[at:]))
	}
	return 0
}

func (f flat) uint8(i int) uint8 {
	if at := f.field(i); at != 0 {
		return f.buf[at]
	}
	return 0
}

// table is the table that field i refers to; it panics where there is none.
func (f flat) table(i int) flat {
	at := f.field(i)
	if at == 0 {
		panic(fmt.Sprintf("a required part (field %d) is missing", i))
	}
	return flat{f.buf, at + binary.LittleEndian.Uint32(f.buf[at:])}
}

// vector is the number of elements of the vector in field i and the place of the first; it panics where they cannot
// all lie inside the buffer.
func (f flat) vector(i int, elementSize uint32) (n int, first uint32) {
	at := f.field(i)
	if at == 0 {
		return 0, 0
	}
	at += binary.LittleEndian.Uint32(f.buf[at:])
	count := binary.LittleEndian.Uint32(f.buf[at:])
	if uint64(at)+4+uint64(count)*uint64(elementSize) > uint64(len(f.buf)) {
		panic(fmt.Sprintf("a list of %d elements runs over the end", count))
	}
	return int(count), at + 4
}
