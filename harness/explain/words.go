package explain

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// few lists the first so many words and counts the rest.
func few(words []string, most int) string {
	if len(words) <= most {
		return strings.Join(words, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(words[:most], ", "), len(words)-most)
}

// tally lists what was counted, the most frequent first.
func tally(counts map[string]int64, most int) string {
	words := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	for i, w := range words {
		words[i] = fmt.Sprintf("%d %s", counts[w], w)
	}
	return few(words, most)
}

func orWord(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// plural writes a count with its noun.
func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
