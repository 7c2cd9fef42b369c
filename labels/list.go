package labels

import (
	"strings"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
)

// textLists and numberLists are required lists of required items. An empty list is read back as nil.
func textLists[T any](name string, at func(*T) *[]string) column[T] {
	return column[T]{
		field: arrow.Field{Name: name, Type: arrow.ListOfNonNullable(arrow.BinaryTypes.String)},
		append: func(b array.Builder, rows []T) {
			lists := b.(*array.ListBuilder)
			items := lists.ValueBuilder().(*array.StringBuilder)
			for i := range rows {
				lists.Append(true)
				for _, v := range *at(&rows[i]) {
					items.Append(v)
				}
			}
		},
		load: func(a arrow.Array, rows []T) {
			items := a.(*array.List).ListValues().(*array.String)
			eachList(a, rows, func(row *T, start, end int) {
				list := make([]string, 0, end-start)
				for j := start; j < end; j++ {
					list = append(list, strings.Clone(items.Value(j)))
				}
				*at(row) = list
			}, func(row *T) { *at(row) = nil })
		},
	}
}

func numberLists[T any](name string, at func(*T) *[]int64) column[T] {
	return column[T]{
		field: arrow.Field{Name: name, Type: arrow.ListOfNonNullable(arrow.PrimitiveTypes.Int64)},
		append: func(b array.Builder, rows []T) {
			lists := b.(*array.ListBuilder)
			items := lists.ValueBuilder().(*array.Int64Builder)
			for i := range rows {
				lists.Append(true)
				items.AppendValues(*at(&rows[i]), nil)
			}
		},
		load: func(a arrow.Array, rows []T) {
			items := a.(*array.List).ListValues().(*array.Int64).Int64Values()
			eachList(a, rows, func(row *T, start, end int) {
				*at(row) = append([]int64(nil), items[start:end]...)
			}, func(row *T) { *at(row) = nil })
		},
	}
}

func eachList[T any](a arrow.Array, rows []T, fill func(row *T, start, end int), clear func(*T)) {
	lists := a.(*array.List)
	size := int64(lists.ListValues().Len())
	for i := range rows {
		start, end := lists.ValueOffsets(i)
		if start < 0 || end < start || end > size {
			panic("list offsets run outside the list's items")
		}
		if start == end {
			clear(&rows[i])
			continue
		}
		fill(&rows[i], int(start), int(end))
	}
}
