package labels

import (
	"context"
	"iter"
)

// checkEvery is how many rows pass between two looks at the context.
const checkEvery = 4096

// Rows streams the table at path, opened when the first row is asked for and closed after the last. It ends with the first error,
// which may be the context's.
func (t *Table[T]) Rows(ctx context.Context, path string) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		r, err := t.Open(path)
		if err != nil {
			yield(zero, err)
			return
		}
		defer r.Close()
		n := 0
		for row, err := range r.All() {
			if n++; n%checkEvery == 0 && err == nil && ctx.Err() != nil {
				row, err = zero, ctx.Err()
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}
