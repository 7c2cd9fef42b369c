package attack

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// within faults a parameter outside low..high. What is not a number is outside.
func within[T cmp.Ordered](name string, v, low, high T) error {
	if v >= low && v <= high {
		return nil
	}
	return fmt.Errorf("%s: %v is not within %v to %v", name, v, low, high)
}

// among faults a word that is not in the list.
func among(name, v string, words []string) error {
	if slices.Contains(words, v) {
		return nil
	}
	return fmt.Errorf("%s: %q is none of %s", name, v, strings.Join(words, ", "))
}

// inLine faults a text that would break out of its header line.
func inLine(name, v string) error {
	if strings.IndexFunc(v, func(c rune) bool { return c < ' ' || c > '~' }) < 0 {
		return nil
	}
	return fmt.Errorf("%s: %q has characters that a header cannot hold; use printable ASCII", name, v)
}

// slowest is one step in about three hours.
const slowest = 1e-4

// plain is the choice that is none.
const plain = "none"

// disguise is how an evasion is named in the truth.
func disguise(evasion string) string {
	if evasion == plain {
		return ""
	}
	return evasion
}
