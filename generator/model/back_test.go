package model

import (
	"strings"
	"testing"
)

func TestBackAndTimes(t *testing.T) {
	const table = `"parents": ["kind"], "table": [[0.5, 0.5], [0.1, 0.9]]`
	const seen = `"parents": ["kind"], "seen": [{"when": [0], "count": [[1, 2]]}]`
	with := func(text string) string { return strings.Replace(small, table, text, 1) }
	if _, err := Parse("test.json", []byte(with(seen+`, "back": [0.5]`))); err != nil {
		t.Errorf("a weight for its one parent is refused: %v", err)
	}
	for name, c := range map[string]struct{ text, path, message string }{
		"too many":  {seen + `, "back": [0.5, 1]`, "/patterns/0/variables/1/back", "2 weights for 1 parents"},
		"negative":  {seen + `, "back": [-1]`, "/patterns/0/variables/1/back/0", "weight of -1, must be 0 to 1e9"},
		"and mass":  {seen + `, "mass": 1, "back": [1]`, "/patterns/0/variables/1/back", "1 weights for 1 parents"},
		"of tables": {table + `, "back": [1]`, "/patterns/0/variables/1/back", "1 weights for 1 parents"},
		"no factor": {seen + `, "times": "kinds"`, "/patterns/0/variables/1/times", `unknown variable "kinds"`},
		"a word":    {seen + `, "times": "kind"`, "/patterns/0/variables/1/times", "down times kind, but not both are numbers"},
		"itself":    {seen + `, "times": "down"`, "/patterns/0/variables/1/parents", "the network has a cycle through down"},
		"most":      {seen + `, "most": 5`, "/patterns/0/variables/1/most", "most goes with times"},
	} {
		found := faults(t, with(c.text))
		if found[0].Path != c.path || found[0].Message != c.message {
			t.Errorf("%s: %s: %s, must be %s: %s", name, found[0].Path, found[0].Message, c.path, c.message)
		}
	}
}
