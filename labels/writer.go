package labels

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// Writer writes one table, a batch of rows at a time. It is not safe for concurrent use.
type Writer[T any] struct {
	table    *Table[T]
	file     *ipc.FileWriter
	out      *bufio.Writer
	closer   io.Closer
	builders []array.Builder
	rows     []T
	count    int64
	err      error
	closed   bool
}

// Create creates or empties the file at path and returns a writer to it. Close closes the file too.
func (t *Table[T]) Create(path string) (*Writer[T], error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	w := t.NewWriter(f)
	w.closer = f
	return w, nil
}

// NewWriter writes the table to w, front to back. Close completes the table and leaves w open.
func (t *Table[T]) NewWriter(w io.Writer) *Writer[T] {
	return t.newWriter(w, memory.DefaultAllocator)
}

func (t *Table[T]) newWriter(w io.Writer, mem memory.Allocator) *Writer[T] {
	out := bufio.NewWriterSize(w, 256<<10)
	// The only error of NewFileWriter is that of the seeker, and position's Seek to the current place has none.
	file, _ := ipc.NewFileWriter(&position{w: out}, ipc.WithSchema(t.schema), ipc.WithZstd(), ipc.WithAllocator(mem))
	builders := make([]array.Builder, len(t.columns))
	for i, c := range t.columns {
		builders[i] = array.NewBuilder(mem, c.field.Type)
	}
	return &Writer[T]{table: t, file: file, out: out, builders: builders, rows: make([]T, 0, t.batch)}
}

// Write adds a copy of the row. An error is final: every later call returns it.
func (w *Writer[T]) Write(row *T) error {
	if w.err != nil {
		return w.err
	}
	w.rows = append(w.rows, *row)
	if w.table.own != nil {
		w.table.own(&w.rows[len(w.rows)-1])
	}
	if len(w.rows) < w.table.batch {
		return nil
	}
	return w.flush()
}

// Len is the number of rows written so far.
func (w *Writer[T]) Len() int64 { return w.count + int64(len(w.rows)) }

// Close writes what is left and the footer without which the file is not whole. Further calls do nothing.
func (w *Writer[T]) Close() error {
	if w.closed {
		return w.err
	}
	w.closed = true
	if w.err == nil && len(w.rows) > 0 {
		w.flush()
	}
	for _, b := range w.builders {
		b.Release()
	}
	if w.err == nil {
		w.fail(w.file.Close())
	}
	if w.err == nil {
		w.fail(w.out.Flush())
	}
	if w.closer != nil {
		w.fail(w.closer.Close())
	}
	if w.err == nil {
		w.err = errClosed
		return nil
	}
	return w.err
}

var errClosed = errors.New("the table is closed")

func (w *Writer[T]) fail(err error) {
	if err != nil && w.err == nil {
		w.err = fmt.Errorf("write %s table: %w", w.table.name, err)
	}
}

func (w *Writer[T]) flush() error {
	arrays := make([]arrow.Array, len(w.builders))
	for i, b := range w.builders {
		w.table.columns[i].append(b, w.rows)
		arrays[i] = b.NewArray()
		defer arrays[i].Release()
	}
	record := array.NewRecord(w.table.schema, arrays, int64(len(w.rows)))
	defer record.Release()
	w.fail(w.file.Write(record))
	w.count += int64(len(w.rows))
	clear(w.rows)
	w.rows = w.rows[:0]
	return w.err
}

// position gives Arrow's file writer the one thing it asks of a seeker: where it is.
type position struct {
	w   io.Writer
	pos int64
}

func (p *position) Write(b []byte) (int, error) {
	n, err := p.w.Write(b)
	p.pos += int64(n)
	return n, err
}

func (p *position) Seek(offset int64, whence int) (int64, error) {
	if offset != 0 || whence != io.SeekCurrent {
		return p.pos, errors.New("a table is written front to back")
	}
	return p.pos, nil
}
