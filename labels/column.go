package labels

import (
	"net/netip"
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// column ties one field of T to one Arrow column. The field is reached through a pointer, so that one accessor serves
// both ways.
type column[T any] struct {
	field  arrow.Field
	append func(array.Builder, []T)
	load   func(arrow.Array, []T)
	added  bool // since the format's first files, which are without it: its cells are null there
}

// since makes a nullable column one that older files of the same format may lack.
func (c column[T]) since() column[T] {
	c.added = true
	return c
}

// builder and values are what Arrow's generated types of one cell type V have in common.
type builder[V any] interface {
	array.Builder
	UnsafeAppend(V)
	UnsafeAppendBoolToBitmap(bool)
}

type values[V any] interface {
	arrow.Array
	Value(int) V
}

// fixed is a column of fixed-width cells. With a null value given the column is nullable and that value stands for
// null; a NaN is always null there.
func fixed[B builder[V], A values[V], T any, V comparable](name string, typ arrow.DataType, at func(*T) *V, null []V) column[T] {
	c := column[T]{field: arrow.Field{Name: name, Type: typ, Nullable: len(null) > 0}}
	if len(null) == 0 {
		c.append = func(b array.Builder, rows []T) {
			out := b.(B)
			out.Reserve(len(rows))
			for i := range rows {
				out.UnsafeAppend(*at(&rows[i]))
			}
		}
		c.load = func(a arrow.Array, rows []T) {
			in := a.(A)
			for i := range rows {
				*at(&rows[i]) = in.Value(i)
			}
		}
		return c
	}
	none := null[0]
	c.append = func(b array.Builder, rows []T) {
		out := b.(B)
		out.Reserve(len(rows))
		for i := range rows {
			v := *at(&rows[i])
			if v == none || v != v {
				out.UnsafeAppendBoolToBitmap(false)
				continue
			}
			out.UnsafeAppend(v)
		}
	}
	c.load = func(a arrow.Array, rows []T) {
		in := a.(A)
		for i := range rows {
			if in.IsNull(i) {
				*at(&rows[i]) = none
				continue
			}
			*at(&rows[i]) = in.Value(i)
		}
	}
	return c
}

func int64s[T any](name string, at func(*T) *int64, null ...int64) column[T] {
	return fixed[*array.Int64Builder, *array.Int64](name, arrow.PrimitiveTypes.Int64, at, null)
}

func int32s[T any](name string, at func(*T) *int32, null ...int32) column[T] {
	return fixed[*array.Int32Builder, *array.Int32](name, arrow.PrimitiveTypes.Int32, at, null)
}

func int16s[T any](name string, at func(*T) *int16, null ...int16) column[T] {
	return fixed[*array.Int16Builder, *array.Int16](name, arrow.PrimitiveTypes.Int16, at, null)
}

func uint32s[T any](name string, at func(*T) *uint32, null ...uint32) column[T] {
	return fixed[*array.Uint32Builder, *array.Uint32](name, arrow.PrimitiveTypes.Uint32, at, null)
}

func uint16s[T any](name string, at func(*T) *uint16) column[T] {
	return fixed[*array.Uint16Builder, *array.Uint16](name, arrow.PrimitiveTypes.Uint16, at, nil)
}

func uint8s[T any](name string, at func(*T) *uint8, null ...uint8) column[T] {
	return fixed[*array.Uint8Builder, *array.Uint8](name, arrow.PrimitiveTypes.Uint8, at, null)
}

func float64s[T any](name string, at func(*T) *float64, null ...float64) column[T] {
	return fixed[*array.Float64Builder, *array.Float64](name, arrow.PrimitiveTypes.Float64, at, null)
}

func bools[T any](name string, at func(*T) *bool) column[T] {
	return fixed[*array.BooleanBuilder, *array.Boolean](name, arrow.FixedWidthTypes.Boolean, at, nil)
}

// times are int64 nanoseconds since the epoch in memory and timestamp[ns, tz=UTC] in the file.
func times[T any](name string, at func(*T) *int64, null ...arrow.Timestamp) column[T] {
	return fixed[*array.TimestampBuilder, *array.Timestamp](name, arrow.FixedWidthTypes.Timestamp_ns,
		func(row *T) *arrow.Timestamp { return (*arrow.Timestamp)(at(row)) }, null)
}

// texts are required strings; optionalTexts write "" as null.
func texts[T any](name string, at func(*T) *string) column[T] { return text(name, at, false) }

func optionalTexts[T any](name string, at func(*T) *string) column[T] { return text(name, at, true) }

func text[T any](name string, at func(*T) *string, optional bool) column[T] {
	return column[T]{
		field: arrow.Field{Name: name, Type: arrow.BinaryTypes.String, Nullable: optional},
		append: func(b array.Builder, rows []T) {
			out := b.(*array.StringBuilder)
			out.Reserve(len(rows))
			for i := range rows {
				v := *at(&rows[i])
				if optional && v == "" {
					out.AppendNull()
					continue
				}
				out.Append(v)
			}
		},
		load: func(a arrow.Array, rows []T) {
			in := a.(*array.String)
			last := ""
			for i := range rows {
				*at(&rows[i]) = ""
				if in.IsNull(i) {
					continue
				}
				// A copy, so that one kept row does not keep a whole batch; neighbours are often equal and share it.
				if v := in.Value(i); v != last {
					last = strings.Clone(v)
				}
				*at(&rows[i]) = last
			}
		},
	}
}

// addresses are 16 bytes, IPv4 mapped (RFC 4291, section 2.5.5.2); the zero netip.Addr is null where nullable.
func addresses[T any](name string, at func(*T) *netip.Addr, optional bool) column[T] {
	return column[T]{
		field: arrow.Field{Name: name, Type: &arrow.FixedSizeBinaryType{ByteWidth: 16}, Nullable: optional},
		append: func(b array.Builder, rows []T) {
			out := b.(*array.FixedSizeBinaryBuilder)
			out.Reserve(len(rows))
			for i := range rows {
				addr := *at(&rows[i])
				if optional && !addr.IsValid() {
					out.AppendNull()
					continue
				}
				bytes := addr.As16()
				out.Append(bytes[:])
			}
		},
		load: func(a arrow.Array, rows []T) {
			in := a.(*array.FixedSizeBinary)
			for i := range rows {
				*at(&rows[i]) = netip.Addr{}
				if !in.IsNull(i) {
					*at(&rows[i]) = netip.AddrFrom16([16]byte(in.Value(i))).Unmap()
				}
			}
		},
	}
}
