package labels

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/arrow/ipc"
)

// maxMessage bounds one message's metadata; a batch of our tables needs about 2 KB.
const maxMessage = 1 << 20

const recordBatch = 3 // MessageHeader of a RecordBatch in Arrow's Message.fbs

// layout walks the messages of an Arrow IPC file without decoding them, and returns the rows and the number of record
// batches (Arrow columnar format, "IPC File Format"). It panics on a message that contradicts itself; callers recover.
func layout(r io.ReaderAt, size int64) (rows int64, batches int, err error) {
	end, err := footer(r, size)
	if err != nil {
		return 0, 0, err
	}
	for pos := int64(8); pos < end; {
		var prefix [8]byte
		if _, err := r.ReadAt(prefix[:], pos); err != nil {
			return 0, 0, err
		}
		if binary.LittleEndian.Uint32(prefix[:]) != 0xFFFFFFFF {
			return 0, 0, fmt.Errorf("no message at byte %d", pos)
		}
		length := int64(binary.LittleEndian.Uint32(prefix[4:]))
		if length == 0 {
			break // end of stream mark, which other writers put before the footer
		}
		if length > maxMessage || pos+8+length > end {
			return 0, 0, fmt.Errorf("message of %d bytes at byte %d", length, pos)
		}
		message := make([]byte, length)
		if _, err := r.ReadAt(message, pos+8); err != nil {
			return 0, 0, err
		}
		root := flatRoot(message)
		body := root.int64(3)
		if body < 0 || body > end-pos-8-length {
			return 0, 0, fmt.Errorf("message at byte %d claims a body of %d bytes", pos, body)
		}
		if root.uint8(1) == recordBatch {
			n := root.table(2).int64(0)
			if n < 0 || n > 1<<40 {
				return 0, 0, fmt.Errorf("batch at byte %d claims %d rows", pos, n)
			}
			rows += n
			batches++
		}
		pos += 8 + length + body
	}
	return rows, batches, nil
}

var (
	errNotArrow  = errors.New("not an Arrow file")
	errTruncated = errors.New("truncated: the end of the file is missing; write it again")
)

// footer checks both ends of the file and returns where the footer starts.
func footer(r io.ReaderAt, size int64) (int64, error) {
	magic := int64(len(ipc.Magic))
	head := make([]byte, magic)
	if n, _ := r.ReadAt(head, 0); !bytes.HasPrefix(ipc.Magic, head[:n]) {
		return 0, errNotArrow
	}
	if size == 0 {
		return 0, errors.New("empty file")
	}
	if size < 8+4+magic {
		return 0, errTruncated
	}
	tail := make([]byte, 4+magic)
	if _, err := r.ReadAt(tail, size-4-magic); err != nil {
		return 0, err
	}
	if !bytes.Equal(tail[4:], ipc.Magic) {
		return 0, errTruncated
	}
	start := size - 4 - magic - int64(binary.LittleEndian.Uint32(tail))
	if start < 8 {
		return 0, errors.New("the footer is longer than the file")
	}
	return start, nil
}

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

func (f flat) table(i int) flat {
	at := f.field(i)
	if at == 0 {
		panic("a message without a header")
	}
	return flat{f.buf, at + binary.LittleEndian.Uint32(f.buf[at:])}
}
