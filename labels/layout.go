package labels

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v17/arrow/ipc"
)

// maxMessage bounds one message's metadata, of which a batch of our tables needs about 2 KB, and maxFooter the footer,
// which takes 24 bytes a batch.
const (
	maxMessage = 1 << 20
	maxFooter  = 256 << 20
)

const recordBatch = 3 // MessageHeader of a RecordBatch in Arrow's Message.fbs

// layout walks the messages of an Arrow IPC file without decoding them, and returns the rows and the number of record
// batches (Arrow columnar format, "IPC File Format"). It panics on a message that contradicts itself; callers recover.
func layout(r io.ReaderAt, size int64) (rows int64, batches int, err error) {
	end, err := footer(r, size)
	if err != nil {
		return 0, 0, err
	}
	foot := make([]byte, size-end-4-int64(len(ipc.Magic)))
	if _, err := r.ReadAt(foot, end); err != nil {
		return 0, 0, err
	}
	if err := vetFooter(flatRoot(foot)); err != nil {
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
	if start < 8 || size-start > maxFooter {
		return 0, errors.New("damaged: the footer's length is wrong")
	}
	return start, nil
}
