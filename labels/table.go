package labels

import (
	"fmt"

	"github.com/apache/arrow/go/v17/arrow"
)

// FormatKey is the schema metadata key that names a table and its version, as in "evilbench.packets/1".
const FormatKey = "evilbench.format"

// Table describes one kind of Arrow IPC file: its name, version and columns. FORMAT.md specifies all of them.
type Table[T any] struct {
	name    string
	version int
	batch   int // rows a record batch; what a writer or reader holds in memory
	columns []column[T]
	own     func(*T) // detaches what a row shares with its caller; nil where rows share nothing that can change
	schema  *arrow.Schema
}

func newTable[T any](name string, version, batch int, own func(*T), columns ...column[T]) *Table[T] {
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		fields[i] = c.field
	}
	t := &Table[T]{name: name, version: version, batch: batch, own: own, columns: columns}
	metadata := arrow.NewMetadata([]string{FormatKey}, []string{t.Format()})
	t.schema = arrow.NewSchema(fields, &metadata)
	return t
}

// Name is the table's name, which is also the stem of its file: packets, flows, campaigns, alerts or matches.
func (t *Table[T]) Name() string { return t.name }

// Format is the value of FormatKey in every file of this table.
func (t *Table[T]) Format() string { return fmt.Sprintf("evilbench.%s/%d", t.name, t.version) }

// Schema is the Arrow schema of the table, metadata included.
func (t *Table[T]) Schema() *arrow.Schema { return t.schema }
