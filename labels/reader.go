package labels

import (
	"fmt"
	"io"
	"iter"
	"os"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
)

// Reader reads one table, a batch of rows at a time. It is not safe for concurrent use.
type Reader[T any] struct {
	table   *Table[T]
	name    string
	file    *ipc.FileReader
	budget  *budget
	closer  io.Closer
	columns []int // column of the file, for each column of the table
	rows    int64
}

// absent stands for the column of a file that is older than the column.
const absent = -1

// Open opens the file at path and checks that it is whole and holds this table. The error names the file.
func (t *Table[T]) Open(path string) (*Reader[T], error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	r, err := t.NewReader(f, info.Size(), path)
	if err != nil {
		f.Close()
		return nil, err
	}
	r.closer = f
	return r, nil
}

// NewReader reads a table of size bytes from src, which stays open after Close. Errors call it name.
func (t *Table[T]) NewReader(src io.ReaderAt, size int64, name string) (*Reader[T], error) {
	return t.newReader(src, size, name, &budget{Allocator: memory.DefaultAllocator, most: maxBatch})
}

func (t *Table[T]) newReader(src io.ReaderAt, size int64, name string, limit *budget) (r *Reader[T], err error) {
	defer damaged(name, &err)
	rows, batches, err := layout(src, size)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	limit.renew()
	file, err := ipc.NewFileReader(io.NewSectionReader(src, 0, size), ipc.WithAllocator(limit))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	r = &Reader[T]{table: t, name: name, file: file, budget: limit, rows: rows}
	if err := r.bind(file.Schema()); err != nil {
		r.Close()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if file.NumRecords() != batches {
		r.Close()
		return nil, fmt.Errorf("%s: damaged: the footer lists %d batches, the file holds %d", name, file.NumRecords(), batches)
	}
	return r, nil
}

// bind checks the format and finds the table's columns in the file. Columns that the table does not know are ignored.
func (r *Reader[T]) bind(schema *arrow.Schema) error {
	format, ok := schema.Metadata().GetValue(FormatKey)
	if !ok {
		return fmt.Errorf("not a table of evilbench: its schema has no %s", FormatKey)
	}
	if want := r.table.Format(); format != want {
		if strings.HasPrefix(format, strings.TrimRight(want, "0123456789")) {
			return fmt.Errorf("is %s, this version reads %s; write it again", format, want)
		}
		return fmt.Errorf("is %s, not %s", format, want)
	}
	for _, c := range r.table.columns {
		found := schema.FieldIndices(c.field.Name)
		if len(found) == 0 && c.added {
			r.columns = append(r.columns, absent)
			continue
		}
		if len(found) != 1 {
			return fmt.Errorf("%s needs one column %s, found %d", format, c.field.Name, len(found))
		}
		if got := schema.Field(found[0]).Type; !arrow.TypeEqual(got, c.field.Type) {
			return fmt.Errorf("column %s is %s, %s wants %s", c.field.Name, got, format, c.field.Type)
		}
		r.columns = append(r.columns, found[0])
	}
	return nil
}

// Len is the number of rows.
func (r *Reader[T]) Len() int64 { return r.rows }

// All yields the rows in order. An error, which names the file and the batch, is the last thing it yields. Each call
// begins again at the first row.
func (r *Reader[T]) All() iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var rows []T
		for i := range r.file.NumRecords() {
			var err error
			if rows, err = r.batch(i, rows); err != nil {
				var zero T
				yield(zero, err)
				return
			}
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
		}
	}
}

// batch decodes batch i into rows, which it grows as needed.
func (r *Reader[T]) batch(i int, rows []T) (_ []T, err error) {
	name := fmt.Sprintf("%s: batch %d of %d", r.name, i+1, r.file.NumRecords())
	defer damaged(name, &err)
	r.budget.renew()
	record, err := r.file.RecordAt(i)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	defer record.Release()
	n := int(record.NumRows())
	if cap(rows) < n {
		rows = make([]T, n)
	}
	rows = rows[:n]
	for j, c := range r.table.columns {
		if r.columns[j] == absent {
			continue // the rows have never held anything there
		}
		cells := record.Column(r.columns[j])
		if !c.field.Nullable && cells.NullN() > 0 {
			return nil, fmt.Errorf("%s: %d nulls in column %s, which has none", name, cells.NullN(), c.field.Name)
		}
		c.load(cells, rows)
	}
	return rows, nil
}

// Close releases the file. Further calls do nothing.
func (r *Reader[T]) Close() error {
	if r.file == nil {
		return nil
	}
	r.file.Close()
	r.file = nil
	if r.closer != nil {
		return r.closer.Close()
	}
	return nil
}

// Load reads a whole table into memory: for flows, campaigns and matches, which are small beside the packets.
func (t *Table[T]) Load(path string) ([]T, error) {
	r, err := t.Open(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	rows := make([]T, 0, min(r.Len(), 1<<20))
	for row, err := range r.All() {
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// damaged turns a panic into an error: Arrow's reader panics on files that contradict themselves.
func damaged(name string, err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%s: damaged: %v", name, p)
	}
}
