package fault

import "strings"

// Nearest returns the known name that the word most likely meant: at most a third of its letters differ (Damerau and Levenshtein's
// optimal string alignment distance). It returns "" when none is near.
func Nearest(word string, known []string) string {
	if len(word) > 64 {
		return ""
	}
	best, at := "", len(word)/3+1
	for _, k := range known {
		if d := distance(strings.ToLower(word), strings.ToLower(k)); d < at {
			best, at = k, d
		}
	}
	return best
}

// Suggest is a remedy for an unknown name: the nearest known one, or all of them where the list is short enough to read.
func Suggest(word string, known []string) string {
	switch near := Nearest(word, known); {
	case near != "":
		return "did you mean " + near + "?"
	case len(known) == 0:
		return ""
	case len(known) <= 24:
		return "known: " + strings.Join(known, ", ")
	default:
		return ""
	}
}

func distance(a, b string) int {
	before, row, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(b)]
}
