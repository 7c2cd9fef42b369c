package compare

import (
	"fmt"
	"slices"
	"strings"

	"github.com/evilbench/evilbench/harness/bench"
)

// loaded is a cell with where it came from.
type loaded struct {
	*bench.Cell
	from string // PATH#2
	tool string // version of evilbench that wrote the result

	evidence *evidence // nil where a table is missing
	without  string    // which, "" = none
}

// Side is one of the systems that are compared: an engine with a ruleset and a configuration, on one corpus or several.
type Side struct {
	Letter   string         `json:"letter"` // A is the one that the others are compared with
	Label    string         `json:"label"`  // what tells it from the other sides
	From     []string       `json:"from"`
	Detector bench.Detector `json:"detector"`
	Ruleset  bench.Ruleset  `json:"ruleset"`
	Tool     string         `json:"tool"` // version of evilbench
	Repeats  int            `json:"repeats"`

	cells   []*loaded // one for each corpus, in order
	repeats []*loaded // further ones on the same corpus
}

// Load reads results and groups their cells into sides: each argument by itself, and within it by detector and ruleset. Cells that
// failed have no figures and are named in notes.
func Load(arguments []string) (sides []*Side, notes []string, err error) {
	for _, argument := range arguments {
		s, err := parseSelector(argument)
		if err != nil {
			return nil, nil, err
		}
		r, err := bench.ReadResult(s.path)
		if err != nil {
			return nil, nil, err
		}
		locate(r, s.path)
		cells, err := s.choose(r)
		if err != nil {
			return nil, nil, err
		}
		mine := len(sides)
		for _, c := range cells {
			if c.Error != "" {
				line, _, _ := strings.Cut(c.Error, "\n")
				notes = append(notes, fmt.Sprintf("left out: %s (%s, %s on %s) failed: %s", c.from, shownDetector(c.Cell), shownRules(c.Cell), c.Corpus.Name, line))
				continue
			}
			sides = place(sides, mine, c)
		}
		if len(sides) == mine {
			return nil, nil, fmt.Errorf("%s: every cell failed; there is nothing to compare", argument)
		}
	}
	if len(sides) < 2 {
		return nil, nil, &SelectorError{strings.Join(arguments, " "), fmt.Sprintf("one detector with one ruleset (%s, %s): give another result to compare it with",
			shownDetector(sides[0].cells[0].Cell), shownRules(sides[0].cells[0].Cell))}
	}
	name(sides)
	return sides, notes, nil
}

// place puts a cell into the side of its argument that it belongs to. Another configuration on the same corpus is another side; the
// same one is a repetition.
func place(sides []*Side, from int, c *loaded) []*Side {
	for _, s := range sides[from:] {
		if s.Detector != c.Detector || !sameRules(s.Ruleset, c.Ruleset) {
			continue
		}
		twin := s.on(c.Corpus.Digest)
		if twin == nil {
			s.cells, s.From = append(s.cells, c), append(s.From, c.from)
			return sides
		}
		if shownConfig(twin.Cell) == shownConfig(c.Cell) {
			s.repeats, s.From = append(s.repeats, c), append(s.From, c.from)
			s.Repeats++
			return sides
		}
	}
	return append(sides, &Side{From: []string{c.from}, Detector: c.Detector, Ruleset: c.Ruleset, Tool: c.tool, cells: []*loaded{c}})
}

func sameRules(a, b bench.Ruleset) bool { return a.Name == b.Name && a.Digest == b.Digest }

// on is the side's cell on a corpus, or nil.
func (s *Side) on(digest string) *loaded {
	i := slices.IndexFunc(s.cells, func(c *loaded) bool { return c.Corpus.Digest == digest })
	if i < 0 {
		return nil
	}
	return s.cells[i]
}

func (s *Side) config() string {
	var all []string
	for _, c := range s.cells {
		if v := shownConfig(c.Cell); v != "" && !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return fold(all)
}

// fold writes what is one value for a whole side, or says that it is not.
func fold(values []string) string {
	switch len(values) {
	case 0:
		return ""
	case 1:
		return values[0]
	default:
		return fmt.Sprintf("%d of them", len(values))
	}
}

// name gives each side a letter and, of what it is, as much as differs.
func name(sides []*Side) {
	for i, s := range sides {
		s.Letter = letter(i)
	}
	var labels []string
	for i, of := range []func(*Side) string{
		func(s *Side) string { return shownDetector(s.cells[0].Cell) },
		func(s *Side) string { return shownRules(s.cells[0].Cell) },
		func(s *Side) string { return "rules " + short(s.Ruleset.Digest) },
		func(s *Side) string { return "image " + short(s.Detector.Digest) },
	} {
		if i == 2 && distinct(labels) {
			break
		}
		for j, s := range sides {
			if differ(sides, of) {
				if j >= len(labels) {
					labels = append(labels, of(s))
				} else {
					labels[j] += ", " + of(s)
				}
			}
		}
	}
	if !distinct(labels) || len(labels) != len(sides) {
		labels = labels[:0]
		for _, s := range sides {
			labels = append(labels, s.From[0])
		}
	}
	for i, s := range sides {
		s.Label = labels[i]
	}
}

func letter(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return fmt.Sprintf("S%d", i+1)
}

func differ(sides []*Side, of func(*Side) string) bool {
	return slices.ContainsFunc(sides, func(s *Side) bool { return of(s) != of(sides[0]) })
}

func distinct(labels []string) bool {
	return len(labels) > 0 && len(slices.Compact(slices.Sorted(slices.Values(labels)))) == len(labels)
}

// short is as much of a digest as a person compares.
func short(digest string) string {
	digest = strings.TrimPrefix(digest, "sha256:")
	return digest[:min(12, len(digest))]
}
