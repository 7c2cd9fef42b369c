package score

import "slices"

// leastFold is how many rows are gathered before they are merged for the first time.
const leastFold = 1 << 16

// folded gathers rows of which neighbours in order may be merged into one. It holds at most twice as many as are left when all
// that can be is merged.
type folded[T any] struct {
	rows    []T
	limit   int
	compare func(a, b T) int
	merge   func(into *T, next T) bool // false = these two stay apart; merging must not depend on the order of additions
}

func (f *folded[T]) add(row T) {
	if len(f.rows) >= max(leastFold, f.limit) {
		f.limit = 2 * len(f.fold())
	}
	f.rows = append(f.rows, row)
}

// fold merges what can be and returns the rows in order.
func (f *folded[T]) fold() []T {
	slices.SortFunc(f.rows, f.compare)
	kept := f.rows[:0]
	for _, row := range f.rows {
		if len(kept) > 0 && f.merge(&kept[len(kept)-1], row) {
			continue
		}
		kept = append(kept, row)
	}
	f.rows = kept
	return kept
}
