package labels

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Fields of the tables in Arrow's File.fbs and Schema.fbs that vetFooter reads.
const (
	footerSchema       = 1
	footerDictionaries = 2
	footerBatches      = 3
	schemaFields       = 1
	schemaMetadata     = 2
	fieldType          = 2
	fieldDictionary    = 4
	fieldChildren      = 5
	fieldMetadata      = 6
	typeUnion          = 14
	typeLargeList      = 21
)

// vetFooter refuses what would make Arrow's reader recurse without end or allocate by a number it has only read:
// such a failure cannot be recovered from.
func vetFooter(footer flat) error {
	if n, _ := footer.vector(footerDictionaries, 24); n > 0 {
		return errors.New("has dictionaries, which no table of evilbench has")
	}
	footer.vector(footerBatches, 24)
	schema := footer.table(footerSchema)
	schema.vector(schemaMetadata, 4)
	left := 1 << 10
	return vetFields(schema, schemaFields, 4, &left)
}

// vetFields checks the columns in a field of t, down to depth levels; left is how many more there may be.
func vetFields(t flat, field, depth int, left *int) error {
	n, first := t.vector(field, 4)
	if n > 0 && depth == 0 {
		return errors.New("columns are nested too deep")
	}
	if *left -= n; *left < 0 {
		return errors.New("too many columns")
	}
	for i := range uint32(n) {
		at := first + 4*i
		column := flat{t.buf, at + binary.LittleEndian.Uint32(t.buf[at:])}
		if typ := column.uint8(fieldType); typ == typeUnion || typ > typeLargeList {
			return fmt.Errorf("column %d has a type (number %d) that no table of evilbench has", i+1, typ)
		}
		if column.field(fieldDictionary) != 0 {
			return fmt.Errorf("column %d is dictionary encoded, which no table of evilbench is", i+1)
		}
		column.vector(fieldMetadata, 4)
		if err := vetFields(column, fieldChildren, depth-1, left); err != nil {
			return err
		}
	}
	return nil
}
